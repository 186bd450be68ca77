"""What the kinds about money say when something goes wrong and when it is over, for docs/messages-by-kind.md."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from alerts.message import Message
from alerts.route import Audience
from checks.billing import bookkeeping, contract, outage_forecast, payability, payment_cut_off, payment_stage
from checks.estate import Holiday
from checks.invoice import bill_key
from checks.ledger.event import BlockReason, Details, Draft, LedgerEventKind, Terms
from checks.ledger.journal import Journal
from checks.ledger.rules import BillingRules, Contract, CutOff
from checks.ledger.taxpayers import ListKind, Lookup, TaxpayerList
from checks.plugin import AnyKind
from checks.units import parse_money
from tests.support.money_matters import OWNED
from tests.support.telling import ESTATE, FINANCE, local
from tests.support.watched import Overheard, Watched

_K = LedgerEventKind
_KEY = bill_key("acme", "INV-7")
_READER = replace(FINANCE, audience=Audience.FINANCE)
#: Looks, a minute apart, that see it well before its end is told.
_UNTIL_BELIEVED: Final = 6
_TO_PRE_AUDIT = (_K.VERIFIED, _K.PAYEE_CHECKED, _K.BUDGETED, _K.SANCTIONED, _K.SUBMITTED)
_PAID = Details(amount=parse_money("134000 PKR"))


@dataclass(frozen=True, slots=True)
class Everybody:
    """A list of active taxpayers on which everybody stands."""

    listed_on: date

    async def look_up(self, kind: ListKind, numbers: Sequence[str]) -> Lookup | None:
        listed = TaxpayerList(
            id="list",
            kind=kind,
            listed_on=self.listed_on,
            imported_at=datetime.combine(self.listed_on, time(12), UTC),
            author="so.finance",
            source="list.csv",
            sha256="0" * 64,
            rows=len(numbers),
        )
        return Lookup(source=listed, names=dict.fromkeys(numbers, "ACME MAIL (PVT) LTD"))


def _said(ledger: Journal, kind: LedgerEventKind, at: str, details: Details | None = None, about: str = _KEY) -> None:
    draft = Draft(
        about=about,
        kind=kind,
        happened_at=local(at),
        author="so.finance",
        evidence="letter 17/2017",
        details=details or Details(),
    )
    asyncio.run(ledger.record([draft]))


def _received(ledger: Journal, at: str, due: date) -> None:
    terms = Terms(number="INV-7", amount=parse_money("134000 PKR"), due=due, service="official-email")
    _said(ledger, _K.RECEIVED, at, Details(terms=terms))


def _watched(kind: AnyKind, at: str) -> Watched:
    return Watched(f"billing/{kind.name}", kind, {}, service=None, receiver=_READER, now=local(at), estate=OWNED)


def _stage() -> Iterator[Message]:
    watched = _watched(payment_stage.KIND, "2017-10-18 09:00")
    _received(watched.ledger, "2017-08-28 10:00", date(2017, 9, 26))
    for kind in _TO_PRE_AUDIT:
        _said(watched.ledger, kind, "2017-10-05 10:00")
    yield from watched.look(Overheard())
    _said(watched.ledger, _K.AUDITED, "2017-10-18 09:01")
    _said(watched.ledger, _K.ACKNOWLEDGED, "2017-10-18 09:02", _PAID)
    yield from watched.look(Overheard())


def _cut_off() -> Iterator[Message]:
    june = CutOff(
        id="june",
        title="bills to the Accountant General",
        day=date(2017, 6, 16),
        stage="pre-audit",
        money_returns=date(2017, 8, 1),
    )
    watched = _watched(payment_cut_off.KIND, "2017-06-12 09:00")
    watched.estate = replace(ESTATE, billing=BillingRules(cut_offs=(june,)))
    _received(watched.ledger, "2017-06-08 10:00", date(2017, 7, 31))
    yield from watched.look(Overheard())
    _said(watched.ledger, _K.ACKNOWLEDGED, "2017-06-12 09:01", _PAID)
    yield from watched.look(Overheard())


def _payee() -> Iterator[Message]:
    watched = _watched(payability.KIND, "2017-09-25 11:00")
    watched.taxpayers = Everybody(date(2017, 9, 24))
    acme = replace(OWNED.vendors["acme"], ntn="1234567-8", iban="PK36SCBL0000001123456702")
    watched.estate = replace(OWNED, vendors={"acme": acme})
    _received(watched.ledger, "2017-07-24 10:00", date(2017, 8, 23))
    block = Details(block=BlockReason.ACCOUNT_ATTACHED)
    _said(watched.ledger, _K.BLOCKED, "2017-09-25 10:00", block, about="acme")
    yield from watched.look(Overheard())
    _said(watched.ledger, _K.UNBLOCKED, "2017-09-25 11:01", about="acme")
    yield from watched.looks([Overheard()] * _UNTIL_BELIEVED)


def _contract() -> Iterator[Message]:
    mail = Contract(
        id="mail",
        vendor="acme",
        title="mail hosting",
        services=("official-email",),
        ends=date(2017, 11, 30),
        notice_days=30,
    )
    watched = _watched(contract.KIND, "2017-10-25 09:00")
    watched.estate = replace(ESTATE, billing=BillingRules(contracts=(mail,)))
    yield from watched.look(Overheard())
    watched.estate = replace(ESTATE, billing=BillingRules(contracts=(replace(mail, ends=date(2019, 11, 30)),)))
    yield from watched.looks([Overheard()] * _UNTIL_BELIEVED)


def _outage() -> Iterator[Message]:
    watched = _watched(outage_forecast.KIND, "2017-10-18 09:00")
    _received(watched.ledger, "2017-08-28 10:00", date(2017, 9, 26))
    yield from watched.look(Overheard())
    _said(watched.ledger, _K.ACKNOWLEDGED, "2017-10-18 09:01", _PAID)
    yield from watched.look(Overheard())


def _books() -> Iterator[Message]:
    watched = _watched(bookkeeping.KIND, "2017-09-22 09:00")
    watched.ledger.clock = lambda: local("2017-07-24 10:00")
    _received(watched.ledger, "2017-07-24 10:00", date(2017, 8, 23))
    feast = Holiday(date=date(2017, 12, 1), name="Eid Milad-un-Nabi", estimated=True)
    office = replace(OWNED.offices["hq"], holidays=(feast, Holiday(date=date(2018, 12, 25), name="Quaid-e-Azam Day")))
    watched.estate = replace(OWNED, offices={"hq": office})
    yield from watched.look(Overheard(), after=timedelta(days=1))
    watched.ledger.clock = lambda: local("2017-11-20 10:00")
    _said(watched.ledger, _K.VERIFIED, "2017-11-20 10:00")
    yield from watched.look(Overheard(), after=timedelta(days=59))
    yield from watched.looks([Overheard()] * _UNTIL_BELIEVED)


#: In the order of docs/checks.md.
MONEY_STORIES: Final[Mapping[str, Callable[[], Iterator[Message]]]] = {
    "payment_stage": _stage,
    "payment_cut_off": _cut_off,
    "payee": _payee,
    "contract": _contract,
    "outage_forecast": _outage,
    "bookkeeping": _books,
}
