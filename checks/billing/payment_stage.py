"""Bills that must move on: told by the act-by day of the stage they are at, long before the bill itself is due."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypeAlias

from pydantic import Field

from checks.billing import labels
from checks.billing.path.position import position
from checks.billing.path.schedule import with_too_late
from checks.billing.path.subjects import ended, remember_subjects
from checks.billing.path.told import ahead, dark, numbers, still, what, where
from checks.billing.path.way import Way, ways_in
from checks.deadline import After, Ladder, LeadLadder, grade, parse_ladder, resolve
from checks.estate import Service
from checks.invoice import bill_key
from checks.ledger.state import BillOnRecord, BillStanding
from checks.model import Cause, Deadline, Finding, Rung, Status
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.workdays import WorkCalendar

_Days: TypeAlias = tuple[WorkCalendar, date, date, date | None, date | None]
STAGE_LADDER = parse_ladder(["3wd", "1wd", "0wd"])
#: Bills judged before other checks get their turn.
BILLS_IN_ONE_GO = 100
_OVER = "is over: the bill is not looked at by this check any more"


class Options(OptionsBase):
    stage: str | None = Field(None, description="only bills at this stage (its id)")
    vendor: str | None = Field(None, description="only the bills of this vendor (its id in the settings)")
    ladder: LeadLadder = Field(STAGE_LADDER, description="when to tell ahead, before a stage must be over")


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    """A finding per open bill and its present stage, the ends of those that moved on, and a count."""
    way_of, found = await ways_in(ctx), []
    late, deadlines = 0, _Deadlines(options.ladder, ctx.now)
    for place, bill in enumerate(ctx.ledger.on_record(), start=1):
        if place % BILLS_IN_ONE_GO == 0:
            await asyncio.sleep(0)
        if not _is_looked_at(bill, options, ctx.service):
            continue
        way = way_of(bill)
        if options.stage in {None, way.at.stage.id}:
            late += way.schedule.late_stage(way.today) is not None
            found.append(_finding(way, deadlines, ctx))
    told = [finding.subject for finding in found]
    gone = await _ended(remember_subjects(ctx.memory, told), ctx)
    return (_counted(options, len(found), late), *found, *gone)


async def _ended(subjects: Sequence[str], ctx: CheckContext) -> Sequence[Finding]:
    """What became of the bills whose stage is over, each by what the ledger says now."""
    if not subjects:
        return ()
    keys = {subject: bill_key(*_named(subject)) for subject in subjects}
    known = {bill.key: bill for bill in ctx.ledger.on_record()} | dict(await ctx.ledger.closed(list(keys.values())))
    return [ended(subject, _what_became(known.get(key), ctx)) for subject, key in keys.items()]


def _named(subject: str) -> tuple[str, str]:
    """Vendor and number, without the stage behind them."""
    vendor, _, number = subject.rpartition(" ")[0].partition("/")
    return vendor, number


def _what_became(bill: BillOnRecord | None, ctx: CheckContext) -> str:
    match None if bill is None else bill.standing:
        case BillStanding.PAID:
            return "is over: the bill is paid"
        case BillStanding.CANCELLED:
            return "is over: the bill is cancelled"
        case BillStanding.OPEN if bill is not None:
            stage = position(bill, ctx.estate.billing).stage.title
            return f"is over: the bill {labels.LIES_NOW} {stage}, {labels.NOT_PAID_YET}"
        case _:
            return _OVER


def _is_looked_at(bill: BillOnRecord, options: Options, service: Service | None) -> bool:
    if options.vendor is not None and bill.vendor != options.vendor:
        return False
    if service is None:
        return True
    return bill.terms.service == service.id if bill.terms.service is not None else bill.vendor == service.vendor


def _finding(way: Way, deadlines: "_Deadlines", ctx: CheckContext) -> Finding:
    deadline = deadlines.of(way)
    status = grade(deadline, ctx.now)
    cause = Cause.NONE if status is Status.OK else Cause.OVERDUE if deadline.at <= ctx.now else Cause.DUE
    return Finding(
        subject=f"{way.bill.vendor}/{way.number} {way.at.stage.id}",
        status=status,
        cause=cause,
        summary=f"{way.bill.remaining} to {_vendor(way, ctx)}, bill {way.number}, at {way.at.stage.title}",
        deadline=deadline,
        measurements=tuple(numbers(way, ctx.estate)),
        facts=tuple(_facts(way, ctx)),
    )


def _facts(way: Way, ctx: CheckContext) -> Iterator[tuple[str, str]]:
    yield from what(way, ctx.estate)
    yield from where(way)
    yield from still(way)
    yield from ahead(way)
    yield from dark(way, ctx.estate)


class _Deadlines:
    """Of one look: many bills share their days, and a late one has a rung for every working day since."""

    def __init__(self, ladder: Ladder, now: datetime) -> None:
        self._ladder = ladder
        self._now = now
        self._found: dict[_Days, Deadline] = {}

    def of(self, way: Way) -> Deadline:
        of_way, present = way.schedule, way.schedule.present
        key = way.calendar, present.day, present.last_call, of_way.too_late_since, way.bill.suspends
        if key not in self._found:
            self._found[key] = _deadline(way, self._ladder, self._now)
        return self._found[key]


def _deadline(way: Way, ladder: Ladder, now: datetime) -> Deadline:
    calendar = way.calendar
    at = calendar.end_of_day(way.schedule.present.day)
    rungs = resolve(ladder, at, calendar=calendar, after=After.EVERY_WORKING_DAY, now=now)
    cuts_off_at = None if way.bill.suspends is None else calendar.end_of_day(way.bill.suspends)
    weighed = (_weighed(rung, way) for rung in rungs)
    return Deadline(at=at, rungs=with_too_late(weighed, way.schedule, calendar), cuts_off_at=cuts_off_at)


def _weighed(rung: Rung, way: Way) -> Rung:
    """Late is a warning as long as the money comes in time as likely as not: most bills make up for a slow desk."""
    is_last_call = way.calendar.local_date(rung.at) >= way.schedule.present.last_call
    return replace(rung, status=Status.CRITICAL if is_last_call else Status.WARNING)


def _vendor(way: Way, ctx: CheckContext) -> str:
    vendor = ctx.estate.vendors.get(way.bill.vendor)
    return way.bill.vendor if vendor is None else vendor.name


def _counted(options: Options, count: int, late: int) -> Finding:
    bills = "1 open bill" if count == 1 else f"{count:,} open bills" if count else "no open bills"
    summary = f"{bills} on the way{f', {late:,} late' if late else ''}"
    return Finding(subject=_subject(options), status=Status.OK, summary=summary)


def _subject(options: Options) -> str:
    of_vendor = "" if options.vendor is None else f" of {options.vendor}"
    return f"bills{of_vendor} on the way" if options.stage is None else f"bills{of_vendor} at {options.stage}"


KIND = CheckKind(
    name="payment_stage",
    options=Options,
    run=run,
    subject=_subject,
    target="stage",
    is_local=True,
    dated=lambda _subject: True,
    default_interval_s=120.0,
    default_timeout_s=60.0,
    exports={
        "stage_act_by": "When an open bill must have left its present stage.",
        "payment_forecast": "By when nine of ten bills like this one have reached the vendor.",
    },
)
