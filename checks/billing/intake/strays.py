"""Cells that stand where no heading says what they are. What is lost with one may be the larger part of an amount."""

from collections.abc import Sequence
from typing import Final

from checks.billing.intake.columns import Columns
from checks.billing.split_amount import SPLIT, looks_split

#: What takes the second half of an amount without a word; "" is a column that nobody reads.
_TAKES_ANY: Final = frozenset({"", "evidence", "contract", "notes"})


def stray(columns: Columns, cells: Sequence[str], *, is_cut_at_commas: bool = True) -> tuple[str, str] | None:
    """The column and what is wrong with it; None where every cell with something in it has a heading.

    Rows of a workbook are not cut at commas, and no amount with them.
    """
    width = len(columns.names)
    place = _place(columns.bare, width, cells)
    if is_cut_at_commas and _is_cut(columns, cells, has_stray=place is not None):
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


def _is_cut(columns: Columns, cells: Sequence[str], *, has_stray: bool) -> bool:
    # Empty cells beyond count as well: the amount pushed out what was the last.
    is_wide = has_stray or len(cells) > len(columns.names)
    takes_any = columns.behind_amount in _TAKES_ANY
    # Other than notes, what takes any text may well hold a number of its own behind a small amount. Notes hardly do,
    # and Rs 134 on record for Rs 134,500 is worse than a word that is asked for.
    into_noughts = takes_any and columns.behind_amount != "notes" and not has_stray
    return (is_wide or takes_any) and looks_split(cells, columns.amount, into_noughts=into_noughts)
