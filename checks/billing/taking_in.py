"""What a list says that is not on record yet, put on record."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from checks.billing.book import FORMER_KEY, Book
from checks.billing.former import former_drafts, former_source
from checks.billing.listing import ListSource, News, Reading, digest, drafts_of, gone_from, news
from checks.invoice import Invoice
from checks.ledger.event import Draft
from checks.ledger.proposal import WordError, closes
from checks.ledger.state import BillOnRecord
from checks.plugin import CheckContext

#: Rows compared before other checks get their turn: a few milliseconds.
_ROWS_IN_ONE_GO = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRead:
    """A whole list as it was read."""

    source: ListSource
    rows: Mapping[str, Invoice]
    """By Invoice.key those that the check looks at, in their order, or was told of before."""
    listed: Collection[str]
    """Keys of all that the list has."""
    digests: Mapping[str, str]
    """Of `rows`."""


async def take_in_former(book: Book, ctx: CheckContext) -> Book:
    """What was remembered before there was a ledger is on record once this returns, and forgotten here."""
    remembered = ctx.memory.get(FORMER_KEY)
    if not remembered:
        return book
    source, zone = former_source(book.source), ctx.estate.time_zone
    drafts = former_drafts(remembered, source, book.read_at or ctx.now, zone)
    await ctx.ledger.record(drafts)
    ctx.memory.set(FORMER_KEY, None)
    told = list(dict.fromkeys([*book.told, *(draft.about for draft in drafts)]))
    return Book(rows=book.rows, told=told, read_at=book.read_at, source=book.source)


async def digests_of(rows: Mapping[str, Invoice], today: date) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for key, row in rows.items():
        found[key] = digest(row, today)
        if len(found) % _ROWS_IN_ONE_GO == 0:
            await asyncio.sleep(0)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """Bills of a list that nobody reads any more."""

    source: ListSource
    bills: Sequence[BillOnRecord]


async def take_in(
    read: ListRead, book: Book, watched: Sequence[BillOnRecord], behind: LeftBehind, ctx: CheckContext
) -> None:
    """`watched` are open bills on record that the check looks at; those of them the list lost are missing then, unless
    another list has them. So are those `behind`.
    """
    standing = {bill.key: bill for bill in ctx.ledger.on_record()}
    others = [key for key in read.rows if key not in standing and _news(read, book, key)]
    known = {**standing, **await ctx.ledger.closed(others)}
    drafts: list[Draft] = []
    for place, (key, row) in enumerate(read.rows.items(), start=1):
        said = _news(read, book, key)
        if key in known or said:
            drafts += drafts_of(known.get(key), row, said, _reading(read.source, row, ctx))
        if place % _ROWS_IN_ONE_GO == 0:
            await asyncio.sleep(0)
    drafts += gone_from(watched, read.listed, _reading(read.source, None, ctx), book.read_at)
    drafts += gone_from(behind.bills, (), _reading(behind.source, None, ctx), book.read_at)
    await _say(drafts, known, read.source, ctx)


def _news(read: ListRead, book: Book, key: str) -> News:
    return news(book.rows.get(key), read.digests[key])


def _reading(source: ListSource, row: Invoice | None, ctx: CheckContext) -> Reading:
    office = row.office if row is not None and row.office in ctx.estate.offices else None
    calendar = ctx.calendars.of(office)
    return Reading(source=source, now=ctx.now, today=calendar.local_date(ctx.now), zone=calendar.zone)


async def _say(
    drafts: Sequence[Draft], known: Mapping[str, BillOnRecord], source: ListSource, ctx: CheckContext
) -> None:
    """A list's word that a bill is paid counts for as much as that of anybody: perhaps a person must confirm it."""
    rules = ctx.estate.billing
    is_asked = bool(rules.confirmers) or rules.two_persons
    asked = [draft for draft in drafts if is_asked and closes(draft, known.get(draft.about))]
    waiting = set(map(id, asked))
    free = [draft for draft in drafts if id(draft) not in waiting]
    if free:
        await ctx.ledger.record(free)
    for draft in asked:
        with suppress(WordError):  # an amount in a currency that the bill has only once somebody confirms it
            await ctx.ledger.say([draft], source.name)
