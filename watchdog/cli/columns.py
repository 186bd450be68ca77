"""Listings for a terminal: columns as wide as they need, one thing after another, nothing from outside unescaped."""

import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import zip_longest

from alerts.words.escape import one_line

Row = Sequence[str]

#: A cell is text from outside; no summary of ours is as long.
MAX_CELL_CHARS = 1000
_GAP = "  "
#: The last column is not squeezed below this.
_NARROWEST = 30
#: Nor is any other made narrower than this.
_NARROW = 10


def table(head: Row, rows: Sequence[Row], width: int | None = None) -> str:
    """Text columns under `head`. Cells go on below themselves where a line would be over `width`."""
    shown = cache(cell_text)  # of thousands of rows most cells say what others say
    lines = [[*map(shown, row[:-1]), cell_text(row[-1])] for row in (head, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head) - 1)]
    widths = _squeezed(widths, width)
    return "\n".join(text for line in lines for text in _laid_out(line, widths, width))


def cell_text(text: str) -> str:
    return one_line(text, MAX_CELL_CHARS)


def terminal_width() -> int | None:
    """The columns of the terminal that reads us; None where it is a file, a pipe, a script."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _wrapped(cell: str, size: int) -> list[str]:
    """Most cells fit; to find out by wrapping them takes ten times as long."""
    return [cell] if len(cell) <= size else textwrap.wrap(cell, size)


def _squeezed(widths: list[int], width: int | None) -> list[int]:
    """`widths` with the widest made narrower until the last column has room, none below what is readable."""
    if width is not None:
        room = width - _NARROWEST - len(_GAP) * len(widths)
        while widths and sum(widths) > room and max(widths) > _NARROW:
            widths[widths.index(max(widths))] -= 1
    return widths


def _laid_out(line: Row, widths: Sequence[int], width: int | None) -> Iterator[str]:
    if width is None:
        yield _GAP.join(cell.ljust(size) for cell, size in zip(line, (*widths, 0), strict=True)).rstrip()
        return
    last = max(width - sum(widths) - len(_GAP) * len(widths), _NARROWEST)
    cells = [_wrapped(cell, size) for cell, size in zip(line, (*widths, last), strict=True)]
    for parts in zip_longest(*cells, fillvalue=""):
        yield _GAP.join(part.ljust(size) for part, size in zip(parts, (*widths, 0), strict=True)).rstrip()
