"""The amounts in a notice, and what each is the amount of. Pure: exact, or doubtful, never rounded."""

import re
from decimal import Decimal
from typing import Final

from checks.billing.intake.amounts import parse_amount
from checks.billing.intake.notice import AmountMeaning, FoundAmount
from checks.billing.intake.notice_lines import passage, statement
from checks.units import Money

_MAX_AMOUNTS: Final = 60

_DIGITS: Final = r"[0-9](?:[0-9,]{0,20}[0-9])?(?:\.[0-9]{1,4})?"
_NUMBER: Final = rf"-?{_DIGITS}|\({_DIGITS}\)"
_LARGE: Final = r"lakhs?|lacs?|crores?|million|لاکھ|کروڑ"
_BEFORE: Final = re.compile(
    rf"(?<![A-Za-z])(rs\.?|pkr|₨|rupees|usd|us\$|\$|eur|€|gbp|£|aed)\s?:?\s?({_NUMBER})(?![0-9])(?:\s?({_LARGE})\b)?",
    re.IGNORECASE,
)
_AFTER: Final = re.compile(
    rf"(?<![\w.,/-])({_NUMBER})\s?(?:/[-=])?\s?({_LARGE})?\s?(rupees|pkr|usd|روپے|روپیہ|روپیے)(?!\w)", re.IGNORECASE
)
_UNITS: Final = {
    "lakh": 100_000,
    "lac": 100_000,
    "crore": 10_000_000,
    "million": 1_000_000,
    "لاکھ": 100_000,
    "کروڑ": 10_000_000,
}
_CODES: Final = {"usd": "USD", "us$": "USD", "eur": "EUR", "€": "EUR", "gbp": "GBP", "£": "GBP", "aed": "AED"}
_RUPEES: Final = frozenset({"rs", "rs.", "pkr", "₨", "rupees", "روپے", "روپیہ", "روپیے"})

_TOTAL: Final = re.compile(
    r"\b(?:total|grand\s+total|net\s+payable|payable|outstanding|amount\s+due|amount|dues|arrears|unpaid|sum\s+of|pending|balance)\b"
    r"|کل\s+رقم|واجب\s*الادا|بقایا|رقم",
    re.IGNORECASE,
)
_LATE: Final = re.compile(
    r"\b(?:after\s+(?:the\s+)?due\s+date|late\s+payment|surcharge|penalty|fine|re-?connection|restoration|late\s+fee)\b"
    r"|مقررہ\s+تاریخ\s+کے\s+بعد|جرمانہ|سرچارج|بحالی",
    re.IGNORECASE,
)
#: What a total is made of, and what was paid.
_PART: Final = re.compile(
    r"\b(?:tax|gst|vat|wht|discount|per\s+month|monthly|advance|paid\s+so\s+far|received\s+from\s+you|thanks?\s+(?:you\s+)?for|security\s+deposit|line\s+rent|current\s+(?:bill|charges)|previous)\b"
    r"|ٹیکس|ماہانہ",
    re.IGNORECASE,
)


def amounts_in(text: str) -> tuple[FoundAmount, ...]:
    """`text` as notice_lines.lines_of makes it. At most _MAX_AMOUNTS, in their order."""
    spans = [
        (match.start(), match.end(), _found(text, match, match[1], match[2], match[3]))
        for match in _BEFORE.finditer(text)
    ]
    for match in _AFTER.finditer(text):
        if all(match.end() <= start or match.start() >= end for start, end, _ in spans):
            spans.append((match.start(), match.end(), _found(text, match, match[3], match[1], match[2])))
    return tuple(found for _, _, found in sorted(spans, key=lambda span: span[0])[:_MAX_AMOUNTS])


def _found(text: str, match: re.Match[str], sign: str, number: str, large: str | None) -> FoundAmount:
    start, end = match.span()
    around = passage(text, start, end)
    meaning = _meaning(text, start, end)
    try:
        return FoundAmount(meaning=meaning, money=_money(sign.casefold(), number, large), passage=around)
    except (ValueError, ArithmeticError) as error:
        return FoundAmount(meaning=meaning, money=None, doubt=str(error), passage=around)


def _money(sign: str, number: str, large: str | None) -> Money:
    if sign == "$":
        raise ValueError("a sign such as $ is the currency of several countries")
    currency = "PKR" if sign in _RUPEES else _CODES[sign]
    if not large:
        return parse_amount(number, currency=currency)
    unit = next(value for word, value in _UNITS.items() if large.casefold().startswith(word))
    amount = parse_amount(number, currency=currency).amount * Decimal(unit)
    return parse_amount(f"{amount.normalize():f}", currency=currency)


def _meaning(text: str, start: int, end: int) -> AmountMeaning:
    """By the words before it in its statement, nearest first; by those behind it where there are none."""
    first, last = statement(text, start, end)
    before, after = text[max(first, start - 120) : start], text[end : min(last, end + 40)]
    near = {
        meaning: max((found.end() for found in words.finditer(before)), default=-1)
        for meaning, words in ((AmountMeaning.TOTAL, _TOTAL), (AmountMeaning.LATE, _LATE), (AmountMeaning.OTHER, _PART))
    }
    meaning = max(near, key=lambda one: near[one])
    if near[meaning] < 0:
        return (
            AmountMeaning.LATE
            if _LATE.search(after)
            else AmountMeaning.TOTAL
            if _TOTAL.search(after)
            else AmountMeaning.OTHER
        )
    return meaning
