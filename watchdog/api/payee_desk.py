"""Lists of active taxpayers as people hand them over: in force once they are whole."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import structlog

from checks.ledger.taxpayers import MAX_NAME_CHARS, ListKind, TaxpayerList
from checks.wording import day_of
from watchdog.api.refusal import Refusal
from watchdog.clock import Clock, Ids
from watchdog.daemon import Daemon
from watchdog.store.errors import StoreRefusedError
from watchdog.store.executor import Caller
from watchdog.store.taxpayers import TaxpayerRows

log: structlog.stdlib.BoundLogger = structlog.get_logger()

_NUMBER: Final = re.compile("[0-9A-Z][0-9]{6}|[0-9]{13}", re.ASCII)
_EARLIEST: Final = date(2000, 1, 1)

Rows = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeDesk:
    """Between the API and the lists. Raises Refusal, and StoreError."""

    daemon: Daemon
    rows: TaxpayerRows
    writing: Caller
    clock: Clock
    ids: Ids

    def known(self, vendor: str) -> str:
        """The id of a vendor of the settings."""
        vendors = self.daemon.settings.estate.vendors
        if vendor not in vendors:
            there = ", ".join(sorted(vendors)) or "none"
            raise Refusal(404, f"the settings know no vendor of that id; there are: {there}")
        return vendor

    async def begin(
        self, kind: ListKind, listed_on: str, *, source: str, sha256: str, author: str, force: bool = False
    ) -> str:
        """Its id, by which its rows follow. One of an earlier day than the list in force takes `force`, here and at
        the end.
        """
        coming = TaxpayerList(
            id=self.ids(),
            kind=kind,
            listed_on=self._day(listed_on),
            imported_at=self.clock(),
            author=author,
            source=source,
            sha256=sha256,
            rows=0,
        )
        try:
            await self.writing.call(self.rows.begin, coming, force=force)
        except StoreRefusedError as error:
            raise Refusal(409, str(error)) from None
        return coming.id

    async def add(self, id_: str, rows: Rows) -> None:
        """Rows of a list that was begun."""
        if not all(_NUMBER.fullmatch(number) and len(name) <= MAX_NAME_CHARS for number, name in rows):
            raise Refusal(400, "a row is a number of 7 or 13 digits and a name")
        try:
            await self.writing.call(self.rows.add, id_, rows)
        except StoreRefusedError as error:
            raise Refusal(409, str(error)) from None

    async def end(self, id_: str, author: str, *, force: bool = False) -> TaxpayerList:
        """All rows have come: it counts from now on, and the one before it goes, step by step."""
        try:
            found = await self.writing.call(self.rows.finish, id_, self.clock(), force=force)
        except StoreRefusedError as error:
            raise Refusal(409, str(error)) from None
        log.info("list of active taxpayers", kind=found.kind.value, listed_on=str(found.listed_on), by=author)
        while await self.writing.call(self.rows.sweep, self.clock()):
            pass
        return found

    def is_stale(self, one: TaxpayerList) -> bool:
        return one.is_stale(self._today(), self.daemon.settings.estate.billing.list_stale_days)

    def _today(self) -> date:
        return self.daemon.directory.calendars.of(None).local_date(self.clock())

    def _day(self, text: str) -> date:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise Refusal(400, "listed_on: must be a day written year-month-day, say 2026-11-20") from None
        if not _EARLIEST <= day <= self._today():
            raise Refusal(400, f"listed_on: {day_of(day)} lies in the future or long ago; give the list's own day")
        return day
