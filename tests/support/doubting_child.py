"""A daemon for whose clock nobody vouches, and whose wall clock a test moves: `doubting_child.py OFFSET nigehban run`.

libfaketime would move it for every library as well, but Debian's 0.9.10 breaks the timed waits of threads, monotonic
clocks excluded or not. So the wall clock that everything of ours goes by is handed in.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from watchdog.cli.run import run
from watchdog.clock import system_clock


@dataclass(frozen=True, slots=True)
class WallClock:
    """The machine's, off by the seconds that stand in a file; time since boot stays true."""

    file: Path

    def is_off_by(self, off: timedelta) -> None:
        whole = self.file.with_suffix(".new")
        whole.write_text(f"{off.total_seconds()}")
        whole.replace(self.file)

    def __call__(self) -> datetime:
        return system_clock() + timedelta(seconds=float(self.file.read_text()))

    @property
    def under(self) -> Sequence[str]:
        """The command to run a daemon with."""
        return [sys.executable, __file__, str(self.file)]


def become(offset: str, arguments: Sequence[str]) -> int:
    """`arguments` are those of `nigehban run`, each with its value."""
    place = dict(zip(arguments[::2], arguments[1::2], strict=True))
    return run(
        config=Path(place["--config"]),
        state=Path(place["--state"]),
        environ=os.environ,
        clock=WallClock(Path(offset)),
        is_vouched=lambda _since: False,
    )


if __name__ == "__main__":
    sys.exit(become(sys.argv[1], sys.argv[4:]))
