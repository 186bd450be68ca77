"""What the preview foretells is what the daemon then sends: weeks of virtual time in which nothing changes."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.incident import Acknowledgement
from alerts.outlook.preview import Foretold, kept_back, sent
from checks.deadline import grade, parse_ladder, resolve
from checks.ledger.journal import Journal
from checks.model import Cause, CheckId, Deadline, Finding, Status
from checks.plugin import CheckContext, CheckKind
from checks.spec import CheckSpec
from tests.support.scripted import NoNetwork, Options
from tests.support.virtual_estate import Month, Sent, lay, settings_of
from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.daemon import Daemon
from watchdog.engine.runner import Surroundings
from watchdog.explaining import Known
from watchdog.foretelling import played
from watchdog.settings.values import ConfiguredCheck, Settings

DAYS = 36
LAPSES = EPOCH + timedelta(days=33, hours=5)
LADDER = parse_ladder(("21d", "14d", "7d", "3d", "1d", "0d"))

pytestmark = pytest.mark.slow


def lapsing() -> CheckKind[Options]:
    """A certificate that nobody renews."""

    async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
        deadline = Deadline(at=LAPSES, rungs=resolve(LADDER, LAPSES, now=ctx.now))
        status = grade(deadline, ctx.now)
        cause = Cause.NONE if status is Status.OK else Cause.DUE
        return (Finding(subject=options.host, status=status, cause=cause, summary="certificate", deadline=deadline),)

    return CheckKind(name="certificate", options=Options, run=run, subject=lambda options: options.host)


def quiet_estate() -> Settings:
    """A bill that nobody pays, a certificate, and a web server that is always well."""
    whole = settings_of((), ("web",), interval_s=1800, lapses=LAPSES)
    spec = CheckSpec(id=CheckId("certificate"), kind=lapsing(), options=Options(host="portal"), interval_s=1800)
    certificate = ConfiguredCheck(spec=spec, threshold=whole.checks[0].threshold)
    others = [check for check in whole.checks if check.spec.id != "certificate"]
    return replace(whole, checks=(*others, certificate))


async def foretell(daemon: Daemon, until: datetime) -> list[Foretold]:
    settings, now = daemon.settings, virtual_clock()()
    known = Known(
        settings=settings,
        directory=daemon.directory,
        now=now,
        is_watched=True,
        records=[subject.current() for subject in daemon.subjects],
    )
    around = Surroundings(
        estate=settings.estate,
        calendars=daemon.directory.calendars,
        ledger=Journal(settings.invoices),
        open_network=NoNetwork,
    )
    return await played(known, around, until)


async def compared(
    settings: Settings, *, days: int = DAYS, at_it_for: timedelta | None = None
) -> tuple[list[Foretold], list[Sent]]:
    """What was foretold an hour after the start, and what was sent since."""
    daemon, month = lay(settings, seed=3)
    stop, until = asyncio.Event(), EPOCH + timedelta(days=days, hours=6)  # not at the opening of an office
    running = asyncio.ensure_future(daemon.run(stop))
    await asyncio.sleep(3600)
    if at_it_for is not None:
        await _answer(daemon, month, at_it_for)
    told, before = await foretell(daemon, until), len(month.sent)
    earlier = {id(one) for one in month.sent}
    assert before == len(earlier)
    await asyncio.sleep((until - virtual_clock()()).total_seconds())
    stop.set()
    await running
    return told, [one for one in month.sent if id(one) not in earlier]


async def _answer(daemon: Daemon, month: Month, length: timedelta) -> None:
    now = virtual_clock()()
    for one in month.store.listings.open_incidents():
        await daemon.acknowledge(one.id, Acknowledgement(by="asad", at=now, until=now + length))


def lines(told: Sequence[Foretold]) -> list[tuple[str, str, str]]:
    return sorted((one.row.receiver, one.row.recipient, one.row.message.subject) for one in told)


def sent_lines(real: Sequence[Sent]) -> list[tuple[str, str, str]]:
    rows = (one.notification for one in real)
    return sorted((row.receiver, row.recipient, row.message.subject) for row in rows)


def test_exactly_what_was_foretold_is_sent_at_its_time() -> None:
    told, real = run_virtual(compared(quiet_estate()))
    assert lines(told) == sent_lines(real)
    assert len(told) > 30
    by_line = {(one.row.recipient, one.row.message.subject, one.at.date()): one.at for one in told}
    for one in real:
        row = one.notification
        foreseen = by_line[row.recipient, row.message.subject, one.at.date()]
        assert timedelta() <= one.at - foreseen < timedelta(minutes=5), row.message.subject


def test_who_is_at_it_is_reminded_when_the_time_is_over_and_not_before() -> None:
    told, real = run_virtual(compared(quiet_estate(), days=13, at_it_for=timedelta(days=9)))
    assert lines(sent(told)) == sent_lines(real)
    assert {one.why_not for one in kept_back(told)} >= {"somebody is at it"}


def test_playing_forward_sends_nothing_and_changes_nothing() -> None:
    async def play() -> None:
        daemon, month = lay(quiet_estate(), seed=3)
        stop = asyncio.Event()
        running = asyncio.ensure_future(daemon.run(stop))
        await asyncio.sleep(3600)
        before = [subject.current() for subject in daemon.subjects], list(month.sent)
        first = await foretell(daemon, EPOCH + timedelta(days=DAYS))
        assert await foretell(daemon, EPOCH + timedelta(days=DAYS)) == first
        assert ([subject.current() for subject in daemon.subjects], list(month.sent)) == before
        stop.set()
        await running

    run_virtual(play())
