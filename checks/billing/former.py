"""What a check of bills remembered before there was a ledger, as events: taken in once, lest any be lost. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from pydantic import TypeAdapter, ValidationError

from checks.billing.listing import SETTINGS, ListSource, terms_of
from checks.invoice import Invoice
from checks.ledger.event import Details, Draft, LedgerEventKind, Terms
from checks.plugin import Json
from checks.units import parse_money

_K = LedgerEventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerChange:
    term: str
    was: str
    noticed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerEntry:
    bill: Invoice
    number: str
    changes: tuple[FormerChange, ...] = ()
    gone_at: datetime | None = None
    listed_until: datetime | None = None


_form = TypeAdapter(dict[str, FormerEntry])


def former_drafts(remembered: Json, source: ListSource, read_at: datetime, zone: tzinfo) -> Sequence[Draft]:
    """Of every open bill in `remembered`; the same for the same memory, so that reading it twice tells nothing twice.

    What cannot be read is left out: it was written by no version of ours.
    """
    try:
        entries = _form.validate_python(remembered or {})
    except ValidationError:
        return ()
    return [
        draft
        for entry in entries.values()
        if entry.gone_at is not None or not entry.bill.is_settled(read_at.astimezone(zone).date())
        for draft in _drafts(entry, source, read_at, zone)
    ]


def _drafts(entry: FormerEntry, source: ListSource, read_at: datetime, zone: tzinfo) -> Iterator[Draft]:
    steps = _steps(replace(terms_of(entry.bill), number=entry.number), entry.changes)
    changed_at = [datetime.combine(change.noticed_on, time.min, zone).astimezone(UTC) for change in entry.changes]
    first_at = min([read_at, *changed_at, *(at for at in (entry.gone_at, entry.listed_until) if at is not None)])
    said = [(_K.RECEIVED, first_at - timedelta(microseconds=1), Details(terms=steps[0], source=source.id))]
    for place, (terms, at) in enumerate(zip(steps[1:], changed_at, strict=True)):
        details = Details(terms=terms, reason=source.says, source=source.id)
        said.append((_K.CORRECTED, at + timedelta(microseconds=place), details))
    if entry.gone_at is not None:
        details = Details(last_listed=entry.listed_until or entry.gone_at, source=source.id)
        said.append((_K.MISSING, entry.gone_at, details))
    for kind, at, details in said:
        yield Draft(about=entry.bill.key, kind=kind, happened_at=at, author=source.name, details=details)


def _steps(now: Terms, changes: Sequence[FormerChange]) -> list[Terms]:
    """The terms before each change, and at last those of the end."""
    steps = [now]
    for change in reversed(changes):
        steps.insert(0, _before(steps[0], change))
    return steps


def _before(terms: Terms, change: FormerChange) -> Terms:
    match change.term:
        case "Due":
            return replace(terms, due=date.fromisoformat(change.was))
        case "Vendor cuts off":
            return replace(terms, suspends=date.fromisoformat(change.was) if change.was else None)
        case _:
            return replace(terms, amount=parse_money(change.was))


def former_source(path: str | None) -> ListSource:
    """Of the list that the old memory names."""
    return ListSource(id=path, name=path.rpartition("/")[2]) if path else SETTINGS
