"""Work in a thread whose asker may be gone before it answers."""

import asyncio
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
