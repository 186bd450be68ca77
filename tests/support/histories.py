"""Histories of one bill by the ten thousand, cheap to make, and what a slow reader finds that they add up to."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from checks.ledger.event import BlockReason, Details, Draft, LedgerEvent, LedgerEventKind, Terms
from checks.ledger.state import BillOnRecord
from checks.units import parse_money
from tests.support.ledgers import ACME_7, hour

K = LedgerEventKind
MONEY = (None, "100.00 PKR", "40.00 PKR", "60.00 PKR", "0.01 PKR", "99.00 USD")
ASKED = ("100.00 PKR", "40.00 PKR", "140.00 PKR", "100.00 USD", "0.00 PKR")
DAYS = (date(2026, 12, 1), date(2026, 12, 20), date(2027, 1, 5))
OF_MONEY = (K.CREDITED, K.CREDIT_RETURNED, K.ACKNOWLEDGED, K.WITHHELD, K.CREDIT_NOTE)

#: Few instants, so that many events happen at one and the same.
INSTANTS = tuple(hour(number) for number in range(5))

#: When a bill came in, in truth: before all else, and after some of it.
RECEIVED = (hour(-700), hour(-24), hour(2))

#: At one instant what lessens comes before what settles, and a credit that came back comes last.
LAST_AT_ONCE = (K.WITHHELD, K.CREDIT_NOTE, K.CREDITED, K.ACKNOWLEDGED, K.CREDIT_RETURNED)
AT_ONCE = [*(kind for kind in K if kind not in LAST_AT_ONCE), *LAST_AT_ONCE]


def _said(kind: LedgerEventKind) -> Iterator[Details]:
    """All that an event of the kind may say, more or less."""
    if kind in {K.RECEIVED, K.CORRECTED}:
        for asked in ASKED:
            terms = Terms(number="INV-7", amount=parse_money(asked), due=DAYS[0])
            yield Details(terms=terms, reason="" if kind is K.RECEIVED else "a slip", source="list")
        if kind is K.CORRECTED:
            yield from (Details(received_at=at, reason="another day") for at in RECEIVED)
            terms = Terms(number="INV-7", amount=parse_money(ASKED[1]), due=DAYS[1])
            yield Details(terms=terms, received_at=RECEIVED[0], reason="both were wrong")
    elif kind in OF_MONEY:
        for money in MONEY if kind in {K.CREDITED, K.CREDIT_RETURNED, K.ACKNOWLEDGED} else MONEY[1:]:
            yield Details(amount=None if money is None else parse_money(money))
    elif kind in {K.HELD, K.GRACE, K.SUSPENSION_ANNOUNCED}:
        yield from (Details(until=day) for day in DAYS)
    elif kind is K.BLOCKED:
        yield from (Details(block=reason) for reason in (BlockReason.FREEZE, BlockReason.NO_BUDGET))
    elif kind is K.UNBLOCKED:
        yield from (Details(), Details(block=BlockReason.FREEZE))
    elif kind in {K.MISSING, K.LISTED}:
        yield from (Details(source=source) for source in ("", "list", "other"))
    else:
        yield Details(reason="why", stage="budget" if kind is K.MOVED else "")


def all_events() -> list[LedgerEvent]:
    """Not on any chain: the fold asks for none. Their ids are in no order."""
    drafts = [
        Draft(about=ACME_7, kind=kind, happened_at=at, author=author, details=details)
        for kind in K
        for details in _said(kind)
        for at in INSTANTS
        for author in (("a", "b") if details.received_at else ("a",))
    ]
    numbers = list(range(len(drafts)))
    random.Random(7).shuffle(numbers)
    return [
        LedgerEvent(draft=draft, id=f"{number:04}", recorded_at=hour(100), previous="", hash="")
        for number, draft in zip(numbers, drafts, strict=True)
    ]


class Histories:
    """Of one seed, always the same."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._events = all_events()
        self._receipts = [event for event in self._events if event.draft.kind is K.RECEIVED]
        self._other_days = [event for event in self._events if event.draft.details.received_at]
        self._payments = [event for event in self._events if event.draft.kind in OF_MONEY]

    def one(self) -> list[LedgerEvent]:
        """In the order of recording, an hour after the other; most of them begin with a receipt."""
        rng = self.rng
        chosen = rng.choices(self._events, k=rng.randrange(5)) + rng.choices(self._payments, k=rng.randrange(4))
        if rng.random() < 0.1:
            chosen += rng.choices(self._other_days, k=rng.randrange(1, 4))
        if rng.random() < 0.97:
            chosen.append(rng.choice(self._receipts))
        return recorded(rng.sample(list(dict.fromkeys(chosen)), len(set(chosen))))


def recorded(events: Sequence[LedgerEvent]) -> list[LedgerEvent]:
    return [replace(event, recorded_at=_RECORDED[place]) for place, event in enumerate(events)]


_RECORDED = [hour(100) + timedelta(hours=number) for number in range(20)]


def without_recording(bill: BillOnRecord | None) -> BillOnRecord | None:
    """What the order of recording may tell: nothing but when it was recorded."""
    if bill is None:
        return None
    blocks = tuple(replace(block, recorded_at=hour(0)) for block in bill.blocks)
    hastened = replace(bill.hastened, known_at=hour(0)) if bill.hastened else None
    return replace(bill, recorded_at=hour(0), blocks=blocks, hastened=hastened)


def naive(events: Sequence[LedgerEvent]) -> dict[str, Any] | None:
    """What a bill is at, worked out one question at a time, each over all events."""
    ordered = sorted(events, key=lambda one: (one.draft.happened_at, AT_ONCE.index(one.draft.kind), one.id))
    receipts = [one for one in sorted(events, key=lambda one: one.recorded_at) if one.draft.kind is K.RECEIVED]
    if not receipts:
        return None
    rest = [one.draft for one in ordered if one is not receipts[0]]
    asked = receipts[0].draft.details.terms
    assert asked is not None
    standing, paid = _money(asked, rest)
    return {
        "standing": standing,
        "terms": _last_terms(asked, rest),
        "received_at": _received_at(receipts[0].draft, rest),
        "first_step_at": _received_at(receipts[0].draft, rest),
        "days_before": _days_before(receipts[0].draft, rest),
        "paid": paid,
        "disputed": _last(rest, {K.DISPUTED: "reason", K.DISPUTE_OVER: ""}) or "",
        "held_until": _last(rest, {K.HELD: "until", K.RELEASED: ""}),
        "grace_until": _last(rest, {K.GRACE: "until", K.SUSPENSION_ANNOUNCED: ""}),
        "announced": _last(rest, {K.SUSPENSION_ANNOUNCED: "until"}),
        "blocks": _blocks(rest),
        "missing_since": _missing(receipts[0].draft, rest),
        "events": len(events),
    }


def told(bill: BillOnRecord | None) -> dict[str, Any] | None:
    """The same of a folded bill."""
    if bill is None:
        return None
    paid = bill.paid
    return {
        "standing": bill.standing.value,
        "terms": bill.terms,
        "received_at": bill.received_at,
        "first_step_at": bill.path[0].at,
        "days_before": [(change.was, change.by) for change in bill.receipt_changes],
        "paid": (paid.credited, paid.acknowledged, paid.withheld, paid.credit_notes),
        "disputed": bill.disputed,
        "held_until": bill.held_until,
        "grace_until": bill.grace_until,
        "announced": bill.announced,
        "blocks": {block.reason for block in bill.blocks},
        "missing_since": bill.missing_since,
        "events": bill.events,
    }


def _last(rest: Sequence[Draft], fields: dict[LedgerEventKind, str]) -> Any:  # noqa: ANN401  # a day or a text
    said = [draft for draft in rest if draft.kind in fields]
    if not said or not fields[said[-1].kind]:
        return None
    return getattr(said[-1].details, fields[said[-1].kind])


def _last_terms(asked: Terms, rest: Sequence[Draft]) -> Terms:
    said = (draft.details.terms for draft in reversed(rest) if draft.kind is K.CORRECTED)
    return next((one for one in said if one is not None), asked)


def _received_at(receipt: Draft, rest: Sequence[Draft]) -> datetime:
    said = (draft.details.received_at for draft in reversed(rest) if draft.kind is K.CORRECTED)
    return next((one for one in said if one is not None), receipt.happened_at)


def _days_before(receipt: Draft, rest: Sequence[Draft]) -> list[tuple[datetime, str]]:
    """Each day that held until somebody named another, and who that was."""
    said = [(draft.details.received_at, draft.author) for draft in rest if draft.details.received_at is not None]
    days = [receipt.happened_at, *(day for day, _ in said)]
    return [(was, who) for was, (day, who) in zip(days, said, strict=False) if day != was]


def _blocks(rest: Sequence[Draft]) -> set[BlockReason]:
    standing = set()
    for reason in BlockReason:
        of_it = [
            draft
            for draft in rest
            if (draft.kind is K.BLOCKED and draft.details.block is reason)
            or (draft.kind is K.UNBLOCKED and draft.details.block in {None, reason})
        ]
        if of_it and of_it[-1].kind is K.BLOCKED:
            standing.add(reason)
    return standing


def _missing(receipt: Draft, rest: Sequence[Draft]) -> datetime | None:
    """Since when no list has it."""
    since: datetime | None = None
    left: set[str] = set()
    lists = {receipt.details.source}
    for draft in rest:
        source = draft.details.source
        lists |= {source} - {""}
        if draft.kind in {K.RECEIVED, K.LISTED}:
            since, left = None, left - {source}
        elif draft.kind is K.MISSING:
            left |= {source} - {""}
            if not source or lists <= left:
                since = since or draft.happened_at
    return since


def _money(asked: Terms, rest: Sequence[Draft]) -> tuple[str, tuple[Decimal, ...]]:
    """In each currency by itself; the bill is about that of its terms."""
    by_currency = {one: dict.fromkeys(OF_MONEY, Decimal(0)) for one in ("PKR", "USD")}
    is_cancelled = is_told = False
    for draft in rest:
        terms, money = draft.details.terms, draft.details.amount
        sums = by_currency[asked.amount.currency]
        if draft.kind is K.CORRECTED and terms is not None and terms != asked:
            asked, is_cancelled = terms, False
        elif draft.kind is K.CANCELLED:
            is_cancelled = True
        elif draft.kind is K.REOPENED:
            is_cancelled = False
        elif draft.kind in OF_MONEY:
            is_told = {K.ACKNOWLEDGED: True, K.CREDIT_RETURNED: False}.get(draft.kind, is_told)
            is_cancelled = is_cancelled and draft.kind is not K.CREDIT_RETURNED
            left = max(Decimal(0), asked.amount.amount - _settled(sums))
            said_in = sums if money is None else by_currency[money.currency]
            if draft.kind is K.CREDIT_RETURNED:
                _take_back(said_in, money.amount if money else max(sums[K.CREDITED], sums[K.ACKNOWLEDGED]))
            else:
                said_in[draft.kind] += money.amount if money else left
    sums = by_currency[asked.amount.currency]
    is_paid = _settled(sums) >= asked.amount.amount and (_settled(sums) > 0 or is_told)
    standing = "cancelled" if is_cancelled else "paid" if is_paid else "open"
    return standing, (sums[K.CREDITED], sums[K.ACKNOWLEDGED], sums[K.WITHHELD], sums[K.CREDIT_NOTE])


def _settled(sums: dict[LedgerEventKind, Decimal]) -> Decimal:
    return sums[K.ACKNOWLEDGED] + sums[K.WITHHELD] + sums[K.CREDIT_NOTE]


def _take_back(sums: dict[LedgerEventKind, Decimal], back: Decimal) -> None:
    """A rupee at a time it would be: from what is credited and nobody acknowledged, then from both."""
    unacknowledged = max(Decimal(0), sums[K.CREDITED] - sums[K.ACKNOWLEDGED])
    sums[K.CREDITED] = max(Decimal(0), sums[K.CREDITED] - back)
    sums[K.ACKNOWLEDGED] = max(Decimal(0), sums[K.ACKNOWLEDGED] - max(Decimal(0), back - unacknowledged))
