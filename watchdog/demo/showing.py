"""One showing: sets the estate up, tells the story over the real daemon, and clears everything away."""

import asyncio
import contextlib
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from pathlib import Path
from typing import TextIO

from alerts.escape import one_line, visible
from watchdog.clock import Clock, system_clock
from watchdog.demo.daemon_child import DaemonChild, running_daemon
from watchdog.demo.errors import DemoError
from watchdog.demo.estate import open_estate
from watchdog.demo.monday import monday_clock
from watchdog.demo.settings_file import ZONE
from watchdog.demo.story import Stage, closing, opening, tell_story
from watchdog.demo.terminal import Terminal

_DONE, _FAILED = 0, 1
_LOG_LINE_CHARS = 400

#: Ctrl-C, an order to end, and a terminal that was closed.
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def show(
    environ: Mapping[str, str], *, reading_s: float, out: TextIO, err: TextIO, clock: Clock = system_clock
) -> int:
    """The exit code. Whatever ends the showing, its daemon, servers and folder are gone when this returns."""
    terminal = Terminal(out=out, zone=ZONE, has_colour=has_colour(out, environ))
    play = asyncio.create_task(_play(terminal, environ, reading_s, clock))
    cancel_once = _once(play.cancel)
    for number in _ENDINGS:
        asyncio.get_running_loop().add_signal_handler(number, cancel_once)
    try:
        await play
    except asyncio.CancelledError:
        print("\nnigehban: the demo was stopped; its daemon, servers and folder are gone", file=err)
    except DemoError as error:
        _tell(error, err)
    except BrokenPipeError:
        raise  # nobody reads on; the command line knows what to make of it
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"\nnigehban: the demo cannot run here: {where}{error.strerror or error}", file=err)
    else:
        return _DONE
    return _FAILED


async def _play(terminal: Terminal, environ: Mapping[str, str], reading_s: float, clock: Clock) -> None:
    clock, ahead = monday_clock(clock)
    async with _folder() as folder, open_estate(folder, clock) as estate:
        await opening(terminal, estate, reading_s)
        async with running_daemon(estate.settings_path, estate.state_dir, environ, ahead) as daemon:
            stage = Stage(
                estate=estate, daemon=daemon, terminal=terminal, clock=clock, environ=environ, reading_s=reading_s
            )
            await _while_it_lives(daemon, tell_story(stage))
    closing(terminal)


@contextlib.asynccontextmanager
async def _folder() -> AsyncIterator[Path]:
    with tempfile.TemporaryDirectory(prefix="nigehban-demo-") as name:
        yield Path(name)


async def _while_it_lives(daemon: DaemonChild, story: Coroutine[None, None, None]) -> None:
    """The story to its end, or what broke it: one of its messages, or the daemon's own end."""
    tasks = [asyncio.create_task(story), asyncio.create_task(daemon.ended())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    except DemoError as error:
        error.log_lines = daemon.last_lines
        raise
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _once(act: Callable[[], object]) -> Callable[[], None]:
    """`act` the first time only: clearing away must not be cut short by an impatient second Ctrl-C."""
    waiting = [act]

    def act_once() -> None:
        if waiting:
            waiting.pop()()

    return act_once


def _tell(error: DemoError, err: TextIO) -> None:
    print(f"\nnigehban: {visible(str(error))}", file=err)
    if error.log_lines:
        print("The daemon's last words:", file=err)
        for line in error.log_lines:
            print(f"  {one_line(line, _LOG_LINE_CHARS)}", file=err)


def has_colour(out: TextIO, environ: Mapping[str, str]) -> bool:
    """Only where a person looks who did not ask for none (no-color.org)."""
    return out.isatty() and not environ.get("NO_COLOR") and environ.get("TERM", "dumb") != "dumb"
