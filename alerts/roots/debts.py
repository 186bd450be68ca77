"""Outages joined to unpaid bills: whoever fails while the vendor waits for money was probably cut off. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from alerts.debt import Debt
from alerts.incident import EventKind, Incident, IncidentEvent, Nature
from alerts.judging.episode import CheckFacts, Judgement
from alerts.record import SubjectRecord
from alerts.words.scene import routing_labels
from checks.billing.labels import DISPUTED
from checks.estate import Estate
from checks.model import Cause, CheckId, Measurement, Status
from checks.units import Money, minor_digits

#: Kinds whose subjects are bills.
BILL_KINDS = frozenset({"invoice_due"})

#: Bills that one incident carries; the rest is not needed to know whom to call.
MAX_DEBTS = 5

_JOINED_AT = frozenset({EventKind.OPENED, EventKind.SEVERITY, EventKind.REMINDER})


def vendors_behind(check_id: CheckId, service: str | None, estate: Estate) -> frozenset[str]:
    """Ids of the vendors whose money is at stake where this check fails."""
    names = {check_id, check_id.partition("/")[0]}
    found = {vendor.id for vendor in estate.vendors.values() if names.intersection(vendor.watched_by)}
    provided = None if service is None else estate.services.get(service)
    if provided is not None and provided.vendor is not None:
        found.add(provided.vendor)
    return frozenset(found)


def unpaid(
    vendors: frozenset[str],
    service: str | None,
    bills: Iterable[tuple[SubjectRecord, CheckFacts]],
    now: datetime,
) -> tuple[Debt, ...]:
    """Bills of these vendors, or for this service, that are overdue, disputed or cannot be paid: those for the very
    service first, then whichever waits longest.
    """
    found: list[tuple[bool, Debt]] = []
    for record, facts in bills:
        labels = bill_labels(record)
        is_for_it = service is not None and labels.get("service") == service
        if is_for_it or labels.get("vendor") in vendors:
            found += [(not is_for_it, debt) for debt in _debts(record, facts, labels, now)]
    found.sort(key=lambda one: (one[0], one[1].due_at, one[1].number))
    return tuple(debt for _, debt in found[:MAX_DEBTS])


def with_debts(judged: Judgement, debts: tuple[Debt, ...]) -> Judgement:
    """`judged` with `debts` on the fault it tells of, instead of those it had."""
    incident = judged.record.fault_incident
    if incident is None or incident.debts == debts:
        return judged
    carrying = replace(incident, debts=debts)
    events = tuple(_carrying(event, carrying) if is_joined_at(event) else event for event in judged.events)
    return Judgement(replace(judged.record, fault_incident=carrying), events)


def is_joined_at(event: IncidentEvent) -> bool:
    """Whether this is when bills are looked up: what is not critical hardly comes of a vendor's hand."""
    incident = event.incident
    return (
        event.kind in _JOINED_AT
        and incident.nature is Nature.FAULT
        and incident.severity is Status.CRITICAL
        and incident.root is None
    )


def _carrying(event: IncidentEvent, incident: Incident) -> IncidentEvent:
    return replace(event, incident=replace(event.incident, debts=incident.debts))


def bill_labels(record: SubjectRecord) -> Mapping[str, str]:
    """Vendor, invoice and service of a bill; empty where the subject is none."""
    return next((dict(one.labels) for one in record.measurements if one.name == "invoice_due"), {})


def _debts(record: SubjectRecord, facts: CheckFacts, labels: Mapping[str, str], now: datetime) -> Iterator[Debt]:
    deadline, words = record.deadline, record.deadline_words
    if deadline is None:
        return
    is_blocked = words is not None and words.cause is Cause.BLOCKED
    is_disputed = words is not None and any(label == DISPUTED for label, _ in words.facts)
    if not is_blocked and not is_disputed and now < deadline.at:
        return
    waits = Cause.OVERDUE if now >= deadline.at else Cause.DUE
    yield Debt(
        number=labels.get("invoice", record.subject),
        amount=_amount(record.measurements),
        due_at=deadline.at,
        cause=Cause.BLOCKED if is_blocked else waits,
        labels=_routed_by(record, facts),
        is_disputed=is_disputed,
    )


def _amount(measurements: Iterable[Measurement]) -> str:
    for one in measurements:
        if one.name == "invoice_remaining_amount":
            currency = dict(one.labels).get("currency", "")
            try:
                return str(Money(round(Decimal(one.value), minor_digits(currency)), currency))
            except ValueError:
                return ""
    return ""


def _routed_by(record: SubjectRecord, facts: CheckFacts) -> Mapping[str, str]:
    """What routes see of the bill's own incident, be it open or not."""
    if record.deadline_incident is not None:
        return routing_labels(record.deadline_incident)
    labels = {**facts.labels, "kind": facts.kind, "check": record.check_id, "nature": Nature.DEADLINE.value}
    labels["severity"] = Status.CRITICAL.value
    return labels if facts.service is None else {**labels, "service": facts.service}
