"""What is said of a vendor beside its summary: why, since when, which bills, what goes dark, what to do. Pure."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from checks.billing import labels
from checks.billing.payee.owed import Owed
from checks.billing.payee.verdict import Obstacle, PayeeVerdict
from checks.wording import day_of, local

#: Bills that a fact names one by one.
_BILLS_SHOWN = 5


def payee_facts(owed: Owed, verdict: PayeeVerdict, zone: tzinfo) -> Iterator[tuple[str, str]]:
    yield labels.VENDOR, owed.vendor.name
    if verdict.reasons:
        yield from _obstacles(verdict.reasons, zone)
    yield from (("Not known", unknown.text) for unknown in verdict.unknowns)
    yield from (("Note", note) for note in verdict.notes)
    yield labels.OPEN_BILLS, _bills_text(owed)
    if verdict.is_payable is not True and owed.blast.services:
        yield labels.SERVICE, owed.blast.services_text()
        if owed.blast.departments:
            yield labels.GOES_DARK_FOR, owed.blast.departments_text()
    yield from ((f"{labels.TO_DO} {place}", step) for place, step in enumerate(verdict.checklist, start=1))


def why_text(reasons: Sequence[Obstacle], zone: tzinfo) -> str:
    """Like "account attached by the tax authority since Mon 25 Sep 2017"."""
    return ", ".join(_reason_text(one, zone) for one in reasons)


def _reason_text(one: Obstacle, zone: tzinfo) -> str:
    if one.since is None:
        return f"{one.text} ({one.words})" if one.words else one.text
    return f"{one.text} since {day_of(local(one.since, zone).date())}"


def _obstacles(reasons: Sequence[Obstacle], zone: tzinfo) -> Iterator[tuple[str, str]]:
    yield labels.BLOCK, "; ".join(one.text for one in reasons)
    since = [one.since for one in reasons if one.since is not None]
    if since:
        yield labels.BLOCKED_SINCE, day_of(local(min(since), zone).date())
    for one in reasons:
        if one.words:
            yield "More", one.words
        if one.evidence:
            yield "Evidence", one.evidence


def _bills_text(owed: Owed) -> str:
    if not owed.bills:
        return owed.open_text
    first = sorted(owed.bills, key=lambda bill: bill.terms.due)
    shown = ", ".join(f"{one.number} due {day_of(one.terms.due)}" for one in first[:_BILLS_SHOWN])
    more = f" and {len(first) - _BILLS_SHOWN:,} more" if len(first) > _BILLS_SHOWN else ""
    return f"{owed.open_text}: {shown}{more}"
