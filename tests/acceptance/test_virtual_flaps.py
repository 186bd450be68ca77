"""Targets that come and go, and looks that get lost, through the whole daemon in virtual time (FAULTS 17 and 19)."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.incident import EventKind, Incident
from alerts.judging.fault import Threshold
from alerts.judging.time_to_tell import SEND_S, time_to_tell
from checks.model import Cause, CheckId, Finding, Status
from checks.network.errors import ProbeError
from checks.plugin import CheckContext, CheckKind
from checks.spec import CheckSpec
from tests.support.scripted import Options
from tests.support.virtual_estate import Month, Outage, live, scripted_kind, settings_of
from tests.support.virtual_loop import EPOCH, run_virtual
from watchdog.settings.values import ConfiguredCheck

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
USUAL = Threshold(flap_hold_s=1800)
FIRST = EPOCH + 10 * MINUTE


def lived(kind: CheckKind[Options], hosts: Sequence[str], *, hours: float, usual: CheckSpec | None = None) -> Month:
    """What becomes of a check for each of `hosts`, judged as checks are by default."""
    settings = settings_of((), hosts[:1], interval_s=60, lapses=EPOCH + timedelta(days=300))
    like = usual or CheckSpec(id=CheckId("mx"), kind=kind, options=Options(host=""), service="mail", interval_s=60)
    specs = [replace(like, id=CheckId(f"mx-{host}"), options=Options(host=host)) for host in hosts]
    checks = tuple(ConfiguredCheck(spec=spec, threshold=USUAL) for spec in specs)
    return run_virtual(live(replace(settings, checks=checks, invoices=()), days=hours / 24, seed=1))


def told(month: Month) -> list[EventKind]:
    sent = sorted(month.sent, key=lambda one: one.at)
    return [one.notification.message.event for one in sent]


def incidents(month: Month) -> list[Incident]:
    return sorted(month.store.listings.recent_incidents(1000), key=lambda one: one.opened_at)


def on_record(month: Month, incident_id: str) -> list[EventKind]:
    history = month.store.listings.history(incident_id)
    assert history is not None
    return [event.kind for event in history.events]


def flaps(down: timedelta, up: timedelta, lasting: timedelta) -> list[Outage]:
    begins = [FIRST + number * (down + up) for number in range(lasting // (down + up))]
    return [Outage("a.example", begin, begin + down) for begin in begins]


@pytest.mark.parametrize(("down", "up"), [(3, 2), (4, 2), (3, 4.5), (10, 3)])
def test_a_target_that_comes_and_goes_for_two_hours_makes_two_messages(down: float, up: float) -> None:
    truth = flaps(down * MINUTE, up * MINUTE, 2 * HOUR)
    month = lived(scripted_kind(truth), ["a.example"], hours=4)
    assert told(month) == [EventKind.OPENED, EventKind.RESOLVED]
    (incident,) = incidents(month)
    assert incident.is_unstable
    assert incident.closed_at is not None
    assert timedelta() <= incident.closed_at - truth[-1].end <= 3 * MINUTE, "it lasted until it became well"
    kinds = on_record(month, incident.id)
    assert kinds.count(EventKind.UNSTABLE) == len(truth) - 1


@pytest.mark.parametrize("down_s", [10, 45, 88])
def test_a_target_that_fails_too_shortly_to_be_down_is_told_to_nobody(down_s: float) -> None:
    truth = flaps(timedelta(seconds=down_s), 2 * MINUTE, 2 * HOUR)
    month = lived(scripted_kind(truth), ["a.example"], hours=3)
    assert (told(month), incidents(month)) == ([], [])


def test_outages_an_hour_apart_are_told_one_by_one() -> None:
    truth = [Outage("a.example", FIRST + n * HOUR, FIRST + n * HOUR + 10 * MINUTE) for n in range(3)]
    month = lived(scripted_kind(truth), ["a.example"], hours=4)
    assert told(month) == [EventKind.OPENED, EventKind.RESOLVED] * 3
    assert not any(one.is_unstable for one in incidents(month))


# Looks that get lost ------------------------------------------------------------------------------------------------


def lossy_kind(share: float) -> CheckKind[Options]:
    dice = random.Random(17)

    async def run(options: Options, _ctx: CheckContext) -> Sequence[Finding]:
        await asyncio.sleep(0.05)
        if dice.random() < share:
            raise ProbeError(Cause.TIMEOUT, "lost on the way")
        return (Finding(subject=options.host, status=Status.OK, summary=f"{options.host} answers"),)

    return CheckKind(name="lossy", options=Options, run=run, subject=lambda options: options.host)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.10, 0.25])
def test_an_hour_in_which_looks_get_lost_pages_hardly_anybody(share: float) -> None:
    hosts = [f"h{number}.example" for number in range(100)]
    month = lived(lossy_kind(share), hosts, hours=1)
    pages = [event for event in told(month) if event is not EventKind.RESOLVED]
    assert len(pages) <= 1, "false pages in 100 target-hours"


# The worst case -----------------------------------------------------------------------------------------------------


def hanging_kind(is_down: Callable[[], bool]) -> CheckKind[Options]:
    """Each look at what is down takes all the time it has."""

    async def run(options: Options, _ctx: CheckContext) -> Sequence[Finding]:
        if is_down():
            await asyncio.sleep(HOUR.total_seconds())
        return (Finding(subject=options.host, status=Status.OK, summary="answers"),)

    return CheckKind(name="hanging", options=Options, run=run, subject=lambda options: options.host)


@pytest.mark.parametrize(
    ("interval_s", "timeout_s", "retry_every_s"),
    [(60.0, 10.0, 10.0), (60.0, 30.0, 10.0), (60.0, 2.0, 10.0), (30.0, 10.0, 30.0), (3600.0, 30.0, 10.0)],
)
def test_no_outage_is_an_incident_later_than_the_formula_says(
    interval_s: float, timeout_s: float, retry_every_s: float
) -> None:
    begin_s = 2 * interval_s + 17.0
    kind = hanging_kind(lambda: asyncio.get_running_loop().time() >= begin_s)
    hosts = [f"h{number}.example" for number in range(30)]
    usual = CheckSpec(
        id=CheckId("mx"),
        kind=kind,
        options=Options(host=""),
        service="mail",
        interval_s=interval_s,
        timeout_s=timeout_s,
        retry_every_s=retry_every_s,
    )
    month = lived(kind, hosts, hours=(begin_s + 2 * interval_s + 900) / 3600, usual=usual)
    late_s = [(one.opened_at - EPOCH).total_seconds() - begin_s for one in incidents(month)]
    formula = time_to_tell(USUAL, interval_s=interval_s, timeout_s=timeout_s, retry_every_s=retry_every_s)
    # An incident bears the time at which its last look began.
    worst_s = formula.seconds - SEND_S - min(timeout_s, retry_every_s)
    assert len(late_s) == len(hosts)
    assert worst_s * 0.6 < max(late_s) <= worst_s + 1
