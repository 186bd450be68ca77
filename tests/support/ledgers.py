"""Events of bills, and ledgers with something on record."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from checks.ledger.event import Details, Draft, LedgerEventKind, Terms
from checks.units import parse_money
from watchdog.billing.keeper import LedgerKeeper
from watchdog.store.database import open_memory
from watchdog.store.executor import Inline
from watchdog.store.ledger import LedgerRows

BEGIN = datetime(2026, 11, 2, 4, tzinfo=UTC)
ACME_7 = "acme/inv7"


def hour(number: float) -> datetime:
    return BEGIN + timedelta(hours=number)


def terms(amount: str = "134000.00 PKR", due: date = date(2026, 12, 1), number: str = "INV-7") -> Terms:
    return Terms(number=number, amount=parse_money(amount), due=due)


def draft(
    kind: LedgerEventKind,
    at: datetime = BEGIN,
    about: str = ACME_7,
    author: str = "ali",
    evidence: str = "",
    **details: object,
) -> Draft:
    said = Details(**details)  # type: ignore[arg-type]  # as the test has it
    return Draft(about=about, kind=kind, happened_at=at, author=author, evidence=evidence, details=said)


def received(about: str = ACME_7, at: datetime = BEGIN, amount: str = "134000.00 PKR") -> Draft:
    return draft(LedgerEventKind.RECEIVED, at, about, "list", terms=terms(amount, number=about.partition("/")[2]))


def rows_with(drafts: Iterable[Draft]) -> LedgerRows:
    rows = LedgerRows(open_memory())
    rows.append(drafts, BEGIN)
    return rows


def keeper_with(drafts: Iterable[Draft]) -> LedgerKeeper:
    return LedgerKeeper.loaded(rows_with(drafts), Inline(), lambda: hour(100))
