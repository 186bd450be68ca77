"""What goes on record is looked at within seconds, not at the next regular look: a block is news at once."""

from dataclasses import dataclass
from typing import Final

from alerts.concern import ABOUT_MONEY
from watchdog.billing.keeper import LedgerKeeper
from watchdog.daemon import Daemon

#: People say one thing after the other; looks within this time see all of it.
WITHIN_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class PromptLooks:
    """Looks of bills put on record what lists say, which is news once: they do not chase each other."""

    daemon: Daemon
    ledger: LedgerKeeper

    async def forever(self) -> None:
        while True:
            await self.ledger.changed.wait()
            self.ledger.changed.clear()
            about_bills = [id_ for id_, spec in self.daemon.specs.items() if spec.kind.name in ABOUT_MONEY]
            self.daemon.look_soon(about_bills, WITHIN_S)
