"""Quantities people write: money, durations, lead times."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency (ISO 4217 code)."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Lead:
    """How long before a deadline: elapsed time, or working days of an office. Exactly one is not zero, or none."""

    elapsed: timedelta = timedelta()
    working_days: int = 0
