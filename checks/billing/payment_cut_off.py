"""Bills that may miss a dated cut-off such as June's: told from the latest safe start on, and when money returns."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from pydantic import Field

from checks.billing import labels
from checks.billing.last_words import ends_of, lies_in
from checks.billing.path.cut_offs import cut_offs_around
from checks.billing.path.position import position
from checks.billing.path.run_up import RunUp, next_run_up
from checks.billing.path.subjects import remember_subjects
from checks.billing.path.told import dark, still, what, where
from checks.billing.path.way import Way, ways_in
from checks.deadline import Ladder, LeadLadder, grade, parse_ladder, resolve
from checks.ledger.rules import BillingRules, CutOff
from checks.ledger.state import BillOnRecord
from checks.model import Cause, Deadline, Finding, Rung, Status
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.wording import day_of

CUT_OFF_LADDER = parse_ladder(["5wd", "3wd", "1wd", "0wd"])
BILLS_IN_ONE_GO = 20


class Options(OptionsBase):
    vendor: str | None = Field(None, description="only the bills of this vendor (its id in the settings)")
    ladder: LeadLadder = Field(CUT_OFF_LADDER, description="when to tell again before the cut-off itself")


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    """A finding per bill that a cut-off is near for, the ends of others, and a count."""
    ways, found = await ways_in(ctx), []
    today = ctx.calendars.of(None).local_date(ctx.now)
    cut_offs = cut_offs_around(ctx.estate.billing, today)
    for place, bill in enumerate(ctx.ledger.on_record() if cut_offs else (), start=1):
        if place % BILLS_IN_ONE_GO == 0:
            await asyncio.sleep(0)
        if options.vendor in {None, bill.vendor}:
            way = ways.of(bill)
            run_up = next_run_up(way, ctx.estate.billing, cut_offs)
            if run_up is not None and run_up.is_told(way):
                found.append(_finding(way, run_up, options.ladder, ctx))
    gone = remember_subjects(ctx.memory, [finding.subject for finding in found], _subject(options))
    by_id, rules = {one.id: one for one in cut_offs}, ctx.estate.billing
    ends = await ends_of(gone, ctx, lambda bill, id_: _over(bill, by_id.get(id_), rules, today))
    return (_counted(options, found, cut_offs, today), *found, *ends)


def _over(bill: BillOnRecord, cut_off: CutOff | None, rules: BillingRules, today: date) -> str:
    """Why a cut-off is in the way of an open bill no more."""
    lies = lies_in(bill, rules)
    if cut_off is None:
        return f"is over: this cut-off counts no more; {lies}"
    asked = next((place for place, stage in enumerate(rules.path) if stage.id == cut_off.stage), len(rules.path))
    if position(bill, rules).index >= asked:
        return f"is over: {labels.FAR_ENOUGH}; {lies}"
    if today >= cut_off.money_returns:
        return f"is over: {labels.MONEY_IS_BACK} ({day_of(cut_off.money_returns)}); {lies}"
    return f"is over: it is not near any more; {lies}"


def _finding(way: Way, run_up: RunUp, ladder: Ladder, ctx: CheckContext) -> Finding:
    deadline = _deadline(way, run_up, ladder, ctx)
    status = grade(deadline, ctx.now)
    cause = Cause.NONE if status is Status.OK else Cause.OVERDUE if deadline.at <= ctx.now else Cause.DUE
    vendor = ctx.estate.vendors.get(way.bill.vendor)
    whom = way.bill.vendor if vendor is None else vendor.name
    return Finding(
        subject=f"{way.bill.vendor}/{way.number} {run_up.cut_off.id}",
        status=status,
        cause=cause,
        summary=f"{way.bill.remaining} to {whom}, bill {way.number}: {_outlook(way, run_up)}",
        deadline=deadline,
        facts=tuple(_facts(way, run_up, ctx)),
    )


def _outlook(way: Way, run_up: RunUp) -> str:
    title, returns = run_up.cut_off.title, f"money returns {day_of(run_up.cut_off.money_returns)}"
    if run_up.is_missed(way.today):
        return f"missed the cut-off ({title}), {returns}"
    if way.today >= run_up.last_call:
        return f"will miss the cut-off ({title}), {returns}"
    if way.today >= run_up.safe:
        return f"may miss the cut-off ({title})"
    return f"must be in time for the cut-off ({title})"


def _facts(way: Way, run_up: RunUp, ctx: CheckContext) -> Iterator[tuple[str, str]]:
    cut_off = run_up.cut_off
    stages = {stage.id: stage.title for stage in ctx.estate.billing.path}
    yield from what(way, ctx.estate)
    yield labels.CUT_OFF, cut_off.title
    yield "Last day", f"{day_of(run_up.last)}{' (assumed)' if cut_off.is_assumed else ''}"
    yield labels.MUST_HAVE_REACHED, stages.get(cut_off.stage, cut_off.stage)
    yield labels.MONEY_RETURNS, day_of(cut_off.money_returns)
    yield "Latest safe start", f"{day_of(run_up.safe)}; the last call is {day_of(run_up.last_call)}"
    yield from where(way)
    yield from still(way)
    yield from dark(way)
    if cut_off.source:
        yield "Laid down in", cut_off.source


def _deadline(way: Way, run_up: RunUp, ladder: Ladder, ctx: CheckContext) -> Deadline:
    """Rungs of its own stage, so that a bill that moved on and is late there again is told again."""
    calendar, stage = way.calendar, way.at.stage.id
    at = calendar.end_of_day(run_up.last)
    called = calendar.start_of_day(run_up.last_call)
    own = [
        Rung(name=f"{stage} safe start", at=calendar.start_of_day(run_up.safe), status=Status.WARNING),
        Rung(name=f"{stage} last call", at=called, status=Status.CRITICAL),
        Rung(name="missed", at=at, status=Status.CRITICAL),
    ]
    repeats = [
        replace(rung, status=Status.CRITICAL)
        for rung in resolve(ladder, at, calendar=calendar, now=ctx.now)
        if rung.at > called
    ]
    # Of two at one instant the later named stays: the graver.
    by_instant = {rung.at: rung for rung in sorted((*repeats, *own), key=lambda one: one.status is Status.CRITICAL)}
    return Deadline(at=at, rungs=tuple(sorted(by_instant.values(), key=lambda rung: rung.at)))


def _counted(options: Options, found: Sequence[Finding], cut_offs: Sequence[CutOff], today: date) -> Finding:
    ahead = next((one for one in cut_offs if one.day >= today), None)
    near = f"{len(found):,} of the open bills near a cut-off" if found else "no open bill near a cut-off"
    if ahead is None:
        named = "no cut-off is known: name yours in billing.cut_offs, or a jurisdiction"
    else:
        named = f"the next is {day_of(ahead.day)}{', assumed' if ahead.is_assumed else ''} ({ahead.title})"
    return Finding(subject=_subject(options), status=Status.OK, summary=f"{near}; {named}")


def _subject(options: Options) -> str:
    return "cut-offs" if options.vendor is None else f"cut-offs of {options.vendor}"


KIND = CheckKind(
    name="payment_cut_off",
    options=Options,
    run=run,
    subject=_subject,
    target="vendor",
    is_local=True,
    is_on_record=True,
    dated=lambda _subject: True,
    default_interval_s=120.0,
    default_timeout_s=60.0,
)
