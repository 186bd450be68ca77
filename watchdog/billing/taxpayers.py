"""The imported lists of active taxpayers, for checks."""

from collections.abc import Sequence
from dataclasses import dataclass

from checks.ledger.taxpayers import ListKind, Lookup
from watchdog.store.executor import Caller
from watchdog.store.taxpayers import TaxpayerRows


@dataclass(frozen=True, slots=True)
class TaxpayerRegister:
    """checks.plugin.Taxpayers. Raises StoreError."""

    rows: TaxpayerRows
    reading: Caller

    async def look_up(self, kind: ListKind, numbers: Sequence[str]) -> Lookup | None:
        return await self.reading.call(self.rows.look_up, kind, numbers)
