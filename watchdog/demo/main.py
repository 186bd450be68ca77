"""`nigehban demo`: whether it can run here, and its exit code."""

import asyncio
import importlib.util
import os
import sys
from collections.abc import Callable
from typing import TextIO

#: What only the extra [demo] installs.
_EXTRAS = ("aiosmtpd", "trustme")

#: How long a person may read a message before the story goes on.
READING_S = 5.0

_FAILED = 1


def demo(
    *,
    reading_s: float = READING_S,
    out: TextIO | None = None,
    err: TextIO | None = None,
    find: Callable[[str], object] = importlib.util.find_spec,
) -> int:
    """Tell the story. 0 when every message came that should and no other, else 1 with the reason."""
    out, err = out or sys.stdout, err or sys.stderr
    if missing := [name for name in _EXTRAS if find(name) is None]:
        needed = " and ".join(missing)
        print(f"nigehban: the demo needs {needed}: pip install 'nigehban[demo]'", file=err)
        return _FAILED
    from watchdog.demo.showing import show  # noqa: PLC0415  # imports the extras

    return asyncio.run(show(os.environ, reading_s=reading_s, out=out, err=err))
