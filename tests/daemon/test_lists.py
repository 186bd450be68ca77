"""The lists of a running daemon: once a day over restarts, caught up the same day, read by each in his own way."""

import asyncio
from dataclasses import replace
from datetime import time, timedelta

import pytest

from alerts.digests.rule import DigestKind, DigestRule
from alerts.incident import EventKind
from alerts.message import Notification
from alerts.people.rota import Every, Rota, Turns
from alerts.record import SubjectRecord
from alerts.route import Receiver, Route
from checks.model import CheckId
from tests.alerts.test_digests import NOW, bill, record
from tests.support.on_duty import estate, person
from tests.support.telling import local
from tests.support.virtual_estate import ZONE, Month, lay, settings_of
from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.daemon import Daemon
from watchdog.digests import LOOK_EVERY_S, Digests
from watchdog.settings.values import Settings
from watchdog.store.executor import Inline

HOUR = 3600.0
BILLS_CHECK = CheckId("bills")
BILLS = DigestRule(id="finance-morning", kind=DigestKind.BILLS, to=("finance",), at=time(9, 15))
WEEK = DigestRule(id="weekly", kind=DigestKind.ON_CALL_SUMMARY, to=("on-call",), at=time(9, 0), weekdays=frozenset({1}))


def settings(*rules: DigestRule) -> Settings:
    estate = settings_of((), ("t0.example",), interval_s=7200, lapses=EPOCH + timedelta(days=300))
    return replace(estate, digests=rules)


def digests(daemon: Daemon, month: Month) -> Digests:
    return Digests(daemon=daemon, listings=month.store.listings, reading=Inline(), clock=virtual_clock())


def told(days: float, *rules: DigestRule, restart_every_s: float = 1e9) -> list[Notification]:
    """What goes out within `days` from a Wednesday, nine o'clock; the chore forgets all at each restart."""
    return told_by(settings(*rules), days, restart_every_s=restart_every_s)


def told_by(estate: Settings, days: float, *, restart_every_s: float = 1e9) -> list[Notification]:
    async def body() -> list[Notification]:
        daemon, month = lay(estate, seed=1)
        stop = asyncio.Event()
        running = asyncio.create_task(daemon.run(stop))
        loop = asyncio.get_running_loop()
        end_s = loop.time() + days * 24 * HOUR
        while loop.time() < end_s:
            chore = asyncio.create_task(digests(daemon, month).forever())
            await asyncio.sleep(min(restart_every_s, end_s - loop.time()))
            chore.cancel()
        stop.set()
        await running
        sent = sorted(month.sent, key=lambda one: one.at)
        return [one.notification for one in sent if one.notification.message.event is EventKind.DIGEST]

    return run_virtual(body())


def test_the_morning_list_goes_once_to_each_recipient_on_each_working_day() -> None:
    rows = told(5, BILLS)
    assert sorted(row.recipient for row in rows) == ["ds@x.example"] * 3 + ["so@x.example"] * 3
    first = rows[0]
    assert first.created_at - EPOCH < timedelta(minutes=16)
    assert first.message.subject == "DIGEST 1 bill to see to, Rs 134,000 at risk"
    assert first.message.attachments


def test_a_restart_sends_no_list_a_second_time() -> None:
    rows = told(2, BILLS, restart_every_s=HOUR)
    assert len(rows) == 4
    assert len({row.id for row in rows}) == 4


def test_a_week_is_summed_up_on_its_day() -> None:
    (row,) = told(6, replace(WEEK, tells_nothing=True))
    assert row.message.subject.startswith("DIGEST On-call week:")
    assert row.created_at.date() == (EPOCH + timedelta(days=5)).date()


@pytest.mark.parametrize(
    ("down_for", "counted"),
    [
        pytest.param(timedelta(days=20), "1 incident, 0 messages", id="still open"),
        pytest.param(timedelta(days=3), "1 incident, 1 message", id="ended in the week, which is told"),
        pytest.param(timedelta(hours=2), None, id="over before the week"),
    ],
)
def test_a_week_has_what_ended_in_it_and_no_message_of_the_week_before(
    down_for: timedelta, counted: str | None
) -> None:
    thursday = replace(WEEK, to=("ali",), weekdays=frozenset({4}))
    down = estate(down_for=down_for, people=("ali",), routes=(Route(to=("ali",)),))
    seldom = [replace(one, spec=replace(one.spec, interval_s=HOUR)) for one in down.checks]
    subjects = [row.message.subject for row in told_by(replace(down, digests=(thursday,), checks=tuple(seldom)), 8.1)]
    assert subjects[1:] == ([f"DIGEST On-call week: {counted}"] if counted else [])


def test_who_comes_on_duty_after_the_list_was_due_gets_none_of_that_day() -> None:
    zone = ZONE
    turns = Turns(
        members=("ali", "sara"), every=Every.DAY, hand_off=time(10), zone=zone, starts=EPOCH.astimezone(zone).date()
    )
    week = replace(WEEK, to=("duty",), at=time(9, 30), weekdays=frozenset(), tells_nothing=True)
    plain = settings(week)
    people = {name: person(name) for name in ("ali", "sara")}
    duty = Receiver(id="duty", channels=(), rota="noc")
    staffed = replace(
        plain,
        receivers={**plain.receivers, **people, "duty": duty},
        rotas={"noc": Rota(id="noc", turns=turns)},
    )
    rows = told_by(staffed, 0.25)
    assert [row.receiver for row in rows] == ["sara"]
    assert {row.receiver for row in told_by(staffed, 0.25, restart_every_s=HOUR)} == {"sara"}


@pytest.mark.parametrize("look_s", [60, 600], ids=["is waited for", "takes too long to be waited for"])
def test_a_list_is_not_made_of_what_half_a_first_look_found(look_s: float) -> None:
    """Nothing was found yet: that is no day without bills."""
    began = local("2017-11-28 09:15")

    async def body() -> tuple[int, int]:
        daemon, month = lay(settings(BILLS), seed=1, start=began)
        rows = Digests(daemon=daemon, listings=month.store.listings, reading=Inline(), clock=virtual_clock(began))
        daemon.subjects.put(SubjectRecord(check_id=BILLS_CHECK, subject="bills", seen_at=began, judged_at=began), None)
        chore = asyncio.create_task(rows.forever())
        await asyncio.sleep(look_s)
        before = await waiting(daemon, month)
        daemon.subjects.put(record(NOW, bill("B-2", "2017-11-27")), None)
        daemon.subjects.complete(BILLS_CHECK)
        await asyncio.sleep(LOOK_EVERY_S)
        chore.cancel()
        return before, await waiting(daemon, month)

    assert run_virtual(body()) == (0, 2)


async def waiting(daemon: Daemon, month: Month) -> int:
    await daemon.settled()
    return sum(one.count for one in month.store.listings.outbox_pending().values())


def test_nothing_to_tell_is_nothing_sent() -> None:
    async def body() -> int:
        empty = replace(settings(BILLS), invoices=())
        daemon, month = lay(empty, seed=1)
        stop = asyncio.Event()
        running = asyncio.create_task(daemon.run(stop))
        await asyncio.sleep(HOUR)
        await digests(daemon, month).round()
        await asyncio.sleep(HOUR)
        stop.set()
        await running
        return len(month.sent)

    assert run_virtual(body()) == 0
