"""Tells finance at once of what somebody asks of a bill by a signed link; after a crash, what was not told yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.digests.rule import DigestKind
from alerts.questions import TOLD_WITHIN, Question, question_rows
from watchdog.clock import Clock
from watchdog.daemon import Daemon
from watchdog.store.executor import Caller
from watchdog.store.ledger import LedgerRows


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    daemon: Daemon
    rows: LedgerRows
    reading: Caller
    clock: Clock

    def tell(self, asked: Sequence[Question]) -> None:
        """A question that was told already is planned again with the same ids, and is there."""
        lists = [one.to for one in self.daemon.settings.digests if one.kind is DigestKind.BILLS]
        readers = [receiver for to in lists for receiver in to]
        rows = [row for one in asked for row in question_rows(one, readers, self.daemon.directory)]
        if rows:
            self.daemon.tell(rows)
            self.daemon.wake()

    async def tell_what_waits(self) -> None:
        """At a start: what was asked lately and not answered. Raises StoreError."""
        asked = await self.reading.call(self.rows.questions, self.clock() - TOLD_WITHIN)
        bills = await self.reading.call(self.rows.among, list({one.draft.about for one in asked}))
        known = [(one, bills.get(one.draft.about)) for one in asked]
        self.tell([Question(asked=one, bill=bill) for one, bill in known if bill is not None])
