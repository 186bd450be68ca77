"""Calendars that any program reads as they were meant, whatever stands in them: against the `icalendar` package."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from alerts.ics import MAX_LINE_OCTETS, AllDay, calendar_text, escaped, fold, uid_of

CHANGED = datetime(2026, 11, 20, 4, 5, 6, tzinfo=UTC)
DAY = date(2026, 12, 1)

#: Letters of many sizes, what iCalendar gives a meaning, what breaks lines somewhere, and what is no text.
ALPHABET = (
    "abc XYZ 0123 ,;:\\\"'=^|<>&%\n\r\t\0\x07\x0b\x0c\x1b\x7f\x85\u2028\u2029"
    "ادائیگی کی آخری تاریخ é ß € 漢字 🏛️ \u200f\u202e\u2066\u2069\ufeff"
)
INJECTED = (
    "\r\nATTACH:file:///etc/passwd",
    "\nBEGIN:VALARM\nACTION:AUDIO\nEND:VALARM",
    "\r\nEND:VEVENT\r\nEND:VCALENDAR",
)


def event(summary: str = "Due: INV-7", description: str = "", uid: str = "one@nigehban") -> AllDay:
    return AllDay(
        uid=uid,
        first=DAY,
        last=DAY + timedelta(days=2),
        summary=summary,
        description=description,
        changed_at=CHANGED,
        sequence=4,
        category="due",
    )


def read_back(text: str) -> tuple[str, str]:
    """Summary and description as another program reads them; there is one event and nothing within it."""
    calendar = Calendar.from_ical(text)
    (one,) = calendar.subcomponents
    assert (one.name, one.subcomponents) == ("VEVENT", [])
    assert not {"ATTACH", "VALARM", "ATTENDEE", "ORGANIZER", "URL"} & {name.upper() for name in one}
    return str(one["SUMMARY"]), str(one["DESCRIPTION"])


def kept(text: str) -> str:
    """What of a text a calendar can hold."""
    lines = text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    unseen = {chr(code) for code in (*range(32), *range(127, 160))} - {"\n"} | {"\u2028", "\u2029"}
    return "".join(char for char in lines if char not in unseen)


@pytest.mark.slow
def test_ten_thousand_random_texts_come_back_as_they_went() -> None:
    chance = random.Random(21)
    for _ in range(10_000):
        summary, description = (
            "".join(chance.choices(ALPHABET, k=chance.randint(0, 120))) + chance.choice(("", *INJECTED)) for _ in "ab"
        )
        assert read_back(calendar_text("Bills", [event(summary, description)])) == (kept(summary), kept(description))


@given(st.text(alphabet=st.characters(), max_size=300))
def test_no_line_is_longer_than_75_octets_and_none_breaks_a_letter(text: str) -> None:
    written = calendar_text(text, [event(text, text)]).encode()
    assert written.endswith(b"END:VCALENDAR\r\n")
    lines = written[:-2].split(b"\r\n")
    assert all(len(line) <= MAX_LINE_OCTETS and b"\n" not in line and b"\r" not in line for line in lines)
    assert all(line.decode() for line in lines)


def test_a_long_line_is_folded_behind_a_space() -> None:
    pieces = fold("SUMMARY:" + "ب" * 100)
    assert [piece[0] for piece in pieces] == ["S", " ", " "]
    assert "".join([pieces[0], *(piece[1:] for piece in pieces[1:])]) == "SUMMARY:" + "ب" * 100


def test_an_event_takes_whole_days_and_its_end_is_the_day_behind_it() -> None:
    (one,) = Calendar.from_ical(calendar_text("Bills", [event()])).subcomponents
    assert (one.decoded("DTSTART"), one.decoded("DTEND")) == (DAY, DAY + timedelta(days=3))
    assert (one.decoded("DTSTAMP"), one.decoded("LAST-MODIFIED"), one.decoded("SEQUENCE")) == (CHANGED, CHANGED, 4)
    assert str(one["TRANSP"]) == "TRANSPARENT"


def test_the_name_of_an_event_is_the_same_for_ever_and_another_for_another() -> None:
    assert uid_of("ntc/inv7", "due") == "d2e812dbd6eacc18191ff370091320b7@nigehban"
    assert len({uid_of("ntc/inv7", "due"), uid_of("ntc/inv7", "act"), uid_of("ntc/inv7d", "ue")}) == 3


@pytest.mark.parametrize(
    ("text", "written"), [("a,b;c\\d", "a\\,b\\;c\\\\d"), ("a\r\nb\rc\nd", "a\\nb\\nc\\nd"), ("\udc80", "?")]
)
def test_what_has_a_meaning_is_escaped(text: str, written: str) -> None:
    assert escaped(text) == written


def test_an_event_that_ends_before_it_begins_is_none() -> None:
    with pytest.raises(ValueError, match="ends on the day it begins"):
        AllDay(
            uid="u", first=DAY, last=DAY - timedelta(days=1), summary="", description="", changed_at=CHANGED,
            sequence=0, category="due",
        )  # fmt: skip


def test_the_last_day_of_the_calendar_of_the_world_is_no_trouble() -> None:
    last = AllDay(
        uid="u", first=date.max, last=date.max, summary="", description="", changed_at=CHANGED, sequence=0, category="x"
    )
    assert "DTSTART;VALUE=DATE:99991231" in calendar_text("Bills", [last])
