"""What the demo's child process runs: the daemon of `nigehban run`, on the demo's own time.

Only the demo can start it: a daemon that watches a real estate has no way to be told another time.
"""

import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from watchdog.cli.run import run
from watchdog.clock import system_clock
from watchdog.demo.monday import shifted


def watch(arguments: Sequence[str]) -> int:
    """Watch until told to stop. `arguments`: microseconds ahead of the real time, settings, folder of the state."""
    ahead_us, config, state = arguments
    clock = shifted(system_clock, timedelta(microseconds=int(ahead_us)))
    return run(config=Path(config), state=Path(state), environ=os.environ, clock=clock)


def main() -> None:
    sys.exit(watch(sys.argv[1:]))
