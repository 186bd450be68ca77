"""How long something is to last, as people write it."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.estate import Office
from checks.workdays import WorkCalendar
from watchdog.api.ends import LONGEST, end_after, end_at

#: 11:30 on a Wednesday in Peshawar.
NOW = datetime(2026, 11, 4, 6, 30, tzinfo=UTC)
HOURS = (time(9), time(17))
CALENDAR = WorkCalendar(Office(id="hq", week=dict.fromkeys(range(1, 6), HOURS)), ZoneInfo("Asia/Karachi"))


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("17:00", "2026-11-04T12:00"),
        ("9:15", "2026-11-05T04:15"),
        ("11:30", "2026-11-05T06:30"),
        ("2026-11-06", "2026-11-06T12:00"),
        (" 2026-11-06 08:00 ", "2026-11-06T03:00"),
        ("2026-11-06T08:00:30", "2026-11-06T03:00:30"),
        ("2026-11-06T08:00Z", "2026-11-06T08:00"),
        ("2026-11-06 08:00+02:00", "2026-11-06T06:00"),
    ],
)
def test_a_time_is_read_in_the_zone_of_the_estate(text: str, end: str) -> None:
    assert end_at(text, NOW, CALENDAR) == datetime.fromisoformat(end).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("25:00", "there is no such time"),
        ("2026-02-30", "there is no such time"),
        ("2026-11-04 08:00", "lies in the past"),
        ("2028-01-01", "is more than 366 days ahead"),
        ("tomorrow", "must be a time of day"),
        ("", "must be a time of day"),
        ("\u0661\u0667:\u0660\u0660", "must be a time of day"),
    ],
)
def test_what_is_no_time_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        end_at(text, NOW, CALENDAR)


def test_a_duration_counts_from_now() -> None:
    assert end_after("90m", NOW) == datetime(2026, 11, 4, 8, 0, tzinfo=UTC)


numbers = st.from_regex(r"[0-9]{1,4}([-:T ][0-9]{1,2}){0,5}(Z|[+-][0-9]{2}:[0-9]{2})?", fullmatch=True)


@given(st.text(max_size=30) | numbers)
def test_whatever_is_written_is_a_time_ahead_or_a_reason(text: str) -> None:
    try:
        end = end_at(text, NOW, CALENDAR)
    except ValueError:
        return
    assert NOW < end <= NOW + LONGEST
