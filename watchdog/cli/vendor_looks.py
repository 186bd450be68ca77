"""What listings of vendors show: whether each can be paid, what it is owed, what hangs on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checks.billing.payee.numbers import masked
from checks.billing.payee.owed import Owed, owed_vendors
from checks.billing.payee.verdict import PayeeVerdict
from checks.billing.risk.concentration import Concentration, concentration_of
from checks.billing.risk.stake import totals
from checks.calendars import OfficeCalendars
from checks.ledger.taxpayers import TaxpayerList
from checks.wording import day_of, local
from watchdog.billing.payable import payable_seen
from watchdog.cli.columns import cell_text, table
from watchdog.cli.listing_json import instant
from watchdog.cli.looks import Listing, NotFoundError, View


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenVendor:
    owed: Owed
    verdict: PayeeVerdict
    concentration: Concentration

    @property
    def payable(self) -> str:
        match self.verdict.is_payable:
            case True:
                return "yes"
            case False:
                return "NO"
            case None:
                return "unknown"

    @property
    def why(self) -> str:
        """First of all what stands in the way, else what is not known."""
        reasons = [f"{one.text} ({one.words})" if one.words else one.text for one in self.verdict.reasons]
        return "; ".join(reasons or [one.text for one in self.verdict.unknowns])


def vendors(view: View, *, vendor: str = "") -> Listing:
    """Who cannot be paid first, then of whom nobody can say, then the others."""
    found = [one for one in _seen(view) if vendor in {"", one.owed.vendor.id}]
    if vendor and not found:
        raise _no_such(vendor, view)
    ranks = {False: 0, None: 1, True: 2}
    shown = sorted(found, key=lambda one: (ranks[one.verdict.is_payable], not one.owed.is_waiting, one.owed.vendor.id))
    rows = [(one.owed.vendor.id, one.payable, one.owed.open_text, one.concentration.text(), one.why) for one in shown]
    text = table(("VENDOR", "PAYABLE", "OPEN", "HANGS ON IT", "WHY"), rows, view.width) if rows else "no vendors"
    return Listing([vendor_object(one) for one in shown], text, _notes(view))


def vendor(view: View, *, word: str) -> Listing:
    """One vendor with all that is known of it. Raises NotFoundError."""
    for one in _seen(view):
        if one.owed.vendor.id == word:
            lines = [f"{cell_text(label)}: {cell_text(text)}" for label, text in _lines(one, view)]
            return Listing([vendor_object(one)], "\n".join(lines), _notes(view))
    raise _no_such(word, view)


def _seen(view: View) -> Iterator[SeenVendor]:
    today = OfficeCalendars(view.estate).of(None).local_date(view.now)
    owed = owed_vendors(view.listings.ledger.open_bills(), view.estate, today)
    found = payable_seen((one.vendor for one in owed), view)
    for one in owed:
        yield SeenVendor(
            owed=one,
            verdict=found[one.vendor.id],
            concentration=concentration_of(one.vendor.id, view.estate),
        )


def _no_such(word: str, view: View) -> NotFoundError:
    known = ", ".join(sorted(view.estate.vendors)) or "none"
    return NotFoundError(f"the settings know no vendor {word}; there are: {known}")


def _notes(view: View) -> Sequence[str]:
    """Lists that say nothing any more."""
    today = OfficeCalendars(view.estate).of(None).local_date(view.now)
    stale_days = view.estate.billing.list_stale_days
    return [
        f"the {one.kind.value} list of {day_of(one.listed_on)} is older than {stale_days} days: import a new one"
        for one in view.listings.taxpayers.lists()
        if one.is_stale(today, stale_days)
    ]


# For people -----------------------------------------------------------------------------------------------------------


def _lines(one: SeenVendor, view: View) -> Iterator[tuple[str, str]]:
    known, zone = one.owed.vendor, view.estate.time_zone
    yield "Vendor", f"{known.name} ({known.id})"
    numbers = {"NTN": known.ntn, "STRN": known.strn, "CNIC": known.cnic and masked(known.cnic), "IBAN": known.iban}
    yield from ((name, text) for name, text in numbers.items() if text)
    yield "Payable", one.payable
    for reason in one.verdict.reasons:
        since = "" if reason.since is None else f" since {day_of(local(reason.since, zone).date())}"
        yield "Why", f"{reason.text}{since}{f': {reason.words}' if reason.words else ''}"
        if reason.evidence:
            yield "Evidence", reason.evidence
    yield from (("Not known", unknown.text) for unknown in one.verdict.unknowns)
    yield from (("Note", note) for note in one.verdict.notes)
    yield "Open", one.owed.open_text
    yield from _at_stake(one)
    for listed in view.listings.taxpayers.lists():
        if listed.kind in known.taxpayer_lists:
            by = f"{listed.rows:,} numbers, imported by {listed.author} from {listed.source}"
            yield f"List ({listed.kind.value})", f"{day_of(listed.listed_on)}, {by}"
    yield from ((f"To do {place}", step) for place, step in enumerate(one.verdict.checklist, start=1))


def _at_stake(one: SeenVendor) -> Iterator[tuple[str, str]]:
    if one.owed.blast.services:
        yield "Goes dark", one.owed.blast.services_text()
    if one.owed.blast.departments:
        yield "Goes dark for", one.owed.blast.departments_text()
    yield "Hangs on it", one.concentration.text()


# For scripts ----------------------------------------------------------------------------------------------------------


def vendor_object(one: SeenVendor) -> dict[str, object]:
    known, verdict = one.owed.vendor, one.verdict
    return {
        "vendor": known.id,
        "name": known.name,
        "ntn": known.ntn,
        "strn": known.strn,
        "cnic": known.cnic and masked(known.cnic),
        "is_payable": verdict.is_payable,
        "reasons": [
            {
                "reason": reason.reason.value,
                "since": None if reason.since is None else instant(reason.since),
                "words": reason.words,
                "evidence": reason.evidence,
            }
            for reason in verdict.reasons
        ],
        "unknowns": [{"cause": unknown.cause.value, "text": unknown.text} for unknown in verdict.unknowns],
        "notes": list(verdict.notes),
        "checklist": list(verdict.checklist),
        "open": [
            {"currency": total.currency, "amount": str(total.amount), "bills": total.bills}
            for total in totals(one.owed.bills)
        ],
        "is_expected": one.owed.is_expected,
        "services": one.concentration.services,
        "users": one.concentration.users,
        "share": round(one.concentration.share, 4),
    }


def list_object(one: TaxpayerList) -> dict[str, object]:
    return {
        "kind": one.kind.value,
        "listed_on": one.listed_on.isoformat(),
        "imported_at": instant(one.imported_at),
        "author": one.author,
        "source": one.source,
        "sha256": one.sha256,
        "rows": one.rows,
    }
