"""A vendor's bill as the estate knows it."""

from dataclasses import dataclass
from datetime import date

from checks.units import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """One bill. Only `settled_on` together with `evidence` closes it; dates are days of the paying office."""

    vendor: str
    number: str
    amount: Money
    due: date
    suspends: date | None = None
    """The day the vendor has said it cuts the service off, if it has."""
    service: str | None = None
    office: str | None = None
    settled_on: date | None = None
    evidence: str = ""
    """What proves the settlement: the vendor's receipt number, a letter's reference."""
