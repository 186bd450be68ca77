"""Which rungs of a deadline are due and untold."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.judging.rungs import due_rungs
from checks.model import Rung, Status

START = datetime(2026, 1, 1, tzinfo=UTC)
WARN = Status.WARNING


def minute(number: int) -> datetime:
    return START + timedelta(minutes=number)


LADDER = tuple(
    Rung(name=f"{lead}d", at=minute(100) - timedelta(days=lead), status=Status.CRITICAL if lead < 3 else WARN)
    for lead in (30, 7, 1, 0)
)


def names(rungs: list[Rung]) -> list[str]:
    return [rung.name for rung in rungs]


def test_nothing_is_due_before_the_first_rung() -> None:
    assert due_rungs(LADDER, frozenset(), LADDER[0].at - timedelta(microseconds=1)) == []


def test_a_rung_is_due_from_its_very_instant() -> None:
    assert names(due_rungs(LADDER, frozenset(), LADDER[0].at)) == ["30d"]


def test_what_was_told_is_not_told_again() -> None:
    assert names(due_rungs(LADDER, {"30d"}, LADDER[1].at)) == ["7d"]


def test_missed_rungs_are_caught_up_the_most_urgent_first() -> None:
    assert names(due_rungs(LADDER, {"30d"}, LADDER[3].at + timedelta(days=400))) == ["0d", "1d", "7d"]


def test_the_order_in_which_a_ladder_is_written_does_not_matter() -> None:
    assert due_rungs(LADDER[::-1], frozenset(), minute(100)) == due_rungs(LADDER, frozenset(), minute(100))


@st.composite
def ladders(draw: st.DrawFn) -> tuple[Rung, ...]:
    offsets = draw(st.lists(st.integers(0, 1000), max_size=12, unique=True))
    return tuple(Rung(name=f"r{offset}", at=minute(offset), status=WARN) for offset in offsets)


@given(rungs=ladders(), looks=st.lists(st.integers(0, 1100), max_size=20))
def test_every_rung_that_came_due_is_told_exactly_once_however_often_or_late_one_looks(
    rungs: tuple[Rung, ...], looks: list[int]
) -> None:
    told: list[str] = []
    for now in sorted(looks):
        due = due_rungs(rungs, frozenset(told), minute(now))
        assert [rung.at for rung in due] == sorted((rung.at for rung in due), reverse=True)
        assert all(rung.at <= minute(now) for rung in due)
        told += names(due)
    last = minute(max(looks, default=-1))
    assert sorted(told) == sorted(rung.name for rung in rungs if rung.at <= last)
