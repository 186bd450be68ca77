"""The demo's settings load, and remind of the bill, at any hour of any day."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checks.calendars import OfficeCalendars
from checks.deadline import INVOICE_LADDER, After, grade, resolve
from checks.model import Deadline, Status
from checks.registry import load_registry
from watchdog.demo.settings_file import ZONE, DemoSettings, office_hours
from watchdog.settings.load import load
from watchdog.settings.values import Settings

REGISTRY = load_registry(())
#: More than the demo takes.
SHOWING = timedelta(minutes=5)
NOON = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)

instants = st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis wants it bare


def karachi(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.fixture(scope="module")
def file() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name) / "nigehban.yaml"


def demo_settings(now: datetime) -> DemoSettings:
    return DemoSettings(now=now, relay_port=50001, mail_port=50002, portal_port=50003)


def loaded(file: Path, settings: DemoSettings, now: datetime) -> Settings:
    file.write_text(settings.text, "utf-8")
    return load(file, REGISTRY, {}, clock=lambda: now)


@given(now=instants)
@example(now=karachi("2026-11-22T23:30:00"))  # a Sunday night
@example(now=karachi("2026-11-24T08:59:59"))
@example(now=karachi("2026-11-24T09:00:00"))
@example(now=karachi("2026-12-31T23:59:30"))
@example(now=karachi("2028-02-28T12:00:00"))
def test_the_bill_is_reminded_of_once_at_any_hour_of_any_day(file: Path, now: datetime) -> None:
    settings = loaded(file, demo_settings(now), now)
    (bill,) = settings.invoices
    assert bill.due == now.astimezone(ZONE).date() + timedelta(days=3)
    assert bill.suspends is not None
    assert bill.suspends > bill.due
    calendar = OfficeCalendars(settings.estate).of(None)
    at = calendar.end_of_day(bill.due)
    rungs = resolve(INVOICE_LADDER, at, calendar=calendar, after=After.EVERY_WORKING_DAY, now=now)
    assert grade(Deadline(at=at, rungs=rungs), now) is not Status.OK
    assert not [rung for rung in rungs if now < rung.at <= now + SHOWING], "a second reminder would come"


def test_the_office_opens_an_hour_earlier_where_it_would_open_during_the_demo() -> None:
    assert office_hours(karachi("2026-11-24T08:49:59")) == "09:00-17:00"
    assert office_hours(karachi("2026-11-24T08:50:00")) == "08:00-16:00"
    assert office_hours(karachi("2026-11-24T09:00:00")) == "08:00-16:00"
    assert office_hours(karachi("2026-11-24T09:00:01")) == "09:00-17:00"


def test_the_proof_settles_the_bill_on_the_day_it_is_written_down(file: Path) -> None:
    settings = demo_settings(NOON)
    midnight = karachi("2026-11-23T00:00:10")
    (bill,) = loaded(file, settings.with_proof(midnight, "Acme receipt 0991"), midnight).invoices
    assert (bill.settled_on, bill.evidence) == (date(2026, 11, 23), "Acme receipt 0991")
    (before,) = loaded(file, settings, NOON).invoices
    assert bill.due == before.due
    assert bill.is_settled(date(2026, 11, 23))
    assert not before.is_settled(date(2026, 11, 23))


def test_nothing_waits_for_office_hours(file: Path) -> None:
    receivers = loaded(file, demo_settings(NOON), NOON).receivers
    assert set(receivers) == {"finance", "on-call"}
    assert not [name for name, receiver in receivers.items() if receiver.hold_for_office_hours]


def test_the_settings_are_short_and_narrow_enough_to_be_read_on_a_terminal() -> None:
    lines = demo_settings(NOON).with_proof(NOON, "Acme receipt 0991").text.splitlines()
    assert len(lines) <= 33
    assert max(map(len, lines)) <= 78
