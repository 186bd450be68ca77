"""TimeLimit keeps asyncio.timeout's promises; each is held to both."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from tests.support.virtual_loop import run_virtual
from watchdog.engine.time_limit import TimeLimit

Limit = Callable[[float], AbstractAsyncContextManager[object]]


@asynccontextmanager
async def ours(timeout_s: float) -> AsyncIterator[None]:
    with TimeLimit(asyncio.get_running_loop(), timeout_s):
        yield


both = pytest.mark.parametrize("limit", [ours, asyncio.timeout], ids=["ours", "asyncio"])


async def cancelled_after(delay_s: float, work: Coroutine[None, None, None]) -> tuple[bool, int]:
    """Whether `work` ended cancelled, and how many cancellations its task still owes."""
    task = asyncio.create_task(work)
    await asyncio.sleep(delay_s)
    task.cancel()
    await asyncio.wait([task])
    return task.cancelled(), task.cancelling()


@both
def test_what_ends_in_time_is_left_alone(limit: Limit) -> None:
    async def work() -> float:
        async with limit(2):
            await asyncio.sleep(1)
        await asyncio.sleep(5)
        return asyncio.get_running_loop().time()

    assert run_virtual(work()) == pytest.approx(6, abs=0.1)


@both
def test_what_does_not_is_a_timeout_and_owes_no_cancellation(limit: Limit) -> None:
    async def work() -> int:
        with pytest.raises(TimeoutError):
            async with limit(2):
                await asyncio.sleep(10)
        await asyncio.sleep(0)
        task = asyncio.current_task()
        assert task is not None
        return task.cancelling()

    assert run_virtual(work()) == 0


@both
def test_a_cancellation_from_outside_passes_through(limit: Limit) -> None:
    async def work() -> None:
        async with limit(10):
            await asyncio.sleep(20)

    assert run_virtual(cancelled_after(1, work())) == (True, 1)


@both
def test_a_cancellation_together_with_the_end_of_the_time_passes_through(limit: Limit) -> None:
    async def work() -> None:
        async with limit(1):
            await asyncio.sleep(20)

    assert run_virtual(cancelled_after(1, work()))[0]


@both
def test_an_error_of_the_work_stays_that_error(limit: Limit) -> None:
    async def work() -> None:
        async with limit(1):
            raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        run_virtual(work())


@both
def test_a_timeout_swallowed_inside_is_none_and_owes_nothing(limit: Limit) -> None:
    async def work() -> int:
        async with limit(1):
            try:
                await asyncio.sleep(20)
            except asyncio.CancelledError:
                await asyncio.sleep(1)
        task = asyncio.current_task()
        assert task is not None
        return task.cancelling()

    assert run_virtual(work()) == 0


@both
def test_limits_nest_and_the_shorter_one_ends_its_own_block(limit: Limit) -> None:
    async def work() -> str:
        try:
            async with limit(5):
                try:
                    async with limit(1):
                        await asyncio.sleep(20)
                except TimeoutError:
                    return "inner"
        except TimeoutError:
            return "outer"
        return "none"

    assert run_virtual(work()) == "inner"


def test_outside_of_a_task_nothing_can_be_limited() -> None:
    async def call() -> None:
        failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def outside() -> None:
            try:
                TimeLimit(asyncio.get_running_loop(), 1)
            except RuntimeError as error:
                failed.set_exception(error)

        asyncio.get_running_loop().call_soon(outside)
        await failed

    with pytest.raises(RuntimeError, match="only a task"):
        asyncio.run(call())
