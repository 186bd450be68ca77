"""Work in a thread whose asker may be gone before it answers."""

import asyncio
import contextlib
import tempfile
import threading
from typing import IO

from checks.network.office_thread import in_thread


def test_a_file_that_nobody_waits_for_any_more_is_closed() -> None:
    made = tempfile.TemporaryFile()  # noqa: SIM115  # closed by what is tested
    gone, over = threading.Event(), asyncio.Event()

    def work() -> IO[bytes]:
        gone.wait(60)
        return made

    async def go() -> None:
        asked = asyncio.create_task(in_thread(work, name="late", stop=gone.set, ended=over.set))
        await asyncio.sleep(0)
        asked.cancel()
        async with asyncio.timeout(60):
            await over.wait()
            await asyncio.sleep(0)

    asyncio.run(go())
    assert made.closed


def test_a_file_that_came_in_the_moment_in_which_its_asker_was_stopped_is_closed() -> None:
    made = tempfile.TemporaryFile()  # noqa: SIM115  # closed by what is tested

    async def go() -> None:
        loop = asyncio.get_running_loop()

        def stopped() -> None:
            loop.call_soon(asked.cancel)

        asked: asyncio.Task[IO[bytes]] = asyncio.create_task(
            in_thread(lambda: made, name="just in time", stop=lambda: None, ended=stopped)
        )
        with contextlib.suppress(asyncio.CancelledError):
            async with asyncio.timeout(60):
                await asked

    asyncio.run(go())
    assert made.closed


def test_a_file_that_comes_after_the_loop_is_gone_is_closed() -> None:
    made = tempfile.TemporaryFile()  # noqa: SIM115  # closed by what is tested
    begun, loop_is_gone, threads = threading.Event(), threading.Event(), list[threading.Thread]()

    def work() -> IO[bytes]:
        threads.append(threading.current_thread())
        begun.set()
        loop_is_gone.wait(60)
        return made

    async def go() -> None:
        asked = asyncio.create_task(in_thread(work, name="too late", stop=lambda: None, ended=lambda: None))
        await asyncio.sleep(0)
        begun.wait(60)
        asked.cancel()

    asyncio.run(go())
    loop_is_gone.set()
    threads[0].join(60)
    assert made.closed
