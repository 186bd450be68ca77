"""Working days of offices as they are: five days, six days, half Fridays, moons not yet sighted."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.calendars import MONDAY_TO_FRIDAY, OfficeCalendars
from checks.estate import Estate, Holiday, Office
from checks.workdays import WorkCalendar

KARACHI = ZoneInfo("Asia/Karachi")
NINE_TO_FIVE = (time(9), time(17))
FIVE_DAYS = dict.fromkeys(range(1, 6), NINE_TO_FIVE)
HALF_FRIDAY = {**dict.fromkeys(range(1, 5), NINE_TO_FIVE), 5: (time(9), time(13))}
SIX_DAYS = {**HALF_FRIDAY, 6: NINE_TO_FIVE}

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 11, day) for day in (27, 28, 29, 30))


def office(
    week: dict[int, tuple[time, time]] | None = None,
    *,
    holidays: tuple[Holiday, ...] = (),
    half_days: dict[date, time] | None = None,
) -> Office:
    return Office(id="hq", week=FIVE_DAYS if week is None else week, holidays=holidays, half_days=half_days or {})


def calendar(
    week: dict[int, tuple[time, time]] | None = None,
    *,
    holidays: tuple[Holiday, ...] = (),
    half_days: dict[date, time] | None = None,
    zone: ZoneInfo = KARACHI,
) -> WorkCalendar:
    return WorkCalendar(office(week, holidays=holidays, half_days=half_days), zone)


def karachi(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), KARACHI).astimezone(UTC)


def test_a_five_day_office_rests_on_saturday() -> None:
    assert calendar().shift(FRIDAY, 1) == MONDAY
    assert calendar().shift(MONDAY, -1) == FRIDAY


def test_a_six_day_office_works_on_saturday() -> None:
    assert calendar(SIX_DAYS).shift(FRIDAY, 1) == SATURDAY
    assert calendar(SIX_DAYS).shift(MONDAY, -1) == SATURDAY


def test_a_half_friday_ends_at_one() -> None:
    assert calendar(HALF_FRIDAY).end_of_day(FRIDAY) == karachi(FRIDAY, 13)


def test_a_date_on_a_day_off_means_the_latest_closing_of_the_week() -> None:
    assert calendar(HALF_FRIDAY).end_of_day(SUNDAY) == karachi(SUNDAY, 17)


def test_a_date_on_a_holiday_means_the_latest_closing_too() -> None:
    closed = calendar(HALF_FRIDAY, holidays=(Holiday(date=FRIDAY, name="Iqbal Day"),))
    assert closed.end_of_day(FRIDAY) == karachi(FRIDAY, 17)


def test_ramzan_hours_end_the_day_early() -> None:
    assert calendar(half_days={MONDAY: time(14)}).end_of_day(MONDAY) == karachi(MONDAY, 14)


def test_a_holiday_is_not_worked() -> None:
    closed = calendar(holidays=(Holiday(date=MONDAY, name="Holiday"),))
    assert not closed.is_working_day(MONDAY)
    assert closed.shift(FRIDAY, 1) == date(2026, 12, 1)
    assert closed.next_open(karachi(MONDAY, 10)) == karachi(date(2026, 12, 1), 9)


def test_nobody_counts_on_a_day_whose_moon_is_not_sighted_yet() -> None:
    unsure = calendar(holidays=(Holiday(date=MONDAY, name="Eid", estimated=True),))
    assert not unsure.is_working_day(MONDAY)
    assert unsure.shift(date(2026, 12, 1), -1) == FRIDAY


def test_nor_on_the_days_around_it_since_the_moon_may_be_early_or_late() -> None:
    unsure = calendar(holidays=(Holiday(date=date(2026, 12, 2), name="Eid", estimated=True),))
    assert [unsure.is_working_day(date(2026, 12, day)) for day in (1, 2, 3, 4)] == [False, False, False, True]


def test_a_day_said_to_be_worked_is_counted_on_whatever_the_moon_does() -> None:
    eid = Holiday(date=date(2026, 12, 2), name="Eid", estimated=True)
    said = replace(office(None, holidays=(eid,)), worked=frozenset({date(2026, 12, 1)}))
    sure = WorkCalendar(said, KARACHI)
    assert sure.is_working_day(date(2026, 12, 1))


@given(st.dates(date(2017, 1, 1), date(2030, 1, 1)), st.integers(-900, 900))
def test_working_days_between_two_days_are_those_that_shift_takes(day: date, count: int) -> None:
    plain = calendar()
    start = plain.on_or_after(day)
    assert plain.between(start, plain.shift(start, count)) == count


def test_nobody_waits_for_an_office_over_a_day_whose_moon_is_not_sighted_yet() -> None:
    unsure = calendar(holidays=(Holiday(date=MONDAY, name="Eid", estimated=True),))
    assert unsure.next_open(karachi(MONDAY, 10)) == karachi(MONDAY, 10)


def test_an_open_office_is_open_now_and_a_closed_one_next_morning() -> None:
    assert calendar().next_open(karachi(MONDAY, 10)) == karachi(MONDAY, 10)
    assert calendar().next_open(karachi(MONDAY, 7)) == karachi(MONDAY, 9)
    assert calendar().next_open(karachi(FRIDAY, 17)) == karachi(MONDAY, 9)


def test_zero_working_days_is_the_day_itself_even_a_sunday() -> None:
    assert calendar().shift(SUNDAY, 0) == SUNDAY


def test_an_office_without_a_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="office hq: no working day in its week"):
        calendar({})


def test_an_office_that_closes_before_it_opens_is_refused() -> None:
    with pytest.raises(ValueError, match="must close after it opens"):
        calendar({1: (time(17), time(9))})


def test_a_half_day_outside_the_hours_is_refused() -> None:
    with pytest.raises(ValueError, match="the half day 2026-11-30 must close within"):
        calendar(half_days={MONDAY: time(8)})


@pytest.mark.parametrize(
    ("day", "working_days", "end"),
    [(date(1, 1, 5), -5, date.min), (date(9999, 12, 30), 5, date.max), (date.min, -1, date.min)],
)
def test_beyond_the_ends_of_the_calendar_lies_its_last_day(day: date, working_days: int, end: date) -> None:
    assert calendar().shift(day, working_days) == end


@pytest.mark.parametrize("zone", ["Asia/Karachi", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)])
def test_the_ends_of_time_have_a_day_everywhere(zone: str, at: datetime) -> None:
    assert abs(calendar(zone=ZoneInfo(zone)).local_date(at) - at.date()) <= timedelta(days=1)


def test_an_office_closed_for_a_whole_year_opens_the_year_after() -> None:
    year = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(365)]
    closed = calendar(holidays=tuple(Holiday(date=day, name="closed") for day in year))
    assert closed.shift(date(2025, 12, 31), 1) == date(2027, 1, 1)
    assert closed.next_open(karachi(date(2026, 2, 2), 10)) == karachi(date(2027, 1, 1), 9)


def test_kathmandu_opens_by_its_own_odd_offset() -> None:
    nepal = calendar(zone=ZoneInfo("Asia/Kathmandu"))
    assert nepal.end_of_day(MONDAY) == datetime(2026, 11, 30, 11, 15, tzinfo=UTC)


def test_a_day_that_ends_in_a_skipped_hour_ends_after_the_jump() -> None:
    night = calendar({7: (time(1), time(2, 30))}, zone=ZoneInfo("Europe/Berlin"))
    assert night.end_of_day(date(2026, 3, 29)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_day_that_opens_in_a_skipped_hour_still_opens_before_it_closes() -> None:
    night = calendar({7: (time(2, 30), time(3))}, zone=ZoneInfo("Europe/Berlin"))
    assert night.start_of_day(date(2026, 3, 29)) < night.end_of_day(date(2026, 3, 29))


def test_a_day_that_ends_in_a_repeated_hour_ends_with_the_second() -> None:
    night = calendar({7: (time(1), time(2, 30))}, zone=ZoneInfo("Europe/Berlin"))
    assert night.end_of_day(date(2026, 10, 25)) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


zones = st.sampled_from(
    [
        "Asia/Karachi",
        "Asia/Kathmandu",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Pacific/Apia",
        "America/Scoresbysund",
    ]
).map(ZoneInfo)
days = st.dates(date(2009, 1, 1), date(2040, 12, 31))
clocks = st.times(time(0), time(23, 59)).map(lambda clock: clock.replace(second=0, microsecond=0))
hours = st.tuples(clocks, clocks).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: (min(pair), max(pair)))
offices = st.builds(
    lambda week, holidays: office(week, holidays=tuple(holidays)),
    st.dictionaries(st.integers(1, 7), hours, min_size=1),
    st.lists(st.builds(Holiday, date=days, name=st.just("day off"), estimated=st.booleans()), max_size=8),
)
calendars = st.builds(WorkCalendar, offices, zones)
instants = st.datetimes(datetime(2009, 1, 2), datetime(2040, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001  # bounds are naive by hypothesis' rule


@settings(max_examples=300)
@given(calendars, instants)
def test_the_next_opening_is_never_before_now_and_always_within_working_hours(work: WorkCalendar, at: datetime) -> None:
    opened = work.next_open(at)
    assert opened >= at
    assert work.next_open(opened) == opened


@settings(max_examples=300)
@given(calendars, days)
def test_a_day_opens_before_it_closes(work: WorkCalendar, day: date) -> None:
    assert work.start_of_day(day) < work.end_of_day(day)


@settings(max_examples=300)
@given(calendars, days, st.integers(-400, 400).filter(bool))
def test_a_shift_counts_exactly_the_working_days_between(work: WorkCalendar, day: date, working_days: int) -> None:
    found = work.shift(day, working_days)
    step = timedelta(days=1 if working_days > 0 else -1)
    counted, walked = 0, day
    while counted < abs(working_days):
        walked += step
        counted += work.is_working_day(walked)
    assert found == walked


def test_no_office_opens_after_the_end_of_time() -> None:
    with pytest.raises(ValueError, match="office hq: closed for more than"):
        calendar().next_open(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert calendar().next_open(datetime.min.replace(tzinfo=UTC)) == karachi(date.min, 9)


ends = st.one_of(st.dates(max_value=date(3, 1, 1)), st.dates(min_value=date(9997, 1, 1)))


@given(calendars, ends, st.integers(-400, 400))
def test_near_the_ends_of_time_a_shift_still_goes_its_way(work: WorkCalendar, day: date, working_days: int) -> None:
    found = work.shift(day, working_days)
    assert (found - day).days * working_days >= 0
    assert found in {date.min, date.max} or abs(found - day).days >= abs(working_days)


@given(calendars, ends)
def test_near_the_ends_of_time_no_day_closes_before_it_opens(work: WorkCalendar, day: date) -> None:
    assert work.start_of_day(day) <= work.end_of_day(day)


def test_an_estate_without_offices_works_monday_to_friday() -> None:
    usual = OfficeCalendars(Estate(name="x", time_zone=KARACHI)).of(None)
    assert usual.shift(FRIDAY, 1) == MONDAY
    assert MONDAY_TO_FRIDAY.week[1] == NINE_TO_FIVE


def test_the_first_office_of_an_estate_is_the_usual_one() -> None:
    estate = Estate(name="x", time_zone=KARACHI, offices={"hq": office(SIX_DAYS), "branch": office()})
    calendars_ = OfficeCalendars(estate)
    assert calendars_.of(None) is calendars_.of("hq")
    with pytest.raises(KeyError):
        calendars_.of("nowhere")
