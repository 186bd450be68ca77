import asyncio
import time
from datetime import timedelta

import pytest

from tests.support.virtual_loop import EPOCH, BusyLoopError, DeadlockError, run_virtual, virtual_clock


def test_a_month_of_sleep_passes_at_once_and_the_clock_moves_with_it() -> None:
    clock = virtual_clock()

    async def month() -> timedelta:
        for _ in range(30 * 24):
            await asyncio.sleep(3600)
        return clock() - EPOCH

    began_s = time.monotonic()
    assert run_virtual(month()) == timedelta(days=30)
    assert time.monotonic() - began_s < 5


def test_timers_fire_in_the_order_of_their_times() -> None:
    fired: list[str] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(7, fired.append, "late")
        loop.call_later(3, fired.append, "early")
        await asyncio.sleep(10)

    run_virtual(main())
    assert fired == ["early", "late"]


def test_a_timeout_cuts_at_its_instant() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(30):
                await asyncio.Event().wait()
        return asyncio.get_running_loop().time()

    assert run_virtual(main()) == 30.0


def test_work_for_threads_runs_in_place_and_hands_back_its_failure() -> None:
    async def main() -> int:
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 // 0)
        return await asyncio.to_thread(sum, [1, 2, 3])

    assert run_virtual(main()) == 6


def test_waiting_for_what_never_comes_is_a_deadlock_not_a_hanging_test() -> None:
    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(DeadlockError):
        run_virtual(main())


def test_going_round_without_time_passing_is_found() -> None:
    async def main() -> None:
        while True:  # noqa: ASYNC110  # the busy loop to be found
            await asyncio.sleep(0)

    with pytest.raises(BusyLoopError):
        run_virtual(main())
