"""Values to rows and back."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any, Final, TypeAlias

from sqlalchemy import Row as SqlRow

from alerts.incident import EventKind, Incident, IncidentEvent
from alerts.message import Attachment, Message, Notification, NotificationState
from alerts.record import DeadlineWords, SubjectRecord
from alerts.route import Language
from checks.model import Cause, CheckId, Deadline, Measurement, Rung, Status
from watchdog.store.acknowledgement_codec import acknowledgement_json, acknowledgement_of
from watchdog.store.chase_codec import chase_json, chase_of
from watchdog.store.columns import from_us, to_us
from watchdog.store.debt_codec import debts_json, debts_of
from watchdog.store.drill_codec import drill_json, drill_of
from watchdog.store.fault_codec import fault_json, fault_of

#: What reading a row raises whose values are not what we wrote.
UNREADABLE: Final = (ValueError, LookupError, TypeError, ArithmeticError)

#: Rungs of a few hundred days: some megabytes at most.
_RUNGS_KEPT: Final = 16_384

Columns: TypeAlias = dict[str, Any]
Row: TypeAlias = SqlRow[Any]


def record_columns(record: SubjectRecord) -> Columns:
    return {
        "check_id": record.check_id,
        "subject": record.subject,
        "status": record.status,
        "cause": record.cause,
        "summary": record.summary,
        "evidence": record.evidence,
        "measurements": [[m.name, m.value, m.unit, m.labels] for m in record.measurements],
        "duration_us": record.duration_s,
        "seen_at": record.seen_at,
        "judged_at": record.judged_at,
        "good_at": record.good_at,
        "fault": fault_json(record.fault),
        "deadline": _deadline_json(record.deadline),
        "deadline_words": _words_json(record.deadline_words),
        "told": sorted(record.told),
        "fault_incident": record.fault_incident and record.fault_incident.id,
        "deadline_incident": record.deadline_incident and record.deadline_incident.id,
        "stale_incident": record.stale_incident and record.stale_incident.id,
    }


def record_of(row: Row, standing: Mapping[str, Incident]) -> SubjectRecord:
    """`standing` holds every incident a record may name, by id."""
    return SubjectRecord(
        check_id=CheckId(row.check_id),
        subject=row.subject,
        status=row.status,
        cause=row.cause,
        summary=row.summary,
        evidence=row.evidence,
        measurements=tuple(
            Measurement(name=name, value=value, unit=unit, labels=_pairs(labels))
            for name, value, unit, labels in row.measurements
        ),
        duration_s=row.duration_us,
        seen_at=row.seen_at,
        judged_at=row.judged_at,
        good_at=row.good_at,
        fault=fault_of(row.fault),
        deadline=_deadline_of(row.deadline),
        deadline_words=_words_of(row.deadline_words),
        told=frozenset(row.told),
        fault_incident=row.fault_incident and standing[row.fault_incident],
        deadline_incident=row.deadline_incident and standing[row.deadline_incident],
        stale_incident=row.stale_incident and standing[row.stale_incident],
    )


def incident_columns(incident: Incident) -> Columns:
    return {
        "id": incident.id,
        "check_id": incident.check_id,
        "subject": incident.subject,
        "nature": incident.nature,
        "kind": incident.kind,
        "service": incident.service,
        "labels": dict(incident.labels),
        "severity": incident.severity,
        "cause": incident.cause,
        "summary": incident.summary,
        "changed": incident.changed,
        "facts": incident.facts,
        "evidence": incident.evidence,
        "opened_at": incident.opened_at,
        "since": incident.since,
        "deadline": _deadline_json(incident.deadline),
        "closed_at": incident.closed_at,
        "close_reason": incident.close_reason,
        "earlier": [[cause.value, summary] for cause, summary in incident.earlier],
        "acknowledged": acknowledgement_json(incident.acknowledged),
        "chases": [chase_json(one) for one in incident.chases],
        "root": incident.root,
        "was_told": incident.was_told,
        "debts": debts_json(incident.debts),
        "is_unstable": incident.is_unstable,
        "recovered_at": incident.recovered_at,
        "drill": drill_json(incident.drill),
    }


def incident_of(row: Row) -> Incident:
    return Incident(
        id=row.id,
        check_id=CheckId(row.check_id),
        subject=row.subject,
        nature=row.nature,
        kind=row.kind,
        service=row.service,
        labels=row.labels,
        severity=row.severity,
        cause=row.cause,
        summary=row.summary,
        changed=row.changed,
        facts=_pairs(row.facts),
        evidence=row.evidence,
        opened_at=row.opened_at,
        since=row.since,
        deadline=_deadline_of(row.deadline),
        closed_at=row.closed_at,
        close_reason=row.close_reason,
        earlier=tuple((Cause(cause), summary) for cause, summary in row.earlier),
        acknowledged=acknowledgement_of(row.acknowledged),
        chases=tuple(chase_of(value) for value in row.chases),
        root=row.root,
        was_told=row.was_told,
        debts=debts_of(row.debts),
        is_unstable=row.is_unstable,
        recovered_at=row.recovered_at,
        drill=drill_of(row.drill),
    )


def event_columns(event: IncidentEvent) -> Columns:
    said = event.incident.acknowledged
    return {
        "id": event.id,
        "incident_id": event.incident.id,
        "kind": event.kind,
        "at": event.at,
        "rung": event.rung,
        "severity": event.incident.severity,
        "cause": event.incident.cause,
        "summary": event.incident.summary,
        "author": event.by,
        "note": event.note,
        "until": said.until if event.kind is EventKind.ACKNOWLEDGED and said is not None else None,
    }


def notification_columns(row: Notification) -> Columns:
    return {
        "id": row.id,
        "event_id": row.event_id,
        "incident_id": row.incident_id,
        "receiver": row.receiver,
        "channel": row.channel,
        "recipient": row.recipient,
        "address": row.address,
        "event": row.message.event,
        "message": _message_json(row.message),
        "urgency": row.urgency,
        "created_at": row.created_at,
        "not_before": row.not_before,
        "due_at": row.not_before,
        "state": NotificationState.PENDING,
        "attempts": row.attempts,
        "crashes": 0,
        "repeat": row.repeat,
    }


def notification_of(row: Row) -> Notification:
    return Notification(
        id=row.id,
        event_id=row.event_id,
        incident_id=row.incident_id,
        receiver=row.receiver,
        channel=row.channel,
        recipient=row.recipient,
        address=row.address,
        message=_message_of(row.message),
        urgency=row.urgency,
        created_at=row.created_at,
        not_before=row.not_before,
        attempts=row.attempts,
        repeat=row.repeat,
    )


def _deadline_json(deadline: Deadline | None) -> Columns | None:
    if deadline is None:
        return None
    return {
        "at": to_us(deadline.at),
        "act_by": None if deadline.act_by is None else to_us(deadline.act_by),
        "rungs": [[rung.name, to_us(rung.at), rung.status.value] for rung in deadline.rungs],
        "is_to_confirm": deadline.is_to_confirm,
        "cuts_off": None if deadline.cuts_off_at is None else to_us(deadline.cuts_off_at),
    }


def _words_json(words: DeadlineWords | None) -> Columns | None:
    if words is None:
        return None
    return {
        "summary": words.summary,
        "cause": words.cause.value,
        "facts": words.facts,
        "evidence": words.evidence,
    }


def _words_of(value: Columns | None) -> DeadlineWords | None:
    if value is None:
        return None
    return DeadlineWords(
        summary=value["summary"],
        cause=Cause(value["cause"]),
        facts=_pairs(value["facts"]),
        evidence=value["evidence"],
    )


def _deadline_of(value: Columns | None) -> Deadline | None:
    if value is None:
        return None
    return Deadline(
        at=from_us(value["at"]),
        act_by=None if value["act_by"] is None else from_us(value["act_by"]),
        rungs=tuple([_rung_of(name, at, status) for name, at, status in value["rungs"]]),
        is_to_confirm=value.get("is_to_confirm", False),
        cuts_off_at=None if (cuts_off := value.get("cuts_off")) is None else from_us(cuts_off),
    )


@lru_cache(_RUNGS_KEPT)
def _rung_of(name: str, at_us: int, status: str) -> Rung:
    """One for all deadlines of a day: of thousands of bills, each with forty rungs, most share theirs."""
    return Rung(name=name, at=from_us(at_us), status=Status(status))


def _message_json(message: Message) -> Columns:
    return {
        "subject": message.subject,
        "text": message.text,
        "event": message.event.value,
        "check": message.check,
        "incident": message.incident,
        "fields": dict(message.fields),
        **_media_json(message),
    }


def _media_json(message: Message) -> Columns:
    """What rows of older versions do not have; left out where there is nothing."""
    return {
        **({} if message.language is Language.ENGLISH else {"language": message.language.value}),
        **({"html": message.html} if message.html else {}),
        **({"short": message.short} if message.short else {}),
        **({"attachments": [asdict(one) for one in message.attachments]} if message.attachments else {}),
    }


def subject_of(raw_message: str) -> str:
    """Of a message as it is stored; "" where that cannot be read any more."""
    try:
        return str(json.loads(raw_message)["subject"])
    except (ValueError, LookupError, TypeError):
        return ""


def _message_of(value: Columns) -> Message:
    read = {
        "event": EventKind(value["event"]),
        "language": Language(value.get("language", Language.ENGLISH.value)),
        "attachments": tuple(Attachment(**one) for one in value.get("attachments", ())),
    }
    return Message(**{**value, **read})


def _pairs(value: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple([(name, text) for name, text in value])
