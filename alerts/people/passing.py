"""Whoever cannot see to it passes an incident on: the next step is told now, not only when its wait is over. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.directory import Directory
from alerts.incident import Chase, EventKind, Incident, IncidentEvent
from alerts.judging.episode import Judgement
from alerts.people.chasing import chase
from alerts.people.escalation import ahead, told
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
    passes = [one for one in (passing.next_of(chase) for chase in incident.chases) if one is not None]
    if not passes:
        return None
    chases = {one.escalation: one for one in incident.chases} | {one.done.escalation: one.done for one in passes}
    after = replace(incident, chases=tuple(chases.values()))
    events = [passing.event(one, after, new_id()) for one in passes]
    judged = Judgement(looked.record.with_incident(after), (*looked.events, *events))
    return judged, _once(name for event in events for name in event.to)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class _Pass:
    """A step told before its time."""

    number: int
    of: int
    to: tuple[str, ...]
    done: Chase


@dataclass(frozen=True, slots=True)
class _Passing:
    directory: Directory
    now: datetime
    by: str

    def next_of(self, waiting: Chase) -> _Pass | None:
        """The next step, where it reaches anybody besides whoever cannot."""
        escalation = self.directory.escalations.get(waiting.escalation)
        if escalation is None or waiting.is_held:
            return None
        number, names = next(iter(ahead(waiting, escalation).items()), (0, ()))
        to = tuple(one.id for one in self.directory.people(names, self.now) if one.id != self.by)
        return _Pass(number, len(escalation.steps), to, told(waiting, escalation, number, self.now)) if to else None

    def event(self, passed: _Pass, incident: Incident, event_id: str) -> IncidentEvent:
        return IncidentEvent(
            id=event_id,
            kind=EventKind.REMINDER,
            at=self.now,
            incident=incident,
            note=f"{self.by} cannot see to it: this is step {passed.number} of {passed.of}",
            to=passed.to,
            step=passed.number,
        )
