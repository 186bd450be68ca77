"""Runs of the checks that watch the way of bills, over a ledger that remembers."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from checks.calendars import OfficeCalendars
from checks.estate import Estate
from checks.ledger.event import Draft
from checks.ledger.journal import Journal
from checks.ledger.rules import BillingRules
from checks.ledger.taxpayers import NoLists
from checks.model import Finding
from checks.plugin import AnyKind, CheckContext, Taxpayers
from tests.support.bills import ESTATE
from tests.support.fake_network import DictMemory, FakeNetwork


@dataclass(slots=True)
class WayCheck:
    """One configured check, run at any time; what is said goes on record first."""

    kind: AnyKind
    options: dict[str, object] = field(default_factory=dict)
    rules: BillingRules = field(default_factory=lambda: BillingRules(is_watched=True))
    estate: Estate = ESTATE
    memory: DictMemory = field(default_factory=DictMemory)
    ledger: Journal = field(default_factory=Journal)
    taxpayers: Taxpayers = field(default_factory=NoLists)

    def say(self, *drafts: Draft) -> None:
        asyncio.run(self.ledger.record(drafts))

    def look(self, now: datetime) -> dict[str, Finding]:
        """The findings by subject."""
        findings = asyncio.run(self._run(now))
        assert len({finding.subject for finding in findings}) == len(findings)
        return {finding.subject: finding for finding in findings}

    async def _run(self, now: datetime) -> Sequence[Finding]:
        return await self.kind.run(self.kind.options(**self.options), self._context(now))

    def _context(self, now: datetime) -> CheckContext:
        estate = replace(self.estate, billing=self.rules)
        return CheckContext(
            now=now,
            estate=estate,
            service=None,
            net=FakeNetwork(),
            calendars=OfficeCalendars(estate),
            ledger=self.ledger,
            taxpayers=self.taxpayers,
            memory=self.memory,
            timeout_s=10.0,
        )
