"""What one channel keeps in mind, and for how long."""

from dataclasses import replace

import pytest

from alerts.burst import A_FEW, ONE_BY_ONE, PAUSE_S, Burst
from alerts.channel import Deferred, Delivered
from alerts.flow import BEHIND_S, Flow
from alerts.incident import Nature
from alerts.message import Notification
from tests.support.notifications import MESSAGE, notification
from tests.support.telling import NIGHT

FULL = Deferred("temporary", "452 mailbox full", only_this=True)


def test_rows_that_were_put_off_and_dropped_meanwhile_are_forgotten_once_their_time_is_over() -> None:
    flow = Flow(name="mail")
    for number in range(1000):
        flow.ended(FULL, notification(f"n{number}"), NIGHT, now_s=float(number))
    assert len(flow.asked_to_wait(1000.0)) < 300
    flow.ended(FULL, notification("last"), NIGHT, now_s=9000.0)
    assert flow.asked_to_wait(9000.0) == {"last"}


def test_a_row_that_was_put_off_until_a_time_is_kept_in_mind_until_then() -> None:
    flow = Flow(name="mail")
    flow.ended(Deferred("busy", "", 1800.0, only_this=True), notification("n"), NIGHT, now_s=0.0)
    assert [sorted(flow.asked_to_wait(now_s)) for now_s in (1799.0, 1801.0)] == [["n"], []]


def test_a_loop_that_is_busy_for_long_gathers_what_waits_behind_it() -> None:
    flow = Flow(name="mail")
    flow.begun(0.0)
    flow.wait_s(BEHIND_S - 1)
    assert not flow.may_gather
    flow.wait_s(BEHIND_S)
    assert flow.may_gather


def test_a_loop_that_had_nothing_to_do_meanwhile_is_not_behind() -> None:
    flow = Flow(name="mail")
    flow.begun(0.0)
    flow.idle()
    flow.begun(BEHIND_S)
    flow.wait_s(BEHIND_S + 1)
    assert not flow.may_gather


def test_a_way_that_wants_each_alert_by_itself_is_given_no_pause() -> None:
    flow = Flow(name="alertmanager", gathers=False)
    for number in range(ONE_BY_ONE):
        flow.ended(Delivered(), of(Nature.FAULT, f"n{number}"), NIGHT, now_s=0.0)
    assert flow.wait_s(0.0) == 0.0


def of(nature: Nature, name: str) -> Notification:
    """A row about something of that nature."""
    return notification(name, content=replace(MESSAGE, fields={"nature": nature.value}))


@pytest.mark.parametrize(("nature", "wait_s"), [(Nature.FAULT, PAUSE_S), (Nature.DEADLINE, 0.0)])
def test_many_faults_are_a_reason_for_a_pause_and_many_bills_are_none(nature: Nature, wait_s: float) -> None:
    flow = Flow(name="mail")
    for number in range(ONE_BY_ONE):
        flow.ended(Delivered(), of(nature, f"n{number}"), NIGHT, now_s=0.0)
    assert flow.wait_s(0.0) == wait_s


def test_after_ten_messages_to_one_address_within_a_minute_there_is_a_pause_and_then_room_for_a_few() -> None:
    burst = Burst()
    for _ in range(ONE_BY_ONE):
        assert burst.wait_s(0.0) == 0.0
        burst.told("noc", 0.0)
    assert burst.wait_s(0.0) == PAUSE_S
    for _ in range(A_FEW):
        assert burst.wait_s(PAUSE_S) == 0.0
        burst.told("noc", PAUSE_S)
    assert burst.wait_s(PAUSE_S) == PAUSE_S


def test_ten_messages_to_as_many_addresses_or_over_a_longer_time_are_no_reason_for_a_pause() -> None:
    burst = Burst()
    for number in range(100):
        burst.told(f"address {number}", 0.0)
        burst.told("noc", number * 7.0)
    assert burst.wait_s(0.0) == 0.0
