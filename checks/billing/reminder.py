"""From a bill on record to what is said of it: its deadline, its facts in plain words, its numbers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from checks.billing import labels
from checks.billing.bill_facts import as_listed, came_nearer, money_back, open_facts, settled_facts, title
from checks.billing.scene import Scene
from checks.deadline import grade
from checks.estate import Estate
from checks.invoice import Invoice
from checks.ledger.state import BillOnRecord, BillStanding
from checks.model import Cause, Deadline, Finding, Measurement, Rung, Status
from checks.units import sum_text
from checks.wording import day_of
from checks.workdays import WorkCalendar


def remind(bill: BillOnRecord, row: Invoice | None, scene: Scene) -> Finding:
    """The finding about an open bill; `row` is how its list has it, None where it stands in none."""
    deadline = _deadline(bill, scene)
    status = grade(deadline, scene.now)
    return Finding(
        subject=bill.subject,
        status=status,
        cause=_cause(bill, deadline, status, scene),
        summary=title(bill, scene.estate),
        measurements=tuple(_measurements(bill, deadline, scene)),
        deadline=deadline,
        facts=tuple(open_facts(bill, row, deadline, scene)),
        evidence="" if status is Status.OK else as_listed(bill, row, scene),
    )


def closed(bill: BillOnRecord, row: Invoice | None, estate: Estate, calendar: WorkCalendar) -> Finding:
    """Of a bill that is paid or cancelled: ok, without a deadline."""
    ended = None if bill.closed_at is None else calendar.local_date(bill.closed_at)
    on = ended if row is None or row.settled_on is None else row.settled_on
    how = "cancelled" if bill.standing is BillStanding.CANCELLED else "settled"
    when = "" if on is None else f" on {day_of(on)}"
    return Finding(
        subject=bill.subject,
        status=Status.OK,
        summary=f"{title(bill, estate)}, {how}{when}{_too_much(bill)}",
        facts=tuple(settled_facts(bill, on, "" if row is None else row.evidence, estate)),
    )


def _too_much(bill: BillOnRecord) -> str:
    return f", {sum_text(bill.overpaid, bill.terms.amount.currency)} too much" if bill.overpaid else ""


# Judging ---------------------------------------------------------------------------------------------------------


def _deadline(bill: BillOnRecord, scene: Scene) -> Deadline:
    """Due when the bill says; begun when the way to the cut-off asks for it."""
    schedule_ = scene.stand(bill).schedule
    # Where nobody says how far it is, it would look late from its first week on: then only the last call counts.
    act_by = schedule_.present.day if scene.is_followed(bill) else schedule_.present.last_call
    deadline = scene.deadline(bill, act_by, schedule_ if scene.is_followed(bill) else None)
    more = (*_blocked_rungs(bill, scene), *_withdrawn_rungs(bill, deadline.rungs, scene.calendar))
    more = (*more, *_money_back_rungs(bill, deadline.rungs, scene.now), *_sooner_rungs(bill, deadline.rungs, scene))
    return replace(deadline, rungs=_in_order((*deadline.rungs, *more))) if more else deadline


def _blocked_rungs(bill: BillOnRecord, scene: Scene) -> Iterator[Rung]:
    """A bill that cannot be paid is told at once. Payees have a check of their own where billing is set up."""
    blocks = bill.blocks if scene.estate.billing.is_watched else scene.blocks(bill)
    known = [block.since for block in reversed(blocks) if block.since is not None]
    days = {scene.calendar.local_date(since): since for since in known}
    for day, since in days.items():
        yield Rung(name=f"blocked {day}", at=since, status=Status.CRITICAL)


def _withdrawn_rungs(bill: BillOnRecord, rungs: tuple[Rung, ...], calendar: WorkCalendar) -> Iterator[Rung]:
    """A rung of its own tells that the bill is gone, without waiting for the next step of the ladder."""
    gone_at = bill.missing_since
    if gone_at is None:
        return
    is_critical = any(rung.at <= gone_at and rung.status is Status.CRITICAL for rung in rungs)
    status = Status.CRITICAL if is_critical else Status.WARNING
    yield Rung(name=f"withdrawn {calendar.local_date(gone_at)}", at=gone_at, status=status)


def _money_back_rungs(bill: BillOnRecord, rungs: tuple[Rung, ...], now: datetime) -> Iterator[Rung]:
    """Who believes a bill to be paid must hear at once that it is not. As grave as the bill is by then."""
    last = money_back(bill)
    if last is None:
        return
    returns = [step.kind for step in bill.path].count(last.kind)
    yield Rung(name=f"{labels.CAME_BACK_RUNG} {returns}", at=last.at, status=_as_grave(rungs, now))


def _sooner_rungs(bill: BillOnRecord, rungs: tuple[Rung, ...], scene: Scene) -> Iterator[Rung]:
    """Whoever planned by the old day of cutting off must hear of the new one at once."""
    hastened = bill.hastened
    if hastened is not None and came_nearer(bill, scene) is not None:
        status = _as_grave(rungs, scene.now)
        known_at = min(hastened.known_at, scene.now)  # a list that this look takes in is written down while it looks
        yield Rung(name=f"{labels.SOONER_RUNG} {bill.suspends}", at=known_at, status=status)


def _as_grave(rungs: tuple[Rung, ...], now: datetime) -> Status:
    """As the bill is by now."""
    is_critical = any(rung.at <= now and rung.status is Status.CRITICAL for rung in rungs)
    return Status.CRITICAL if is_critical else Status.WARNING


def _in_order(rungs: tuple[Rung, ...]) -> tuple[Rung, ...]:
    """A bill that is blocked stays critical whatever step of its ladder comes next."""
    blocked_at = min((rung.at for rung in rungs if rung.name.startswith("blocked ")), default=None)
    graded = (_critical_from(rung, blocked_at) for rung in rungs)
    return tuple(sorted(graded, key=lambda rung: rung.at))


def _critical_from(rung: Rung, blocked_at: datetime | None) -> Rung:
    is_later = blocked_at is not None and rung.at >= blocked_at
    return replace(rung, status=Status.CRITICAL) if is_later else rung


def _cause(bill: BillOnRecord, deadline: Deadline, status: Status, scene: Scene) -> Cause:
    if scene.blocks(bill):
        return Cause.BLOCKED
    if bill.missing_since is not None:
        return Cause.WITHDRAWN
    if scene.now >= deadline.at:
        return Cause.OVERDUE
    return Cause.NONE if status is Status.OK else Cause.DUE


# Numbers ---------------------------------------------------------------------------------------------------------


def _measurements(bill: BillOnRecord, deadline: Deadline, scene: Scene) -> Iterator[Measurement]:
    service = bill.terms.service or (scene.service.id if scene.service else "")
    of_bill = (("vendor", bill.vendor), ("invoice", bill.first_number), ("service", service))
    yield Measurement("invoice_due", deadline.at.timestamp(), "timestamp_seconds", of_bill)
    if deadline.cuts_off_at is not None:
        yield Measurement("invoice_suspension", deadline.cuts_off_at.timestamp(), "timestamp_seconds", of_bill)
    in_currency = (*of_bill, ("currency", bill.terms.amount.currency))
    yield Measurement("invoice_amount", float(bill.terms.amount.amount), "", in_currency)
    yield Measurement("invoice_remaining_amount", float(bill.remaining.amount), "", in_currency)
    if deadline.act_by is not None:
        runway_s = (deadline.act_by - scene.due_days.opening).total_seconds()
        yield Measurement("invoice_runway", runway_s, "seconds", of_bill)
    if scene.is_followed(bill):
        at = scene.stand(bill).at
        yield Measurement("invoice_stage", float(at.index + 1), "", (*of_bill, ("stage", at.stage.id)))
