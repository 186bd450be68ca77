"""The demo's settings load on any Monday of any year, and what they tell is told once."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checks.calendars import OfficeCalendars
from checks.deadline import CERTIFICATE_LADDER, DOMAIN_LADDER, INVOICE_LADDER, After, grade, resolve
from checks.model import Deadline, Rung, Status
from checks.registry import load_registry
from watchdog.demo.estate import CERTIFICATE_LEFT, CERTIFICATE_LIFETIME, DOMAIN_LEFT
from watchdog.demo.monday import next_monday
from watchdog.demo.settings_file import ZONE, DemoSettings, Ports
from watchdog.settings.load import load
from watchdog.settings.values import Settings

REGISTRY = load_registry(())
#: More than the demo takes.
SHOWING = timedelta(minutes=10)
PORTS = Ports(relay=50001, mail=50002, portal=50003, whois=50004, eoffice=50005)

mondays = st.datetimes(datetime(2026, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001  # hypothesis wants it bare
    lambda now: next_monday(now).astimezone(UTC)
)


def monday(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(hour=9, tzinfo=ZONE).astimezone(UTC)


NOW = monday("2026-11-23")


@pytest.fixture(scope="module")
def file() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name) / "nigehban.yaml"


def demo_settings(now: datetime) -> DemoSettings:
    return DemoSettings(now=now, ports=PORTS)


def loaded(file: Path, settings: DemoSettings, now: datetime) -> Settings:
    file.write_text(settings.text, "utf-8")
    return load(file, REGISTRY, {}, clock=lambda: now)


def told_anew(rungs: tuple[Rung, ...], now: datetime) -> list[str]:
    """Steps that would be told while the demo runs, after what is told at its beginning."""
    return [rung.name for rung in rungs if now < rung.at <= now + SHOWING]


@given(now=mondays)
@example(now=monday("2026-11-23"))
@example(now=monday("2027-01-04"))  # the bill was due before New Year
@example(now=monday("2028-03-06"))  # on both sides of 29 February
def test_the_bill_is_overdue_and_told_once_on_any_monday(file: Path, now: datetime) -> None:
    settings = loaded(file, demo_settings(now), now)
    (bill,) = settings.invoices
    calendar = OfficeCalendars(settings.estate).of(None)
    at = calendar.end_of_day(bill.due)
    rungs = resolve(INVOICE_LADDER, at, calendar=calendar, after=After.EVERY_WORKING_DAY, now=now)
    assert at < now
    assert grade(Deadline(at=at, rungs=rungs), now) is Status.CRITICAL
    assert told_anew(rungs, now) == []
    assert bill.suspends == now.astimezone(ZONE).date()


@given(now=mondays)
def test_the_certificate_and_the_domain_are_told_once_on_any_monday(now: datetime) -> None:
    certificate = resolve(CERTIFICATE_LADDER, now + CERTIFICATE_LEFT, lifetime=CERTIFICATE_LIFETIME, now=now)
    domain = resolve(DOMAIN_LADDER, now + DOMAIN_LEFT, now=now)
    for rungs, left in ((certificate, CERTIFICATE_LEFT), (domain, DOMAIN_LEFT)):
        assert grade(Deadline(at=now + left, rungs=rungs), now) is Status.WARNING
        assert told_anew(rungs, now) == []


@given(now=mondays)
def test_the_office_is_open_as_long_as_the_story_is_told(file: Path, now: datetime) -> None:
    settings = loaded(file, demo_settings(now), now)
    calendar = OfficeCalendars(settings.estate).of(None)
    for moment in (now, now + SHOWING):
        assert calendar.next_open(moment) == moment
    assert settings.receivers["finance"].hold_for_office_hours


def test_the_proof_settles_the_bill_on_the_day_it_is_written_down(file: Path) -> None:
    settings, later = demo_settings(NOW), NOW + timedelta(seconds=40)
    (bill,) = loaded(file, settings.with_proof(later, "Acme receipt 0991"), later).invoices
    assert (bill.settled_on, bill.evidence) == (date(2026, 11, 23), "Acme receipt 0991")
    (before,) = loaded(file, settings, NOW).invoices
    assert bill.due == before.due == date(2026, 11, 18)
    assert bill.is_settled(date(2026, 11, 23))
    assert not before.is_settled(date(2026, 11, 23))


def test_the_settings_are_short_and_narrow_enough_to_be_read_on_a_terminal() -> None:
    lines = demo_settings(NOW).with_proof(NOW, "Acme receipt 0991").text.splitlines()
    assert len(lines) <= 50
    assert max(map(len, lines)) <= 78
