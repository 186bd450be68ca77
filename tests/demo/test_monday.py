"""The demo's time: the next Monday 09:00 in Karachi, and real seconds from there."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdog.demo.monday import monday_clock, next_monday
from watchdog.demo.settings_file import ZONE

instants = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis wants it bare


def karachi(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        ("2026-11-22T23:30:00", "2026-11-23"),  # a Sunday night
        ("2026-11-23T08:59:59.999999", "2026-11-23"),
        ("2026-11-23T09:00:00", "2026-11-23"),
        ("2026-11-23T09:00:00.000001", "2026-11-30"),
        ("2026-11-23T00:00:00", "2026-11-23"),
        ("2026-11-27T18:00:00", "2026-11-30"),  # a Friday evening
        ("2028-02-29T12:00:00", "2028-03-06"),
        ("2026-12-31T23:59:59", "2027-01-04"),
    ],
)
def test_it_is_the_first_monday_morning_that_has_not_begun(now: str, monday: str) -> None:
    assert next_monday(karachi(now)).isoformat() == f"{monday}T09:00:00+05:00"


@given(now=instants)
def test_it_is_a_monday_nine_o_clock_within_a_week(now: datetime) -> None:
    found = next_monday(now)
    assert (found.weekday(), found.hour, found.minute, found.second, found.microsecond) == (0, 9, 0, 0, 0)
    assert timedelta() <= found - now < timedelta(days=7)


def test_from_there_seconds_are_real_ones() -> None:
    times = iter([karachi("2026-11-22T23:30:00"), karachi("2026-11-22T23:30:00"), karachi("2026-11-22T23:30:42")])
    clock, ahead = monday_clock(lambda: next(times))
    assert ahead == timedelta(hours=9, minutes=30)
    assert clock() == karachi("2026-11-23T09:00:00")
    assert clock() == karachi("2026-11-23T09:00:42")
