"""Whoever cannot see to it passes an incident on: the next step is told now, not only when its wait is over. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.directory import Directory
from alerts.incident import Chase, EventKind, Incident, IncidentEvent
from alerts.judging.episode import Judgement
from alerts.people.chasing import chase
from alerts.people.escalation import told
from alerts.record import SubjectRecord


def passed_on(
    record: SubjectRecord,
    incident_id: str,
    directory: Directory,
    now: datetime,
    *,
    by: str,
    is_muted: Callable[[Incident], bool],
    new_id: Callable[[], str],
    is_blind: bool = False,
) -> tuple[Judgement, tuple[str, ...]] | None:
    """`record` with the next step of each escalation of that incident told by receiver `by`, and who hears it.

    None where nobody is next: no escalation, all steps told, nobody in the next one but `by`, or nothing is waited for,
    as `chase` has it. A repeat is no step: it would tell all who know already.
    """
    looked = chase(record, directory, now, is_muted=is_muted, new_id=new_id, is_blind=is_blind) or Judgement(record)
    incident = next((one for one in looked.record.incidents if one.id == incident_id), None)
    if incident is None:
        return None
    if due := [event for event in looked.events if event.incident.id == incident_id]:
        return looked, _once(name for event in due for name in event.to)
    passing = _Passing(directory, now, by)
    nexts = {one.escalation: passing.hearers(one) for one in incident.chases}
    chases = tuple(told(one, one.step + 1, now) if nexts[one.escalation] else one for one in incident.chases)
    after = replace(incident, chases=chases)
    events = [passing.event(one, nexts[one.escalation], after, new_id()) for one in chases if nexts[one.escalation]]
    if not events:
        return None
    judged = Judgement(looked.record.with_incident(after), (*looked.events, *events))
    return judged, _once(name for event in events for name in event.to)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class _Passing:
    directory: Directory
    now: datetime
    by: str

    def hearers(self, waiting: Chase) -> tuple[str, ...]:
        """Whom the next step reaches, besides whoever cannot."""
        escalation = self.directory.escalations.get(waiting.escalation)
        if escalation is None or waiting.is_held or waiting.step >= len(escalation.steps):
            return ()
        people = self.directory.people(escalation.names(waiting.step + 1), self.now)
        return tuple(one.id for one in people if one.id != self.by)

    def event(self, done: Chase, to: tuple[str, ...], incident: Incident, event_id: str) -> IncidentEvent:
        steps = len(self.directory.escalations[done.escalation].steps)
        return IncidentEvent(
            id=event_id,
            kind=EventKind.REMINDER,
            at=self.now,
            incident=incident,
            note=f"{self.by} cannot see to it: this is step {done.step} of {steps}",
            to=to,
            step=done.step,
        )
