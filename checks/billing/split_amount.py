"""An amount that its own comma cut in two: 134,000 without quotes is two cells of a CSV file, and 134 is read of it."""

import re
from collections.abc import Sequence
from typing import Final

from checks.billing.intake.script import plain

SPLIT: Final = (
    'seems to be split at its comma; write it in quotes, as "1,34,000", or without commas; '
    "where a note follows that is only a number, put a word to it"
)

_SPLIT: Final = re.compile(
    r"(?:(?:rs\.?|pkr) ?)?[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}(?:\.[0-9]{1,4})?(?: ?/[-=]?)?(?:,|\Z)", re.IGNORECASE
)
#: The longest amount, cut at every comma, has fewer pieces.
_PIECES: Final = 8


def looks_split(cells: Sequence[str], amount: int, *, into_noughts: bool = False) -> bool:
    """Whether the cell at the place `amount` and those behind it would be one amount with commas between them.

    `into_noughts` asks for thousands that are round, as money mostly is: 000 is hardly what else a cell holds.
    """
    found = _SPLIT.match(",".join(plain(cell) for cell in cells[amount : amount + _PIECES]))
    return found is not None and (not into_noughts or ",000" in found[0])
