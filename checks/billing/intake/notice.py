"""What stands in a vendor's notice: each thing with the passage it was read from, and with what is doubtful. Pure.

A notice is words of a stranger. Nothing in it is taken for true: what is found is shown to a person, who confirms it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from checks.units import Money


class DayMeaning(Enum):
    DUE = "due"
    """To be paid by then."""
    SUSPENSION = "suspension"
    """The service is cut off then."""
    ISSUED = "issued"
    """Of the notice, or of the bill."""
    PERIOD = "period"
    """Of the time that is billed."""
    OTHER = "other"


class AmountMeaning(Enum):
    TOTAL = "total"
    """What is asked for."""
    LATE = "late"
    """What is asked for once it is late, or a surcharge."""
    OTHER = "other"


class Flag(Enum):
    """What kind of a notice it says it is."""

    FINAL = "final notice"
    SUSPENSION = "suspension"
    REMINDER = "reminder"
    LEGAL = "legal"


class KnownBy(Enum):
    """What of a vendor stands in the text; what proves more comes first."""

    TAX_NUMBER = "tax number"
    BILL_NUMBER = "bill number"
    NAME = "name"
    ID = "id"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDay:
    """A date in the text. `readings` are the days it can mean: several where nobody can tell, none where it is none."""

    meaning: DayMeaning
    readings: tuple[date, ...]
    doubt: str = ""
    """Why it must not be taken as it stands; "" where it can only mean the one day."""
    passage: str

    @property
    def day(self) -> date | None:
        """None where there is any doubt."""
        return self.readings[0] if len(self.readings) == 1 and not self.doubt else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAmount:
    meaning: AmountMeaning
    money: Money | None
    """None for what is written as an amount and is none."""
    doubt: str = ""
    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundNumber:
    """Of a bill."""

    number: str
    bill: str | None
    """Key of the open bill it belongs to; None where there is none, or more than one."""
    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVendor:
    vendor: str
    by: KnownBy
    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSpan:
    """Like "within 7 days", of which the notice does not say from when."""

    days: int
    is_working: bool
    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFlag:
    flag: Flag
    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    vendors: tuple[FoundVendor, ...] = ()
    numbers: tuple[FoundNumber, ...] = ()
    amounts: tuple[FoundAmount, ...] = ()
    days: tuple[FoundDay, ...] = ()
    spans: tuple[FoundSpan, ...] = ()
    flags: tuple[FoundFlag, ...] = ()

    @property
    def vendor(self) -> str | None:
        """The one that is meant: by what proves most. None where several could be meant."""
        for by in KnownBy:
            named = {found.vendor for found in self.vendors if found.by is by}
            if named:
                return named.pop() if len(named) == 1 else None
        return None

    def day(self, meaning: DayMeaning) -> date | None:
        """The one day of that meaning; None where there is none, or where there is any doubt."""
        found = [one for one in self.days if one.meaning is meaning]
        days = {one.day for one in found}
        return days.pop() if len(days) == 1 else None

    @property
    def amount(self) -> Money | None:
        """The one that is asked for; None where several could be."""
        wanted = [one for one in self.amounts if one.meaning is AmountMeaning.TOTAL]
        wanted = wanted or [one for one in self.amounts if one.meaning is AmountMeaning.OTHER]
        sums = {None if one.doubt else one.money for one in wanted}
        return sums.pop() if len(sums) == 1 else None

    @property
    def flagged(self) -> Sequence[Flag]:
        held = {found.flag for found in self.flags}
        return [flag for flag in Flag if flag in held]
