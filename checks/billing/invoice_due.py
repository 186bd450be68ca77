"""When bills are due, told in working days ahead and on every working day once overdue."""

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime, tzinfo
from pathlib import Path

from pydantic import Field

from checks.billing.book import Book, Reading, remember, remembered
from checks.billing.csv_records import MAX_BYTES
from checks.billing.csv_rows import MAX_PROBLEMS, KnownIds, parse_bills
from checks.billing.refusal import WHOLE_FILE, BillsRefusedError, refused
from checks.billing.reminder import DueDays, Scene, let_go, remind
from checks.deadline import INVOICE_LADDER, LeadLadder
from checks.estate import Service
from checks.invoice import Invoice
from checks.model import Cause, Finding, Status
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.regular_file import open_regular
from checks.wording import moment

#: Bad cells that evidence lists; the rest is counted.
MAX_PROBLEMS_SHOWN = 200
#: Of the run's time, so that what is remembered is judged before the run is cut.
_READING_SHARE = 0.75
#: Bills judged before other checks get their turn: a few milliseconds.
BILLS_IN_ONE_GO = 200


class Options(OptionsBase):
    vendor: str | None = Field(None, description="only the bills of this vendor (its id in the settings)")
    csv: Path | None = Field(None, description="a CSV file with the bills, instead of those in the settings")
    ladder: LeadLadder = Field(INVOICE_LADDER, description="when to remind, before the day a bill is due")


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    """A finding per bill, and one about the list as a whole.

    A list that cannot be read is unknown, and its bills go on to be judged as they stood in it last.
    """
    book, today = remembered(ctx.memory), ctx.calendars.of(None).local_date(ctx.now)
    try:
        reading = await _reading(options, ctx)
    except BillsRefusedError as error:
        reminders = await _reminders(book, options, ctx, unread_since=book.read_at)
        return (_refused(error, book, options, ctx.estate.time_zone), *reminders)
    book = book.after_reading(reading, ctx.now, today)
    remember(book, ctx.memory)
    reminders = await _reminders(book, options, ctx)
    scope = _scope(options, ctx.service)
    partings = [let_go(entry, ctx.estate, scope, today) for entry in book.left]
    return (_counted(reminders, len(partings), options), *reminders, *partings)


async def _reading(options: Options, ctx: CheckContext) -> Reading:
    if options.csv is not None:
        listed = await _within_time(options.csv, ctx)
    else:
        listed = _distinct(ctx.ledger.bills())
    bills = [bill for bill in listed if is_looked_at(bill, options, ctx.service)]
    left_out = {bill.key: bill for bill in listed if not is_looked_at(bill, options, ctx.service)}
    return Reading(source=str(options.csv or ""), bills=bills, left_out=left_out)


async def _within_time(path: Path, ctx: CheckContext) -> Sequence[Invoice]:
    """A list on a share that hangs is one that cannot be read, so its bills go on to be judged. The thread stays."""
    patience_s = ctx.timeout_s * _READING_SHARE
    try:
        async with asyncio.timeout(patience_s):
            return await asyncio.to_thread(_read_list, path, ctx)
    except TimeoutError:
        raise refused(1, WHOLE_FILE, f"not read within {patience_s:g} s") from None


def is_looked_at(bill: Invoice, options: Options, service: Service | None) -> bool:
    """Whether a check for `service` with these options judges `bill` where it stands in the list of that check."""
    if options.vendor is not None:
        return bill.vendor == options.vendor
    return options.csv is not None or service is None or _belongs_to(bill, service)


def _scope(options: Options, service: Service | None) -> str:
    """What `is_looked_at` means, in words."""
    whose = ""
    if options.vendor is not None:
        whose = f" of {options.vendor}"
    elif options.csv is None and service is not None:
        whose = f" for {service.title}"
    return f"the bills{whose} in {_source(options)}"


def _belongs_to(bill: Invoice, service: Service) -> bool:
    """A bill that names no service goes with the service of its vendor: somebody has to watch it."""
    return bill.service == service.id if bill.service is not None else bill.vendor == service.vendor


def _distinct(bills: Sequence[Invoice]) -> Sequence[Invoice]:
    """`bills`, or BillsRefusedError where two spellings of one number would make two bills one."""
    first: dict[str, int] = {}
    for place, bill in enumerate(bills, start=1):
        if first.setdefault(bill.key, place) != place:
            raise refused(place, "number", f"this bill is number {first[bill.key]} already")
    return bills


def _read_list(path: Path, ctx: CheckContext) -> Sequence[Invoice]:
    estate = ctx.estate
    known = KnownIds(vendors=set(estate.vendors), services=set(estate.services), offices=set(estate.offices))
    return parse_bills(_read_file(path), today=ctx.calendars.of(None).local_date(ctx.now), known=known)


def _read_file(path: Path) -> bytes:
    """The bytes of a regular file, one more than allowed at most. Raises BillsRefusedError."""
    try:
        with open_regular(path) as handle:
            before = os.fstat(handle.fileno())
            raw = handle.read(MAX_BYTES + 1)
            after = os.fstat(handle.fileno())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise refused(1, WHOLE_FILE, f"cannot be read: {reason}") from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise refused(1, WHOLE_FILE, "being written just now; put a finished file in its place")
    return raw


async def _reminders(
    book: Book, options: Options, ctx: CheckContext, *, unread_since: datetime | None = None
) -> Sequence[Finding]:
    scenes: dict[str | None, Scene] = {}
    reminders: list[Finding] = []
    for entry in book.entries.values():
        # An office may leave the settings while a remembered bill still names it.
        office = entry.bill.office if entry.bill.office in ctx.estate.offices else None
        if office not in scenes:
            scenes[office] = Scene(
                due_days=DueDays(ctx.calendars.of(office), options.ladder, ctx.now),
                estate=ctx.estate,
                service=ctx.service,
                source=_source_name(book.source or ""),
                unread_since=unread_since,
            )
        reminders.append(remind(entry, scenes[office]))
        if len(reminders) % BILLS_IN_ONE_GO == 0:
            await asyncio.sleep(0)
    return reminders


def _counted(reminders: Sequence[Finding], partings: int, options: Options) -> Finding:
    withdrawn = sum(finding.cause is Cause.WITHDRAWN for finding in reminders)
    listed = len(reminders) - withdrawn
    still_open = sum(finding.deadline is not None for finding in reminders) - withdrawn
    summary = f"{_bills_text(listed)} in {_source(options)}"
    summary += f", {still_open:,} open" if listed else ""
    summary += f", {withdrawn:,} withdrawn" if withdrawn else ""
    summary += f"; {partings:,} no longer looked at" if partings else ""
    return Finding(subject=_subject(options), status=Status.OK, summary=summary)


def _refused(error: BillsRefusedError, book: Book, options: Options, zone: tzinfo) -> Finding:
    count = len(error.problems)
    lines = [str(problem) for problem in error.problems[:MAX_PROBLEMS_SHOWN]]
    if count > MAX_PROBLEMS_SHOWN:
        lines.append(f"and {count - MAX_PROBLEMS_SHOWN} more")
    many = f"{count:,}{' or more' if count >= MAX_PROBLEMS else ''} cells to mend"
    what = lines[0] if count == 1 else f"{many}, the first in {lines[0]}"
    kept = f"{_bills_text(len(book.entries))} remembered"
    since = f" since {moment(book.read_at, zone)}" if book.read_at else ""
    return Finding(
        subject=_subject(options),
        status=Status.UNKNOWN,
        cause=Cause.UNPARSABLE,
        summary=f"{_source(options)} cannot be taken: {what}; {kept}{since}",
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


def _source(options: Options) -> str:
    return _source_name(str(options.csv or ""))


def _source_name(path: str) -> str:
    return Path(path).name if path else "the settings"


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
    dated=lambda _subject: True,
    exports={
        "invoice_due": "When an unsettled bill is due.",
        "invoice_suspension": "When the vendor of an unsettled bill has said that it cuts the service off.",
        "invoice_amount": "The amount of an unsettled bill, in its currency.",
    },
)
