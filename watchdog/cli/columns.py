"""Listings for a terminal: columns as wide as they need, one thing after another, nothing from outside unescaped."""

import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence

from alerts.escape import one_line

Row = Sequence[str]

#: A cell is text from outside; no summary of ours is as long.
MAX_CELL_CHARS = 1000
_GAP = "  "
#: The last column is not squeezed below this.
_NARROWEST = 30


def table(head: Row, rows: Sequence[Row], width: int | None = None) -> str:
    """Text columns under `head`. The last one goes on below itself where a line would be over `width`."""
    lines = [[cell_text(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head) - 1)]
    return "\n".join(text for line in lines for text in _laid_out(line, widths, width))


def cell_text(text: str) -> str:
    return one_line(text, MAX_CELL_CHARS)


def terminal_width() -> int | None:
    """The columns of the terminal that reads us; None where it is a file, a pipe, a script."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _laid_out(line: Row, widths: Sequence[int], width: int | None) -> Iterator[str]:
    *cells, last = line
    before = "".join(cell.ljust(size) + _GAP for cell, size in zip(cells, widths, strict=True))
    parts = [last] if width is None else textwrap.wrap(last, max(width - len(before), _NARROWEST)) or [""]
    yield (before + parts[0]).rstrip()
    for part in parts[1:]:
        yield " " * len(before) + part
