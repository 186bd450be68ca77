"""Events of bills, as tests of listings and verbs need them."""

from datetime import date, datetime
from decimal import Decimal

from checks.invoice import bill_key
from checks.ledger.event import Details, Draft, LedgerEventKind, Terms
from checks.units import Money


def received(
    vendor: str,
    number: str,
    at: datetime,
    *,
    amount: str = "134000.00",
    due: date = date(2017, 12, 1),
    service: str | None = None,
) -> Draft:
    terms = Terms(number=number, amount=Money(Decimal(amount), "PKR"), due=due, service=service)
    return event(bill_key(vendor, number), LedgerEventKind.RECEIVED, at, Details(terms=terms))


def event(
    about: str, kind: LedgerEventKind, at: datetime, details: Details | None = None, *, evidence: str = ""
) -> Draft:
    said = details or Details()
    return Draft(about=about, kind=kind, happened_at=at, author="aisha", evidence=evidence, details=said)
