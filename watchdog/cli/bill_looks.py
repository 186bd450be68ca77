"""What listings of bills show, for scripts and for people: read from the ledger, whoever reads it."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

from alerts.concern import BILLS
from alerts.digests.bills import bills_of, worst_first
from alerts.digests.leaning import leaning
from alerts.digests.morning import ChainEnd, morning_list
from alerts.digests.waiting import ASKED_WITHIN, Waiting
from alerts.route import Language
from checks.billing.payee.grounds import payees_of
from checks.billing.payee.verdict import declared
from checks.billing.risk.stake import stakes
from checks.calendars import OfficeCalendars
from checks.ledger.event import LedgerEvent
from checks.ledger.fold import folded, folded_payee
from checks.ledger.proposal import Proposal
from checks.wording import moment
from watchdog.billing.naming import bill_named
from watchdog.billing.payable import payees_seen
from watchdog.cli.bill_json import bill_object, event_object, paid_object, receipt_object
from watchdog.cli.bill_seen import SeenBill, seen
from watchdog.cli.bill_text import bill_text, bills_text
from watchdog.cli.looks import Listing, NotFoundError, View
from watchdog.cli.proposal_looks import proposal_object

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Which(Enum):
    """Bills of a listing."""

    OPEN = "open"
    ALL = "all"
    """Paid and cancelled ones, too."""
    BLOCKED = "blocked"
    """Open, and something stands in the way of their payment."""
    LATE = "late"
    """Open, and their due day has passed."""


def bills(view: View, *, which: str = "open", vendor: str = "") -> Listing:
    """Most lost per rupee first; what is closed last."""
    rows, wanted = view.listings.ledger, Which(which)
    on_record = rows.bills() if wanted is Which.ALL else rows.open_bills()
    asked = [bill for bill in on_record if not vendor or bill.vendor == vendor]
    found = seen(asked, view, payees_seen((bill for bill in asked if bill.is_open), view))
    shown = sorted((one for one in found if _is_shown(one, wanted)), key=lambda one: not one.bill.is_open)
    notes = [] if asked else _not_taken_in(view)
    if vendor and vendor not in view.estate.vendors:
        known = ", ".join(sorted(view.estate.vendors)) or "none"
        notes.append(f"the settings know no vendor {vendor}; there are: {known}")
    return Listing(lambda: [bill_object(one) for one in shown], lambda: bills_text(shown, view.width), notes)


def _not_taken_in(view: View) -> list[str]:
    """Of a ledger in which nothing was ever put down, though there are bills: a daemon that starts is not so far."""
    lists, written = len(view.estate.billing.lists), view.invoices
    if not (lists or written) or view.listings.ledger.head().events:
        return []
    bills = [f"{written:,} bill{'' if written == 1 else 's'} in the settings"] if written else []
    files = [f"{lists:,} list{'' if lists == 1 else 's'} of bills"] if lists else []
    return [f"nothing is on record yet: the daemon has not yet taken in {' and '.join([*bills, *files])}; ask again"]


def _is_shown(one: SeenBill, which: Which) -> bool:
    match which:
        case Which.BLOCKED:
            return bool(one.blocks)
        case Which.LATE:
            return one.is_late
        case _:
            return True


def bill(view: View, *, word: str, known_at: str = "") -> Listing:
    """One bill with all that is on record of it; with `known_at`, as it was known then.

    Raises NotFoundError and SeveralError, ValueError where `known_at` is no time.
    """
    rows = view.listings.ledger
    on_record = bill_named(rows, word)
    at = _known_at(known_at, view)
    events = _known(rows.events_of(on_record.key), at)
    theirs = _known(rows.events_of(on_record.vendor), at)
    then = folded(events)
    if then is None:
        raise NotFoundError(f"{word} was not on record then; it was written down later")
    if at is None:
        payees = payees_seen([then], view)
    else:  # No list says what it said then.
        (vendor,) = payees_of([then], view.estate)
        payees = {then.vendor: declared(vendor, folded_payee(theirs))}
    (one,) = seen([then], view, payees)
    listed = sorted([*events, *theirs], key=lambda event: event.recorded_at)
    waiting = [] if at is not None else _waiting(rows.proposals(), then.key)
    text = bill_text(one, listed, waiting, view.estate, view.width)
    shown = {
        **bill_object(one),
        "received_before": [receipt_object(change) for change in then.receipt_changes],
        "paid": paid_object(then),
        "waiting": [proposal_object(proposal) for proposal in waiting],
        "history": [event_object(event) for event in listed],
    }
    notes = [f"as it was known at {moment(at, view.estate.time_zone)}"] if at is not None else []
    return Listing([shown], text, notes)


def _waiting(proposals: Sequence[Proposal], key: str) -> list[Proposal]:
    return [one for one in proposals if any(draft.about == key for draft in one.drafts)]


def _known(events: Sequence[LedgerEvent], at: datetime | None) -> Sequence[LedgerEvent]:
    return events if at is None else [event for event in events if event.recorded_at <= at]


def _known_at(text: str, view: View) -> datetime | None:
    """A day means its end, by the clock of the estate."""
    if not text:
        return None
    zone = OfficeCalendars(view.estate).of(None).zone
    try:
        if _DAY.fullmatch(text):
            return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), zone).astimezone(UTC)
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise NotFoundError('--as-known-at: must be a day ("2026-12-01") or a time ("2026-12-01 17:00")') from None
    known_at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    if known_at > view.now:
        raise NotFoundError("--as-known-at: lies in the future; nobody knows yet what will be known then")
    return known_at


def digest(view: View) -> Listing:
    """The morning list as it would go out now, in English, without its links."""
    estate, calendars, rows = view.estate, OfficeCalendars(view.estate), view.listings.ledger
    records = (record for record in view.records() if view.kind_of(record.check_id) == BILLS)
    desks = {stage.title: stage.owner for stage in estate.billing.path if stage.owner}
    seen_last = bills_of(records, calendars.of(None), view.now, desks)
    open_bills = rows.open_bills()
    places = {stake.bill.key: place for place, stake in enumerate(stakes(open_bills, estate, calendars))}
    found = [one for one in seen_last if one.key in places or rows.bill(one.key) is None]
    head = rows.head()
    message = morning_list(
        worst_first(found, places),
        language=Language.ENGLISH,
        zone=estate.time_zone,
        now=view.now,
        chain=ChainEnd(hash=head.hash, events=head.events),
        waiting=Waiting(
            proposals=rows.proposals(),
            questions=rows.questions(view.now - ASKED_WITHIN),
            names={bill.key: f"{bill.vendor}/{bill.number}" for bill in open_bills},
        ),
        leaning=leaning(estate, Language.ENGLISH),
    )
    text = f"{message.subject}\n\n{message.text}"
    return Listing([{"subject": message.subject, "text": message.text, "bills": len(found)}], text)
