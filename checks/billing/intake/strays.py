"""Cells that stand where no heading says what they are. What is lost with one may be the larger part of an amount."""

from collections.abc import Sequence
from typing import Final

from checks.billing.intake.columns import Columns
from checks.billing.split_amount import SPLIT, looks_split

#: What takes the second half of an amount without a word; "" is a column that nobody reads.
_TAKES_ANY: Final = frozenset({"", "evidence", "contract"})


def stray(columns: Columns, cells: Sequence[str]) -> tuple[str, str] | None:
    """The column and what is wrong with it; None where every cell with something in it has a heading."""
    width = len(columns.names)
    place = _place(columns.bare, width, cells)
    # Empty cells beyond count as well: the amount pushed out what was the last.
    is_wide = place is not None or len(cells) > width
    if (is_wide or _may_have_swallowed(columns, cells)) and looks_split(cells, columns.amount):
        return "amount", SPLIT
    if place is None:
        return None
    where = "beyond the last heading" if place >= width else "below no heading"
    return f"column {place + 1}", f"stands {where}; name the column in the row of headings, or empty it"


def _place(bare: Sequence[int], width: int, cells: Sequence[str]) -> int | None:
    if len(cells) <= width and not bare:
        return None
    places = (*bare, *range(width, len(cells)))
    return next((place for place in places if place < len(cells) and cells[place].strip()), None)


def _may_have_swallowed(columns: Columns, cells: Sequence[str]) -> bool:
    """Whether the column behind the amount may hold its other half: a row written with a cell fewer slips unseen."""
    behind = columns.behind_amount
    if behind == "notes":
        return True
    return behind in _TAKES_ANY and any(
        cell.startswith("000") for cell in cells[columns.amount + 1 : columns.amount + 2]
    )
