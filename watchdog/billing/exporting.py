"""Bills on record as rows of a list that can come back (watchdog.billing.importing reads it)."""

from typing import Final

from checks.billing.path.pace import PaceOf
from checks.billing.path.schedule import schedule
from checks.calendars import OfficeCalendars
from watchdog.billing.payable import payees_seen
from watchdog.cli.bill_seen import SeenBill, pace_seen, seen
from watchdog.cli.looks import Listing, View

#: Of the list, in this order. What stands behind `stage` is for reading alone.
EXPORTED: Final = (
    *("vendor", "number", "amount", "currency", "due", "suspends", "service", "office", "contract", "received"),
    *("stage", "since", "act_by", "cuts_off", "remaining", "standing", "blocked", "disputed", "held_until", "key"),
)


def exported_bills(view: View, *, every: bool = False) -> Listing:
    """The head of the chain, then open bills, or all, by key."""
    rows = view.listings.ledger
    bills = list(rows.bills()) if every else rows.open_bills()
    payees = payees_seen((bill for bill in bills if bill.is_open), view)
    found = sorted(seen(bills, view, payees), key=lambda one: one.bill.key)
    head = rows.head()
    objects: list[dict[str, object]] = [{"head": head.hash, "events": head.events}]
    pace = pace_seen(view, OfficeCalendars(view.estate))
    objects += [_row(one, view, pace) for one in found]
    return Listing(objects, "")


def _row(one: SeenBill, view: View, pace: PaceOf) -> dict[str, object]:
    bill, terms = one.bill, one.bill.terms
    amount, _, currency = terms.amount.text().partition(" ")
    return {
        "vendor": bill.vendor,
        "number": bill.number,
        "amount": amount,
        "currency": currency,
        "due": terms.due.isoformat(),
        "suspends": "" if terms.suspends is None else terms.suspends.isoformat(),
        "service": terms.service or "",
        "office": terms.office or "",
        "contract": terms.contract or "",
        "received": one.calendar.local_date(bill.received_at).isoformat(),
        "stage": one.position.stage.id if bill.is_open else "",
        "since": one.calendar.local_date(one.position.entered_at).isoformat() if bill.is_open else "",
        "act_by": _act_by(one, view, pace),
        "cuts_off": "" if bill.suspends is None else bill.suspends.isoformat(),
        "remaining": bill.remaining.text(),
        "standing": bill.standing.value,
        "blocked": ", ".join(block.reason.value for block in one.blocks),
        "disputed": bill.disputed,
        "held_until": "" if bill.held_until is None else bill.held_until.isoformat(),
        "key": bill.key,
    }


def _act_by(one: SeenBill, view: View, pace: PaceOf) -> str:
    """By when its present stage must be over."""
    if not one.bill.is_open:
        return ""
    cuts_off, own = one.stake.window.earliest, pace(one.bill.terms.office)
    return schedule(one.bill, view.estate.billing, one.calendar, cuts_off, own).present.day.isoformat()
