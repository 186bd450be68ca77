"""Lists of active taxpayers as the tax authority lets people download them, and who stands on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Final

#: Names are cut to so many characters.
MAX_NAME_CHARS: Final = 120


class ListKind(Enum):
    """Never mixed: who is active for one tax need not be for the other."""

    INCOME_TAX = "income-tax"
    SALES_TAX = "sales-tax"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxpayerList:
    """One list as it was imported; it replaced the one of its kind before it as a whole."""

    id: str
    kind: ListKind
    listed_on: date
    """The day the authority dates it, as the importer gave it."""
    imported_at: datetime
    author: str
    source: str
    """Name of the file."""
    sha256: str
    """Of its bytes."""
    rows: int

    def is_stale(self, today: date, stale_days: int) -> bool:
        """Whether it is too old to say anything; so is one dated ahead of today, which is a slip of the pen."""
        return not 0 <= (today - self.listed_on).days <= stale_days


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What the newest list of one kind says of some numbers."""

    source: TaxpayerList
    names: Mapping[str, str] = field(default_factory=dict)
    """Name on the list by number, for those of the numbers that stand on it."""


class NoLists:
    """checks.plugin.Taxpayers where no list was ever imported."""

    async def look_up(self, kind: ListKind, numbers: Sequence[str]) -> Lookup | None:  # noqa: ARG002  # its shape
        return None
