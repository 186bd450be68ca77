"""Every event kind and nature, told to every audience in every language."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product

from alerts.debt import Debt
from alerts.incident import Acknowledgement, Chase, EventKind, Incident, IncidentEvent, Nature, Part, Retirement
from alerts.message import Message
from alerts.plan import ON_RECORD_ONLY
from alerts.route import Audience, Language, Receiver
from alerts.words.render import render
from checks.model import Cause, CheckId, Status
from tests.support.telling import BILL, CERTIFICATE, CHANGED, NIGHT, OUTAGE, STALE, directory, event, mail

INCIDENTS = {
    Nature.FAULT: OUTAGE,
    Nature.DEADLINE: BILL,
    Nature.STALENESS: STALE,
    Nature.CHANGE: CHANGED,
}

#: What people can be told of.
TOLD_KINDS = tuple(kind for kind in EventKind if kind not in ON_RECORD_ONLY)


def reader(audience: Audience, language: Language = Language.ENGLISH) -> Receiver:
    channels = (mail(f"{audience.value}-1-mail", "somebody@example.gov.pk"),)
    return Receiver(id=audience.value, channels=channels, office="hq", audience=audience, language=language)


def told(happened: IncidentEvent, audience: Audience, language: Language = Language.ENGLISH) -> Message:
    return render(happened, reader(audience, language), directory())


def every_event() -> Iterator[IncidentEvent]:
    """Every kind over every nature, and then what makes words of its own: causes, turns, ends, days gone by."""
    for incident in (*INCIDENTS.values(), CERTIFICATE):
        for kind in TOLD_KINDS:
            yield (
                _closed(event(incident, kind, rung="10wd"))
                if kind is EventKind.RESOLVED
                else event(incident, kind, rung="10wd")
            )
    for cause in Cause:
        yield event(replace(OUTAGE, cause=cause))
    yield from _turns()
    for why in Retirement:
        for incident in INCIDENTS.values():
            yield _closed(event(replace(incident, close_reason=why.value), EventKind.RESOLVED))
    yield from _deadlines()
    yield from _explained()
    by = Acknowledgement(by="Ayesha Khan", at=NIGHT + timedelta(minutes=4))
    yield event(replace(OUTAGE, acknowledged=by), EventKind.REMINDER, NIGHT + timedelta(hours=1))
    yield event(replace(OUTAGE, service=None))
    yield from _coming_and_going()


def _coming_and_going() -> Iterator[IncidentEvent]:
    """What failed again after it was well, and the steps of an escalation."""
    shaky = replace(OUTAGE, is_unstable=True)
    for kind in (EventKind.REMINDER, EventKind.SEVERITY):
        yield event(shaky, kind)
    yield _closed(event(shaky, EventKind.RESOLVED))
    chase = Chase(escalation="urgent", since=NIGHT, waits_from=NIGHT, severity=Status.CRITICAL, step=2)
    for chases in ((), (chase,)):
        yield replace(event(replace(OUTAGE, chases=chases), EventKind.REMINDER, NIGHT + timedelta(hours=1)), step=2)


def _turns() -> Iterator[IncidentEvent]:
    turned = event(OUTAGE, EventKind.SEVERITY)
    yield replace(turned, before=Status.WARNING)
    yield replace(turned, before=Status.CRITICAL, incident=replace(OUTAGE, severity=Status.WARNING))


def _explained() -> Iterator[IncidentEvent]:
    """With an unpaid bill behind it, and with what else it brought down."""
    for cause, debt_cause in product((Cause.SUSPENDED, Cause.TIMEOUT), (Cause.OVERDUE, Cause.BLOCKED)):
        due = NIGHT - timedelta(days=12)
        debt = Debt(number="INV-7", amount="Rs 134,000", due_at=due, cause=debt_cause)
        yield event(replace(OUTAGE, cause=cause, debts=(debt,)))
    parts = [Part(check_id=CheckId(f"c{n}"), service="portal" if n else None, was_told=n == 1) for n in range(20)]
    yield replace(event(OUTAGE), parts=tuple(parts))


def _deadlines() -> Iterator[IncidentEvent]:
    assert BILL.deadline is not None
    assert CERTIFICATE.deadline is not None
    late = BILL.deadline.at + timedelta(days=30)
    for cause in (Cause.OVERDUE, Cause.BLOCKED, Cause.WITHDRAWN):
        yield event(replace(BILL, cause=cause), EventKind.REMINDER, late)
        yield event(replace(BILL, cause=cause), EventKind.REMINDER, BILL.deadline.at - timedelta(days=1))
    yield event(CERTIFICATE, EventKind.REMINDER, CERTIFICATE.deadline.at + timedelta(days=1))
    confirm = replace(CERTIFICATE, kind="domain_expiry", deadline=replace(CERTIFICATE.deadline, is_to_confirm=True))
    yield event(confirm)
    yield event(confirm, EventKind.REMINDER, CERTIFICATE.deadline.at + timedelta(days=1))
    yield event(replace(BILL, facts=()))
    yield event(replace(BILL, deadline=None))


def _closed(happened: IncidentEvent) -> IncidentEvent:
    at = happened.at + timedelta(minutes=13)
    incident: Incident = replace(happened.incident, closed_at=at)
    if not incident.close_reason:
        incident = replace(incident, close_reason="answers again")
    return replace(happened, incident=incident, at=at)
