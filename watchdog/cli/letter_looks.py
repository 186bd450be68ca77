"""Letters to vendors and calendars of bills, made of what is on record: whoever reads it."""

from alerts.bill_days import bill_calendar
from alerts.letter_facts import facts_of
from alerts.letters import LetterKind, letter
from alerts.route import Language
from checks.billing.payee.verdict import PayeeVerdict
from checks.billing.risk.stake import calendar_of
from checks.calendars import OfficeCalendars
from checks.ledger.state import BillOnRecord
from checks.pasted import pasted, record_command
from watchdog.billing.naming import bill_named
from watchdog.billing.payable import doubts, payees_seen
from watchdog.cli.bill_seen import pace_seen
from watchdog.cli.looks import Listing, NotFoundError, View


def draft_letter(view: View, *, word: str, kind: str = "grace", lang: str = "en") -> Listing:
    """Raises NotFoundError and SeveralError; ValueError for a kind or a language that is none."""
    rows, estate = view.listings.ledger, view.estate
    bill = bill_named(rows, word)
    if not bill.is_open:
        raise NotFoundError(f"{bill.vendor}/{bill.number} is {bill.standing.value}: there is nothing to ask for")
    calendars = OfficeCalendars(estate)
    today = calendar_of(bill, estate, calendars).local_date(view.now)
    payee = payees_seen([bill], view)[bill.vendor]
    facts = facts_of(bill, payee, estate, calendars, today, pace_seen(view, calendars))
    text = letter(LetterKind(kind), facts, estate.billing, Language(lang))
    shown: dict[str, object] = {
        "bill": f"{bill.vendor}/{bill.number}",
        "kind": kind,
        "until": facts.until.isoformat(),
        "text": text,
    }
    draft = f"a draft: read it, sign it. {_then(LetterKind(kind), bill, payee)}"
    return Listing([shown], text.rstrip("\n"), [draft, *doubts([payee])])


def _then(kind: LetterKind, bill: BillOnRecord, payee: PayeeVerdict) -> str:
    """What is to be written down once the letter is answered."""
    name = f"{bill.vendor}/{bill.number}"
    match kind:
        case LetterKind.GRACE:
            return f"When the vendor has agreed: {record_command(name, 'grace --until DAY --evidence TEXT')}"
        case LetterKind.ALTERNATE_ACCOUNT:
            return (
                "When the vendor has named another account: have it checked as the first one was, and write its number "
                "into the settings; a block this lifts: "
                f"nigehban vendors unblock {pasted(bill.vendor)} REASON --evidence TEXT"
            )
        case LetterKind.NOTICE:
            is_blocked = bool(bill.blocks) or bool(payee.reasons)
            kept = f"Keep what was sent: {record_command(name, 'noted --reason TEXT --evidence TEXT')}"
            return kept if is_blocked else f"Nothing on record stands in the way of this bill. {kept}"


def calendar(view: View, *, lang: str = "en") -> Listing:
    """The days of open bills as an iCalendar file. Raises ValueError for a language that is none."""
    bills, calendars = view.listings.ledger.open_bills(), OfficeCalendars(view.estate)
    why = {id_: one.why for id_, one in payees_seen(bills, view).items() if one.why}
    text = bill_calendar(bills, view.estate, calendars, Language(lang), pace_seen(view, calendars), why)
    return Listing([{"text": text, "bills": len(bills)}], text)
