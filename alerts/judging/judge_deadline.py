"""Deadlines: each rung told once, together with those that came due with it, by the same incident."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from alerts.incident import EventKind, Incident, IncidentEvent, Nature
from alerts.judging.episode import CheckFacts, Judgement, closing_of, incident_of
from alerts.judging.rungs import due_rungs
from alerts.record import DeadlineWords, SubjectRecord
from alerts.words.withdrawal import LISTED_AGAIN, is_back, is_unblocked, mark_of, marks_kept, turned
from checks.billing.labels import SERVICE
from checks.model import Cause, Deadline, Finding, Observation, Rung, Status

#: Told rungs of other deadlines of the same subject are remembered this far, so that two servers that present
#: two certificates in turn are told of once each; whole deadlines are forgotten, the earliest first.
MAX_TOLD_ELSEWHERE = 128

#: Looks in a row that must see no rung due before a renewal is believed: behind one name there may be one server
#: with the new certificate and one with the old.
LOOKS_TO_CLOSE = 3


def with_deadline(record: SubjectRecord, finding: Finding) -> SubjectRecord:
    """`record` with the deadline of `finding`, and how it put it; the same deadline stays the same object."""
    words = DeadlineWords(
        summary=finding.summary,
        cause=Cause.DUE if finding.cause is Cause.NONE else finding.cause,
        facts=finding.facts,
        evidence=finding.evidence,
    )
    deadline = record.deadline if record.deadline == finding.deadline else finding.deadline
    return replace(record, deadline=deadline, deadline_words=words)


def told_name(deadline: Deadline, rung: str) -> str:
    """A rung's name among those told: a deadline that moved has rungs of its own."""
    return _told_prefix(deadline) + rung


def _told_prefix(deadline: Deadline) -> str:
    return f"{deadline.at.isoformat(timespec='seconds')}/"


def _told_of(record: SubjectRecord, deadline: Deadline) -> frozenset[str]:
    """Names of the rungs of this very deadline that were told."""
    prefix = _told_prefix(deadline)
    return frozenset(name.removeprefix(prefix) for name in record.told if name.startswith(prefix))


def judge_deadline(
    record: SubjectRecord, facts: CheckFacts, now: datetime, new_id: Callable[[], str], *, looked: bool
) -> Judgement:
    """Tell the rungs that are due and untold; end the incident when the deadline has moved away.

    `looked` says that the deadline was just seen, not only that time has passed. A deadline that comes back, told
    rungs and all, opens its incident again.
    """
    deadline = record.deadline
    if deadline is None:
        return Judgement(record)
    due = due_rungs(deadline.rungs, _told_of(record, deadline), now)
    come = due_rungs(deadline.rungs, frozenset(), now)
    if due or (come and record.deadline_incident is None):
        record = replace(record, looks_without_rung=0)
        return _tell(record, deadline, due or come[:1], facts=facts, now=now, new_id=new_id)
    if come and turned(record):
        return _follow(record, deadline, come[0], now, new_id)
    if come or not looked:
        return Judgement(_kept_true(replace(record, looks_without_rung=0), deadline) if come and looked else record)
    return _judge_moved(record, deadline, now, new_id)


def _judge_moved(record: SubjectRecord, deadline: Deadline, now: datetime, new_id: Callable[[], str]) -> Judgement:
    """Every rung lies ahead. The same deadline seen by a clock that was set back is no renewal."""
    standing = record.deadline_incident
    if standing is not None and is_unblocked(record):
        # Without its deadline: one that lies ahead at the end reads as one that has moved.
        ended = replace(standing, deadline=None)
        event = closing_of(ended, now, "it can be paid again, and is not paid yet", new_id)
        return Judgement(replace(record, deadline_incident=None, looks_without_rung=0), (event,))
    if standing is None or (standing.deadline is not None and standing.deadline.at == deadline.at):
        return Judgement(record)
    looks = record.looks_without_rung + 1
    if looks < LOOKS_TO_CLOSE:
        return Judgement(replace(record, looks_without_rung=looks))
    event = closing_of(replace(standing, deadline=deadline), now, "the deadline has moved", new_id)
    return Judgement(replace(record, deadline_incident=None, looks_without_rung=0), (event,))


def _tell(
    record: SubjectRecord,
    deadline: Deadline,
    due: list[Rung],
    *,
    facts: CheckFacts,
    now: datetime,
    new_id: Callable[[], str],
) -> Judgement:
    """One event for all rungs that came due together; the most urgent one gives the severity."""
    seen, told = _told_finding(record, due[0].status), {told_name(deadline, rung.name) for rung in due}
    back = _news_of_return(record, deadline, now)
    before = None
    if record.deadline_incident is None:
        kind = EventKind.OPENED
        incident = incident_of(record, facts, Nature.DEADLINE, seen, opened_at=now, since=now, new_id=new_id)
    else:
        kind = EventKind.REMINDER
        incident = _put_as(record.deadline_incident, seen)
        before = record.deadline_incident.severity
    incident = replace(incident, deadline=deadline)
    note = LISTED_AGAIN if back else ""
    turned_from = None if before is incident.severity else before
    event = IncidentEvent(
        id=new_id(), kind=kind, at=now, incident=incident, rung=due[0].name, note=note, before=turned_from
    )
    told_now = _remembered(record, deadline) | told | back
    return Judgement(replace(record, deadline_incident=incident, told=told_now), (event,))


def _follow(
    record: SubjectRecord, deadline: Deadline, last: Rung, now: datetime, new_id: Callable[[], str]
) -> Judgement:
    """No step is due, and the bill left its list, which has a rung of its own, or came back, which is told here."""
    standing = record.deadline_incident
    if standing is None:
        return Judgement(record)
    back = _news_of_return(record, deadline, now)
    incident = replace(_put_as(standing, _told_finding(record, last.status)), deadline=deadline)
    told = _remembered(record, deadline) | back
    record = replace(record, deadline_incident=incident, told=told, looks_without_rung=0)
    if not back:
        return Judgement(record)
    event = IncidentEvent(id=new_id(), kind=EventKind.REMINDER, at=now, incident=incident, note=LISTED_AGAIN)
    return Judgement(record, (event,))


def _kept_true(record: SubjectRecord, deadline: Deadline) -> SubjectRecord:
    """`record` with its incident in the words of the last look, which is no news: an amount that shrank by a payment.

    Not where another deadline is seen: two servers may show one each in turn.
    """
    standing, words = record.deadline_incident, record.deadline_words
    if standing is None or words is None or standing.deadline != deadline or standing.cause is not words.cause:
        return record
    if (standing.summary, standing.facts) == (words.summary, words.facts):
        return record
    said = replace(standing, summary=words.summary, facts=words.facts, evidence=words.evidence)
    return replace(record, deadline_incident=said)


def _news_of_return(record: SubjectRecord, deadline: Deadline, now: datetime) -> frozenset[str]:
    """The name by which it is remembered that the bill is told to be back; empty where that is no news."""
    name = told_name(deadline, mark_of(now))
    is_news = is_back(record) and name not in record.told
    return frozenset({name}) if is_news else frozenset()


def _put_as(incident: Incident, seen: Finding) -> Incident:
    return replace(
        incident,
        severity=seen.status,
        cause=seen.cause,
        summary=seen.summary,
        facts=seen.facts,
        evidence=seen.evidence,
    )


def _remembered(record: SubjectRecord, deadline: Deadline) -> frozenset[str]:
    """What of `record.told` still matters: the rungs this deadline has now, and other deadlines, the latest first."""
    prefix = _told_prefix(deadline)
    present = {told_name(deadline, rung.name) for rung in deadline.rungs}
    elsewhere = sorted(name for name in record.told if not name.startswith(prefix))
    marks = marks_kept(record.told, prefix)
    return (record.told & present) | marks | frozenset(elsewhere[-MAX_TOLD_ELSEWHERE:])


def _told_finding(record: SubjectRecord, status: Status) -> Finding:
    """The deadline as the last look that could see it put it."""
    words = record.deadline_words or DeadlineWords(summary=record.summary, cause=Cause.DUE)
    return Finding(
        subject=record.subject,
        status=status,
        cause=words.cause,
        summary=words.summary,
        facts=words.facts,
        evidence=words.evidence,
    )


def _last_facts(incident: Incident, finding: Finding) -> tuple[tuple[str, str], ...]:
    """Those of the end; what it was for stays, or nobody who pays nothing could tell what has ended."""
    if not finding.facts:
        return incident.facts
    named = {label for label, _ in finding.facts}
    return (*finding.facts, *(fact for fact in incident.facts if fact[0] == SERVICE and SERVICE not in named))


def drop_deadline(record: SubjectRecord, seen: Observation, new_id: Callable[[], str]) -> Judgement:
    """An ok look without a deadline says that there is none any more: settled, renewed elsewhere."""
    events: tuple[IncidentEvent, ...] = ()
    if record.deadline_incident is not None:
        ended = replace(record.deadline_incident, facts=_last_facts(record.deadline_incident, seen.finding))
        events = (closing_of(ended, seen.observed_at, seen.finding.summary, new_id),)
    if record.deadline is None and not events:
        return Judgement(record)
    return Judgement(
        replace(record, deadline=None, deadline_words=None, told=frozenset(), deadline_incident=None), events
    )
