"""Faults: the turns of the machine made into incidents, each explained by what is above it or told by itself."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, assert_never

from alerts.incident import EventKind, Incident, Nature
from alerts.judging.episode import CheckFacts, Judgement, closing_of, event_of, incident_of
from alerts.judging.fault import (
    Changed,
    Closed,
    Fault,
    Healthy,
    Held,
    Open,
    Opened,
    Recovered,
    Relapsed,
    Settling,
    Suspect,
    Worn,
    advance,
)
from alerts.judging.judge_cause import judge_cause, with_words
from alerts.record import SubjectRecord
from alerts.roots.covering import Alone, PartOf, Place, Wait
from alerts.words.wording import span
from checks.model import Observation, Status

#: Stands in the record of a covered incident whose root is well while it still fails.
UNCOVERED = "what explained it is well again, and it still fails"


class Placing(Protocol):
    """Says where a fault belongs that could be told since `ready_at`: see alerts.roots.covering.place_of."""

    def __call__(self, record: SubjectRecord, /, *, since: datetime, ready_at: datetime, now: datetime) -> Place: ...


def alone(_record: SubjectRecord, /, *, since: datetime, ready_at: datetime, now: datetime) -> Place:  # noqa: ARG001  # Placing's face
    """Of an estate in which nothing depends on anything."""
    return Alone()


def judge_fault(
    record: SubjectRecord, seen: Observation, facts: CheckFacts, new_id: Callable[[], str], place: Placing = alone
) -> Judgement:
    """`record` after a look that speaks of its fault, which is not unknown."""
    return _Look(seen, facts, new_id, place).judge(record)


def unsuspected(fault: Fault, now: datetime) -> Fault:
    """`fault` without what was only suspected: failures before a long silence are no evidence for what comes after it,
    from `now` on. Nor is the silence: what is degraded has not been well in it.
    """
    match fault:
        case Suspect(shaky_until=shaky_until, losses=losses) | Settling(shaky_until=shaky_until, losses=losses):
            return Healthy(shaky_until, losses.forgotten().unseen(now))
        case Healthy(losses=losses) if losses.told:
            return replace(fault, losses=losses.unseen(now))
        case Held(failures=failures) if failures:
            return replace(fault, failures=0, criticals=0)
        case _:
            return fault


def _postponed(opened: Open, at: datetime, before: Fault) -> Settling:
    """`opened`, put off: what may be behind it is not known yet. `before` is the state it came from."""
    match before:
        case Settling():
            return replace(before, passes=0)
        case Healthy(shaky_until=shaky_until, losses=losses) | Suspect(shaky_until=shaky_until, losses=losses):
            return Settling(opened.since, at, 0, shaky_until, losses)
        case _:
            return Settling(opened.since, at)


def _untold(fault: Fault) -> Fault:
    """`fault`, whose falls are still nobody's news."""
    return replace(fault, losses=replace(fault.losses, told=False)) if isinstance(fault, Suspect) else fault


def is_confirmed(fault: Fault) -> bool:
    """Whether it is known to fail now, be it that nobody is told yet."""
    return isinstance(fault, Settling | Open)


def failing_since(fault: Fault) -> datetime | None:
    """Since when it fails, confirmed or not; None where it is well, if only for now."""
    return fault.since if isinstance(fault, Suspect | Settling | Open) else None


def uncover(record: SubjectRecord, facts: CheckFacts, now: datetime, new_id: Callable[[], str]) -> Judgement:
    """A covered fault once its root is well: where it still fails it settles anew from `now`, to be told by itself;
    a warning stands again with the next look that sees one.

    Nothing happens where no fault of it is covered, or where it is well too, if only for now.
    """
    incident, fault = record.fault_incident, record.fault
    if incident is None or incident.root is None or not isinstance(fault, Open):
        return Judgement(record)
    event = closing_of(incident, now, UNCOVERED, new_id)
    shaky_until = now + facts.rule.flap_hold if fault.is_unstable else None
    anew: Fault = Settling(fault.since, now, 0, shaky_until)
    if fault.severity is not Status.CRITICAL:  # confirmed as well, but as no more than a warning
        anew = Suspect(fault.since, facts.rule.failures_to_open - 1, 0, shaky_until)
    return Judgement(_standing(replace(record, fault=anew), None), (event,))


def _standing(record: SubjectRecord, incident: Incident | None) -> SubjectRecord:
    """`record` with `incident` as its fault's; no cause but its own is being counted."""
    return replace(record, fault_incident=incident, other_cause=None, other_looks=0, rises_since=None)


@dataclass(frozen=True, slots=True)
class _Look:
    """One look, and what it is judged by."""

    seen: Observation
    facts: CheckFacts
    new_id: Callable[[], str]
    place: Placing

    @property
    def at(self) -> datetime:
        return self.seen.observed_at

    def judge(self, before: SubjectRecord) -> Judgement:  # noqa: PLR0911  # one for each turn
        fault, turn = advance(before.fault, self.seen.finding.status, self.at, self.facts.rule)
        record = replace(before, fault=fault)
        match turn:
            case None:
                return self._goes_on(record)
            case Opened():
                return self._opens(record, before.fault, turn)
            case Worn(falls):
                return self._wears(record, falls)
            case Changed(severity):
                return self._changes(record, before.fault, severity)
            case Recovered():
                return self._recovers(record)
            case Relapsed(severity):
                return self._relapses(record, severity)
            case Closed(well_since):
                return self._closes(record, well_since)
            case _:
                assert_never(turn)

    def _goes_on(self, record: SubjectRecord) -> Judgement:
        """No turn. What is held is confirmed neither way, so its causes are not counted."""
        if record.rises_since is not None and self.seen.finding.status is not Status.CRITICAL:
            record = replace(record, rises_since=None)
        incident = record.fault_incident
        if isinstance(record.fault, Held) and incident is not None:  # a look that failed begins its calm anew
            return Judgement(record.with_incident(replace(incident, recovered_at=record.fault.well_since)))
        return judge_cause(record, self.seen, self.new_id) if isinstance(record.fault, Open) else Judgement(record)

    def _opens(self, record: SubjectRecord, before: Fault, turn: Opened) -> Judgement:
        opened, ready_at = record.fault, self.at
        if isinstance(before, Settling):
            ready_at = before.confirmed_at + self.facts.rule.settle
        place = self.place(record, since=turn.since, ready_at=ready_at, now=self.at)
        if isinstance(place, Wait) and turn.severity is Status.CRITICAL and isinstance(opened, Open):
            return Judgement(replace(record, fault=_postponed(opened, self.at, before)))
        if record.fault_incident is not None:
            return self._gets_worse(record, record.fault_incident, turn.severity, place)
        incident = incident_of(
            record,
            self.facts,
            Nature.FAULT,
            self.seen.finding,
            opened_at=self.at,
            since=turn.since,
            new_id=self.new_id,
        )
        is_unstable = isinstance(opened, Open) and opened.is_unstable
        root = place.root if isinstance(place, PartOf) else None
        return self._with(record, EventKind.OPENED, replace(incident, is_unstable=is_unstable, root=root))

    def _gets_worse(self, record: SubjectRecord, incident: Incident, severity: Status, place: Place) -> Judgement:
        """What was degraded does not answer any more: the same incident, told by itself or by what explains it."""
        turned = replace(with_words(incident, self.seen.finding), severity=severity)
        if severity is incident.severity:
            return Judgement(_standing(record, turned))
        if isinstance(place, PartOf):
            turned = replace(turned, root=place.root, was_told=True)
        event = replace(event_of(EventKind.SEVERITY, turned, self.at, self.new_id), before=incident.severity)
        return Judgement(_standing(record, turned), (event,))

    def _wears(self, record: SubjectRecord, falls: tuple[datetime, ...]) -> Judgement:
        """Degraded, where nothing above may explain it; else the next fall asks anew."""
        if not isinstance(self.place(record, since=self.at, ready_at=self.at, now=self.at), Alone):
            return Judgement(replace(record, fault=_untold(record.fault)))
        seen = self.seen.finding
        often = f"{len(falls)} times in {span(self.at - falls[0])}"
        worn = replace(seen, status=Status.WARNING, summary=f"{seen.summary} ({often})")
        incident = incident_of(
            record, self.facts, Nature.FAULT, worn, opened_at=self.at, since=falls[0], new_id=self.new_id
        )
        return self._with(record, EventKind.OPENED, replace(incident, is_unstable=True))

    def _changes(self, record: SubjectRecord, before: Fault, severity: Status) -> Judgement:
        """A rise is told by itself only where nothing above explains it: until then the fault stays what it was."""
        incident = record.fault_incident
        if incident is None:  # a state older than its incident row; nothing to tell
            return Judgement(record)
        if severity is Status.CRITICAL:
            ready_at = record.rises_since or self.at
            if not isinstance(self.place(record, since=ready_at, ready_at=ready_at, now=self.at), Alone):
                return Judgement(replace(record, fault=before, rises_since=ready_at))
            incident = replace(incident, root=None)
        return self._turns(record, incident, severity)

    def _turns(self, record: SubjectRecord, incident: Incident, severity: Status) -> Judgement:
        was_told = incident.was_told and incident.root is not None  # by itself it is told now
        turned = replace(with_words(incident, self.seen.finding), severity=severity, was_told=was_told)
        event = replace(event_of(EventKind.SEVERITY, turned, self.at, self.new_id), before=incident.severity)
        return Judgement(_standing(record, turned), (event,))

    def _recovers(self, record: SubjectRecord) -> Judgement:
        if record.fault_incident is None:
            return Judgement(record)
        return self._with(record, EventKind.RECOVERED, replace(record.fault_incident, recovered_at=self.at))

    def _relapses(self, record: SubjectRecord, severity: Status) -> Judgement:
        """On record; told only where people have heard of something less bad."""
        standing = record.fault_incident
        if standing is None:
            return Judgement(record)
        incident = replace(with_words(standing, self.seen.finding), is_unstable=True, recovered_at=None)
        judged = self._with(record, EventKind.UNSTABLE, replace(incident, severity=severity))
        if severity is not Status.CRITICAL or standing.severity is severity:
            return judged
        worse = self._turns(record, incident, severity)
        return Judgement(worse.record, judged.events + worse.events)

    def _closes(self, record: SubjectRecord, well_since: datetime) -> Judgement:
        if record.fault_incident is None:
            return Judgement(record)
        ended = replace(record.fault_incident, recovered_at=None)
        event = closing_of(ended, self.at, self.seen.finding.summary, self.new_id, closed_at=well_since)
        return Judgement(_standing(record, None), (event,))

    def _with(self, record: SubjectRecord, kind: EventKind, incident: Incident) -> Judgement:
        return Judgement(_standing(record, incident), (event_of(kind, incident, self.at, self.new_id),))
