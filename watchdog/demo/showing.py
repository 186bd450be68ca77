"""One showing: sets the estate up, tells the story over the real daemon, and clears everything away."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from alerts.escape import one_line, visible
from watchdog.clock import Clock, system_clock
from watchdog.demo.daemon_child import DaemonChild, child_environ
from watchdog.demo.errors import DemoError
from watchdog.demo.living import quiet_estate, watched
from watchdog.demo.settings_file import ZONE
from watchdog.demo.stage import Stage
from watchdog.demo.story import after_the_story, closing, opening, tell_story
from watchdog.demo.terminal import Terminal

_DONE, _FAILED = 0, 1
_LOG_LINE_CHARS = 400

#: What breaks in the story may be the first sign that the daemon has ended, which is the better reason.
_DEATH_TELLS_WITHIN_S = 1.0

#: Ctrl-C, an order to end, and a terminal that was closed.
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a story is told."""

    reading_s: float
    """How long a person reads a message."""
    stays: bool
    """Whether the estate stays up behind it, until a person ends it."""


async def show(
    environ: Mapping[str, str], manner: Manner, *, out: TextIO, err: TextIO, clock: Clock = system_clock
) -> int:
    """The exit code. Whatever ends the showing, its daemon, servers and folder are gone when this returns."""
    is_person = out.isatty() and environ.get("TERM", "dumb") != "dumb"
    terminal = Terminal(out=out, zone=ZONE, has_colour=has_colour(out, environ), is_live=is_person)
    play = asyncio.create_task(_play(terminal, environ, manner, clock))
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


async def _play(terminal: Terminal, environ: Mapping[str, str], manner: Manner, clock: Clock) -> None:
    async with quiet_estate(clock) as quiet:
        await opening(terminal, quiet.estate, manner.reading_s)
        async with watched(quiet, environ) as daemon:
            stage = Stage(
                estate=quiet.estate,
                daemon=daemon,
                terminal=terminal,
                clock=quiet.clock,
                environ=child_environ(environ),
                reading_s=manner.reading_s,
            )
            await _while_it_lives(daemon, tell_story(stage))
            if manner.stays:
                await _until_ended(_while_it_lives(daemon, after_the_story(stage)))
    closing(terminal)


async def _until_ended(staying: Coroutine[None, None, None]) -> None:
    """`staying`, until Enter or Ctrl-C, which here is no failure."""
    task = asyncio.create_task(staying)
    with _pressed_enter(task.cancel):
        await asyncio.wait([task])
    if not task.cancelled():
        task.result()


@contextmanager
def _pressed_enter(act: Callable[[], object]) -> Iterator[None]:
    loop, keys = asyncio.get_running_loop(), sys.stdin.fileno()

    def read_line() -> None:
        sys.stdin.readline()
        act()

    loop.add_reader(keys, read_line)
    try:
        yield
    finally:
        loop.remove_reader(keys)


async def _while_it_lives(daemon: DaemonChild, story: Coroutine[None, None, None]) -> None:
    """The story to its end, or what broke it: one of its messages, or the daemon's own end."""
    telling, ending = tasks = [asyncio.create_task(story), asyncio.create_task(daemon.ended())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if telling.done() and telling.exception() is not None:
            await asyncio.wait([ending], timeout=_DEATH_TELLS_WITHIN_S)
        for task in (ending, telling):
            if task.done():
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
