"""`nigehban restore`: a copy takes the place of the state, while no daemon runs."""

import random
import sys
from collections.abc import Mapping
from pathlib import Path

from watchdog.cli.backup import contents
from watchdog.cli.reading import estate_of
from watchdog.clock import Clock, random_ids, system_clock
from watchdog.store.errors import StoreError
from watchdog.store.lock import StateLock
from watchdog.store.putting_back import PutBack, put_back
from watchdog.store.strange_folder import entered

DONE, REFUSED = 0, 1


def restore(
    *,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    file: Path,
    clock: Clock = system_clock,
) -> int:
    """0 the copy is in place, 1 it is not and nothing was changed."""
    try:
        with entered(state) as here:
            lock = StateLock(here, named=state)
        with lock:
            done = put_back(state, file, id_=random_ids(random.SystemRandom())(), at=clock())
    except StoreError as error:
        print(f"nigehban: {error}", file=sys.stderr)
        return REFUSED
    said = "" if done.held is None else contents(done.held, estate_of(config, environ).time_zone)
    print("\n".join([f"{file} is the state now: {said}", *_consequences(done)]))
    return DONE


def _consequences(done: PutBack) -> list[str]:
    kept = f"The state that was there lies in {done.aside}; remove it when you need it no more."
    return [
        *([] if done.aside is None else [kept]),
        f"Messages that waited in the copy and are taken for sent: {done.taken_for_told}.",
        "Start the daemon: it looks first, and then tells each receiver once, in one digest, what is open.",
    ]
