"""Which bills a check looks at."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from pydantic import Field, model_validator

from checks.billing.book import Book
from checks.billing.listing import SETTINGS, ListSource
from checks.deadline import INVOICE_LADDER, LeadLadder
from checks.estate import Service
from checks.invoice import Invoice
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord
from checks.plugin import CheckContext, OptionsBase

#: Bills asked about before other checks get their turn: a few milliseconds.
_SORTED_IN_ONE_GO: Final = 1000


class Options(OptionsBase):
    vendor: str | None = Field(None, description="only the bills of this vendor (its id in the settings)")
    csv: Path | None = Field(None, description="a CSV file with the bills, instead of those in the settings")
    rest: bool = Field(default=False, description="only bills that no other check of this kind looks at")
    ladder: LeadLadder = Field(INVOICE_LADDER, description="when to remind, before the day a bill is due")

    @model_validator(mode="after")
    def _takes_a_list_or_the_rest(self) -> Self:
        if self.rest and self.csv is not None:
            raise ValueError("take csv or rest: the bills of a list are watched by the check of that list")
        return self


def is_looked_at(bill: Invoice, options: Options, service: Service | None) -> bool:
    """Whether a check for `service` with these options judges `bill` where it stands in the list of that check."""
    return _is_in_scope(bill.vendor, bill.service, options, service)


def _is_in_scope(vendor: str, service_id: str | None, options: Options, service: Service | None) -> bool:
    return _is_within(vendor, service_id, options.vendor, None if options.csv is not None else service)


def _is_within(vendor: str, service_id: str | None, asked: str | None, service: Service | None) -> bool:
    """A bill that names no service goes with the service of its vendor: somebody has to watch it."""
    if asked is not None:
        return vendor == asked
    if service is None:
        return True
    return service_id == service.id if service_id is not None else vendor == service.vendor


@dataclass(frozen=True, slots=True)
class Watch:
    """Which bills one run looks at: by its list where they stand there, else by what is on record of them."""

    options: Options
    ctx: CheckContext
    source: ListSource
    told: frozenset[str]
    """Keys of those that the run before told of."""
    listed: Mapping[str, Invoice] | None = None
    """All rows of the list; None while it cannot be read."""

    def keeps(self, bill: BillOnRecord) -> bool:
        """Whether an open bill is judged. One that left the list stays until somebody says what became of it."""
        if self.options.rest and self._is_others(bill):
            return False
        if self.listed is None:
            return bill.key in self.told or self.is_asked_for(bill)
        row = self.listed.get(bill.key)
        if row is not None:
            return is_looked_at(row, self.options, self.ctx.service)
        is_gone = bill.key in self.told and self.source.id in bill.left
        return is_gone or self.is_asked_for(bill) or self._is_left_with(bill)

    def _is_left_with(self, bill: BillOnRecord) -> bool:
        """Whether it was told of before, though its list does not have it, and no other check looks at it."""
        if self.options.csv is None or bill.key not in self.told:
            return False
        if not _is_in_scope(bill.vendor, bill.terms.service, self.options, self.ctx.service):
            return False
        rules, vendor = self.ctx.estate.billing, bill.vendor
        elsewhere = set(bill.sources) - {self.source.id, *bill.left}
        is_read = any(_is_read(source, vendor, rules) for source in elsewhere)
        return not (is_read or rules.rest_is_watched or self._is_narrowed_to(vendor, bill.terms.service))

    def has_lost(self, bill: BillOnRecord, former: ListSource) -> bool:
        """Whether its list is not read any more, by this check or any other, since this one reads another list."""
        is_of_list = self.options.csv is not None and former.id not in {SETTINGS.id, self.source.id}
        if not is_of_list or bill.key not in self.told or former.id not in bill.sources or former.id in bill.left:
            return False
        rules, terms = self.ctx.estate.billing, bill.terms
        in_scope = _is_in_scope(bill.vendor, terms.service, self.options, self.ctx.service)
        return in_scope and not _is_read(former.id, bill.vendor, rules)

    def is_asked_for(self, bill: BillOnRecord) -> bool:
        """By what is on record: bills of the list, or without one all that no check of a list sees to."""
        if self.options.csv is not None and self.source.id not in bill.sources:
            return False
        if self.options.csv is None and _is_seen_to(bill, self.ctx.estate.billing):
            return False
        if self.options.rest and self._is_narrowed_to(bill.vendor, bill.terms.service):
            return False
        return _is_in_scope(bill.vendor, bill.terms.service, self.options, self.ctx.service)

    def rows(self) -> dict[str, Invoice]:
        """Those looked at, and those told of before: what became of them has to go on record."""
        listed = self.listed or {}
        return {key: row for key, row in listed.items() if key in self.told or self._is_looked_at(row)}

    def rows_looked_at(self) -> dict[str, Invoice]:
        return {key: row for key, row in (self.listed or {}).items() if self._is_looked_at(row)}

    def _is_looked_at(self, row: Invoice) -> bool:
        if self.options.rest and self._is_narrowed_to(row.vendor, row.service):
            return False
        return is_looked_at(row, self.options, self.ctx.service)

    def _is_others(self, bill: BillOnRecord) -> bool:
        """By its row where it has one, as the other checks go."""
        row = (self.listed or {}).get(bill.key)
        vendor, service = (bill.vendor, bill.terms.service) if row is None else (row.vendor, row.service)
        return _is_seen_to(bill, self.ctx.estate.billing) or self._is_narrowed_to(vendor, service)

    def _is_narrowed_to(self, vendor: str, service_id: str | None) -> bool:
        """Whether another check, narrowed to a vendor or a service, looks at such bills."""
        estate = self.ctx.estate
        return any(
            _is_within(vendor, service_id, asked, estate.services.get(of_service or ""))
            for asked, of_service in estate.billing.due_scopes
        )


async def those(bills: Iterable[BillOnRecord], wanted: Callable[[BillOnRecord], bool]) -> list[BillOnRecord]:
    """Of `bills` those `wanted`; other checks have their turn meanwhile."""
    found: list[BillOnRecord] = []
    for place, bill in enumerate(bills, start=1):
        if wanted(bill):
            found.append(bill)
        if place % _SORTED_IN_ONE_GO == 0:
            await asyncio.sleep(0)
    return found


def _is_seen_to(bill: BillOnRecord, rules: BillingRules) -> bool:
    return any(_is_read(source, bill.vendor, rules) for source in bill.sources)


def _is_read(source: str, vendor: str, rules: BillingRules) -> bool:
    """Whether a check reads that list, and in it the bills of `vendor`."""
    return (source, None) in rules.lists or (source, vendor) in rules.lists


def source_of(options: Options) -> ListSource:
    return SETTINGS if options.csv is None else ListSource(id=str(options.csv), name=options.csv.name)


def former_source(book: Book, options: Options) -> ListSource:
    """Of the list that was read last."""
    if book.source is None:
        return source_of(options)
    return ListSource(id=book.source, name=Path(book.source).name) if book.source else SETTINGS
