"""Bills and what happened to them as people read them on a terminal."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, tzinfo

from alerts.words.wording import span
from checks.billing.risk.stake import totals, totals_text
from checks.estate import Estate
from checks.ledger.event import Details, LedgerEvent, LedgerEventKind, Terms
from checks.ledger.proposal import Proposal
from checks.ledger.state import BillOnRecord, ReceiptChange
from checks.units import Money
from checks.wording import day_of, local, moment
from watchdog.cli.bill_seen import SeenBill, vendor_name
from watchdog.cli.columns import cell_text, table

#: Written down this much later than it happened: worth a word.
_LATE_S = 24 * 3600

_HEAD = ("BILL", "LEFT TO PAY", "DUE", "CUT OFF BETWEEN", "AT STAGE", "MARKS", "GOES DARK")


def bills_text(bills: Sequence[SeenBill], width: int | None) -> str:
    """Closed ones stand last."""
    if not bills:
        return "no bill on record"
    in_order = sorted(bills, key=lambda one: not one.bill.is_open)
    return table(_HEAD, [_row(one) for one in in_order], width) + "\n\n" + at_risk(bills)


def at_risk(bills: Sequence[SeenBill]) -> str:
    """Like "At risk: Rs 268,000 in 2 open bills, 1 of them blocked; 1,200 users depend on what they pay for"."""
    still_open = [one for one in bills if one.bill.is_open]
    if not still_open:
        return "At risk: nothing, no bill of these is open"
    blocked = sum(bool(one.blocks) for one in still_open)
    late = sum(one.is_late for one in still_open)
    count = f"{len(still_open)} open bill{'' if len(still_open) == 1 else 's'}"
    more = [f"{blocked} blocked"] if blocked else []
    more += [f"{late} overdue"] if late else []
    departments = {one.id: one.users for seen in still_open for one in seen.stake.blast.departments}
    users = f"; {sum(departments.values()):,} users depend on what they pay for" if any(departments.values()) else ""
    of_them = f" ({', '.join(more)})" if more else ""
    return f"At risk: {totals_text(totals(one.bill for one in still_open))} in {count}{of_them}{users}"


def _row(one: SeenBill) -> tuple[str, ...]:
    bill, blast = one.bill, one.stake.blast
    if not bill.is_open:
        name = f"{bill.vendor}/{bill.number}"
        return name, str(bill.terms.amount), str(bill.terms.due), "", "", one.marks(), ""
    window = one.stake.window
    days = f"{window.earliest} and {window.latest}" if window.earliest != window.latest else str(window.earliest)
    dark = blast.services_text()
    dark += f" ({blast.users:,} users)" if blast.users else ""
    since = one.calendar.local_date(one.position.entered_at)
    stage = f"{one.position.stage.id} since {since}"
    return f"{bill.vendor}/{bill.number}", str(bill.remaining), str(bill.terms.due), days, stage, one.marks(), dark


def bill_text(
    one: SeenBill, events: Sequence[LedgerEvent], waiting: Sequence[Proposal], estate: Estate, width: int | None
) -> str:
    """One bill whole: what it asks for, how it stands, what of it waits, who wrote what down when."""
    zone = estate.time_zone
    facts = [*_facts(one, estate), *(_waiting(proposal, one, zone) for proposal in waiting)]
    lines = [f"{label + ':':<16}{cell_text(text)}" for label, text in facts]
    rows = [_event_row(event, zone) for event in events]
    head = ("WRITTEN DOWN", "HAPPENED", "EVENT", "BY", "WHAT", "EVIDENCE")
    return "\n".join([*lines, "", "What is on record, as it was written down", table(head, rows, width)])


def _facts(one: SeenBill, estate: Estate) -> Iterator[tuple[str, str]]:
    bill, stake, zone = one.bill, one.stake, estate.time_zone
    yield "Bill", f"{bill.number} of {vendor_name(bill.vendor, estate)} ({bill.vendor})"
    yield "Amount", str(bill.terms.amount)
    if bill.paid.settled:
        over = Money(bill.overpaid, bill.terms.amount.currency)
        much = f"; {over} more than the bill: look at the amounts" if bill.overpaid else ""
        yield "Settled so far", f"{_settled(one)}; left to pay {bill.remaining}{much}"
    elif bill.paid.credited:
        sent = Money(bill.paid.credited, bill.terms.amount.currency)
        yield "Credited", f"{sent} sent; it is paid once the vendor says that it has it"
    yield "Received", moment(bill.received_at, zone)
    for change in bill.receipt_changes:
        yield "Was before", f"received {moment(change.was, zone)}, {_until(change, zone)}"
    yield from _terms(bill, zone)
    yield "Standing", one.marks() or "open"
    if bill.disputed:
        yield "Disputed", bill.disputed
    yield from _blocks(one, zone)
    if one.payee is not None and one.payee.doubt:
        yield "Payee", f"nobody can say whether it can be paid: {one.payee.doubt}"
    if bill.is_open:
        at = one.position
        yield "At stage", f"{at.stage.title} since {moment(at.entered_at, zone)}"
        yield "Forecast", f"{stake.window.text()} ({stake.window.why})"
    if stake.blast.services:
        yield "Goes dark", stake.blast.services_text()
    if stake.blast.departments:
        yield "For", stake.blast.departments_text()


def _waiting(proposal: Proposal, one: SeenBill, zone: tzinfo) -> tuple[str, str]:
    theirs = [draft for draft in proposal.drafts if draft.about == one.bill.key]
    said = "; ".join(f"{draft.kind.value} {details_text(draft.details, zone)}".strip() for draft in theirs)
    since = f"since {moment(proposal.proposed_at, zone)}, not on record yet"
    return "Waiting", f"{said}: proposal {proposal.id} of {proposal.author}, {since}"


def _terms(bill: BillOnRecord, zone: tzinfo) -> Iterator[tuple[str, str]]:
    yield "Due", day_of(bill.terms.due)
    if bill.suspends is not None and bill.suspends != bill.terms.suspends:
        was = "" if bill.terms.suspends is None else f"; the bill says {day_of(bill.terms.suspends)}"
        yield "Cut-off", f"{day_of(bill.suspends)}, as the vendor said later{was}"
    now = (*(one.was for one in bill.changes[1:]), bill.terms)
    for change, then in zip(bill.changes, now, strict=False):
        yield "Was before", f"{_was_before(change.was, then)}, until {moment(change.at, zone)}: {change.reason}"


def _until(change: ReceiptChange, zone: tzinfo) -> str:
    return f"until {moment(change.at, zone)}: {change.reason} ({change.by})"


def _was_before(was: Terms, then: Terms) -> str:
    """What of `was` is not so in `then`, like "due Tue 1 Dec 2026, no cut-off named"."""
    terms = (
        ("number", was.number, then.number),
        ("", str(was.amount), str(then.amount)),
        ("due", day_of(was.due), day_of(then.due)),
        ("cut-off", _day_named(was.suspends), _day_named(then.suspends)),
        ("service", was.service or "none", then.service or "none"),
        ("office", was.office or "none", then.office or "none"),
        ("contract", was.contract or "none", then.contract or "none"),
    )
    changed = [f"{name} {before}".strip() for name, before, after in terms if before != after]
    return ", ".join(changed) or "the same"  # where changes between are not carried along


def _day_named(day: date | None) -> str:
    return "none named" if day is None else day_of(day)


def _blocks(one: SeenBill, zone: tzinfo) -> Iterator[tuple[str, str]]:
    for block in one.blocks:
        words = ": ".join(part for part in (block.reason.value, block.words) if part)
        proof = f"; evidence: {block.evidence}" if block.evidence else ""
        known = "" if block.recorded_at is None else f", written down {moment(block.recorded_at, zone)}"
        since = "" if block.since is None else f", since {moment(block.since, zone)}"
        yield "Blocked", f"{words}{since}{known}{proof}"


def _settled(one: SeenBill) -> str:
    paid, currency = one.bill.paid, one.bill.terms.amount.currency
    parts = (
        (paid.acknowledged, "acknowledged"),
        (paid.withheld, "withheld as tax"),
        (paid.credit_notes, "credit notes"),
    )
    return ", ".join(f"{Money(amount, currency)} {what}" for amount, what in parts if amount)


def _event_row(event: LedgerEvent, zone: tzinfo) -> tuple[str, ...]:
    draft = event.draft
    return (
        _short(event.recorded_at, zone),
        _happened(event, zone),
        draft.kind.value,
        draft.author,
        details_text(draft.details, zone),
        draft.evidence,
    )


def _happened(event: LedgerEvent, zone: tzinfo) -> str:
    late = event.recorded_at - event.draft.happened_at
    told = f" ({span(late)} before)" if late.total_seconds() >= _LATE_S else ""
    return f"{_short(event.draft.happened_at, zone)}{told}"


def _short(at: datetime, zone: tzinfo) -> str:
    return f"{local(at, zone):%Y-%m-%d %H:%M}"


def details_text(details: Details, zone: tzinfo) -> str:
    """Like "Rs 134,000 due 2026-12-01; stage pre-audit; payment 4711"; days of `zone`."""
    terms = details.terms
    said = [] if terms is None else [f"{terms.amount} due {terms.due}"]
    if details.received_at is not None:
        said.append(f"received {local(details.received_at, zone):%Y-%m-%d}")
    if terms is not None and terms.suspends is not None:
        said.append(f"cuts off {terms.suspends}")
    said += [f"stage {details.stage}"] if details.stage else []
    said += [details.block.value] if details.block is not None else []
    said += [str(details.amount)] if details.amount is not None else []
    said += [f"until {details.until}"] if details.until is not None else []
    said += [f"payment {details.payment}"] if details.payment else []
    said += [details.reason] if details.reason else []
    said += [f"from {details.source}"] if details.source else []
    return "; ".join(said)


def recorded_text(name: str, kind: LedgerEventKind) -> str:
    return f"{name}: {kind.value} is on record"
