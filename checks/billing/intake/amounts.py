"""Amounts as offices write them: lenient in dress, exact in value. Nothing is rounded, nothing is guessed."""

import re
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Final

from checks.billing.intake.script import plain
from checks.currencies import currency_named
from checks.units import Money, minor_digits


class DecimalMark(Enum):
    """What stands before the paisa. The value stands on the command line and in settings."""

    POINT = "point"
    COMMA = "comma"


_PLAIN: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,4})?", re.ASCII)
#: 1,34,000 (two digits up to the last three) or 134,000 (three each).
GROUPED: Final = re.compile(
    r"(?:[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]{1,4})?", re.ASCII
)
_FOREIGN: Final = re.compile(r"(?:[0-9]{1,15}|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,[0-9]{1,4})?", re.ASCII)
_WORD: Final = r"rs\.?|rupees|pkr|روپے|روپیہ|[a-z]{3}"
_HAS_CURRENCY: Final = re.compile(
    rf"(?P<before>{_WORD})?[ ]?(?P<number>[-(]?[0-9].*?)[ ]?(?P<after>{_WORD})?", re.IGNORECASE
)
_TAIL: Final = re.compile(r"(?:/[-=]|/|[ ]only)+$", re.IGNORECASE)
RUPEES: Final = frozenset({"rs", "rs.", "rupees", "pkr", "روپے", "روپیہ"})
_SIGNS: Final = frozenset("$€£¥₹")
_SCIENTIFIC: Final = re.compile(r"[0-9.]+e[+-]?[0-9]+", re.IGNORECASE)
_LARGE_WORDS: Final = re.compile(r"lakh|lac|crore|million|billion|thousand|لاکھ|کروڑ|ہزار", re.IGNORECASE)


def parse_amount(text: str, *, currency: str = "PKR", mark: DecimalMark | None = None) -> Money:
    """The amount of one cell; `currency` is what the column or the file says, and what the cell itself says must agree.

    Raises ValueError that says what is right and never repeats the cell.
    """
    if mark is not DecimalMark.COMMA and _PLAIN.fullmatch(text):
        return _money(text, currency)
    number, said = _undressed(plain(text), currency)
    if said is not None and said != currency:
        raise ValueError(f"in {said}, where the list says {currency}; give the list a column currency")
    return _money(_digits(number, mark), currency)


def currency_of(text: str, own: str) -> str | None:
    """The currency that a cell of an amount names itself, if it does; `own` is that of the list. Never raises."""
    if _PLAIN.fullmatch(text):
        return None
    try:
        return _undressed(plain(text), own)[1]
    except ValueError:
        return None


def _undressed(text: str, own: str) -> tuple[str, str | None]:
    """The bare number of "Rs. 1,34,000/-", and the currency it names."""
    if not text:
        raise ValueError("this cell is empty")
    if _LARGE_WORDS.search(text):
        raise ValueError("lakh, crore and the like are not read; write the amount in digits: 134000.00")
    if _SIGNS.intersection(text):
        raise ValueError("a sign such as $ is the currency of several countries; write three letters: USD 1200.50")
    match = _HAS_CURRENCY.fullmatch(_TAIL.sub("", text))
    if match is None:
        raise ValueError(_WANTED)
    number, before, after = match["number"], match["before"], match["after"]
    if _is_negative(number, text):
        raise ValueError("negative; a credit note is not a bill: record it on the bill it belongs to")
    codes = {"PKR" if word.lower() in RUPEES else currency_named(word, own) for word in (before, after) if word}
    if len(codes) > 1:
        raise ValueError("names two currencies; write one")
    return number.strip(), next(iter(codes), None)


def _is_negative(number: str, text: str) -> bool:
    return number.startswith(("-", "(")) or number.endswith(("-", ")")) or text.startswith("-")


def _digits(number: str, mark: DecimalMark | None) -> str:
    """ASCII digits with a point at most."""
    if mark is DecimalMark.COMMA:
        if _FOREIGN.fullmatch(number):
            return number.replace(".", "").replace(",", ".")
        raise ValueError("the file is declared to have a comma before the paisa: write 1.234,56")
    if _PLAIN.fullmatch(number):
        return number
    if GROUPED.fullmatch(number):
        return number.replace(",", "")
    if _SCIENTIFIC.fullmatch(number):
        raise ValueError(
            "written as a power of ten, which loses digits; format the column as a number, then save again"
        )
    if _FOREIGN.fullmatch(number):
        raise ValueError(
            "point and comma may each be the mark before the paisa; write 1234.56, or declare that the file has a comma"
        )
    raise ValueError(_WANTED)


_WANTED: Final = "expected an amount such as 134000.00, 1,34,000.00 or Rs. 134,000/-"


def _money(digits: str, currency: str) -> Money:
    places = _places(currency)
    whole, _, fraction = digits.partition(".")
    if len(fraction) > places:
        raise ValueError(
            f"{currency} has {places} digits after the point, not {len(fraction)}; amounts are never rounded here"
        )
    amount = Decimal(f"{whole}.{fraction.ljust(places, '0')}" if places else whole)
    if not amount:
        raise ValueError("a bill over nothing is no bill; write its amount or leave the row out")
    return Money(amount, currency)


@lru_cache(maxsize=64)
def _places(currency: str) -> int:
    return minor_digits(currency)
