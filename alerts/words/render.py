"""From an event to words: subject, text, and the same facts one by one."""

from collections.abc import Mapping
from datetime import datetime

from alerts.directory import Directory
from alerts.incident import EventKind, IncidentEvent, Nature, Retirement
from alerts.message import Message
from alerts.route import Receiver
from alerts.words.body import LINE_CHARS, body, incident_url
from alerts.words.due import deadline_subject, lapses, lasted, moved_to
from alerts.words.escape import one_line, visible, wrapped_lines
from alerts.words.scene import Scene
from alerts.words.wording import span
from checks.wording import moment

MAX_SUBJECT_CHARS = 200
MAX_FIELD_CHARS = 500

_NO_LONGER_WATCHED = {
    Retirement.REMOVED: "taken out of the settings",
    Retirement.ELSEWHERE: "its check looks at something else now",
    Retirement.UNSEEN: "its check no longer sees it",
}


def render(event: IncidentEvent, receiver: Receiver, directory: Directory) -> Message:
    """What `receiver` is told of `event`."""
    scene = Scene(event=event, receiver=receiver, directory=directory)
    return Message(
        subject=one_line(_subject(scene), MAX_SUBJECT_CHARS),
        text=body(scene),
        event=event.kind,
        check=one_line(event.incident.check_id),
        incident=visible(event.incident.id),
        fields=_fields(scene),
    )


def render_plain(
    kind: EventKind, subject: str, text: str, *, at: datetime, directory: Directory, fields: Mapping[str, str]
) -> Message:
    """A message about no incident: a notice of the daemon's own, or a test."""
    estate = directory.estate
    line = one_line(f"{kind.value.upper()} {subject}", MAX_SUBJECT_CHARS)
    said_by = one_line(f"Nigehban at {estate.name}, {moment(at, estate.time_zone)}", LINE_CHARS)
    return Message(
        subject=line,
        text="\n".join([*wrapped_lines(text, LINE_CHARS), "", said_by]),
        event=kind,
        fields=_safe({**fields, "event": kind.value, "subject": line, "at": at.isoformat()}),
    )


def _subject(scene: Scene) -> str:
    match scene.event.kind:
        case EventKind.OPENED | EventKind.REMINDER:
            return _standing_subject(scene)
        case EventKind.RESOLVED:
            return _resolved_subject(scene)
        case EventKind.SEVERITY:
            return f"NOW {scene.title}: {scene.summary}"
        case EventKind.HANDOFF:
            return f"HANDED OVER {scene.title}: {scene.summary}"
        case EventKind.NOTICE if scene.incident.nature is Nature.CHANGE:
            return f"CHANGED {scene.title}: {scene.summary}"
        case EventKind.DIGEST | EventKind.NOTICE | EventKind.TEST | EventKind.ACKNOWLEDGED | EventKind.UNACKNOWLEDGED:
            return f"{scene.event.kind.value.upper()} {scene.title}: {scene.summary}"


def _standing_subject(scene: Scene) -> str:
    incident = scene.incident
    match incident.nature:
        case Nature.DEADLINE if incident.deadline is not None:
            return deadline_subject(scene, incident.deadline)
        case Nature.DEADLINE:
            return f"DUE {scene.summary}"
        case Nature.STALENESS:
            return f"STALE {scene.title}: {scene.summary}"
        case Nature.CHANGE:
            return f"CHANGED {scene.title}: {scene.summary}"
        case Nature.FAULT:
            word = "STILL DOWN" if scene.event.kind is EventKind.REMINDER else "DOWN"
            return f"{word} {scene.title}: {scene.summary}"


def _resolved_subject(scene: Scene) -> str:
    incident = scene.incident
    if (why := incident.retirement) is not None:
        what = scene.summary if incident.nature is Nature.DEADLINE else scene.title_and_subject
        return f"CLOSED {what}: {_NO_LONGER_WATCHED[why]}"
    if incident.nature is not Nature.DEADLINE:
        return f"RESOLVED {scene.title_and_subject}, after {span(lasted(scene))}"
    if incident.deadline and (moved := moved_to(scene, incident.deadline)):
        thing = f"{scene.title}: {scene.summary}" if incident.service and lapses(scene) else scene.summary
        return f"RESOLVED {thing}: the new date is {moved}"
    reason = one_line(incident.close_reason)
    # A kind's last word on a deadline mostly names it once more.
    return f"RESOLVED {reason}" if reason.startswith(scene.summary) else f"RESOLVED {scene.summary}: {reason}"


def _fields(scene: Scene) -> Mapping[str, str]:
    incident, deadline = scene.incident, scene.incident.deadline
    return _safe(
        {
            "event": scene.event.kind.value,
            "service": incident.service,
            "check": incident.check_id,
            "kind": incident.kind,
            "subject": incident.subject,
            "nature": incident.nature.value,
            "severity": incident.severity.value,
            "cause": incident.cause.value,
            "summary": incident.summary,
            "changed": incident.changed,
            "opened_at": incident.opened_at.isoformat(),
            "closed_at": incident.closed_at.isoformat() if incident.closed_at else None,
            "close_reason": incident.close_reason,
            "deadline_at": deadline.at.isoformat() if deadline else None,
            "act_by": deadline.act_by.isoformat() if deadline and deadline.act_by else None,
            "incident": incident.id,
            "url": incident_url(scene),
        }
    )


def _safe(fields: Mapping[str, str | None]) -> Mapping[str, str]:
    return {one_line(name, 40): one_line(value, MAX_FIELD_CHARS) for name, value in fields.items() if value}
