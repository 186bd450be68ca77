"""`nigehban run`: the daemon, in the foreground."""

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import uvloop

from checks.registry import load_registry
from checks.target import host_and_port
from watchdog.app import serve
from watchdog.clock import Clock, is_vouched_for, system_clock
from watchdog.ground import Start
from watchdog.logs import Logs
from watchdog.ownership import installed_owners, second_owners
from watchdog.settings.load import load
from watchdog.settings.problems import SettingsError
from watchdog.settings.values import Listen
from watchdog.store.errors import StoreError

#: Libraries that tell of every step they take.
_CHATTY = ("alembic", "uvicorn")

DONE, REFUSED, SETTINGS_ERROR = 0, 1, 2


def run(
    *,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    debug: bool = False,
    clock: Clock = system_clock,
    is_vouched: Callable[[datetime], bool] = is_vouched_for,
) -> int:
    """Watch until told to stop. 0 stopped in order, 1 refused or broken, 2 settings that are wrong."""
    if clashes := second_owners(installed_owners()):
        return _refuse(REFUSED, *clashes)
    registry = load_registry()
    try:
        settings = load(config, registry, environ, clock=clock)
    except SettingsError as error:
        return _refuse(SETTINGS_ERROR, *(str(problem) for problem in error.problems))
    logs = Logs(sys.stderr.fileno(), clock, level=logging.DEBUG if debug else logging.INFO)
    logs.install()
    for library in () if debug else _CHATTY:
        logging.getLogger(library).setLevel(logging.WARNING)
    start = Start(
        settings=settings,
        registry=registry,
        state_dir=state.absolute(),  # people are told of files in it
        environ=environ,
        clock=clock,
        is_vouched=is_vouched,
    )
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(start))
    except StoreError as error:
        return _refuse(REFUSED, str(error))
    except OSError as error:
        return _refuse(REFUSED, _broken(error, settings.listen))
    finally:
        logs.close()
    return DONE


def _broken(error: OSError, listen: Listen) -> str:
    """Errors of files name them; the one thing without a file is the socket of the metrics."""
    why = error.strerror or str(error)
    if error.filename is not None:
        return f"cannot use {error.filename}: {why}; the state must be in a directory of ours, see --state"
    place = host_and_port(listen.host, listen.port)
    return f"cannot serve metrics on {place}: {why}; free it, or name another with listen: in the settings"


def _refuse(code: int, *texts: str) -> int:
    for text in texts:
        print(f"nigehban: {text}", file=sys.stderr)  # the person who started it reads this
    return code
