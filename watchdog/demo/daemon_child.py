"""The real daemon as a child process: started, listened to, asked to reload, ended."""

import asyncio
import contextlib
import json
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

from watchdog.demo.errors import DaemonEndedError

#: A slow machine takes its time to import everything.
READY_WITHIN_S = 60.0
_ENDS_WITHIN_S = 15.0
_LAST_LINES = 8
#: Longer than any line of the log (watchdog.logs.MAX_TEXT_CHARS for each of a few texts).
_MAX_LINE_BYTES = 1024 * 1024

#: `nigehban run` but for its time, which no option can change.
_COMMAND = (sys.executable, "-P", "-c", "from watchdog.demo.watching import main; main()")
#: What the demo's own surroundings must not tell its daemon: other settings, another service manager.
_NOT_FOR_CHILD = (
    "NIGEHBAN_",
    "NOTIFY_SOCKET",
    "WATCHDOG_",
    "STATE_DIRECTORY",
    "RUNTIME_DIRECTORY",
    "CREDENTIALS_DIRECTORY",
)


class DaemonChild:
    """A daemon whose log is read for as long as it lives."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._watching = asyncio.Event()
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        self._reading = asyncio.create_task(self._read_log())
        self.address = ""
        """Host and port, once it watches."""

    @property
    def last_lines(self) -> list[str]:
        """Of its log, oldest first."""
        return list(self._last)

    async def watches(self) -> None:
        """Return once all checks are on their way. Raises DaemonEndedError where that takes too long."""
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                await self._watching.wait()
        except TimeoutError:
            raise DaemonEndedError(f"the daemon did not begin to watch within {READY_WITHIN_S:g} s") from None

    async def ended(self) -> NoReturn:
        """Raise DaemonEndedError once it has ended."""
        code = await self._process.wait()
        await asyncio.wait([self._reading])
        raise DaemonEndedError(f"the daemon ended by itself, with exit code {code}")

    def reload(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGHUP)

    async def stop(self) -> None:
        """End it in order; by force if that takes too long."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(_ENDS_WITHIN_S):
                await self._process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        await asyncio.wait([self._reading])

    async def _read_log(self) -> None:
        log = self._process.stderr
        while log is not None and (raw := await log.readline()):
            line = raw.decode("utf-8", "replace").rstrip("\n")
            self._last.append(line)
            if not self.address and (place := _address(line)):
                self.address = place
                self._watching.set()


def _address(line: str) -> str:
    """Of the log's line that says so; "" of any other."""
    try:
        event = json.loads(line)
    except ValueError:
        return ""
    is_it = isinstance(event, dict) and event.get("event") == "watching"
    return str(event.get("metrics", "")) if is_it else ""


@contextlib.asynccontextmanager
async def running_daemon(
    settings: Path, state: Path, environ: Mapping[str, str], ahead: timedelta = timedelta()
) -> AsyncIterator[DaemonChild]:
    """The daemon, started on a clock that is `ahead` of the real one; ended whatever happens."""
    process = await asyncio.create_subprocess_exec(
        *_COMMAND,
        str(ahead // timedelta(microseconds=1)),
        str(settings),
        str(state),
        env=child_environ(environ),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
        limit=_MAX_LINE_BYTES,
        # Ctrl-C is for the demo, which then ends its daemon in order.
        process_group=0,
    )
    daemon = DaemonChild(process)
    try:
        yield daemon
    finally:
        await daemon.stop()


def child_environ(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.startswith(_NOT_FOR_CHILD)}
