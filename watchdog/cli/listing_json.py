"""Listings as JSON objects; the names are public (docs/cli.md)."""

from datetime import datetime

from alerts.incident import Acknowledgement, Chase
from alerts.record import SubjectRecord
from checks.model import Cause, CheckId, Status
from watchdog.store.views import Dated, DeliveryLine, EventLine, IncidentHistory, LinkUse, WaitingLine


def status_object(record: SubjectRecord) -> dict[str, object]:
    return {
        "check": record.check_id,
        "subject": record.subject,
        "status": record.status.value,
        "cause": record.cause.value,
        "summary": record.summary,
        "observed_at": instant(record.seen_at),
        "last_good_at": instant(record.good_at),
        "incidents": [incident.id for incident in record.incidents],
        "evidence": record.evidence,
    }


def unseen_object(check_id: CheckId) -> dict[str, object]:
    """A check that was not looked at yet, as `status_object` has it."""
    return {
        "check": check_id,
        "subject": None,
        "status": Status.UNKNOWN.value,
        "cause": Cause.NONE.value,
        "summary": "not looked at yet",
        "observed_at": None,
        "last_good_at": None,
        "incidents": [],
        "evidence": "",
    }


def history_object(history: IncidentHistory) -> dict[str, object]:
    one = history.incident
    return {
        "incident": one.id,
        "check": one.check_id,
        "subject": one.subject,
        "kind": one.kind,
        "service": one.service,
        "drill": None if one.drill is None else one.drill.kind.value,
        "nature": one.nature.value,
        "severity": one.severity.value,
        "cause": one.cause.value,
        "summary": one.summary,
        "earlier": [{"cause": cause.value, "summary": summary} for cause, summary in one.earlier],
        "changed": one.changed or None,
        "facts": [{"label": label, "value": value} for label, value in one.facts],
        "since": instant(one.since),
        "opened_at": instant(one.opened_at),
        "recovered_at": instant(one.recovered_at),
        "is_unstable": one.is_unstable,
        "root": one.root,
        "closed_at": instant(one.closed_at),
        "close_reason": one.close_reason,
        "acknowledged": _acknowledged(one.acknowledged),
        "evidence": one.evidence,
        "events": [_event(line) for line in history.events],
        "deliveries": [
            _delivery(line, history) | {"instead_of": history.channel_of(line.stands_for)}
            for line in history.deliveries
        ],
        "waiting": [_waiting(line) for line in history.waiting],
        "answers": [_answer(use) for use in history.answers],
        "parts": [{"incident": part.id, "check": part.check_id, "subject": part.subject} for part in history.parts],
        "escalations": [_chase(chase) for chase in one.chases],
    }


def _acknowledged(said: Acknowledgement | None) -> dict[str, object] | None:
    if said is None:
        return None
    return {"by": said.by, "at": instant(said.at), "note": said.note, "until": instant(said.until)}


def _answer(use: LinkUse) -> dict[str, object]:
    return {
        "at": instant(use.at),
        "receiver": use.receiver,
        "action": use.action.value,
        "about": use.about or None,
        "answer": use.answer or None,
        "changed": use.has_changed,
        "already_by": use.already_by or None,
    }


def _chase(chase: Chase) -> dict[str, object]:
    return {
        "escalation": chase.escalation,
        "steps_told": chase.step,
        "since": instant(chase.since),
        "is_held": chase.is_held,
    }


def _event(line: EventLine) -> dict[str, object]:
    return {
        "event": line.kind.value,
        "at": instant(line.at),
        "rung": line.rung,
        "severity": line.severity.value,
        "cause": line.cause.value,
        "summary": line.summary,
        "by": line.by or None,
        "note": line.note,
        "until": instant(line.until),
    }


def _delivery(line: DeliveryLine, history: IncidentHistory) -> dict[str, object]:
    outcome = {
        "state": line.state.value,
        "reason": line.reason,
        "detail": line.detail,
        "repeat": line.repeat,
        "instead_of": history.channel_of(line.stands_for),
    }
    return _addressed(line) | {"at": instant(line.at)} | outcome


def _waiting(line: WaitingLine) -> dict[str, object]:
    return _addressed(line) | {"due_at": instant(line.due_at)}


def _addressed(line: DeliveryLine | WaitingLine) -> dict[str, object]:
    return {
        "event": line.event.value,
        "receiver": line.receiver,
        "channel": line.channel,
        "recipient": line.recipient,
    }


def deadline_object(one: Dated) -> dict[str, object]:
    return {
        "check": one.check_id,
        "subject": one.subject,
        "status": one.status.value,
        "cause": one.cause.value,
        "summary": one.summary,
        "at": instant(one.at),
        "act_by": instant(one.act_by),
    }


def instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
