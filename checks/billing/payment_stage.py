"""Bills that must move on: told by the act-by day of the stage they are at, long before the bill itself is due."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypeAlias

from pydantic import Field

from checks.billing import labels
from checks.billing.last_words import ends_of, lies_in
from checks.billing.path.position import stays
from checks.billing.path.schedule import with_too_late
from checks.billing.path.subjects import remember_subjects
from checks.billing.path.told import ahead, dark, numbers, still, what, where
from checks.billing.path.way import Way, ways_in
from checks.deadline import After, Ladder, LeadLadder, grade, parse_ladder, resolve
from checks.estate import Service
from checks.ledger.event import LedgerEventKind
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord
from checks.model import Cause, Deadline, Finding, Rung, Status
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.workdays import WorkCalendar

_Days: TypeAlias = tuple[WorkCalendar, date, date, date | None, date | None]
STAGE_LADDER = parse_ladder(["3wd", "1wd", "0wd"])
#: Bills judged before other checks get their turn.
BILLS_IN_ONE_GO = 20


class Options(OptionsBase):
    stage: str | None = Field(None, description="only bills at this stage (its id)")
    vendor: str | None = Field(None, description="only the bills of this vendor (its id in the settings)")
    ladder: LeadLadder = Field(STAGE_LADDER, description="when to tell ahead, before a stage must be over")


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    """A finding per open bill and its present stage, the ends of those that moved on, and a count."""
    ways, found = await ways_in(ctx), []
    late, deadlines = 0, _Deadlines(options.ladder, ctx.now)
    for place, bill in enumerate(ctx.ledger.on_record(), start=1):
        if place % BILLS_IN_ONE_GO == 0:
            await asyncio.sleep(0)
        if not _is_looked_at(bill, options, ctx.service):
            continue
        way = ways.of(bill)
        if options.stage in {None, way.at.stage.id}:
            late += way.schedule.late_stage(way.today) is not None
            found.append(_finding(way, deadlines, ctx))
    told = [finding.subject for finding in found]
    rules = ctx.estate.billing
    asked = f"{_subject(options)}{'' if ctx.service is None else f' for {ctx.service.id}'}"
    over = remember_subjects(ctx.memory, told, asked)
    gone = await ends_of(over, ctx, lambda bill, stage: _moved_on(bill, stage, rules))
    return (_counted(options, len(found), late), *found, *gone)


def _moved_on(bill: BillOnRecord, stage: str, rules: BillingRules) -> str:
    return f"is over: {lies_in(bill, rules)}{_objection(bill, stage, rules)}"


def _objection(bill: BillOnRecord, stage: str, rules: BillingRules) -> str:
    """Why `bill` left `stage` backwards; "" where it moved on from there."""
    left = next((one for one in reversed(stays(bill, rules)[:-1]) if rules.path[one.index].id == stage), None)
    if left is None or not left.is_objected:
        return ""
    back = next((step for step in bill.path if step.at == left.left_at and step.kind is LedgerEventKind.RETURNED), None)
    if back is None:
        return ""
    return f"; {labels.SENT_BACK}{f': {back.reason}' if back.reason else ''}"


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
        measurements=tuple(numbers(way)),
        facts=tuple(_facts(way, ctx)),
    )


def _facts(way: Way, ctx: CheckContext) -> Iterator[tuple[str, str]]:
    yield from what(way, ctx.estate)
    yield from where(way)
    yield from still(way)
    yield from ahead(way)
    yield from dark(way)


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
    status = Status.CRITICAL if is_last_call else Status.WARNING
    return rung if rung.status is status else replace(rung, status=status)


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
    is_on_record=True,
    dated=lambda _subject: True,
    default_interval_s=120.0,
    default_timeout_s=60.0,
    exports={
        "stage_act_by": "When an open bill must have left its present stage.",
        "payment_forecast": "By when nine of ten bills like this one have reached the vendor.",
    },
)
