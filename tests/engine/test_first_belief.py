"""Which time a start goes by: the wall clock's, or that of the last look on record."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.support.virtual_loop import EPOCH
from watchdog.steady_clock import (
    BELIEVED_AFTER_S,
    DOWNTIME,
    TOLERANCE,
    Believed,
    Jumped,
    SetBack,
    SteadyClock,
    believed_at_start,
)

MONTH = timedelta(days=30)

gaps = st.timedeltas(timedelta(days=-4000), timedelta(days=4000))


@given(gaps, st.booleans())
def test_a_start_goes_by_one_of_the_two_and_only_a_vouched_one_goes_back(gap: timedelta, vouched: bool) -> None:  # noqa: FBT001  # drawn
    wall = EPOCH + gap
    believed = believed_at_start(wall, EPOCH, vouched=vouched)
    assert believed in {wall, EPOCH}
    assert believed == wall or not vouched
    assert believed >= EPOCH - TOLERANCE or vouched
    assert believed <= EPOCH + DOWNTIME or vouched


@given(st.timedeltas(-TOLERANCE, DOWNTIME))
def test_downtime_as_it_happens_needs_nobody_to_vouch(gap: timedelta) -> None:
    assert believed_at_start(EPOCH + gap, EPOCH, vouched=False) == EPOCH + gap


def test_without_records_there_is_nothing_to_doubt_by() -> None:
    assert believed_at_start(EPOCH, None, vouched=False) == EPOCH


class Started:
    """A start whose wall clock is off by so much from the last look."""

    def __init__(self, off: timedelta, *, vouched: bool = False) -> None:
        self.wall, self.up_s = EPOCH + off, 1000.0
        self.vouched = vouched
        self.asked: list[datetime] = []
        self.steady = SteadyClock(lambda: self.wall, lambda: self.up_s)
        self.steady.begin(EPOCH, self.is_vouched)

    def is_vouched(self, since: datetime) -> bool:
        self.asked.append(since)
        return self.vouched

    def judged_after(self, seconds: float) -> object:
        self.wall += timedelta(seconds=seconds)
        self.up_s += seconds
        return self.steady.judge(self.is_vouched)


def test_a_doubted_start_is_said_once_and_goes_by_the_last_look() -> None:
    start = Started(MONTH)
    assert start.steady() == EPOCH
    assert start.steady.doubted == EPOCH + MONTH
    after = EPOCH + timedelta(seconds=10)
    assert start.judged_after(10) == Jumped(after, after + MONTH, at_start=True)
    assert start.judged_after(10) is None


def test_a_doubted_start_does_not_stay_mute() -> None:
    start = Started(MONTH)
    start.judged_after(10)
    assert isinstance(start.judged_after(BELIEVED_AFTER_S), Believed)
    assert start.steady() == start.wall
    assert start.steady.doubted is None


def test_a_doubted_start_ends_as_soon_as_a_time_service_vouches() -> None:
    start = Started(MONTH)
    start.judged_after(10)
    start.vouched = True
    assert isinstance(start.judged_after(10), Believed)
    assert start.steady() == start.wall


def test_a_doubted_start_ends_when_the_clock_is_set_back() -> None:
    start = Started(-MONTH)
    start.judged_after(10)
    start.wall += MONTH
    assert start.judged_after(10) == SetBack()
    start.wall += MONTH
    assert start.judged_after(0) == Jumped(start.wall - MONTH, start.wall)


def test_what_is_vouched_for_at_the_start_holds_at_once_wherever_the_records_stand() -> None:
    for off in (MONTH, -MONTH):
        start = Started(off, vouched=True)
        assert start.steady() == EPOCH + off
        assert start.judged_after(10) is None


def test_a_time_service_is_asked_whether_it_confirmed_the_clock_since_the_boot() -> None:
    start = Started(MONTH)
    assert start.asked == [EPOCH + MONTH - timedelta(seconds=1000)]
