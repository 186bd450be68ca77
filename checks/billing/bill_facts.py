"""What a person reads of a bill: plain words, in the order to read them."""

from collections.abc import Iterator, Sequence
from datetime import date

from checks.billing import labels
from checks.billing.path.forecast import stands_still
from checks.billing.path.told import cut_off_text
from checks.billing.scene import Scene
from checks.estate import Estate
from checks.invoice import Invoice
from checks.ledger.event import BlockReason, LedgerEventKind, Terms
from checks.ledger.state import BillOnRecord, Step, TermsChange
from checks.model import Deadline
from checks.units import Money, sum_text
from checks.wording import day_of, moment

Fact = tuple[str, str]

_BLOCKS = {
    BlockReason.ACCOUNT_ATTACHED: "the vendor's account is attached by the tax authority",
    BlockReason.NOT_ACTIVE_TAXPAYER: "the vendor is not on the list of active taxpayers",
    BlockReason.IBAN_MISMATCH: "the account number is not the vendor's",
    BlockReason.NO_BUDGET: "there is no budget for it",
    BlockReason.COURT_ORDER: "a court order forbids it",
    BlockReason.FREEZE: "no bills are cleared at present",
}


def title(bill: BillOnRecord, estate: Estate) -> str:
    left, whole = bill.remaining, bill.terms.amount
    rest = f", the rest of {whole}," if bill.is_open and left != whole else ""
    return f"{left if bill.is_open else whole}{rest} to {vendor_name(bill.vendor, estate)}, bill {bill.number}"


def vendor_name(vendor: str, estate: Estate) -> str:
    known = estate.vendors.get(vendor)
    return vendor if known is None else known.name


def what(bill: BillOnRecord, estate: Estate) -> Iterator[Fact]:
    yield labels.BILL, bill.number
    yield labels.VENDOR, vendor_name(bill.vendor, estate)
    yield labels.AMOUNT, _amount(bill)
    if paid := _paid(bill):
        yield "Paid so far", paid


def open_facts(bill: BillOnRecord, row: Invoice | None, deadline: Deadline, scene: Scene) -> Iterator[Fact]:
    yield from what(bill, scene.estate)
    yield from _came_back(bill, scene)
    yield from _held_up(bill, scene)
    yield "Due", day_of(bill.terms.due)
    yield from _cut_off(bill, scene)
    yield from _sooner(bill, scene)
    yield from _to_do(bill, deadline, scene)
    if scene.is_followed(bill):
        yield from _way(bill, scene)
    yield from _at_stake(bill, scene)
    if row is not None:
        yield from _settlement(bill, row, scene)
    for change in bill.changes:
        yield from _changed(change.was, _next_terms(bill, change), scene.calendar.local_date(change.at))
    yield from _doubts(bill, scene)


def _amount(bill: BillOnRecord) -> str:
    whole, left = bill.terms.amount, bill.remaining
    if bill.is_open and left != whole:
        return f"{left} (what is left of {whole})"
    short = whole.short()
    return str(whole) if short == str(whole) else f"{whole} ({short})"


def _paid(bill: BillOnRecord) -> str:
    paid, currency = bill.paid, bill.terms.amount.currency
    parts = (
        (paid.acknowledged, "the vendor says it has"),
        (paid.withheld, "tax withheld"),
        (paid.credit_notes, "credit notes"),
        (max(paid.credited - paid.acknowledged, paid.credited * 0), labels.CREDITED),
    )
    return ", ".join(f"{sum_text(amount, currency)} {words}" for amount, words in parts if amount)


_OF_CREDITS = frozenset({LedgerEventKind.CREDITED, LedgerEventKind.ACKNOWLEDGED, LedgerEventKind.CREDIT_RETURNED})


def money_back(bill: BillOnRecord) -> Step | None:
    """Of a bill whose money was last heard of as coming back: when, and why."""
    last = next((step for step in reversed(bill.path) if step.kind in _OF_CREDITS), None)
    return last if last is not None and last.kind is LedgerEventKind.CREDIT_RETURNED else None


def _came_back(bill: BillOnRecord, scene: Scene) -> Iterator[Fact]:
    last = money_back(bill)
    if last is None:
        return
    why = f": {last.reason}" if last.reason else ""
    yield labels.CAME_BACK, f"{day_of(scene.calendar.local_date(last.at))}{why}"
    if last.back is not None and last.back != bill.remaining:
        yield labels.SUM_BACK, str(last.back)
    if last.is_unfounded:
        yield labels.SENT_BEFORE, "nothing"


def _held_up(bill: BillOnRecord, scene: Scene) -> Iterator[Fact]:
    """Why nobody can pay it now, first of all."""
    if blocks := scene.blocks(bill):
        yield labels.BLOCK, "; ".join(block_in_words(block.reason, block.words) for block in blocks)
        if known := [block.since for block in blocks if block.since is not None]:
            yield labels.BLOCKED_SINCE, day_of(scene.calendar.local_date(min(known)))
    if bill.disputed:
        yield labels.DISPUTED, bill.disputed
    if bill.held_until is not None:
        over = " (passed: pay it, hold it anew or say that it is released)" if bill.held_until < scene.today else ""
        yield labels.HELD_UNTIL, f"{day_of(bill.held_until)}{over}"


def block_in_words(reason: BlockReason, words: str) -> str:
    """Why it cannot be paid, with what was said of it."""
    return f"{_BLOCKS[reason]} ({words})" if words else _BLOCKS[reason]


def _cut_off(bill: BillOnRecord, scene: Scene) -> Iterator[Fact]:
    if bill.suspends is not None:
        granted = " (grace given)" if bill.grace_until == bill.suspends else ""
        yield "Vendor cuts off", f"{passing(bill.suspends, scene)}{granted}"
        return
    window = scene.stand(bill).window
    yield labels.CUT_OFF_FROM, passing(window.earliest, scene)
    yield labels.CUT_OFF_UNTIL, passing(window.latest, scene)


def came_nearer(bill: BillOnRecord, scene: Scene) -> date | None:
    """The day before which the vendor was not to cut off until lately: named, or by its usual terms."""
    hastened = bill.hastened
    if hastened is None or bill.suspends is None:
        return None
    was = hastened.was or scene.unnamed_window(bill).earliest
    return was if bill.suspends < was else None


def _sooner(bill: BillOnRecord, scene: Scene) -> Iterator[Fact]:
    """A correction says so by itself."""
    was, hastened = came_nearer(bill, scene), bill.hastened
    if was is None or hastened is None or (bill.announced is None and bill.changes):
        return
    usual = "" if hastened.was else " by its usual terms"
    yield (
        labels.CUT_OFF_CHANGED,
        f"was {day_of(was)}{usual} until {day_of(scene.calendar.local_date(hastened.known_at))}",
    )


def _to_do(bill: BillOnRecord, deadline: Deadline, scene: Scene) -> Iterator[Fact]:
    if deadline.act_by is None:
        return
    last = passing(scene.calendar.local_date(deadline.act_by), scene)
    if scene.is_followed(bill):
        stage = scene.stand(bill).at.stage.title
        yield "Act by", f"{last}; {stage} must be over by then for the money to arrive before the cut-off"
    else:
        yield "Act by", f"{last}; payment usually takes {scene.usual_wd(scene.stand(bill).at)} working days"


def _way(bill: BillOnRecord, scene: Scene) -> Iterator[Fact]:
    stand = scene.stand(bill)
    at = stand.at
    entered = scene.calendar.local_date(at.entered_at)
    yield labels.STAGE, at.stage.title
    yield "There since", day_of(entered)
    yield labels.DAYS_AT_STAGE, str(max(scene.calendar.between(entered, scene.today), 0))
    if at.stage.owner is not None:
        yield labels.DESK, at.stage.owner
    if at.objections:
        yield "Objections", str(at.objections)
    runway = stand.schedule.runway_wd(scene.today, scene.calendar)
    yield "Runway", _working_days(runway)
    if runway <= 0 and at.stage.hint:
        yield labels.IN_THE_WAY, at.stage.hint
    still = stands_still(bill, scene.today).partition(":")[0] or ("blocked" if scene.blocks(bill) else "")
    if still:
        yield labels.FORECAST, f"nobody can say: it is {still}"
        return
    ahead = scene.forecast(bill, at)
    yield labels.FORECAST, f"{day_of(ahead.p50)}, nine of ten by {day_of(ahead.p90)}"
    if ahead.cut_off is not None:
        yield labels.CUT_OFF, cut_off_text(ahead.cut_off)
    if ahead.p50 > stand.schedule.last:
        yield labels.TOO_LATE, day_of(ahead.p50)


def _working_days(count: int) -> str:
    unit = "working day" if abs(count) == 1 else "working days"
    return f"{count} {unit}" if count >= 0 else f"none: {-count} {unit} late"


def _at_stake(bill: BillOnRecord, scene: Scene) -> Iterator[Fact]:
    blast = scene.blast(bill)
    if blast.services:
        yield labels.SERVICE, blast.services_text()
    if blast.departments:
        yield labels.GOES_DARK_FOR, blast.departments_text()


def _settlement(bill: BillOnRecord, row: Invoice, scene: Scene) -> Iterator[Fact]:
    """Why a bill that its list calls settled is still open."""
    if row.settled_on is None:
        if row.evidence.strip():
            yield "Settlement", "evidence is given, the day is missing: add settled_on"
        return
    said = f"said to be settled on {day_of(row.settled_on)}"
    if row.settled_on > scene.today:
        yield "Settlement", f"settled_on {day_of(row.settled_on)} lies in the future: it counts from that day"
    elif not row.evidence.strip():
        yield (
            "Settlement",
            f"{said}, evidence is missing: add the vendor's receipt number or the reference of a letter",
        )
    elif any(step.kind is LedgerEventKind.CREDIT_RETURNED for step in bill.path):
        yield "Settlement", f"{said}, but the money came back since; give the new day once the vendor has it"
    else:
        yield "Settlement", f"{said}; it waits for somebody who may confirm that the vendor has its money"


def _next_terms(bill: BillOnRecord, change: TermsChange) -> Terms:
    place = bill.changes.index(change) + 1
    return bill.changes[place].was if place < len(bill.changes) else bill.terms


def _changed(was: Terms, now: Terms, until: date) -> Iterator[Fact]:
    terms = (
        ("Due", was.due, now.due),
        ("Vendor cuts off", was.suspends, now.suspends),
        ("Amount", was.amount, now.amount),
    )
    for name, before, after in terms:
        if before != after:
            yield f"{name} changed", f"was {_term(before)} until {day_of(until)}"


def _term(value: date | Money | None) -> str:
    match value:
        case None:
            return "not given"
        case Money():
            return str(value)
        case _:
            return day_of(value)


def _doubts(bill: BillOnRecord, scene: Scene) -> Iterator[Fact]:
    if bill.missing_since is not None and bill.listed_until is not None:
        until = f"it stood in {_lists(bill.left) or scene.source} until {moment(bill.listed_until, scene.zone)}"
        mend = "put it back with settled_on and evidence (if it was cancelled, the vendor's letter), or unpaid"
        yield "Withdrawn?", f"{until}; {mend}"
    if scene.unread_since is not None:
        yield "List last read", f"{moment(scene.unread_since, scene.zone)}; it cannot be read since"


def _lists(sources: Sequence[str]) -> str:
    return " and ".join(source_words(source) for source in sources)


def source_words(source: str) -> str:
    """A list as people call it: "the settings", "bills.csv"."""
    return "the settings" if source == "settings" else source.rpartition("/")[2]


def passing(day: date, scene: Scene) -> str:
    """A day at whose end something ends, and whether that has been."""
    passed = " (passed)" if scene.now >= scene.end_of_day(day) else ""
    return f"{day_of(day)}{passed}"


def settled_facts(bill: BillOnRecord, on: date | None, evidence: str, estate: Estate) -> Iterator[Fact]:
    yield from what(bill, estate)
    if bill.overpaid:
        yield labels.OVERPAID, sum_text(bill.overpaid, bill.terms.amount.currency)
    if on is not None:
        yield "Settled on", day_of(on)
    if evidence:
        yield "Evidence", evidence


def as_listed(bill: BillOnRecord, row: Invoice | None, scene: Scene) -> str:
    """The bill as the list has it, or as it is on record."""
    terms = bill.terms
    cells = {
        "vendor": bill.vendor,
        "number": terms.number if row is None else row.number,
        "amount": (terms if row is None else row).amount.text(),
        "due": str((terms if row is None else row).due),
        "suspends": str((terms if row is None else row).suspends or ""),
        "settled_on": "" if row is None else str(row.settled_on or ""),
        "evidence": "" if row is None else row.evidence,
    }
    where = scene.source if row is not None else (_lists(bill.left or bill.sources) or "on record")
    return f"{where}: " + ", ".join(f"{name} {text}" for name, text in cells.items() if text)
