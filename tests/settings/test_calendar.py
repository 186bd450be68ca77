"""Days off as people write them down, in a file of their own if they like."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from checks.calendars import OfficeCalendars
from checks.registry import load_registry
from checks.workdays import WorkCalendar
from tests.support.settings_files import HEAD, load_text, problems_of
from watchdog.settings.load import load
from watchdog.settings.shown import as_yaml, shown_settings

OFFICES = """\
offices:
  hq: {week: {mon-fri: "09:00-17:00"}, holidays: pk}
  depot: {week: {mon-thu: "09:00-17:00", fri: "09:00-13:00", sat: "09:00-17:00"}, holidays: [pk, pk-kp]}
checks: [{id: a, kind: tcp, host: a.example, port: 80}]
"""


def office(folder: Path, text: str = "", name: str = "hq") -> WorkCalendar:
    return OfficeCalendars(load_text(folder, HEAD + OFFICES + text).estate).of(name)


def off(calendar: WorkCalendar, first: date, count: int = 9) -> list[int]:
    """Days of the month, from `first` on, on which nobody can be counted on."""
    days = (date.fromordinal(first.toordinal() + more) for more in range(count))
    return [day.day for day in days if not calendar.is_working_day(day)]


def test_the_days_around_a_moon_that_nobody_has_sighted_are_off_too(tmp_path: Path) -> None:
    # Eid al-Fitr of 2027 is reckoned for Wed 10 to Fri 12 March; 13 and 14 are a weekend.
    assert off(office(tmp_path), date(2027, 3, 8)) == [9, 10, 11, 12, 13, 14]


def test_a_notification_settles_the_estimates_around_it(tmp_path: Path) -> None:
    text = "calendar: [{date: 2027-03-11, days: 3, name: Eid al-Fitr, confirmed: true}]\n"
    assert off(office(tmp_path, text), date(2027, 3, 8)) == [11, 12, 13, 14]


def test_a_holiday_that_is_merely_near_settles_nothing(tmp_path: Path) -> None:
    text = "calendar: [{date: 2027-03-08, name: local holiday}]\n"
    assert off(office(tmp_path, text), date(2027, 3, 8)) == [8, 9, 10, 11, 12, 13, 14]


def test_a_day_said_to_be_worked_is_worked_beside_an_estimate_too(tmp_path: Path) -> None:
    text = "calendar: [{date: 2027-03-09, working: true}]\n"
    assert off(office(tmp_path, text), date(2027, 3, 8)) == [10, 11, 12, 13, 14]


def test_a_day_may_be_off_at_one_office_alone(tmp_path: Path) -> None:
    text = "calendar: [{date: 2027-04-07, name: flood, offices: [depot]}]\n"
    assert not office(tmp_path, text, "depot").is_working_day(date(2027, 4, 7))
    assert office(tmp_path, text, "hq").is_working_day(date(2027, 4, 7))


def test_the_calendar_wins_over_what_an_office_says_itself(tmp_path: Path) -> None:
    own = OFFICES.replace("holidays: pk}", "holidays: [pk, {date: 2027-04-07, name: closed}]}")
    text = HEAD + own + "calendar: [{date: 2027-04-07, working: true}]\n"
    assert OfficeCalendars(load_text(tmp_path, text).estate).of("hq").is_working_day(date(2027, 4, 7))


def test_khyber_pakhtunkhwa_had_a_day_of_eid_more_than_the_federal_government(tmp_path: Path) -> None:
    friday = date(2022, 5, 6)
    assert office(tmp_path, name="hq").is_working_day(friday)
    assert not office(tmp_path, name="depot").is_working_day(friday)


def test_the_holidays_of_2017_are_known_and_sure(tmp_path: Path) -> None:
    calendar = office(tmp_path)
    assert off(calendar, date(2017, 8, 28), 8) == [1, 2, 3, 4]
    # Ashura fell on a weekend.
    assert calendar.between(date(2017, 7, 24), date(2017, 10, 31)) == 68


def test_the_calendar_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").write_text(HEAD + OFFICES, "utf-8")
    (tmp_path / "calendar.yaml").write_text("calendar:\n  - {date: 2027-04-07, name: closed}\n", "utf-8")
    settings = load(tmp_path, load_registry(()), {})
    assert not OfficeCalendars(settings.estate).of("hq").is_working_day(date(2027, 4, 7))


def test_what_is_shown_means_the_same_again(tmp_path: Path) -> None:
    text = HEAD + OFFICES + "calendar: [{date: 2027-03-09, working: true}, {date: 2027-03-11, days: 2, name: off}]\n"
    first = load_text(tmp_path, text)
    tree = shown_settings(first)
    for receiver in tree["receivers"].values():
        for channel in receiver["channels"]:
            del channel["name"]
    assert load_text(tmp_path, as_yaml(tree)).estate.offices == first.estate.offices


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{date: 2027-03-11, confirmed: true, working: true}", "say one of them"),
        ("{date: 2027-03-11, offices: [hd]}", "no such office; known: depot, hq"),
        ("{date: 2027-03-11, days: 16}", "calendar[0].days"),
        ("{date: 2027-02-30}", "calendar[0].date"),
        ("{name: Eid}", "calendar[0].date"),
    ],
)
def test_an_entry_that_is_wrong_is_told(tmp_path: Path, entry: str, problem: str) -> None:
    assert problem in "\n".join(problems_of(tmp_path, HEAD + OFFICES + f"calendar: [{entry}]\n"))


ROUND_THE_CLOCK = OFFICES.replace('mon-fri: "09:00-17:00"}, holidays: pk', 'mon-sun: "00:00-24:00"}')


def test_an_office_may_be_open_until_midnight_and_through_it(tmp_path: Path) -> None:
    calendar = OfficeCalendars(load_text(tmp_path, HEAD + ROUND_THE_CLOCK).estate).of("hq")
    late = datetime(2026, 12, 1, 18, 59, 59, tzinfo=UTC)  # a second before midnight in Karachi
    assert [calendar.next_open(at) for at in (late, late + timedelta(seconds=1))] == [late, late + timedelta(seconds=1)]
    assert calendar.local_date(calendar.end_of_day(date(2026, 12, 1))) == date(2026, 12, 1)


def test_midnight_is_shown_as_it_was_written(tmp_path: Path) -> None:
    assert "00:00-24:00" in as_yaml(shown_settings(load_text(tmp_path, HEAD + ROUND_THE_CLOCK)))


@pytest.mark.parametrize("hours", ["24:00-24:00", "00:00-24:01"])
def test_no_day_goes_beyond_midnight(tmp_path: Path, hours: str) -> None:
    (problem,) = problems_of(tmp_path, HEAD + ROUND_THE_CLOCK.replace("00:00-24:00", hours))
    assert "there is no such time of day" in problem
