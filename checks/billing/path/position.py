"""Where a bill is on its way to the vendor's account, and how long it was at each desk. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from checks.ledger.event import LedgerEventKind
from checks.ledger.rules import BillingRules, Stage
from checks.ledger.state import BillOnRecord, Step

_K = LedgerEventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One time that a bill was at one stage."""

    index: int
    """Of the stage in BillingRules.path."""
    entered_at: datetime
    left_at: datetime | None = None
    """None: it is there."""
    is_objected: bool = False
    """It went back from there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The stage an open bill is at; of a closed one, the last stage it was at."""

    stage: Stage
    index: int
    """Of `stage` in BillingRules.path."""
    entered_at: datetime
    """When it came there, or came back there."""
    objections: int
    """How often it was returned so far."""
    is_back: bool
    """It was further on before."""


def position(bill: BillOnRecord, rules: BillingRules) -> Position:
    """Where `bill` is by its events. Milestones move it on, never back; only who says so sends it back.

    A part that is paid does not end its way: what is left waits where payments are authorised.
    """
    return position_of(bill, stays(bill, rules), rules)


def position_of(bill: BillOnRecord, stays_: Sequence[Stay], rules: BillingRules) -> Position:
    """The same, where its stays are known."""
    last = stays_[-1]
    return Position(
        stage=rules.path[last.index],
        index=last.index,
        entered_at=last.entered_at,
        objections=bill.returns,
        is_back=last.index < max(stay.index for stay in stays_),
    )


def stays(bill: BillOnRecord, rules: BillingRules) -> Sequence[Stay]:
    """Its stages in order of time, at least one; stages that were passed in no time are left out."""
    path = rules.path
    found: list[Stay] = []
    index, entered_at = 0, bill.received_at
    for step in bill.path:
        reached = _reached(step, index, path)
        if reached is None:
            continue
        if reached == len(path):
            if not bill.is_open:
                return [*found, _left(index, entered_at, step, is_objected=False)]
            reached = min(index, credit_return(path))
        if step.at > entered_at or reached < index:
            is_objected = step.kind is _RETURNED or step.kind is _CREDIT_RETURNED
            found.append(_left(index, entered_at, step, is_objected=is_objected))
        index, entered_at = reached, step.at
    found.append(Stay(index=index, entered_at=entered_at))
    return found


_MOVED, _RETURNED, _CREDIT_RETURNED = _K.MOVED, _K.RETURNED, _K.CREDIT_RETURNED


def _left(index: int, entered_at: datetime, step: Step, *, is_objected: bool) -> Stay:
    return Stay(index=index, entered_at=entered_at, left_at=step.at, is_objected=is_objected)


def _reached(step: Step, index: int, path: Sequence[Stage]) -> int | None:
    """The stage it is at after `step`; None where that changes nothing. The end of the path is len(path)."""
    kind, named = step.kind, _place(step.stage, path) if step.stage else None
    if kind is _MOVED:
        return None if named in {None, index} else named
    if kind is _RETURNED:
        return objection_target(path, index) if named is None else named
    if kind is _CREDIT_RETURNED:
        return credit_return(path)
    for place in range(index, len(path)):
        if path[place].ends_with is kind:
            return place + 1
    return None


def _place(stage_id: str, path: Sequence[Stage]) -> int | None:
    return next((place for place, stage in enumerate(path) if stage.id == stage_id), None)


def objection_target(path: Sequence[Stage], index: int) -> int:
    """Where an objection at stage `index` sends a bill: what the stage says, else the one before; never forward."""
    target = path[index].returns_to
    named = next((place for place in range(index) if path[place].id == target), None)
    return max(index - 1, 0) if named is None else named


def credit_return(path: Sequence[Stage]) -> int:
    """Where a credit that came back leaves a bill: the payment must be authorised anew."""
    crediting = next((place for place, stage in enumerate(path) if stage.ends_with is _K.CREDITED), len(path) - 1)
    return objection_target(path, crediting)
