"""What is told again and again while nobody answers, foretold a few times and then counted. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from alerts.directory import Directory
from alerts.incident import Chase, Incident, IncidentEvent
from alerts.people.escalation import Due, Escalation, coming, names_told
from alerts.record import SubjectRecord

#: So many repeats in a row are foretold one by one.
_ONE_BY_ONE: Final = 3
_BEFORE: Final = timedelta(microseconds=1)

_Key: TypeAlias = tuple[str, str]
"""Incident and escalation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """How a message goes on if nobody answers."""

    every: timedelta
    times: int
    """At most: what waits for an office gives way to the next one."""
    until: datetime
    """When the last of them is told."""


@dataclass(slots=True)
class Endless:
    """The repeats of one play."""

    directory: Directory
    again: dict[str, Again] = field(default_factory=dict)
    """By id of the row behind which they follow."""
    _in_a_row: dict[_Key, int] = field(default_factory=dict)
    _rows: dict[_Key, Sequence[str]] = field(default_factory=dict)

    def told(self, record: SubjectRecord, at: datetime, events: Iterable[tuple[IncidentEvent, Sequence[str]]]) -> None:
        """`events` of who is next, told at `at`, each with the ids of its rows."""
        rows = {(event.incident.id, event.step): ids for event, ids in events}
        for incident, chase, escalation in self._chases(record):
            number = len(escalation.steps) + chase.step - len(names_told(chase, escalation))
            key = incident.id, chase.escalation
            if chase.is_held or number <= len(escalation.steps):
                self._in_a_row.pop(key, None)
            elif chase.waits_from == at and (incident.id, number) in rows:
                self._in_a_row[key] = self._in_a_row.get(key, 0) + 1
                self._rows[key] = rows[incident.id, number]

    def told_often(self, incident: Incident, chase: Chase) -> bool:
        """Whether the next repeats may be counted only."""
        return self._in_a_row.get((incident.id, chase.escalation), 0) >= _ONE_BY_ONE

    def without(self, record: SubjectRecord) -> SubjectRecord:
        """`record` with nothing to wait for of what was told often."""
        for incident in record.incidents:
            left = tuple(one for one in incident.chases if not self.told_often(incident, one))
            if len(left) < len(incident.chases):
                record = record.with_incident(replace(incident, chases=left))
        return record

    def counted(self, record: SubjectRecord, edge: datetime) -> SubjectRecord:
        """`record` as it stands once all repeats of what was told often are told that come before `edge`."""
        for incident in record.incidents:
            chases = tuple(self._passed(incident, chase, edge) for chase in incident.chases)
            if chases != incident.chases:
                record = record.with_incident(replace(incident, chases=chases))
        return record

    def _passed(self, incident: Incident, chase: Chase, edge: datetime) -> Chase:
        escalation = self.directory.escalations.get(chase.escalation)
        step = None if escalation is None else coming(chase, escalation)
        if escalation is None or step is None or not (step.is_repeat and self.told_often(incident, chase)):
            return chase
        every = escalation.repeat_every or timedelta()
        times = _times(step, escalation, every, edge)
        if not times:
            return chase
        last = step.at + (times - 1) * every
        for row in self._rows[incident.id, chase.escalation]:
            before = self.again[row].times if row in self.again else 0
            self.again[row] = Again(every=every, times=before + times, until=last)
        waited, told = chase.waited + times * every, names_told(chase, escalation)
        return replace(chase, step=chase.step + times, waits_from=last, waited=waited, told=told)

    def _chases(self, record: SubjectRecord) -> Iterator[tuple[Incident, Chase, Escalation]]:
        for incident in record.incidents:
            for chase in incident.chases:
                if chase.escalation in self.directory.escalations:
                    yield incident, chase, self.directory.escalations[chase.escalation]


def _times(step: Due, escalation: Escalation, every: timedelta, edge: datetime) -> int:
    """How many repeats from `step` on come before `edge`."""
    times = max((edge - _BEFORE - step.at) // every + 1, 0)
    if escalation.repeats is None:
        return times
    return min(times, escalation.repeats - (step.number - len(escalation.steps)) + 1)
