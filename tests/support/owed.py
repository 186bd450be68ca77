"""Checks of money owed, run over a ledger in memory and lists of active taxpayers."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from checks.calendars import OfficeCalendars
from checks.estate import Estate
from checks.ledger.event import BlockReason, Details, Draft, LedgerEventKind, Terms
from checks.ledger.journal import Journal
from checks.ledger.taxpayers import ListKind, Lookup, TaxpayerList
from checks.model import Finding
from checks.plugin import AnyKind, CheckContext, OptionsBase, Taxpayers
from checks.units import parse_money
from tests.support.bills import morning
from tests.support.fake_network import DictMemory, FakeNetwork
from tests.support.risky import connected_estate


@dataclass(slots=True)
class Lists:
    """Lists of active taxpayers by kind: the day of each, and who stands on it."""

    lists: dict[ListKind, tuple[date, Mapping[str, str]]] = field(default_factory=dict)

    async def look_up(self, kind: ListKind, numbers: Sequence[str]) -> Lookup | None:
        if kind not in self.lists:
            return None
        listed_on, names = self.lists[kind]
        return Lookup(
            source=taxpayer_list(kind, listed_on, rows=len(names)),
            names={number: names[number] for number in numbers if number in names},
        )


def taxpayer_list(kind: ListKind, listed_on: date, *, rows: int = 1) -> TaxpayerList:
    return TaxpayerList(
        id="l1",
        kind=kind,
        listed_on=listed_on,
        imported_at=datetime(2017, 1, 1, tzinfo=UTC),
        author="so.finance",
        source="atl.csv",
        sha256="",
        rows=rows,
    )


@dataclass(slots=True)
class OwedCheck:
    """One configured check of a kind that reads the ledger, run at any time."""

    kind: AnyKind
    options: Mapping[str, object] = field(default_factory=dict)
    estate: Estate = field(default_factory=connected_estate)
    ledger: Journal = field(default_factory=Journal)
    taxpayers: Taxpayers = field(default_factory=Lists)
    memory: DictMemory = field(default_factory=DictMemory)

    def look(self, day: date) -> dict[str, Finding]:
        """The findings by subject, on the morning of `day`."""
        options = self.kind.options.model_validate(self.options)
        findings = asyncio.run(self._looked(options, day))
        assert len({finding.subject for finding in findings}) == len(findings)
        return {finding.subject: finding for finding in findings}

    async def _looked(self, options: OptionsBase, day: date) -> Sequence[Finding]:
        return await self.kind.run(options, self._context(morning(day)))

    def say(self, *drafts: Draft) -> None:
        """On record when the last of them happened."""
        self.ledger.clock = lambda: max(draft.happened_at for draft in drafts)
        asyncio.run(self.ledger.record(drafts))

    def _context(self, now: datetime) -> CheckContext:
        return CheckContext(
            now=now,
            estate=self.estate,
            service=None,
            net=FakeNetwork(),
            calendars=OfficeCalendars(self.estate),
            ledger=self.ledger,
            memory=self.memory,
            taxpayers=self.taxpayers,
        )


def received(
    number: str = "INV-7",
    *,
    vendor: str = "acme",
    amount: str = "134000.00 PKR",
    due: date = date(2017, 8, 23),
    on: date = date(2017, 7, 24),
    service: str | None = None,
    contract: str | None = None,
) -> Draft:
    terms = Terms(number=number, amount=parse_money(amount), due=due, service=service, contract=contract)
    return _said(f"{vendor}/{number.lower()}", LedgerEventKind.RECEIVED, on, Details(terms=terms))


def acknowledged(about: str, on: date) -> Draft:
    return _said(about, LedgerEventKind.ACKNOWLEDGED, on, Details())


def blocked(
    about: str, on: date, reason: BlockReason = BlockReason.ACCOUNT_ATTACHED, *, words: str = "", evidence: str = ""
) -> Draft:
    return _said(about, LedgerEventKind.BLOCKED, on, Details(block=reason, reason=words), evidence)


def unblocked(about: str, on: date, reason: BlockReason = BlockReason.ACCOUNT_ATTACHED) -> Draft:
    return _said(about, LedgerEventKind.UNBLOCKED, on, Details(block=reason))


def granted(about: str, on: date, until: date) -> Draft:
    return _said(about, LedgerEventKind.GRACE, on, Details(until=until))


def _said(about: str, kind: LedgerEventKind, on: date, details: Details, evidence: str = "") -> Draft:
    return Draft(
        about=about, kind=kind, happened_at=morning(on), author="so.finance", evidence=evidence, details=details
    )
