"""Whatever was seen comes back the same: from the tail, packed, half packed, or come too late."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.model import Cause, CheckId, Finding, Measurement, Observation, Status
from tests.support.virtual_loop import run_virtual
from watchdog.housekeeping import Housekeeping
from watchdog.settings.values import Retention
from watchdog.store.changes import Changes
from watchdog.store.database import Database, open_memory
from watchdog.store.errors import StoreDamagedError
from watchdog.store.executor import Inline
from watchdog.store.packing import packed
from watchdog.store.past_views import Look
from watchdog.store.store import Store

KARACHI = ZoneInfo("Asia/Karachi")
MX = CheckId("mx")
#: Midnight in Karachi.
START = datetime(2026, 11, 2, 19, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LATER = START + timedelta(days=4)
SUBJECTS = ("mx1", "mx2")

Key: TypeAlias = tuple[str, datetime]


def seen(at: datetime, subject: str = "mx1", status: Status = Status.OK, total_s: float = 0.25) -> Observation:
    cause = Cause.TIMEOUT if status is Status.CRITICAL else Cause.BLIND if status is Status.UNKNOWN else Cause.NONE
    finding = Finding(
        subject=subject,
        status=status,
        cause=cause,
        summary="seen",
        measurements=(Measurement("total_s", total_s, "s"), Measurement("sessions", 7, "", (("pool", "a"),))),
    )
    return Observation(check_id=MX, finding=finding, observed_at=at, duration_s=total_s)


@dataclass
class Kept:
    """A store, and what it should hold."""

    database: Database = field(default_factory=open_memory)
    truth: dict[Key, Observation] = field(default_factory=dict)
    now: datetime = START

    def __post_init__(self) -> None:
        self.store = Store(self.database)

    def see(self, *looks: Observation) -> None:
        self.store.commit(Changes(observations=looks))
        self.truth.update({(look.finding.subject, look.observed_at): look for look in looks})

    def upkeep(self, keep: Retention | None = None) -> None:
        rules = (KARACHI, keep or Retention())
        run_virtual(
            Housekeeping(
                self.store.attic,
                writing=Inline(),
                packing=Inline(),
                clock=lambda: self.now,
                rules=lambda: rules,
            ).go_round()
        )

    def crash_while_packing(self) -> None:
        """One series of the hour is kept, then the daemon is gone."""
        hour = self.store.attic.shut_hour(self.now)
        if hour is not None:
            self.store.attic.keep(list(packed(hour, self.store.attic.tail_rows(hour, 0, 1))))
        self.crash()

    def crash(self) -> None:
        self.store = Store(self.database)

    def assert_all_is_there(self) -> None:
        for subject in SUBJECTS:
            found = self.store.past.looks(MX, subject, START - timedelta(days=9), LATER)
            expected = [look for (of, _), look in sorted(self.truth.items()) if of == subject]
            assert list(map(outcome, found)) == [
                (one.observed_at, one.finding.status, one.finding.cause) for one in expected
            ]
            assert [look.duration_s for look in found] == pytest.approx([one.duration_s for one in expected], rel=5e-4)

    def assert_counts_are_right(self) -> None:
        since = START - timedelta(days=9)
        for counted in (
            self.store.past.hourly_counts([MX], since, LATER),
            self.store.past.daily_counts([MX], since, LATER, KARACHI),
        ):
            for one in counted:
                for part in one.slices:
                    within = [
                        look.finding.status
                        for (of, at), look in self.truth.items()
                        if of == one.subject and part.begins_at <= at < part.ends_at
                    ]
                    assert {status: part.of(status) for status in Status} == {
                        status: within.count(status) for status in Status
                    }
            assert sum(part.looks for one in counted for part in one.slices) == len(self.truth)


def outcome(look: Look) -> tuple[datetime, Status, Cause]:
    return look.observed_at, look.status, look.cause


looks = st.builds(
    seen,
    st.integers(-30 * 3600, 10 * 3600).map(lambda tenths: START + timedelta(seconds=tenths / 10)),
    st.sampled_from(SUBJECTS),
    st.sampled_from(Status),
    st.floats(0.001, 60),
)
steps = st.one_of(
    st.tuples(st.just("see"), st.lists(looks, min_size=1, max_size=12)),
    st.tuples(st.just("wait"), st.integers(-2, 6)),
    st.tuples(st.sampled_from(["upkeep", "crash", "crash while packing"]), st.none()),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(steps, max_size=14))
def test_nothing_is_lost_whatever_clock_crash_and_housekeeping_do(
    script: list[tuple[str, list[Observation] | int | None]],
) -> None:
    kept = Kept()
    for step, what in script:
        match step, what:
            case "see", list():
                kept.see(*{(one.finding.subject, one.observed_at): one for one in what}.values())
            case "wait", int():
                kept.now += what * HOUR
            case "upkeep", _:
                kept.upkeep()
            case "crash", _:
                kept.crash()
            case _:
                kept.crash_while_packing()
        kept.assert_all_is_there()
    kept.now = LATER
    for _ in range(2):
        kept.upkeep()
        kept.assert_all_is_there()
        kept.assert_counts_are_right()


def a_day_of(kept: Kept) -> None:
    kept.see(*(seen(START + minute * MINUTE, total_s=0.1 + minute % 2) for minute in range(0, 1500, 5)))


def test_a_second_round_changes_nothing() -> None:
    kept = Kept()
    a_day_of(kept)
    kept.now = START + 26 * HOUR
    kept.upkeep()
    before = dump(kept)
    kept.upkeep()
    assert dump(kept) == before


def dump(kept: Kept) -> list[object]:
    names = ("observations", "late_observations", "packed_looks", "hours", "days", "hour_measures", "day_measures")
    with kept.database.read() as connection:
        return [connection.exec_driver_sql(f"SELECT * FROM {name}").fetchall() for name in names]  # noqa: S608  # ours


def test_a_look_that_comes_late_counts_at_once_and_belongs_to_its_hour_and_day_in_the_end() -> None:
    kept = Kept()
    a_day_of(kept)
    kept.now = START + 26 * HOUR
    kept.upkeep()
    kept.see(seen(START + HOUR + timedelta(seconds=7), status=Status.CRITICAL, total_s=9.5))
    kept.assert_all_is_there()
    kept.assert_counts_are_right()
    kept.upkeep()
    kept.assert_counts_are_right()
    (of_hour,) = [
        one for one in kept.store.past.measured(MX, "mx1", START + HOUR, START + 2 * HOUR) if one.name == "total_s"
    ]
    assert (of_hour.count, of_hour.maximum) == (13, 9.5)
    (day, *_) = kept.store.past.daily_measured(MX, "mx1", START, START + HOUR, KARACHI)[1:]
    assert (day.begins_at, day.count, day.maximum) == (START, 289, 9.5)


def test_an_hour_that_the_clock_gave_to_a_day_rolled_up_already_is_counted_in_it() -> None:
    kept = Kept()
    kept.see(seen(START - MINUTE))
    kept.now = START + 2 * HOUR
    kept.upkeep()
    kept.see(seen(START - 90 * MINUTE, status=Status.CRITICAL))
    kept.upkeep()
    kept.assert_all_is_there()
    kept.assert_counts_are_right()


#: Hours go long before their day.
BRIEF = Retention(looks=timedelta(days=2), hours=timedelta(days=2), days=timedelta(days=3650))


def a_day_whose_hours_are_gone() -> Kept:
    kept = Kept()
    kept.see(*(seen(START + hour * HOUR + MINUTE) for hour in range(24)))
    for kept.now in (START + 27 * HOUR, START + timedelta(days=6)):
        kept.upkeep(BRIEF)
    assert (rows(kept, "hours"), day_counts(kept)) == (0, [24])
    kept.crash()
    kept.now = START + 25 * HOUR
    return kept


def day_counts(kept: Kept) -> list[int]:
    counted = kept.store.past.daily_counts([MX], START, START + HOUR, KARACHI)
    return [part.of(Status.OK) for one in counted for part in one.slices if part.looks]


def test_an_hour_that_comes_once_those_of_its_day_are_gone_is_counted_with_them() -> None:
    kept = a_day_whose_hours_are_gone()
    kept.see(seen(START + 5 * HOUR + 7 * MINUTE, total_s=9.5))
    kept.upkeep(BRIEF)
    assert day_counts(kept) == [25]
    (of_day,) = [one for one in kept.store.past.daily_measured(MX, "mx1", START, START + HOUR, KARACHI) if one.unit]
    assert (of_day.count, of_day.maximum) == (25, 9.5)


def test_a_look_that_comes_late_to_such_an_hour_is_counted_with_them_too() -> None:
    kept = a_day_whose_hours_are_gone()
    kept.see(seen(START + 5 * HOUR + 7 * MINUTE))
    kept.upkeep(BRIEF)
    kept.see(seen(START + 5 * HOUR + 9 * MINUTE), seen(START + 5 * HOUR + 9 * MINUTE, "mx2"))
    kept.upkeep(BRIEF)
    assert day_counts(kept) == [26, 1]


def test_of_two_looks_at_one_time_the_later_stands() -> None:
    kept = Kept()
    for _ in range(2):
        kept.see(seen(START))
        kept.see(seen(START, status=Status.CRITICAL))
        kept.assert_all_is_there()
        kept.now = START + 5 * HOUR
        kept.upkeep()
        kept.assert_all_is_there()


def test_numbers_are_told_by_hour_from_the_tail_and_packed_alike() -> None:
    kept = Kept()
    a_day_of(kept)
    from_tail = kept.store.past.measured(MX, "mx1", START, START + 24 * HOUR)
    of_days = kept.store.past.daily_measured(MX, "mx1", START, START + 24 * HOUR, KARACHI)
    kept.now = START + 26 * HOUR
    kept.upkeep()
    again = kept.store.past.measured(MX, "mx1", START, START + 24 * HOUR)
    assert len(from_tail) == 48
    assert [(one.begins_at, one.name, one.labels) for one in again] == [
        (one.begins_at, one.name, one.labels) for one in from_tail
    ]
    for before, after in zip(from_tail, again, strict=True):
        assert (after.count, after.minimum, after.mean, after.maximum, after.last) == pytest.approx(
            (before.count, before.minimum, before.mean, before.maximum, before.last)
        )
    rolled = kept.store.past.daily_measured(MX, "mx1", START, START + 24 * HOUR, KARACHI)
    assert [(one.name, one.count, one.begins_at) for one in rolled] == [
        (one.name, one.count, one.begins_at) for one in of_days
    ]
    assert [one.mean for one in rolled] == pytest.approx([one.mean for one in of_days])


def test_slices_are_as_long_as_asked_and_say_where_nobody_looked() -> None:
    kept = Kept()
    kept.see(seen(START), seen(START + HOUR, status=Status.UNKNOWN), seen(START + HOUR + MINUTE))
    first, second, third = kept.store.past.slices(MX, "mx1", START, START + 2.5 * HOUR, HOUR)
    assert (first.worst, second.worst, third.worst) == (Status.OK, Status.UNKNOWN, None)
    assert (third.begins_at, third.ends_at) == (START + 2 * HOUR, START + 2.5 * HOUR)
    with pytest.raises(ValueError, match="longer than nothing"):
        kept.store.past.slices(MX, "mx1", START, LATER, timedelta())


def test_each_level_is_kept_as_long_as_it_says() -> None:
    kept = Kept()
    a_day_of(kept)
    kept.now = START + 26 * HOUR
    kept.upkeep()
    kept.now = START + timedelta(days=3)
    day = timedelta(days=1)
    for looks_for, hours_for, days_for, left in (
        (day, 9 * day, 9 * day, (0, 25, 2)),
        (day, day, 9 * day, (0, 0, 2)),
        (day, day, day, (0, 0, 0)),
    ):
        kept.upkeep(Retention(looks=looks_for, hours=hours_for, days=days_for))
        assert (rows(kept, "packed_looks"), rows(kept, "hours"), rows(kept, "days")) == left
        assert (rows(kept, "hour_measures"), rows(kept, "day_measures")) == left[1:]


def rows(kept: Kept, table: str) -> int:
    with kept.database.read() as connection:
        number: int = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # noqa: S608  # ours
        return number


def test_subjects_that_are_gone_have_their_history() -> None:
    kept = Kept()
    kept.see(seen(START, "mx2"), seen(START, "mx1"))
    kept.store.commit(Changes(forgotten=((MX, "mx1"),)))
    assert kept.store.past.subjects(MX) == ["mx1", "mx2"]
    assert kept.store.past.subjects(CheckId("never")) == []
    assert len(kept.store.past.looks(CheckId("never"), "mx1", START, LATER)) == 0


def test_packed_hours_stay_in_the_tail_while_the_last_look_is_found_there() -> None:
    kept = Kept()
    kept.see(*(seen(START + minute * MINUTE) for minute in range(0, 300, 10)))
    kept.now = START + 24 * HOUR
    kept.upkeep()
    assert rows(kept, "packed_looks") == 5
    assert rows(kept, "observations") == 18


def test_a_damaged_hour_is_told_as_damage() -> None:
    kept = Kept()
    a_day_of(kept)
    kept.now = START + 26 * HOUR
    kept.upkeep()
    with kept.database.write() as connection:
        connection.exec_driver_sql("UPDATE packed_looks SET looks = x'0100ff'")
        connection.exec_driver_sql("UPDATE hour_measures SET measured = x'01ff'")
    with pytest.raises(StoreDamagedError):
        kept.store.past.looks(MX, "mx1", START, LATER)
    with pytest.raises(StoreDamagedError):
        kept.store.past.measured(MX, "mx1", START, LATER)
    kept.assert_counts_are_right()
