"""Quantities people write: money, durations, lead times.

Each has one strict grammar in ASCII digits, so that what is read is what was written. The errors say what would be
right and never repeat the text: it may stand in a log. `Duration`, `Lead` and `Money` serve as fields of models.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetPydanticSchema
from pydantic_core import CoreSchema, core_schema

#: A lakh crore. No bill of one office comes near it; a longer number is a slip of the keyboard.
MAX_AMOUNT = Decimal(10) ** 12
#: Ten years: longer than any interval, waiver or domain registration.
MAX_DURATION = timedelta(days=3660)
#: About four years of five-day weeks.
MAX_WORKING_DAYS = 1000

#: Digits after the point where ISO 4217 (list one, column "Mnr unt") says other than 2.
_MINOR_DIGITS = {
    code: digits
    for digits, codes in (
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    )
    for code in codes.split()
}
_LAKH = Decimal(100_000)
_CRORE = Decimal(10_000_000)
_SECONDS_PER_UNIT = {"s": 1, "m": 60, "h": 3600, "d": 86400}

_MONEY = re.compile(r"((?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,4})?) ([A-Z]{3})")
_DURATION = re.compile(r"([0-9]{1,9})(ms|s|m|h|d)")
_WORKING_DAYS = re.compile(r"([0-9]{1,9})wd")


def minor_digits(currency: str) -> int:
    """How many digits the currency has after the point: 2 for PKR, 0 for JPY, 3 for KWD."""
    return _MINOR_DIGITS.get(currency, 2)


def _field(parse: Callable[[str], Any], kind: type[Any], pattern: str, example: str) -> CoreSchema:
    """A field that takes `kind` itself or its text, and is its text again in JSON."""

    def read(value: object) -> object:
        if isinstance(value, kind):
            return value
        if isinstance(value, str):
            return parse(value)
        raise ValueError(f'expected text such as "{example}"')

    text = core_schema.str_schema(pattern=pattern, metadata={"pydantic_js_extra": {"examples": [example]}})
    return core_schema.no_info_plain_validator_function(
        read,
        json_schema_input_schema=text,
        serialization=core_schema.plain_serializer_function_ser_schema(_text_of, return_schema=text, when_used="json"),
    )


def _text_of(value: object) -> str:
    match value:
        case Money():
            return value.text()
        case timedelta():
            return duration_text(value)
        case _:
            return str(value)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency (ISO 4217 code). Never negative, never more than MAX_AMOUNT."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not re.fullmatch("[A-Z]{3}", self.currency, re.ASCII):
            raise ValueError('a currency is three capital letters, such as "PKR"')
        if not self.amount.is_finite() or self.amount.is_signed():
            raise ValueError("an amount is a plain number, not negative")
        if self.amount > MAX_AMOUNT:
            raise ValueError(f"an amount is at most {MAX_AMOUNT:,} (a lakh crore)")
        digits = minor_digits(self.currency)
        if self.amount != round(self.amount, digits):
            raise ValueError(f"{self.currency} has {digits} digits after the point, not more")

    def text(self) -> str:
        """As settings write it and `parse_money` reads it: "134000.00 PKR"."""
        return f"{self.amount:.{minor_digits(self.currency)}f} {self.currency}"

    def __str__(self) -> str:
        """As people read it: "Rs 134,000", "USD 1,200.50"."""
        return sum_text(self.amount, self.currency)

    def short(self) -> str:
        """In lakh and crore, as offices speak: "Rs 1.34 lakh"; "about" where two digits cannot say it exactly."""
        unit, name = (_CRORE, "crore") if self.amount >= _CRORE else (_LAKH, "lakh")
        if self.currency != "PKR" or self.amount < _LAKH:
            return str(self)
        shown = (self.amount / unit).quantize(Decimal("0.01"), ROUND_HALF_UP)
        about = "" if shown * unit == self.amount else "about "
        return f"{about}Rs {shown.normalize():,f} {name}"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return _field(parse_money, Money, f"^{_MONEY.pattern}$", "134000.00 PKR")


def sum_text(amount: Decimal, currency: str) -> str:
    """As people read a sum over many amounts, which may be more than one Money can be: "Rs 1,340,000"."""
    return f"{_symbol(currency)} {_grouped(amount, minor_digits(currency))}"


def _symbol(currency: str) -> str:
    return "Rs" if currency == "PKR" else currency


def _grouped(amount: Decimal, digits: int) -> str:
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.{digits}f}"


@dataclass(frozen=True, slots=True)
class Lead:
    """How long before a deadline: elapsed time, or working days of an office. Exactly one is not zero, or none."""

    elapsed: timedelta = timedelta()
    working_days: int = 0

    def __post_init__(self) -> None:
        if self.elapsed < timedelta() or self.working_days < 0:
            raise ValueError("a lead time is not negative")
        if self.elapsed and self.working_days:
            raise ValueError("a lead time is elapsed time or working days, not both")

    def __str__(self) -> str:
        """Shortest form that `parse_lead` reads back: "15wd", "21d", "12h"."""
        return f"{self.working_days}wd" if self.working_days else duration_text(self.elapsed)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return _field(parse_lead, Lead, "^[0-9]{1,9}(ms|s|m|h|d|wd)$", "15wd")


def parse_money(text: str) -> Money:
    """The amount that "134000.00 PKR" names. Raises ValueError that says what is right."""
    match = _MONEY.fullmatch(text)
    if match is None:
        raise ValueError(
            'expected an amount and a currency such as "134000.00 PKR": ASCII digits without commas, '
            "a point before at most two decimals, not negative, one space, three capitals"
        )
    amount, currency = match.groups()
    decimals = len(amount.partition(".")[2])
    if decimals > minor_digits(currency):
        raise ValueError(f"{currency} has {minor_digits(currency)} digits after the point, not {decimals}")
    return Money(Decimal(amount).quantize(Decimal(1).scaleb(-minor_digits(currency))), currency)


def parse_duration(text: str) -> timedelta:
    """The time that "500ms", "60s", "5m", "2h" or "21d" names. Raises ValueError that says what is right."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError('expected a whole number and a unit: "500ms", "60s", "5m", "2h" or "21d"')
    number, unit = int(match[1]), match[2]
    span = timedelta(milliseconds=number) if unit == "ms" else timedelta(seconds=number * _SECONDS_PER_UNIT[unit])
    if span > MAX_DURATION:
        raise ValueError(f'expected at most "{MAX_DURATION.days}d" (ten years)')
    return span


def parse_lead(text: str) -> Lead:
    """The lead time that "15wd" (working days) or a duration names. Raises ValueError that says what is right."""
    match = _WORKING_DAYS.fullmatch(text)
    if match is None:
        if not _DURATION.fullmatch(text):
            raise ValueError('expected a lead time: working days such as "15wd", or a duration such as "21d" or "12h"')
        return Lead(elapsed=parse_duration(text))
    if int(match[1]) > MAX_WORKING_DAYS:
        raise ValueError(f'expected at most "{MAX_WORKING_DAYS}wd"')
    return Lead(working_days=int(match[1]))


def duration_text(span: timedelta) -> str:
    """Shortest form that `parse_duration` reads back: "2h" for 120 minutes, "0s" for none."""
    if span.microseconds:
        return f"{span // timedelta(milliseconds=1)}ms"
    seconds = span // timedelta(seconds=1)
    for unit in ("d", "h", "m"):
        if seconds and seconds % _SECONDS_PER_UNIT[unit] == 0:
            return f"{seconds // _SECONDS_PER_UNIT[unit]}{unit}"
    return f"{seconds}s"


def _duration_schema(_source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
    return _field(parse_duration, timedelta, f"^{_DURATION.pattern}$", "60s")


#: A span of time as a field of settings or options.
Duration = Annotated[timedelta, GetPydanticSchema(_duration_schema)]
