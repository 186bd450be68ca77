"""Thirty virtual days of the whole daemon: told exactly what happened, the same story for the same seed."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from alerts.incident import EventKind, Incident, Nature
from alerts.message import NotificationState
from tests.support.virtual_estate import ZONE, Month, Outage, Sent, live, outages, settings_of
from tests.support.virtual_loop import EPOCH, run_virtual

HOSTS = tuple(f"mx{n}.example.gov.pk" for n in range(10))
DAYS = 30
INTERVAL_S = 600.0
LAPSES = EPOCH + timedelta(days=25)

pytestmark = pytest.mark.slow


def lived(seed: int, days: int = DAYS) -> tuple[Month, Sequence[Outage]]:
    truth = outages(seed, HOSTS, days)
    settings = settings_of(truth, HOSTS, interval_s=INTERVAL_S, lapses=LAPSES)
    # Half a day more, so that the last morning's messages have gone out.
    return run_virtual(live(settings, days=days + 0.5, seed=seed)), truth


@pytest.fixture(scope="module")
def month(record_testsuite_property: Callable[[str, object], None]) -> tuple[Month, Sequence[Outage]]:
    started = time.perf_counter()
    told = lived(seed=1)
    took_s = time.perf_counter() - started
    record_testsuite_property("virtual month", f"{told[0].runs} runs in {took_s:.1f} s")
    print(f"\n{DAYS} virtual days, {told[0].runs} runs: {took_s:.1f} s")  # noqa: T201  # printed, never asserted
    return told


def by_incident(sent: Sequence[Sent]) -> dict[tuple[str | None, str], list[EventKind]]:
    found: dict[tuple[str | None, str], list[EventKind]] = {}
    for one in sorted(sent, key=lambda each: each.at):
        row = one.notification
        found.setdefault((row.incident_id, row.recipient), []).append(row.message.event)
    return found


def faults(month: Month) -> list[Incident]:
    return [one for one in month.store.listings.recent_incidents(10_000) if one.nature is Nature.FAULT]


def test_every_check_ran_every_ten_minutes(month: tuple[Month, Sequence[Outage]]) -> None:
    assert month[0].runs >= 12 * DAYS * 144


def test_the_same_seed_tells_the_same_story(month: tuple[Month, Sequence[Outage]]) -> None:
    assert lived(seed=1)[0].trace() == month[0].trace()


def test_another_seed_tells_another_story() -> None:
    """Of a week, in which most hosts have had their first outage."""
    assert lived(seed=2, days=7)[0].trace() != lived(seed=1, days=7)[0].trace()


def test_every_incident_is_a_real_outage_and_every_long_outage_an_incident(
    month: tuple[Month, Sequence[Outage]],
) -> None:
    truth = [one for one in month[1] if not one.blind]
    for incident in faults(month[0]):
        assert any(one.covers(incident.subject, incident.since) for one in truth)
    for one in truth:
        if one.end - one.begin > timedelta(seconds=INTERVAL_S + 40):
            assert [i for i in faults(month[0]) if i.subject == one.host and one.covers(one.host, i.since)]


def test_our_own_blindness_opens_no_fault(month: tuple[Month, Sequence[Outage]]) -> None:
    blind = [one for one in month[1] if one.blind]
    assert blind
    assert not [i for i in faults(month[0]) for one in blind if one.covers(i.subject, i.since)]


def test_nobody_hears_anything_twice(month: tuple[Month, Sequence[Outage]]) -> None:
    ids = [one.notification.id for one in month[0].sent]
    assert len(ids) == len(set(ids))


def test_good_news_never_comes_before_or_without_the_bad(month: tuple[Month, Sequence[Outage]]) -> None:
    for kinds in by_incident(month[0].sent).values():
        assert kinds[0] is EventKind.OPENED
        assert EventKind.RESOLVED not in kinds[:-1]


def test_every_incident_has_a_delivery_or_a_written_reason(month: tuple[Month, Sequence[Outage]]) -> None:
    told = {one.notification.incident_id for one in month[0].sent}
    for incident in month[0].store.listings.recent_incidents(10_000):
        if incident.root is not None:
            assert incident.root in told  # which tells of it
            continue
        lines = month[0].store.listings.deliveries(incident.id)
        dropped = [line for line in lines if line.state is NotificationState.DROPPED]
        assert incident.id in told or (dropped and all(line.reason for line in dropped)), incident


def test_nothing_waits_when_the_month_is_over(month: tuple[Month, Sequence[Outage]]) -> None:
    assert month[0].store.listings.outbox_pending() == {}


def test_each_rung_of_the_certificate_is_told_once_and_its_renewal_ends_it(
    month: tuple[Month, Sequence[Outage]],
) -> None:
    rows = [one.notification for one in month[0].sent if one.notification.message.check == "certificate"]
    assert [row.message.event for row in rows] == [
        EventKind.OPENED,  # 21 days, four days in
        EventKind.REMINDER,  # 14 days
        EventKind.REMINDER,  # 7 days
        EventKind.REMINDER,  # 3 days
        EventKind.RESOLVED,
    ]


def about_the_bill(sent: Sent) -> bool:
    """And not about an outage that may come of it, which finance hears at any hour."""
    return sent.notification.receiver == "finance" and sent.notification.message.check == "bills"


def test_finance_hears_of_the_bill_in_office_hours_on_working_days(month: tuple[Month, Sequence[Outage]]) -> None:
    bill = [one for one in month[0].sent if about_the_bill(one)]
    assert bill
    for one in bill:
        local = one.at.astimezone(ZONE)
        assert local.weekday() < 5
        assert 9 <= local.hour < 17


def test_the_bill_is_told_for_every_rung_and_every_working_day_it_is_overdue(
    month: tuple[Month, Sequence[Outage]],
) -> None:
    to_one = [
        one.notification
        for one in month[0].sent
        if about_the_bill(one) and one.notification.recipient == "so@x.example"
    ]
    # Due Mon 6 Nov: first sight, 10, 5, 3, 1, 0 working days; then each working day to Fri 17 Nov.
    assert len(to_one) == 6 + 9
