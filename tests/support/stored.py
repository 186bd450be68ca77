"""Values to store, and stores to put them in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from alerts.incident import EventKind, Incident, IncidentEvent, Nature
from alerts.message import Message, Notification
from alerts.record import SubjectRecord
from checks.model import Cause, CheckId, Finding, Observation, Status

START = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
MX = CheckId("mx")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def observation(
    seconds: float, *, check: str = "mx", subject: str = "mx1", status: Status = Status.OK, cause: Cause = Cause.NONE
) -> Observation:
    finding = Finding(subject=subject, status=status, cause=cause, summary="seen")
    return Observation(check_id=CheckId(check), finding=finding, observed_at=at(seconds), duration_s=0.25)


def record(seconds: float = 0, *, check: str = "mx", subject: str = "mx1", status: Status = Status.OK) -> SubjectRecord:
    seen = at(seconds)
    good = seen if status is Status.OK else None
    return SubjectRecord(
        check_id=CheckId(check),
        subject=subject,
        status=status,
        duration_s=0.25,
        seen_at=seen,
        judged_at=seen,
        good_at=good,
    )


def incident(name: str = "i1", *, subject: str = "mx1", nature: Nature = Nature.FAULT) -> Incident:
    return Incident(
        id=name,
        check_id=MX,
        subject=subject,
        nature=nature,
        kind="smtp",
        service="official-email",
        labels={"site": "hq"},
        severity=Status.CRITICAL,
        cause=Cause.REFUSED,
        summary=f"{subject} refuses connections",
        facts=(("Server", subject),),
        evidence="connect: refused",
        opened_at=at(10),
        since=at(0),
    )


def closed(standing: Incident, seconds: float) -> Incident:
    return replace(standing, closed_at=at(seconds), close_reason="answers again")


def change(name: str, kind: EventKind, of: Incident, seconds: float = 10) -> IncidentEvent:
    return IncidentEvent(id=name, kind=kind, at=at(seconds), incident=of)


def notification(
    name: str,
    event: EventKind = EventKind.OPENED,
    *,
    incident_id: str | None = "i1",
    recipient: str = "noc@example.org",
    address: str | None = None,
    channel: str = "on-call-1-mail",
    urgency: int = 0,
    created: float = 10,
    not_before: float | None = None,
) -> Notification:
    return Notification(
        id=name,
        event_id=f"e-{name}",
        incident_id=incident_id,
        receiver="on-call",
        channel=channel,
        recipient=recipient,
        address=address or f"mail:{recipient}",
        message=Message(subject=f"{event.value} {name}", text="words", event=event, incident=incident_id or ""),
        urgency=urgency,
        created_at=at(created),
        not_before=at(created if not_before is None else not_before),
    )
