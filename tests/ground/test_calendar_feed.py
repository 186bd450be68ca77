"""Calendars of others: what is read, and what is refused and why."""

import random
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from checks.calendar_feed import CalendarError, CalendarSpan, read_spans

KARACHI = "Asia/Karachi"
NOVEMBER, DECEMBER = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


def calendar(*events: str) -> bytes:
    bodies = "".join(f"BEGIN:VEVENT\r\nUID:{at}\r\n{event}\r\nEND:VEVENT\r\n" for at, event in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n{bodies}END:VCALENDAR\r\n".encode()


def days(data: bytes, zone: str = KARACHI) -> list[str]:
    """The local beginnings of what is read for November."""
    return [f"{span.starts.astimezone(ZoneInfo(zone)):%d %H:%M}" for span in read_spans(data, NOVEMBER, DECEMBER, zone)]


def refusal(data: bytes) -> str:
    with pytest.raises(CalendarError) as refused:
        read_spans(data, NOVEMBER, DECEMBER, KARACHI)
    return str(refused.value)


def test_a_weekly_event_comes_every_week_but_on_days_taken_out() -> None:
    shift = (
        "DTSTART;TZID=Asia/Karachi:20261101T090000\r\nDURATION:PT8H\r\nRRULE:FREQ=WEEKLY\r\n"
        "EXDATE;TZID=Asia/Karachi:20261108T090000"
    )
    assert days(calendar(shift)) == ["01 09:00", "15 09:00", "22 09:00", "29 09:00"]


def test_a_whole_day_begins_at_midnight_of_the_zone_given() -> None:
    (span,) = read_spans(calendar("DTSTART;VALUE=DATE:20261125\r\nSUMMARY:Day off"), NOVEMBER, DECEMBER, KARACHI)
    begins = datetime(2026, 11, 24, 19, tzinfo=UTC)
    assert span == CalendarSpan(begins, begins + timedelta(days=1), "Day off")


def test_a_time_without_a_zone_is_one_of_the_zone_given() -> None:
    assert days(calendar("DTSTART:20261110T090000\r\nDURATION:PT1H"), "Asia/Kathmandu") == ["10 09:00"]


def test_a_zone_by_its_windows_name_is_known() -> None:
    assert days(calendar("DTSTART;TZID=Pakistan Standard Time:20261110T090000\r\nDURATION:PT1H")) == ["10 09:00"]


def test_a_cancelled_event_is_left_out() -> None:
    assert days(calendar("DTSTART:20261110T090000Z\r\nDURATION:PT1H\r\nSTATUS:CANCELLED")) == []


def test_what_only_touches_the_window_is_not_in_it() -> None:
    assert days(calendar("DTSTART:20261031T230000Z\r\nDTEND:20261101T000000Z")) == []
    assert days(calendar("DTSTART:20261201T000000Z\r\nDURATION:PT1H")) == []


def test_a_summary_is_one_printable_line() -> None:
    (span,) = read_spans(
        calendar("DTSTART:20261110T090000Z\r\nDURATION:PT1H\r\nSUMMARY:Core\\n\x1b[31mswitch"),
        NOVEMBER,
        DECEMBER,
        KARACHI,
    )
    assert span.summary == "Core [31mswitch"


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("SUMMARY:No start", "line 4: event 'No start': it has no start (DTSTART)"),
        ("DTSTART:20261110T090000Z\r\nDTEND:20261109T090000Z", "it ends before it starts"),
        ("DTSTART:20269910T090000Z", "line 4: event '': DTSTART cannot be read"),
        ("DTSTART;TZID=Mars/Base:20261110T090000", "time zone 'Mars/Base' is not known"),
        ("DTSTART:20261110T090000Z\r\nRRULE:FREQ=SECONDLY", "FREQ is one of DAILY, WEEKLY, MONTHLY, YEARLY"),
        ("DTSTART:20261110T090000Z\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "no such date is in that month"),
        ("DTSTART:20261110T090000Z\r\nRRULE:FREQ=DAILY;INTERVAL=7;BYDAY=MO", "may never come"),
        ("DTSTART:00010101T000000Z\r\nRRULE:FREQ=DAILY", "it begins in the year 1"),
        ("DTSTART:19700101T000000Z\r\nRRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))), "too long ago"),
    ],
)
def test_an_event_that_cannot_be_right_is_refused_with_its_place(event: str, why: str) -> None:
    assert why in refusal(calendar(event))


def test_bytes_that_are_no_calendar_are_refused_with_the_reason() -> None:
    assert refusal(b"<html>") == "line 1: not a calendar; one begins with BEGIN:VCALENDAR"
    assert refusal(b"BEGIN:VCALENDAR\nVERSION:2.0\n") == "the calendar is cut off: VCALENDAR has no end"
    assert refusal(b"BEGIN:VCALENDAR\nX:\xff\nEND:VCALENDAR\n") == "line 2: not UTF-8"
    assert refusal(b" " * 1_100_000) == "larger than 1024 KiB"
    assert "lies too deep" in refusal(b"BEGIN:VCALENDAR\n" * 10_000)


def test_more_events_than_anybody_reads_are_refused() -> None:
    assert "more than 1000 events" in refusal(calendar(*["DTSTART:20261110T090000Z"] * 1001))


def test_a_zone_that_never_ends_working_out_is_left_unread() -> None:
    zone = b"BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:19700101T000000\nRRULE:FREQ=SECONDLY\nEND:STANDARD\n"
    data = calendar("DTSTART:20261110T090000Z\r\nDURATION:PT1H").replace(
        b"PRODID:test\r\n", b"PRODID:test\n" + zone + b"END:VTIMEZONE\n"
    )
    assert days(data) == ["10 14:00"]


#: What hostile calendars are made of.
_LINES = (
    "BEGIN:VEVENT",
    "END:VEVENT",
    "BEGIN:VCALENDAR",
    "END:VCALENDAR",
    "BEGIN:VTIMEZONE",
    "BEGIN:VALARM",
    "DTSTART:20261110T090000Z",
    "DTSTART;VALUE=DATE:20261110",
    "DTSTART;TZID=Europe/Berlin:20261025T023000",
    "DTEND:20261110T100000",
    "DTEND;VALUE=DATE:20261111",
    "DURATION:-PT1H",
    "DURATION:P9999999W",
    "RRULE:FREQ=DAILY",
    "RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=1",
    "RRULE:FREQ=YEARLY;COUNT=-1",
    "RDATE;VALUE=PERIOD:20261110T090000Z/20261110T080000Z",
    "EXDATE:20261110T090000",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:20261110T090000Z",
    "SEQUENCE:x",
    "UID:0",
    "CALSCALE:HEBREW",
    "SUMMARY;X=\x00:\\",
    " folded",
    ":",
    "\ud7ff",
)


def outcome(data: bytes) -> tuple[tuple[CalendarSpan, ...], str]:
    """What is read, or why nothing is."""
    try:
        return read_spans(data, NOVEMBER, DECEMBER, KARACHI), ""
    except CalendarError as error:
        return (), str(error)


def test_ten_thousand_hostile_calendars_are_read_or_refused_and_none_takes_long() -> None:
    chance, slowest_s = random.Random(21), 0.0
    for _ in range(10_000):
        lines = [chance.choice(_LINES) for _ in range(chance.randrange(1, 9))]
        if chance.random() < 0.8:
            lines = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"]
        began_s = time.process_time()
        spans, why = outcome("\n".join(lines).encode())
        assert why.isprintable()
        assert all(span.ends > NOVEMBER and span.starts < DECEMBER and span.starts < span.ends for span in spans)
        slowest_s = max(slowest_s, time.process_time() - began_s)
    assert slowest_s < 5


def test_what_another_program_writes_is_read_back_as_it_meant_it() -> None:
    chance = random.Random(7)
    zones = ("Asia/Karachi", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC")
    for _ in range(300):
        zone, lasts = chance.choice(zones), timedelta(minutes=chance.randrange(1, 3000))
        starts = datetime(2026, 11, 1, tzinfo=ZoneInfo(zone)) + timedelta(minutes=chance.randrange(60 * 24 * 28))
        words = "".join(chance.choice("abc ,;:\\\"'é٣\u202e-") for _ in range(chance.randrange(1, 90))).strip()
        event = Event()
        event.add("uid", "1")
        event.add("summary", words)
        event.add("dtstart", starts)
        event.add("dtend", starts.astimezone(UTC) + lasts)
        written = Calendar()
        written.add_component(event)
        (span,) = read_spans(written.to_ical(), NOVEMBER, DECEMBER, "Asia/Tokyo")
        shown = " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())
        assert span == CalendarSpan(starts.astimezone(UTC), starts.astimezone(UTC) + lasts, shown)


def test_a_daily_event_keeps_its_hour_over_the_change_of_clocks() -> None:
    data = calendar("DTSTART;TZID=Europe/Berlin:20261020T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY")
    read = read_spans(data, datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 10, 27, tzinfo=UTC), "UTC")
    local = [span.starts.astimezone(ZoneInfo("Europe/Berlin")) for span in read]
    assert [(at.date(), at.hour) for at in local] == [(date(2026, 10, day), 9) for day in (24, 25, 26)]
