"""From what was seen, or from time passing, to incidents: pure, one subject at a time."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from alerts.incident import EventKind, IncidentEvent, Nature, Retirement
from alerts.judging.acknowledge import end_acknowledgements, ends_of
from alerts.judging.episode import CheckFacts, Judgement, closing_of, event_of, incident_of
from alerts.judging.fault import Healthy, is_urgent
from alerts.judging.judge_change import judge_changes
from alerts.judging.judge_deadline import drop_deadline, judge_deadline, with_deadline
from alerts.judging.judge_fault import Placing, alone, judge_fault, unsuspected
from alerts.record import DeadlineWords, SubjectRecord
from checks.model import DATE_UNIT, Cause, Finding, Measurement, Observation, Status


def is_routine(record: SubjectRecord, seen: Observation) -> bool:
    """Whether a look tells nothing but its time and numbers: well before, as well now, no rung begun, no change."""
    finding = seen.finding
    return (
        finding.status is record.status
        and (finding.status is Status.OK or finding.status is Status.WARNING)
        and finding.cause is record.cause
        and not finding.changes
        and record.stale_incident is None
        and type(record.fault) is Healthy
        and not record.fault.losses.told
        and (finding.deadline is record.deadline is None or _is_far_off(record, seen))
    )


def _is_far_off(record: SubjectRecord, seen: Observation) -> bool:
    """Whether the look puts the known deadline in the known words, with every rung ahead."""
    finding, deadline, words = seen.finding, seen.finding.deadline, record.deadline_words
    return (
        deadline is not None
        and words is not None
        and deadline == record.deadline
        and record.deadline_incident is None
        and all(seen.observed_at < rung.at for rung in deadline.rungs)
        and (finding.summary, finding.facts, finding.evidence) == (words.summary, words.facts, words.evidence)
    )


def is_same_judgement(before: SubjectRecord, after: SubjectRecord) -> bool:
    """Whether two records differ in their last look's time and numbers alone, which need no writing."""
    return (
        before.status is after.status
        and before.cause is after.cause
        and before.fault == after.fault
        and before.deadline == after.deadline
        and _same_words(before.deadline_words, after.deadline_words)
        and before.told == after.told
        and before.incidents == after.incidents
    )


def needs_haste(record: SubjectRecord) -> bool:
    """Whether the next look should come soon: what the last one saw is not settled yet."""
    return record.status is not Status.UNKNOWN and is_urgent(record.fault)


def _same_words(before: DeadlineWords | None, after: DeadlineWords | None) -> bool:
    """Evidence aside, which differs with every look."""
    if before is None or after is None:
        return before is after
    return (before.summary, before.cause, before.facts) == (after.summary, after.cause, after.facts)


def first_record(seen: Observation) -> SubjectRecord:
    """The record of a subject nobody has looked at before."""
    return looked_at(
        SubjectRecord(
            check_id=seen.check_id,
            subject=seen.finding.subject,
            seen_at=seen.observed_at,
            judged_at=seen.observed_at,
        ),
        seen,
    )


def looked_at(record: SubjectRecord, seen: Observation) -> SubjectRecord:
    """`record` with `seen` as its last look and nothing judged."""
    finding, at = seen.finding, seen.observed_at
    return replace(
        record,
        status=finding.status,
        cause=finding.cause,
        summary=finding.summary,
        evidence=finding.evidence,
        measurements=(*finding.measurements, *_dates_unseen(record, finding)),
        duration_s=seen.duration_s,
        seen_at=at,
        judged_at=record.judged_at if finding.status is Status.UNKNOWN else at,
        good_at=at if finding.status is Status.OK else record.good_at,
    )


def _dates_unseen(record: SubjectRecord, finding: Finding) -> Iterator[Measurement]:
    """Dates known from looks before, where this one could not see them: a date does not lapse with a look.

    Counts and durations do: a number that was is no number that is.
    """
    if finding.deadline is not None or finding.status is Status.OK or finding.status is Status.WARNING:
        return
    seen = {(one.name, one.labels) for one in finding.measurements}
    for known in record.measurements:
        if known.unit == DATE_UNIT and (known.name, known.labels) not in seen:
            yield known


def judge(
    record: SubjectRecord | None,
    seen: Observation,
    facts: CheckFacts,
    new_id: Callable[[], str],
    place: Placing = alone,
) -> Judgement:
    """The subject after one more look. Unknown judges nothing; a change is told whatever the status.

    `place` is asked before an incident of a fault opens or rises: it may be part of another, or have to wait.
    """
    record = first_record(seen) if record is None else looked_at(_forgetting(record, seen, facts), seen)
    judged = Judgement(record) if seen.finding.status is Status.UNKNOWN else _judged(record, seen, facts, new_id, place)
    if not seen.finding.changes:
        return judged
    return Judgement(judged.record, (*judged.events, *judge_changes(judged.record, seen, facts, new_id)))


def _judged(
    record: SubjectRecord, seen: Observation, facts: CheckFacts, new_id: Callable[[], str], place: Placing
) -> Judgement:
    record, events = _end_staleness(record, seen.observed_at, new_id)
    if seen.finding.deadline is not None:
        record = with_deadline(record, seen.finding)
        judged = judge_deadline(record, facts, seen.observed_at, new_id, looked=True)
    else:
        judged = judge_fault(record, seen, facts, new_id, place)
        if seen.finding.status is Status.OK:
            settled = drop_deadline(judged.record, seen, new_id)
            judged = Judgement(settled.record, judged.events + settled.events)
    return Judgement(judged.record, events + judged.events)


def _forgetting(record: SubjectRecord, seen: Observation, facts: CheckFacts) -> SubjectRecord:
    """Failures before a long time in which nothing was seen are no evidence for what is seen now."""
    if seen.observed_at - record.judged_at > facts.stale_after:
        return replace(record, fault=unsuspected(record.fault, seen.observed_at))
    return record


def judge_passing_time(
    record: SubjectRecord, facts: CheckFacts, now: datetime, new_id: Callable[[], str], *, sighted_since: datetime
) -> Judgement:
    """The subject when nothing new was seen: rungs come due, and looks that judge nothing go stale.

    `sighted_since` is when the daemon began to look; time before it is not the subject's fault. It is also how
    a caller says that the silence is explained, by handing in `now`.
    """
    judged = end_acknowledgements(record, now, new_id)
    if record.deadline is not None:
        dated = judge_deadline(judged.record, facts, now, new_id, looked=False)
        judged = Judgement(dated.record, judged.events + dated.events)
    if record.stale_incident is None and now - max(record.judged_at, sighted_since) > facts.stale_after:
        stale = _open_staleness(judged.record, facts, now, new_id)
        return Judgement(stale.record, judged.events + stale.events)
    return judged


def quiet_until(record: SubjectRecord, facts: CheckFacts, now: datetime) -> datetime:
    """Before this instant `judge_passing_time` has nothing to say, if nothing new is seen."""
    ahead = [] if record.deadline is None else [rung.at for rung in record.deadline.rungs if rung.at > now]
    ahead += ends_of(record)
    if record.stale_incident is None:
        ahead.append(record.judged_at + facts.stale_after)
    return min(ahead, default=datetime.max.replace(tzinfo=UTC))


def retire(record: SubjectRecord, why: Retirement, now: datetime, new_id: Callable[[], str]) -> Judgement:
    """The subject is watched no more: its incidents close, healed or not."""
    ended = (replace(incident, recovered_at=None) for incident in record.incidents)
    events = tuple(closing_of(incident, now, why.value, new_id) for incident in ended)
    return Judgement(
        replace(record, fault_incident=None, deadline_incident=None, stale_incident=None, deadline=None), events
    )


# Staleness --------------------------------------------------------------------------------------------------------


def _open_staleness(record: SubjectRecord, facts: CheckFacts, now: datetime, new_id: Callable[[], str]) -> Judgement:
    why = record.summary or "no answer"
    finding = Finding(
        subject=record.subject,
        status=Status.WARNING,
        cause=Cause.STALE,
        summary=f"{record.subject}: cannot be judged any more; last look: {why}",
        evidence=record.evidence,
    )
    incident = incident_of(
        record, facts, Nature.STALENESS, finding, opened_at=now, since=record.judged_at, new_id=new_id
    )
    return Judgement(replace(record, stale_incident=incident), (event_of(EventKind.OPENED, incident, now, new_id),))


def _end_staleness(
    record: SubjectRecord, at: datetime, new_id: Callable[[], str]
) -> tuple[SubjectRecord, tuple[IncidentEvent, ...]]:
    if record.stale_incident is None:
        return record, ()
    event = closing_of(record.stale_incident, at, "it can be judged again", new_id)
    return replace(record, stale_incident=None), (event,)
