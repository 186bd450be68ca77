"""When checks run, in virtual time."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import CheckId, Finding, Status
from checks.plugin import CheckContext
from checks.spec import CheckSpec
from tests.support.scripted import finding, spec_of
from tests.support.virtual_loop import VirtualLoop, run_virtual
from watchdog.engine.beat import BEAT_S, next_regular_s, on_beat, phase
from watchdog.engine.scheduler import TIMER_SLACK_S, Again, Scheduler


async def unused(_ctx: CheckContext) -> Sequence[Finding]:
    return (finding(Status.OK),)


def spec(check_id: str = "mx", *, host: str = "mx1", interval_s: float = 60.0) -> CheckSpec:
    return spec_of(unused, check_id=check_id, host=host, interval_s=interval_s)


def hosted(specs: Iterable[CheckSpec]) -> list[tuple[CheckSpec, str | None]]:
    return [(one, one.kind.host(one.options)) for one in specs]


class Diary:
    """Stands in for the runner: notes every start, takes `takes_s`, and is suspect while `suspect` says so."""

    def __init__(self, *, takes_s: float = 0.1, suspect: Callable[[str, int], bool] = lambda _id, _run: False) -> None:
        self.starts: dict[str, list[float]] = defaultdict(list)
        self.timeouts: list[float] = []
        self.at_once = 0
        self.most_at_once = 0
        self.lateness: list[float] = []
        self._takes_s = takes_s
        self._suspect = suspect

    async def run_once(self, check: CheckSpec, timeout_s: float) -> Again:
        self.starts[check.id].append(asyncio.get_running_loop().time())
        self.timeouts.append(timeout_s)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self._takes_s)
        self.at_once -= 1
        return Again(soon=self._suspect(check.id, len(self.starts[check.id])))


def keep(
    diary: Diary, specs: Sequence[CheckSpec], for_s: float, *, concurrency: int = 1000, per_host: int = 20
) -> None:
    async def scene() -> None:
        scheduler = Scheduler(diary.run_once, on_late=diary.lateness.append, concurrency=concurrency, per_host=per_host)
        scheduler.configure(hosted(specs))
        task = asyncio.create_task(scheduler.run())
        await asyncio.sleep(for_s)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run_virtual(scene())


def gaps(starts: Sequence[float]) -> list[float]:
    return [later - earlier for earlier, later in itertools.pairwise(starts)]


def test_a_check_runs_every_interval() -> None:
    diary = Diary()
    keep(diary, [spec()], 600)
    assert gaps(diary.starts["mx"]) == pytest.approx([60.0] * 9, abs=0.01)


def test_a_check_is_first_looked_at_within_a_minute_even_if_it_runs_daily() -> None:
    diary = Diary()
    keep(diary, [spec(interval_s=86_400)], 61)
    assert len(diary.starts["mx"]) == 1


def test_a_suspect_check_is_looked_at_again_every_ten_seconds_start_to_start() -> None:
    diary = Diary(takes_s=4, suspect=lambda _id, run: run < 4)
    keep(diary, [spec()], 100)
    assert gaps(diary.starts["mx"])[:3] == pytest.approx([10.0] * 3, abs=0.01)


def test_the_timeout_of_a_hasty_look_is_never_longer_than_the_pace_of_haste() -> None:
    hasty = spec_of(unused, timeout_s=30, retry_every_s=5)
    diary = Diary(suspect=lambda _id, run: run == 1)
    keep(diary, [hasty], 70)
    assert diary.timeouts[:2] == [30, 5]


def test_haste_does_not_move_the_regular_times() -> None:
    diary = Diary(suspect=lambda _id, run: run == 1)
    keep(diary, [spec()], 200)
    first = diary.starts["mx"][0]
    assert [start - first for start in diary.starts["mx"]][:4] == pytest.approx([0, 10, 60, 120], abs=0.05)


def test_a_slow_check_never_runs_twice_at_once_and_skips_what_it_missed() -> None:
    diary = Diary(takes_s=150)
    keep(diary, [spec()], 1000)
    assert diary.most_at_once == 1
    assert gaps(diary.starts["mx"]) == pytest.approx([180.0] * 5, abs=0.05)


def test_no_more_checks_run_at_once_than_allowed() -> None:
    diary = Diary(takes_s=5)
    keep(diary, [spec(f"c{n}", host=f"h{n}") for n in range(50)], 120, concurrency=3)
    assert diary.most_at_once == 3


def test_a_host_is_not_burdened_by_more_runs_than_allowed_and_others_go_on() -> None:
    diary = Diary(takes_s=30)
    slow = [spec(f"slow{n}", host="tarpit") for n in range(40)]
    keep(diary, [*slow, spec("well", host="healthy")], 300, per_host=2)
    assert diary.most_at_once <= 3
    assert gaps(diary.starts["well"]) == pytest.approx([60.0] * 4, abs=0.05)


def test_every_check_of_a_burdened_host_gets_its_turn() -> None:
    diary = Diary(takes_s=10)
    keep(diary, [spec(f"c{n}", host="one") for n in range(8)], 400, per_host=2)
    assert all(len(diary.starts[f"c{n}"]) >= 3 for n in range(8))


def test_a_scheduler_that_gives_way_runs_half_as_many_at_once() -> None:
    diary, most = Diary(takes_s=5), []

    async def scene() -> None:
        scheduler = Scheduler(diary.run_once, on_late=diary.lateness.append, concurrency=40)
        scheduler.configure(hosted([spec(f"c{n}", host=f"h{n}", interval_s=1) for n in range(100)]))
        task = asyncio.create_task(scheduler.run())
        for _ in range(2):
            await asyncio.sleep(30)
            most.append(diary.at_once)
            scheduler.give_way()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run_virtual(scene())
    assert most == [40, 20]


def test_ten_thousand_checks_start_spread_over_the_minute() -> None:
    phases = sorted(phase(CheckId(f"check-{n}")) for n in range(10_000))
    tenth = sum(1 for value in phases if value < 0.1)
    assert 850 < tenth < 1150


def test_many_checks_begin_on_few_beats_so_that_the_loop_wakes_seldom() -> None:
    diary = Diary(takes_s=0.01)
    keep(diary, [spec(f"c{n}", host=f"h{n}") for n in range(500)], 180)
    starts = [at for of_check in diary.starts.values() for at in of_check]
    assert len(starts) >= 1000
    assert all(at - BEAT_S * round(at / BEAT_S) == pytest.approx(TIMER_SLACK_S, abs=0.002) for at in starts)


@given(st.floats(0, 1e7))
def test_a_beat_is_at_most_one_beat_ahead(at_s: float) -> None:
    assert 0 <= on_beat(at_s) - at_s < BEAT_S + 1e-6


def test_an_unchanged_check_keeps_its_time_over_a_reload() -> None:
    diary = Diary()

    async def scene() -> None:
        scheduler = Scheduler(diary.run_once, on_late=diary.lateness.append)
        kept = spec("a")
        scheduler.configure(hosted([kept, spec("b")]))
        task = asyncio.create_task(scheduler.run())
        await asyncio.sleep(130)
        scheduler.configure(hosted([kept, spec("c")]))
        await asyncio.sleep(130)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run_virtual(scene())
    assert gaps(diary.starts["a"])[:3] == pytest.approx([60.0] * 3, abs=0.01)
    assert 0 < max(diary.starts["b"]) <= 130
    assert diary.starts["c"]


def test_a_check_under_new_settings_waits_for_its_former_run() -> None:
    diary = Diary(takes_s=50)

    async def scene() -> None:
        scheduler = Scheduler(diary.run_once, on_late=diary.lateness.append)
        scheduler.configure(hosted([spec("a")]))
        task = asyncio.create_task(scheduler.run())
        for interval_s in (5.0, 6.0, 7.0):
            await asyncio.sleep(40)
            scheduler.configure(hosted([spec("a", interval_s=interval_s)]))
        await asyncio.sleep(300)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run_virtual(scene())
    assert diary.most_at_once == 1
    assert len(diary.starts["a"]) >= 6


def test_checks_taken_out_while_they_wait_for_their_host_cost_the_others_no_turn() -> None:
    diary = Diary(takes_s=10)
    specs = [spec(f"c{n:02}", host="one", interval_s=30) for n in range(12)]

    async def scene() -> None:
        scheduler = Scheduler(diary.run_once, on_late=diary.lateness.append, per_host=2)
        scheduler.configure(hosted(specs))
        task = asyncio.create_task(scheduler.run())
        await asyncio.sleep(35)
        started = set(diary.starts)
        scheduler.configure(hosted(one for one in specs if one.id in started or one.id > "c05"))
        diary.starts.clear()
        await asyncio.sleep(1800)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run_virtual(scene())
    assert all(diary.starts[f"c{n:02}"] for n in range(6, 12))


def test_a_broken_engine_ends_the_schedule_loudly() -> None:
    async def broken(_spec: CheckSpec, _timeout_s: float) -> Again:
        raise RuntimeError("engine")

    async def scene() -> None:
        scheduler = Scheduler(broken, on_late=lambda _late_s: None)
        scheduler.configure(hosted([spec()]))
        await scheduler.run()

    with pytest.raises(RuntimeError, match="engine"):
        run_virtual(scene())


def test_lateness_is_measured_from_the_due_time() -> None:
    diary = Diary()
    keep(diary, [spec(f"c{n}", host=f"h{n}") for n in range(20)], 300)
    assert max(diary.lateness) < 0.01


@given(st.floats(0, 1e6), st.floats(0.1, 1e5), st.floats(0, 2e6))
def test_the_next_regular_time_is_ahead_on_the_grid_and_less_than_an_interval_away(
    regular_s: float, interval_s: float, now_s: float
) -> None:
    following_s = next_regular_s(regular_s, interval_s, now_s)
    assert following_s > now_s or following_s == pytest.approx(now_s)
    assert following_s <= max(now_s + interval_s, regular_s) * (1 + 1e-9)
    steps = (following_s - regular_s) / interval_s
    assert steps == pytest.approx(round(steps), abs=1e-3)


def test_after_the_process_was_stopped_what_is_overdue_is_spread_and_done_within_two_intervals() -> None:
    diary, woken_s = Diary(), 0.0

    async def scene() -> None:
        nonlocal woken_s
        scheduler = Scheduler(diary.run_once, on_late=diary.lateness.append)
        scheduler.configure(hosted([spec(f"c{number}", host=f"h{number}") for number in range(200)]))
        task = asyncio.create_task(scheduler.run())
        await asyncio.sleep(130)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.stall(600)
        woken_s, diary.most_at_once = loop.time(), 0
        await asyncio.sleep(120)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run_virtual(scene())
    assert diary.most_at_once <= 10
    assert all(any(woken_s <= at <= woken_s + 61 for at in starts) for starts in diary.starts.values())


def test_checks_in_a_hurry_are_looked_at_soon_and_then_on_their_regular_times() -> None:
    diary = Diary()

    async def scene() -> None:
        scheduler = Scheduler(diary.run_once, on_late=diary.lateness.append)
        scheduler.configure(hosted([spec("slow", interval_s=3600), spec("other", interval_s=3600)]))
        task = asyncio.create_task(scheduler.run())
        await asyncio.sleep(1000)
        scheduler.hurry([CheckId("slow"), CheckId("not there")], 30)
        await asyncio.sleep(3600)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run_virtual(scene())
    first, hurried, regular = diary.starts["slow"]
    assert 1000 <= hurried <= 1031
    assert regular - first == pytest.approx(3600, abs=0.01)
    assert len(diary.starts["other"]) == 2


@pytest.mark.parametrize(("takes_s", "within_s"), [(5.0, 30.0), (60.0, 3.0)], ids=["ends before", "ends behind"])
def test_a_check_in_a_hurry_that_is_under_way_is_looked_at_once_more(takes_s: float, within_s: float) -> None:
    diary = Diary(takes_s=takes_s)

    async def scene() -> None:
        under_way = asyncio.Event()

        async def run_once(check: CheckSpec, timeout_s: float) -> Again:
            under_way.set()
            return await diary.run_once(check, timeout_s)

        scheduler = Scheduler(run_once, on_late=diary.lateness.append)
        scheduler.configure(hosted([spec("slow", interval_s=3600)]))
        task = asyncio.create_task(scheduler.run())
        await under_way.wait()
        scheduler.hurry([CheckId("slow")], within_s)
        await asyncio.sleep(7000)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run_virtual(scene())
    first, hurried, regular = diary.starts["slow"]
    assert takes_s <= hurried - first <= max(takes_s, within_s) + 2
    assert regular - first == pytest.approx(3600, abs=0.01)
    assert diary.most_at_once == 1
