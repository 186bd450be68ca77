"""`nigehban demo`: whether it can run here, how it is told, and its exit code."""

import asyncio
import importlib.util
import os
import sys
from collections.abc import Callable
from typing import TextIO

#: What only the extra [demo] installs.
_EXTRAS = ("aiosmtpd", "trustme")

#: How long a person may read a message before the story goes on; and where none reads.
READING_S = 5.0
NOBODY_READS_S = 0.5

_FAILED = 1


def demo(
    *,
    once: bool = False,
    reading_s: float | None = None,
    out: TextIO | None = None,
    err: TextIO | None = None,
    find: Callable[[str], object] = importlib.util.find_spec,
) -> int:
    """Tell the story. 0 when every message came that should and no other, else 1 with the reason.

    On a terminal the estate stays up behind it until a person ends it; with `once` nobody is waited for anywhere.
    """
    out, err = out or sys.stdout, err or sys.stderr
    if missing := [name for name in _EXTRAS if find(name) is None]:
        needed = " and ".join(missing)
        print(f"nigehban: the demo needs {needed}; install them beside it: pip install {' '.join(missing)}", file=err)
        return _FAILED
    from watchdog.demo.showing import Manner, show  # noqa: PLC0415  # imports the extras

    pace_s = NOBODY_READS_S if once else READING_S
    stays = not once and out.isatty() and sys.stdin.isatty()
    manner = Manner(reading_s=pace_s if reading_s is None else reading_s, stays=stays)
    return asyncio.run(show(os.environ, manner, out=out, err=err))
