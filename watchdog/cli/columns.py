"""Listings for a terminal: columns as wide as they need, one line per thing, nothing from outside unescaped."""

from collections.abc import Sequence

from alerts.escape import one_line

Row = Sequence[str]


def table(head: Row, rows: Sequence[Row]) -> str:
    """Text columns under `head`; the last column is as long as it is."""
    lines = [[one_line(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head) - 1)]
    return "\n".join(
        "  ".join((*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1])).rstrip()
        for line in lines
    )
