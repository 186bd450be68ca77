"""Many outages at once: each is told within two minutes by some way, once, and not as a message each (FAULTS 30)."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.burst import ONE_BY_ONE, PAUSE_S
from alerts.channel import Deferred, Delivered, Outcome
from alerts.directory import Directory
from alerts.incident import EventKind, Nature
from alerts.message import Notification
from alerts.return_digest import IN_DIGEST
from alerts.route import Order, Receiver
from checks.model import Status
from tests.support.telling import FINANCE, chat, directory, mail
from tests.support.virtual_loop import run_virtual
from tests.support.ways_out import NOW, START, WaysOut, incident, seconds, ways_out

MAIL, CHAT, SMS = "on-call-1-mail", "on-call-2-apprise", "on-call-3-webhook"
TRY_S = 30.0

Answering = Callable[[Notification, datetime], Awaitable[Outcome]]


def people() -> Directory:
    used = (mail(MAIL, "noc@example.org"), chat(CHAT), mail(SMS, "sms@example.org"))
    return directory(Receiver(id="on-call", order=Order.FIRST, channels=used), FINANCE)


async def hangs(_row: Notification, _now: datetime) -> Outcome:
    await asyncio.sleep(TRY_S)
    return Deferred("timeout")


async def is_slow(_row: Notification, _now: datetime) -> Outcome:
    await asyncio.sleep(8)
    return Delivered()


def told_of(ways: WaysOut, *channels: str) -> Counter[str]:
    """How often each incident was named."""
    rows = [row for channel in channels for row in ways.told(channel)]
    return Counter(one for row in rows for one in (row.message.fields.get("incidents", row.incident_id or "").split()))


async def go_down(ways: WaysOut, number: int, *, within_s: float = 0.0) -> None:
    for one in range(number):
        ways.happen(EventKind.OPENED, incident(one, after_s=seconds(NOW())))
        await asyncio.sleep(within_s / number)


async def outages(number: int, for_s: float, **answering: Answering) -> WaysOut:
    """What was told `for_s` after so many outages at once, by the ways that answer so."""
    async with ways_out(people(), {}) as ways:
        for name, channel in (("first", MAIL), ("second", CHAT), ("third", SMS)):
            ways.channels[channel].timeout_s = TRY_S
            ways.channels[channel].answer = answering.get(name, ways.channels[channel].answer)
        await go_down(ways, number)
        await asyncio.sleep(for_s)
        return ways


@pytest.mark.parametrize("number", [2, 5, 6, 21, 100])
@pytest.mark.parametrize("second", [None, is_slow], ids=["quick", "slow"])
def test_behind_a_relay_that_hangs_every_outage_is_told_by_the_second_way_within_two_minutes(
    number: int, second: Answering | None
) -> None:
    ways = run_virtual(outages(number, 120, first=hangs, **({"second": second} if second else {})))
    assert told_of(ways, CHAT) == {f"i{one:03}": 1 for one in range(number)}


@pytest.mark.parametrize("number", [5, 25, 100])
def test_behind_a_hook_that_takes_its_time_every_outage_is_told_once_within_two_minutes(number: int) -> None:
    ways = run_virtual(outages(number, 120, first=is_slow))
    assert told_of(ways, MAIL, CHAT) == {f"i{one:03}": 1 for one in range(number)}


def test_what_moved_to_a_slow_second_way_does_not_flee_from_that_to_the_third_at_once() -> None:
    ways = run_virtual(outages(21, 600, first=hangs, second=is_slow))
    assert ways.told(SMS) == []


def test_where_two_ways_hang_the_third_is_taken() -> None:
    ways = run_virtual(outages(21, 240, first=hangs, second=hangs))
    assert told_of(ways, SMS) == {f"i{one:03}": 1 for one in range(21)}


def test_the_end_of_what_went_another_way_as_one_message_is_told_that_way() -> None:
    async def main() -> None:
        async with ways_out(people(), {}) as ways:
            ways.channels[MAIL].answer = hangs
            await go_down(ways, 21)
            await asyncio.sleep(300)
            over = replace(incident(20), closed_at=NOW(), close_reason="it answers")
            ways.happen(EventKind.RESOLVED, over)
            await asyncio.sleep(300)
            (end,) = [row for row in ways.told(CHAT) if row.message.event is EventKind.RESOLVED]
            assert end.incident_id == "i020"

    run_virtual(main())


def test_what_waited_while_nothing_was_sent_at_all_takes_no_other_way_for_that() -> None:
    async def main() -> None:
        async with ways_out(people(), {}) as ways:
            ways.ways.is_held = lambda: NOW() < START + timedelta(minutes=10)
            ways.channels[MAIL].answer = is_slow
            ways.upkeep.gate.clear()
            await go_down(ways, 3)
            await asyncio.sleep(600)
            ways.upkeep.gate.set()
            await asyncio.sleep(120)
            assert (len(ways.told(MAIL)), ways.told(CHAT)) == (3, [])

    run_virtual(main())


def test_bills_that_a_slow_relay_takes_one_by_one_keep_a_message_each() -> None:
    async def main() -> None:
        async with ways_out(people(), {}) as ways:
            ways.channels[MAIL].answer = is_slow
            for one in range(12):
                bill = replace(incident(one), nature=Nature.DEADLINE, severity=Status.WARNING)
                ways.happen(EventKind.OPENED, bill)
            await asyncio.sleep(120)
            assert ways.told_kinds(MAIL) == [EventKind.OPENED] * 12

    run_virtual(main())


# A channel that works --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("within_s", [0.0, 10.0, 60.0])
def test_three_hundred_outages_over_a_way_that_works_are_a_few_messages_that_name_them_all(within_s: float) -> None:
    async def main() -> None:
        async with ways_out(people(), {}) as ways:
            await go_down(ways, 300, within_s=within_s)
            await asyncio.sleep(60)
            assert told_of(ways, MAIL) == {f"i{one:03}": 1 for one in range(300)}
            assert len(ways.told(MAIL)) <= ONE_BY_ONE + 6
            assert ways.told_kinds(MAIL)[:ONE_BY_ONE] == [EventKind.OPENED] * ONE_BY_ONE

    run_virtual(main())


def test_ten_outages_at_once_are_ten_messages_at_once() -> None:
    ways = run_virtual(outages(ONE_BY_ONE, 1))
    assert ways.told_kinds(MAIL) == [EventKind.OPENED] * ONE_BY_ONE


def test_one_more_than_that_waits_a_quarter_of_a_minute_at_most() -> None:
    ways = run_virtual(outages(ONE_BY_ONE + 1, PAUSE_S + 1))
    assert ways.told_kinds(MAIL) == [EventKind.OPENED] * (ONE_BY_ONE + 1)


def test_each_of_many_has_on_record_in_which_message_it_was_told() -> None:
    async def main() -> None:
        async with ways_out(people(), {}) as ways:
            await go_down(ways, 100)
            await asyncio.sleep(60)
            reasons = {one: ways.store.listings.deliveries(f"i{one:03}")[-1].reason for one in range(100)}
            assert set(reasons.values()) == {"", IN_DIGEST}

    run_virtual(main())
