"""Who is on duty, whatever clocks do."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.people.rota import Every, Rota, Shift, Turns, gaps, hand_offs, next_hand_off, on_duty, reached

KARACHI = ZoneInfo("Asia/Karachi")
BERLIN = ZoneInfo("Europe/Berlin")


def there(text: str, zone: ZoneInfo = KARACHI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def weekly(*members: str, zone: ZoneInfo = KARACHI, overrides: Sequence[Shift] = ()) -> Rota:
    """Mondays at nine; the first member takes over on 2 November 2026."""
    turns = Turns(members=members, every=Every.WEEK, hand_off=time(9), zone=zone, starts=date(2026, 11, 2))
    return Rota(id="noc", turns=turns, overrides=tuple(overrides))


def shift(who: str, begins: str, ends: str) -> Shift:
    return Shift(who=who, begins=there(begins), ends=there(ends))


@pytest.mark.parametrize(
    ("at", "who"),
    [
        ("2026-11-02 09:00", "ali"),
        ("2026-11-09 08:59:59.999999", "ali"),
        ("2026-11-09 09:00", "sara"),
        ("2026-11-16 09:00", "ali"),
        ("2026-11-02 08:59", "sara"),
        ("2026-10-26 09:00", "sara"),
        ("2016-11-07 10:00", "sara"),
    ],
)
def test_members_take_turns_by_the_week_before_the_start_too(at: str, who: str) -> None:
    assert on_duty(weekly("ali", "sara"), there(at)) == (who,)


def test_a_day_of_duty_changes_at_its_hour() -> None:
    turns = Turns(members=("a", "b", "c"), every=Every.DAY, hand_off=time(20), zone=KARACHI, starts=date(2026, 11, 2))
    rota = Rota(id="noc", turns=turns)
    said = [on_duty(rota, there(f"2026-11-{day:02} {hour}")) for day in (2, 3, 5) for hour in ("19:59", "20:00")]
    assert said == [("c",), ("a",), ("a",), ("b",), ("c",), ("a",)]


def test_an_override_goes_before_the_turn_and_ends_at_its_end() -> None:
    rota = weekly("ali", "sara", overrides=[shift("boss", "2026-11-04 09:00", "2026-11-05 09:00")])
    days = ["2026-11-04 08:59", "2026-11-04 09:00", "2026-11-05 08:59", "2026-11-05 09:00"]
    assert [on_duty(rota, there(at)) for at in days] == [("ali",), ("boss",), ("boss",), ("ali",)]


def test_the_next_hand_off_says_who_goes_and_who_comes() -> None:
    found = next_hand_off(weekly("ali", "sara"), there("2026-11-22 12:00"))
    assert found is not None
    assert (found.at, found.goes, found.comes) == (there("2026-11-23 09:00"), ("ali",), ("sara",))


def test_one_member_alone_hands_off_to_nobody() -> None:
    assert next_hand_off(weekly("ali"), there("2026-11-22 12:00")) is None


def test_an_override_by_whoever_is_on_duty_anyway_is_no_hand_off() -> None:
    rota = weekly("ali", "sara", overrides=[shift("ali", "2026-11-04 09:00", "2026-11-11 09:00")])
    assert [one.at for one in hand_offs(rota, there("2026-11-03 09:00"), there("2026-11-17 09:00"))] == [
        there("2026-11-11 09:00"),
        there("2026-11-16 09:00"),
    ]


def test_shifts_that_overlap_are_both_on_duty() -> None:
    shifts = (shift("a", "2026-11-02 09:00", "2026-11-02 13:00"), shift("b", "2026-11-02 12:00", "2026-11-02 17:00"))
    rota = Rota(id="noc", shifts=shifts)
    assert on_duty(rota, there("2026-11-02 12:30")) == ("a", "b")


def test_a_gap_is_named_and_who_stands_in_is_reached_in_it() -> None:
    shifts = (shift("a", "2026-11-02 09:00", "2026-11-02 13:00"), shift("b", "2026-11-02 15:00", "2026-11-02 17:00"))
    rota = Rota(id="noc", shifts=shifts, fallback="boss")
    assert gaps(rota, there("2026-11-02 10:00"), there("2026-11-02 16:00")) == (
        (there("2026-11-02 13:00"), there("2026-11-02 15:00")),
    )
    assert on_duty(rota, there("2026-11-02 14:00")) == ()
    assert reached(rota, there("2026-11-02 14:00")) == ("boss",)


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-10-19", 7 * 24 + 1), ("2026-03-23", 7 * 24 - 1)],
    ids=["clocks go back", "clocks go forward"],
)
def test_a_week_in_which_clocks_change_is_an_hour_longer_or_shorter(day: str, hours: int) -> None:
    rota = weekly("ali", "sara", zone=BERLIN)
    begins = there(f"{day} 09:00", BERLIN)
    found = next_hand_off(rota, begins)
    assert found is not None
    assert found.at - begins == timedelta(hours=hours)


_ZONES = st.sampled_from(["Asia/Karachi", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"])
_NOW = st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis adds the zone


@given(
    zone=_ZONES,
    every=st.sampled_from(Every),
    hand_off=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    members=st.integers(1, 5),
    starts=st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    now=_NOW,
)
def test_somebody_is_always_on_duty_and_turns_follow_the_clock_on_the_wall(  # noqa: PLR0917  # what hypothesis draws
    zone: str, every: Every, hand_off: time, members: int, starts: date, now: datetime
) -> None:
    names = tuple(f"m{number}" for number in range(members))
    turns = Turns(members=names, every=every, hand_off=hand_off, zone=ZoneInfo(zone), starts=starts)
    rota = Rota(id="r", turns=turns)
    (present,) = on_duty(rota, now)
    assert gaps(rota, now, now + timedelta(days=20)) == ()
    found = next_hand_off(rota, now)
    if found is None:
        assert members == 1
        return
    assert found.goes == (present,)
    assert on_duty(rota, found.at - timedelta(microseconds=1)) == (present,)
    assert on_duty(rota, found.at) == found.comes
    order = names.index(found.comes[0]) - names.index(present)
    skipped_day = zone == "Pacific/Apia" and now.year == 2011
    assert order % members == 1 % members or skipped_day
    assert timedelta(0) < found.at - now <= timedelta(days=every.value, hours=3) or skipped_day


@given(now=_NOW, cut=st.timedeltas(timedelta(minutes=1), timedelta(days=30)))
def test_hand_offs_of_a_span_are_those_of_its_parts(now: datetime, cut: timedelta) -> None:
    rota = weekly("a", "b", "c", zone=BERLIN, overrides=[Shift(who="x", begins=now, ends=now + cut / 2)])
    end = now + timedelta(days=60)
    assert hand_offs(rota, now, now + cut) + hand_offs(rota, now + cut, end) == hand_offs(rota, now, end)
