"""`nigehban backup`: a copy of the state, whether the daemon runs or not."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.words.escape import one_line
from watchdog.api.client import NoAnswerError, NobodyAnswersError, NotAllowedError, Question, ask
from watchdog.cli.reading import estate_of
from watchdog.cli.timeline import second_of
from watchdog.clock import Clock, system_clock, system_pause, time_since
from watchdog.store.backup import back_up
from watchdog.store.backup_names import FOLDER_NAME, copy_name
from watchdog.store.database import DATABASE_NAME
from watchdog.store.database_file import Held
from watchdog.store.errors import StoreError
from watchdog.store.strange_folder import entered

DONE, REFUSED, WRONG_USE = 0, 1, 2
_MIB = 1024 * 1024

#: A large state takes its time.
_DAEMON_WITHIN_S = 600.0


def backup(
    *,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    file: Path | None,
    to: Path | None,
    force: bool,
    clock: Clock = system_clock,
) -> int:
    """0 the copy is there and whole, 1 it is not, 2 a file and a folder were named."""
    if file is not None and to is not None:
        print("nigehban: name a FILE or a folder with --to, not both", file=sys.stderr)
        return WRONG_USE
    if file is None and to is None and not os.access(state / DATABASE_NAME, os.R_OK | os.W_OK):
        by_daemon = _asked(state, environ)
        if by_daemon is not None:
            return by_daemon
    took = time_since()
    try:
        target = file or _folder(state, to) / copy_name(clock(), is_asked=True)
        held = back_up(state / DATABASE_NAME, target, replace=force, pause=system_pause)
    except StoreError as error:
        print(f"nigehban: {error}", file=sys.stderr)
        return REFUSED
    done = f"{held.size_b / _MIB:.1f} MiB in {took():.1f} s, checked and whole"
    print(f"{target}: {done}; {contents(held, estate_of(config, environ).time_zone)}")
    return DONE


def _asked(state: Path, environ: Mapping[str, str]) -> int | None:
    """For whom the state is not to be read, the daemon makes the copy; None where none answers."""
    try:
        answer = ask(
            Question(method="POST", path="/v1/backup", within_s=_DAEMON_WITHIN_S), environ=environ, state=state
        )
    except NobodyAnswersError:
        return None
    except (NotAllowedError, NoAnswerError) as error:
        print(f"nigehban: {error}", file=sys.stderr)
        return REFUSED
    if not answer.is_ok:
        for problem in answer.problems:
            print(f"nigehban: {one_line(problem)}", file=sys.stderr)
        return REFUSED
    size_b = int(answer.body["bytes"])
    print(f"{one_line(str(answer.body['file']))}: {size_b / _MIB:.1f} MiB, made by the daemon, checked and whole")
    return DONE


def contents(held: Held, zone: ZoneInfo) -> str:
    """What a copy holds, in one line."""
    newest = "nothing seen yet" if held.newest is None else f"state up to {second_of(held.newest, zone)}"
    return (
        f"{newest}, subjects: {held.subjects}, open incidents: {held.open_incidents}, "
        f"messages waiting: {held.waiting}, schema {held.revision}"
    )


def _folder(state: Path, to: Path | None) -> Path:
    if to is not None:
        return to
    if state.exists():
        with entered(state) as here:
            (here / FOLDER_NAME).mkdir(mode=0o700, exist_ok=True)
    return state / FOLDER_NAME
