"""When a fault becomes an incident and ceases to be one; which rungs of a deadline are due and untold."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from alerts.judging.state import HEALTHY, Closed, Open, Opened, State, Suspect, Threshold, Turn, advance, due_rungs
from checks.model import Rung, Status

START = datetime(2026, 1, 1, tzinfo=UTC)
FAIL, PASS, WARN, UNKNOWN = Status.CRITICAL, Status.OK, Status.WARNING, Status.UNKNOWN
TWO_TO_OPEN = Threshold(failures_to_open=2, passes_to_close=2)
AT_ONCE = Threshold(failures_to_open=1, passes_to_close=1)


def minute(number: int) -> datetime:
    return START + timedelta(minutes=number)


def changes(*looks: Status, rule: Threshold = TWO_TO_OPEN) -> list[Turn]:
    """What happens when `looks` are seen a minute apart, the first at minute 1."""
    state: State = HEALTHY
    happened: list[Turn] = []
    for number, status in enumerate(looks, 1):
        state, change = advance(state, status, minute(number), rule)
        if change is not None:
            happened.append(change)
    return happened


def test_one_failure_that_heals_opens_no_incident() -> None:
    assert changes(FAIL, PASS, FAIL, PASS) == []


def test_failures_in_a_row_open_an_incident_that_began_with_the_first_of_them() -> None:
    assert changes(PASS, FAIL, FAIL) == [Opened(minute(2))]


def test_an_open_incident_does_not_open_again() -> None:
    assert changes(*[FAIL] * 20) == [Opened(minute(1))]


def test_an_outage_closes_only_after_two_passes_in_a_row() -> None:
    assert changes(FAIL, FAIL, PASS, FAIL, PASS, PASS) == [Opened(minute(1)), Closed(minute(6))]


def test_a_closed_outage_needs_the_full_evidence_again() -> None:
    assert changes(FAIL, FAIL, PASS, PASS, FAIL, PASS, FAIL, FAIL) == [
        Opened(minute(1)),
        Closed(minute(4)),
        Opened(minute(7)),
    ]


def test_where_one_failure_is_enough_the_first_one_opens() -> None:
    assert changes(FAIL, PASS, rule=AT_ONCE) == [Opened(minute(1)), Closed(minute(2))]


def test_by_default_the_seventh_failure_opens_and_the_second_pass_closes() -> None:
    assert changes(*[FAIL] * 6, rule=Threshold()) == []
    assert changes(*[FAIL] * 7, PASS, PASS, rule=Threshold()) == [Opened(minute(1)), Closed(minute(9))]


def test_not_knowing_neither_opens_nor_heals() -> None:
    assert changes(FAIL, UNKNOWN, FAIL) == [Opened(minute(1))]
    assert changes(*[UNKNOWN] * 20) == []


def test_not_knowing_does_not_close_an_outage_and_does_not_interrupt_its_end() -> None:
    assert changes(FAIL, FAIL, UNKNOWN, UNKNOWN) == [Opened(minute(1))]
    assert changes(FAIL, FAIL, PASS, UNKNOWN, PASS) == [Opened(minute(1)), Closed(minute(5))]


def test_a_warning_is_no_outage() -> None:
    assert changes(*[WARN] * 20) == []
    assert changes(FAIL, WARN, FAIL, WARN) == []
    assert changes(FAIL, FAIL, WARN, WARN) == [Opened(minute(1)), Closed(minute(4))]


class AnyHistory(RuleBasedStateMachine):
    """Whatever is seen, in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.rule = Threshold()
        self.state: State = HEALTHY
        self.now = START
        self.seen: list[tuple[datetime, Status]] = []
        self.happened: list[Turn] = []

    @initialize(to_open=st.integers(1, 4), to_close=st.integers(1, 4))
    def choose(self, to_open: int, to_close: int) -> None:
        self.rule = Threshold(failures_to_open=to_open, passes_to_close=to_close)

    @rule(status=st.sampled_from([FAIL, PASS, WARN]), seconds=st.integers(1, 600))
    def look(self, status: Status, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.seen.append((self.now, status))
        self.state, change = advance(self.state, status, self.now, self.rule)
        if change is not None:
            self._judge(change)
            self.happened.append(change)

    @rule(seconds=st.integers(1, 600))
    def look_and_see_nothing(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        assert advance(self.state, UNKNOWN, self.now, self.rule) == (self.state, None)

    @precondition(lambda self: self.seen)
    @rule()
    def repeat_a_step(self) -> None:
        at, status = self.seen[-1]
        assert advance(self.state, status, at, self.rule) == advance(self.state, status, at, self.rule)

    def _judge(self, change: Turn) -> None:
        match change:
            case Opened(since):
                run = self._last_run(failing=True)
                assert since == run[0]
                assert len(run) == self.rule.failures_to_open
            case Closed(at):
                run = self._last_run(failing=False)
                assert at == run[-1] == self.now
                assert len(run) == self.rule.passes_to_close

    def _last_run(self, *, failing: bool) -> list[datetime]:
        """The looks in a row, up to the last one, that all failed or all passed."""
        run: list[datetime] = []
        for at, status in reversed(self.seen):
            if (status is FAIL) is not failing:
                break
            run.insert(0, at)
        return run

    @invariant()
    def opens_and_closes_take_turns(self) -> None:
        kinds = [type(change) for change in self.happened]
        assert kinds == [Opened, Closed] * (len(kinds) // 2) + [Opened] * (len(kinds) % 2)

    @invariant()
    def an_incident_stands_while_it_is_open(self) -> None:
        standing = bool(self.happened) and isinstance(self.happened[-1], Opened)
        assert isinstance(self.state, Open) is standing

    @invariant()
    def a_suspect_is_short_of_evidence(self) -> None:
        if isinstance(self.state, Suspect):
            assert 0 < self.state.failures < self.rule.failures_to_open
        if isinstance(self.state, Open):
            assert 0 <= self.state.passes < self.rule.passes_to_close


TestAnyHistory = AnyHistory.TestCase


# Deadlines --------------------------------------------------------------------------------------------------------

LADDER = tuple(
    Rung(name=f"{lead}d", at=minute(100) - timedelta(days=lead), status=FAIL if lead < 3 else WARN)
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
