"""Values as people write them on a command line or in a form: days, moments, amounts. Pure; nothing is rounded."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from checks.currencies import currency_named
from checks.ledger.event import MAX_TEXT_CHARS
from checks.units import Money, minor_digits, parse_money

#: No bill is older, and none is due later; a year outside is a slip of the keyboard.
_FIRST_YEAR, _LAST_YEAR = 1990, 2100

#: "134000", "134,000.00", "1,34,000" (lakh), each with or without its currency before or behind.
_AMOUNT: Final = re.compile(
    r"(?:(?P<before>Rs\.?|₨|[A-Za-z]{3})\s*)?"
    r"(?P<whole>[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{2})*,[0-9]{3}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.(?P<part>[0-9]{1,4}))?"
    r"(?:\s*(?P<behind>Rs|₨|[A-Za-z]{3}))?",
    re.ASCII,
)
_RUPEES: Final = frozenset({"rs", "rs.", "₨"})
_DIGITS: Final = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٬\u066b", "01234567890123456789,.")
#: "/-" and its like behind an amount, as in lists.
_TAIL: Final = re.compile(r"(?:/[-=]|/|[ ]only)+$", re.IGNORECASE)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?")


class SpokenError(ValueError):
    """`problems` are "name: what is wrong, and what would be right", by the names of what was said."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


@dataclass(slots=True)
class SpokenValues:
    """Reads one value after the other, and keeps all that is wrong with them."""

    problems: list[str] = field(default_factory=list)

    def refuse(self, name: str, why: str) -> None:
        self.problems.append(f"{name}: {why}")

    def day(self, name: str, text: str) -> date | None:
        if not text:
            return None
        try:
            found = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            self.refuse(name, "there is no such day in the calendar")
            return None
        if found is None:
            self.refuse(name, 'must be a day such as "2026-12-01": year, month, day')
        elif not _FIRST_YEAR <= found.year <= _LAST_YEAR:
            self.refuse(name, f"the year must lie between {_FIRST_YEAR} and {_LAST_YEAR}")
        return found

    def moment(self, name: str, text: str, zone: ZoneInfo, otherwise: datetime) -> datetime | None:
        """None where it is no moment, but perhaps a day; `otherwise` where it is refused."""
        if not _MOMENT.fullmatch(text):
            return None
        try:
            at = datetime.fromisoformat(text)
            return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.refuse(name, "there is no such time")
            return otherwise

    def money(self, name: str, text: str, currency: str = "PKR") -> Money | None:
        if not text:
            return None
        try:
            return money_of(text, currency)
        except ValueError as error:
            self.refuse(name, str(error))
            return None

    def one_of(self, name: str, text: str, known: Iterable[str], what: str) -> str | None:
        if not text:
            return None
        ids = sorted(known)
        if text not in ids:
            there = f"there are {', '.join(ids)}" if ids else "the settings name none"
            self.refuse(name, f"no {what} is called so; {there}")
        return text

    def text(self, name: str, text: str) -> str:
        line = " ".join(text.split())
        if len(line) > MAX_TEXT_CHARS:
            self.refuse(name, f"is longer than {MAX_TEXT_CHARS} characters")
        return line

    def end(self) -> None:
        if self.problems:
            raise SpokenError(self.problems)


def money_of(text: str, currency: str = "PKR") -> Money:
    """The amount that "134,000", "Rs 1,34,000.00" or "1200.50 USD" names; without a currency it is in `currency`.

    Raises ValueError that says what is right. Nothing is ever rounded.
    """
    found = _AMOUNT.fullmatch(_TAIL.sub("", text.strip().translate(_DIGITS)))
    if found is None or (found["before"] and found["behind"]):
        raise ValueError('must be an amount such as "134000", "134,000.00", "Rs 1,34,000" or "1200.50 USD"')
    said = found["before"] or found["behind"] or ""
    code = currency if not said else "PKR" if said.casefold() in _RUPEES else currency_named(said, currency)
    digits, part = minor_digits(code), found["part"] or ""
    if len(part) > digits:
        raise ValueError(f"{code} has {digits} digits after the point, not {len(part)}")
    whole = found["whole"].replace(",", "").lstrip("0") or "0"
    amount = parse_money(f"{whole}{'.' + part if part else ''} {code}")
    if amount.amount == Decimal(0):
        raise ValueError("must be more than nothing")
    return amount
