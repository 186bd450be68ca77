"""When bills are due, told in working days ahead and on every working day once overdue."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from checks.billing.bill_facts import source_words
from checks.billing.book import Book, remember, remembered
from checks.billing.csv_list import read_within_time
from checks.billing.csv_rows import MAX_PROBLEMS
from checks.billing.path.learnt_pace import paces
from checks.billing.path.pace import Pace
from checks.billing.payee.grounds import verdicts_in
from checks.billing.refusal import BillsRefusedError, refused
from checks.billing.reminder import closed, remind
from checks.billing.scene import DueDays, Scene
from checks.billing.taking_in import LeftBehind, ListRead, digests_of, take_in, take_in_former
from checks.billing.watch import Options, Watch, former_source, source_of, those
from checks.invoice import Invoice
from checks.ledger.state import BillOnRecord
from checks.model import Cause, Finding, Status
from checks.plugin import CheckContext, CheckKind
from checks.wording import moment

#: Bad cells that evidence lists; the rest is counted.
MAX_PROBLEMS_SHOWN = 200
#: Bills judged before other checks get their turn: a few milliseconds.
BILLS_IN_ONE_GO = 25


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    """A finding per bill, and one about the list as a whole.

    The list is taken in first; judged is what is on record then. A list that cannot be read is unknown, and its bills
    go on to be judged as they stand on record.
    """
    book = await take_in_former(remembered(ctx.memory), ctx)
    try:
        listed = await _listed(options, ctx)
    except BillsRefusedError as error:
        watch = Watch(options, ctx, former_source(book, options), frozenset(book.told))
        bills = await those(ctx.ledger.on_record(), watch.keeps)
        reminders = await _reminders(bills, {}, watch, unread_since=book.read_at)
        return (_refused(error, book, len(bills), watch), *reminders)
    watch = Watch(options, ctx, source_of(options), frozenset(book.told), {bill.key: bill for bill in listed})
    read = await _taken_in(watch, book)
    bills = _in_order(read, await those(ctx.ledger.on_record(), watch.keeps))
    reminders = await _reminders(bills, read.rows, watch)
    ended, partings = await _ended(watch, {bill.key for bill in bills})
    told = [bill.key for bill in bills]
    remember(Book(rows=read.digests, told=told, read_at=ctx.now, source=str(options.csv or "")), ctx.memory)
    return (_counted(bills, partings, watch), *reminders, *ended)


# The list --------------------------------------------------------------------------------------------------------


async def _listed(options: Options, ctx: CheckContext) -> Sequence[Invoice]:
    if options.csv is not None:
        return await read_within_time(options.csv, ctx)
    return _distinct(ctx.ledger.bills())


def _distinct(bills: Sequence[Invoice]) -> Sequence[Invoice]:
    """`bills`, or BillsRefusedError where two spellings of one number would make two bills one."""
    first: dict[str, int] = {}
    for place, bill in enumerate(bills, start=1):
        if first.setdefault(bill.key, place) != place:
            raise refused(place, "number", f"this bill is number {first[bill.key]} already")
    return bills


async def _taken_in(watch: Watch, book: Book) -> ListRead:
    ctx, rows = watch.ctx, watch.rows()
    today = ctx.calendars.of(None).local_date(ctx.now)
    digests = await digests_of(rows, today)
    read = ListRead(source=watch.source, rows=rows, listed=(watch.listed or {}).keys(), digests=digests)
    # What another list said last says nothing of what this one said.
    known = book if book.source == str(watch.options.csv or "") else Book(read_at=book.read_at)
    missable = await those(ctx.ledger.on_record(), lambda bill: bill.key in watch.told or watch.is_asked_for(bill))
    former = former_source(book, watch.options)
    behind = await those(ctx.ledger.on_record(), lambda bill: watch.has_lost(bill, former))
    await take_in(read, known, missable, LeftBehind(source=former, bills=behind), ctx)
    return read


def _in_order(read: ListRead, bills: Sequence[BillOnRecord]) -> list[BillOnRecord]:
    """As in the list, the others behind."""
    by_key = {bill.key: bill for bill in bills}
    return [by_key[key] for key in read.rows if key in by_key] + [bill for bill in bills if bill.key not in read.rows]


# Findings --------------------------------------------------------------------------------------------------------


async def _reminders(
    bills: Sequence[BillOnRecord], rows: Mapping[str, Invoice], watch: Watch, *, unread_since: datetime | None = None
) -> Sequence[Finding]:
    scenes: dict[str | None, Scene] = {}
    reminders: list[Finding] = []
    pace, payees = await paces(watch.ctx), await verdicts_in(watch.ctx)
    for bill in bills:
        office = _office(bill, watch.ctx)
        if office not in scenes:
            scenes[office] = replace(_scene(office, watch, pace(office), unread_since), payees=payees)
        reminders.append(remind(bill, rows.get(bill.key), scenes[office]))
        if len(reminders) % BILLS_IN_ONE_GO == 0:
            await asyncio.sleep(0)
    return reminders


def _office(bill: BillOnRecord, ctx: CheckContext) -> str | None:
    """An office may leave the settings while a bill on record still names it."""
    return bill.terms.office if bill.terms.office in ctx.estate.offices else None


def _scene(office: str | None, watch: Watch, pace: Pace, unread_since: datetime | None) -> Scene:
    ctx = watch.ctx
    return Scene(
        due_days=DueDays(ctx.calendars.of(office), watch.options.ladder, ctx.now),
        estate=ctx.estate,
        service=ctx.service,
        pace=pace,
        source=source_words(watch.source.id),
        unread_since=unread_since,
    )


async def _ended(watch: Watch, open_keys: Collection[str]) -> tuple[Sequence[Finding], int]:
    """Bills that are closed, and how many others were told of before that the check is not asked to look at any more:
    nothing is said of them, since whatever is said well of a bill reads as if it were paid.
    """
    ctx, listed = watch.ctx, watch.listed or {}
    told = [key for key in watch.told if key not in open_keys]
    known = await ctx.ledger.closed([key for key in (*watch.rows_looked_at(), *told) if key not in open_keys])
    ended = [
        closed(bill, listed.get(key), ctx.estate, ctx.calendars.of(_office(bill, ctx))) for key, bill in known.items()
    ]
    return ended, sum(key not in known for key in told)


def _counted(bills: Iterable[BillOnRecord], partings: int, watch: Watch) -> Finding:
    looked_at = watch.rows_looked_at()
    listed: list[BillOnRecord] = []
    others: list[BillOnRecord] = []
    for bill in bills:
        (listed if bill.key in looked_at else others).append(bill)
    withdrawn = sum(bill.missing_since is not None for bill in others)
    more = len(others) - withdrawn
    summary = f"{_bills_text(len(looked_at))} in {_source_words(watch.options)}"
    summary += f", {len(listed):,} open" if looked_at else ""
    summary += f", {withdrawn:,} withdrawn" if withdrawn else ""
    summary += f", {more:,} more on record" if more else ""
    summary += f"; {partings:,} no longer looked at" if partings else ""
    return Finding(subject=_subject(watch.options), status=Status.OK, summary=summary)


def _refused(error: BillsRefusedError, book: Book, bills: int, watch: Watch) -> Finding:
    count = len(error.problems)
    lines = [str(problem) for problem in error.problems[:MAX_PROBLEMS_SHOWN]]
    if count > MAX_PROBLEMS_SHOWN:
        lines.append(f"and {count - MAX_PROBLEMS_SHOWN} more")
    many = f"{count:,}{' or more' if count >= MAX_PROBLEMS else ''} cells to mend"
    what = lines[0] if count == 1 else f"{many}, the first in {lines[0]}"
    since = f" since {moment(book.read_at, watch.ctx.estate.time_zone)}" if book.read_at else ""
    return Finding(
        subject=_subject(watch.options),
        status=Status.UNKNOWN,
        cause=Cause.UNPARSABLE,
        summary=f"{_source_words(watch.options)} cannot be taken: {what}; {_bills_text(bills)} remembered{since}",
        evidence="\n".join(lines),
    )


def _bills_text(count: int) -> str:
    match count:
        case 0:
            return "no bills"
        case 1:
            return "1 bill"
        case _:
            return f"{count:,} bills"


def _source_words(options: Options) -> str:
    return source_words(source_of(options).id)


def _subject(options: Options) -> str:
    where = "bills" if options.csv is None else f"bills in {options.csv.name}"
    return where if options.vendor is None else f"{where} of {options.vendor}"


KIND = CheckKind(
    name="invoice_due",
    options=Options,
    run=run,
    subject=_subject,
    target="vendor",
    is_local=True,
    is_on_record=True,
    dated=lambda _subject: True,
    exports={
        "invoice_due": "When an unsettled bill is due.",
        "invoice_suspension": "When the vendor of an unsettled bill has said that it cuts the service off.",
        "invoice_amount": "The amount of an unsettled bill, in its currency.",
        "invoice_remaining_amount": "What is left to pay of an unsettled bill, in its currency.",
        "invoice_runway": "How long an unsettled bill may stay where it is and still be paid before the cut-off, "
        "counted from this morning; negative once it is late.",
        "invoice_stage": "The place of an unsettled bill on the payment path, from 1; the label stage names it.",
    },
)
