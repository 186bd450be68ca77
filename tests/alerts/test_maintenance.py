"""When windows of maintenance come, over changes of clocks and odd zones."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.mutes.maintenance import MAX_TIMES, Once, Recurring, Window, time_of, times_of
from alerts.mutes.matcher import matchers_of
from checks.recurrence import Recurrence

ZONES = tuple(
    map(
        ZoneInfo,
        (
            *("Asia/Karachi", "Asia/Kathmandu", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"),
            *("America/St_Johns", "Africa/Casablanca", "Pacific/Apia", "UTC"),
        ),
    )
)
RULES = ("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=SU", "FREQ=MONTHLY;BYDAY=-1SU", "FREQ=WEEKLY;INTERVAL=2", "FREQ=YEARLY")


def window(when: Once | Recurring) -> Window:
    return Window(id="w", title="Works", matchers=matchers_of(["site=hq"]), when=when)


def on_the_wall(text: str) -> datetime:
    """What a clock shows, in whatever zone it hangs."""
    return datetime.fromisoformat(text)


def wall_of(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


@pytest.mark.slow
def test_over_a_hundred_thousand_zones_and_dates_each_time_comes_once_at_its_hour_and_lasts_as_long() -> None:
    """FAULTS 12. Windows are looked at one day at a time, as they would be by a daemon that plans ahead."""
    chance, cases = random.Random(12), 0
    while cases < 100_000:
        zone = chance.choice(ZONES)
        starts = on_the_wall(f"{chance.randrange(2015, 2035)}-01-01") + timedelta(
            minutes=chance.randrange(60 * 24 * 365)
        )
        lasts = timedelta(minutes=chance.randrange(15, 60 * 30))
        when = Recurring(Recurrence(chance.choice(RULES)), starts, lasts, zone)
        since = starts.replace(tzinfo=UTC) + timedelta(days=chance.randrange(700))
        until = since + timedelta(days=400)
        whole = list(when.spans(since, until))
        cut = since + timedelta(days=chance.randrange(1, 399), minutes=chance.randrange(1440))
        parts = {*when.spans(since, cut), *when.spans(cut, until)}
        assert set(whole) == parts, "planning in two goes loses or doubles a time"
        assert len(set(whole)) == len(whole)
        for begins, ends in whole:
            assert ends - begins == lasts
            wall = wall_of(begins, zone)
            if wall.time() != starts.time():
                # The clock left that hour out: it comes as much later as the clock jumped.
                asked = wall.replace(hour=starts.hour, minute=starts.minute)
                before = asked.replace(tzinfo=zone).astimezone(UTC)
                assert wall_of(before, zone) != asked, "an hour that was there was not kept"
            cases += 1


def test_an_hour_that_is_left_out_is_the_one_after_it() -> None:
    when = Recurring(
        Recurrence("FREQ=DAILY"), on_the_wall("2026-03-01 02:30"), timedelta(hours=1), ZoneInfo("Europe/Berlin")
    )
    day = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
    assert list(when.spans(day, day + timedelta(hours=20))) == [
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 3, 29, 2, 30, tzinfo=UTC))
    ]


def test_an_hour_that_comes_twice_is_the_first_and_comes_once() -> None:
    when = Recurring(
        Recurrence("FREQ=DAILY"), on_the_wall("2026-10-01 02:30"), timedelta(hours=1), ZoneInfo("Europe/Berlin")
    )
    day = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    assert list(when.spans(day, day + timedelta(hours=20))) == [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    ]


def test_the_same_time_has_the_same_name_whenever_it_is_worked_out() -> None:
    when = Recurring(
        Recurrence("FREQ=DAILY"), on_the_wall("2026-11-01 02:00"), timedelta(hours=1), ZoneInfo("Asia/Karachi")
    )
    now = datetime(2026, 11, 22, 20, tzinfo=UTC)
    first = times_of([window(when)], now, lambda *_: ())
    later = times_of([window(when)], now + timedelta(minutes=70), lambda *_: ())
    assert first[0].id == later[0].id == "w-20261122T210000-1h"


def test_a_time_that_was_moved_is_another() -> None:
    starts = datetime(2026, 11, 22, 19, tzinfo=UTC)
    ids = {
        time_of(window(Once(starts, starts + timedelta(hours=lasts))), (starts, starts + timedelta(hours=lasts))).id
        for lasts in (1, 2)
    }
    assert ids == {"w-20261122T190000-1h", "w-20261122T190000-2h"}


def test_a_window_that_is_over_comes_no_more_and_one_far_ahead_not_yet() -> None:
    now = datetime(2026, 11, 22, 20, tzinfo=UTC)
    past = Once(now - timedelta(hours=2), now)
    far = Once(now + timedelta(days=40), now + timedelta(days=41))
    assert times_of([window(past), window(far)], now, lambda *_: ()) == []


def test_what_comes_without_end_is_cut_off() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    hours = ",".join(map(str, range(24)))
    when = Recurring(
        Recurrence(f"FREQ=DAILY;BYHOUR={hours}"), on_the_wall("2026-11-01"), timedelta(days=30), ZoneInfo("UTC")
    )
    assert len(times_of([window(when)], now, lambda *_: ())) == MAX_TIMES
