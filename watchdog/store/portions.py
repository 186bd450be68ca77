"""Long lists some at a time."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

#: Names in one statement; SQLite takes some 32,000.
AT_ONCE: Final = 500

T = TypeVar("T")


def portions(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Without a copy of all."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
