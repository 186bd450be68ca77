"""The demo's estate with its daemon over it: for a story, and for whoever needs something alive to look at."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from watchdog.clock import Clock, system_clock
from watchdog.demo.daemon_child import DaemonChild, running_daemon
from watchdog.demo.estate import DemoEstate, open_estate
from watchdog.demo.monday import monday_clock


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietEstate:
    """An estate that nobody watches yet."""

    estate: DemoEstate
    clock: Clock
    """The demo's own: a Monday morning."""
    ahead: timedelta
    """Of the real time."""


@contextlib.asynccontextmanager
async def quiet_estate(clock: Clock = system_clock) -> AsyncIterator[QuietEstate]:
    """Servers and settings in a folder of their own; all of it is gone at the end. Raises OSError."""
    own, ahead = monday_clock(clock)
    with tempfile.TemporaryDirectory(prefix="nigehban-demo-") as name:
        async with open_estate(Path(name), own) as estate:
            yield QuietEstate(estate=estate, clock=own, ahead=ahead)


@contextlib.asynccontextmanager
async def watched(quiet: QuietEstate, environ: Mapping[str, str]) -> AsyncIterator[DaemonChild]:
    """The real daemon over it, started; see DaemonChild.watches and .address."""
    estate = quiet.estate
    async with running_daemon(estate.settings_path, estate.state_dir, environ, quiet.ahead) as daemon:
        yield daemon
