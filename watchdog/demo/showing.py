"""One showing: sets the estate up, tells the story over the real daemon, and clears everything away."""

import asyncio
import signal
import sys
import termios
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import TextIO

from alerts.words.escape import one_line, visible
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
    _at_an_ending(play.cancel)
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
                await until_ended(_while_it_lives(daemon, after_the_story(stage)), sys.stdin)
    closing(terminal)


async def until_ended(staying: Coroutine[None, None, object], keys: TextIO) -> None:
    """`staying`, until Enter is pressed or Ctrl-C, which is no failure here. Raises what `staying` raises."""
    loop, task = asyncio.get_running_loop(), asyncio.create_task(staying)
    _at_an_ending(task.cancel)
    loop.add_reader(keys.fileno(), task.cancel)
    try:
        await asyncio.wait([task])
    finally:
        loop.remove_reader(keys.fileno())
    # What was typed is not for the shell.
    termios.tcflush(keys.fileno(), termios.TCIFLUSH)
    if not task.cancelled():
        task.result()


def _at_an_ending(act: Callable[[], object]) -> None:
    """`act` the first time only: clearing away must not be cut short by an impatient second Ctrl-C."""
    act_once = _once(act)
    for number in _ENDINGS:
        asyncio.get_running_loop().add_signal_handler(number, act_once)


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
