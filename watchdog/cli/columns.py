"""Listings for a terminal: columns as wide as they need, one line per thing, nothing from outside unescaped."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

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


def when(at: datetime, zone: ZoneInfo) -> str:
    """An instant as the office reads it, "Mon 6 Nov 2017 17:00"."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"


def span(length: timedelta) -> str:
    """A length of time in its largest fitting unit, "5 min", "3 h", "12 d"."""
    seconds = abs(length.total_seconds())
    for unit_s, name, up_to_s in ((1, "s", 120), (60, "min", 7200), (3600, "h", 172_800)):
        if seconds < up_to_s:
            return f"{seconds / unit_s:.0f} {name}"
    return f"{seconds / 86_400:.0f} d"
