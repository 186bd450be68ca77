"""The open incidents of one subject, and who is told next while nobody answers them. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from itertools import chain
from typing import Final, assert_never

from alerts.directory import Directory
from alerts.incident import Chase, EventKind, Incident, IncidentEvent
from alerts.judging.episode import Judgement
from alerts.judging.fault import is_worn
from alerts.mutes.answered import is_answered
from alerts.people.escalation import (
    Due,
    Escalation,
    ahead,
    begun,
    due,
    gone_on,
    held,
    names_told,
    not_ahead,
    paused,
    resumed,
    risen,
    told,
)
from alerts.people.unanswerable import NOT_KNOWN, Heard, Unanswerable, unanswerable
from alerts.plan import heard_by, told_from
from alerts.record import SubjectRecord
from alerts.words.scene import hearers_for
from alerts.words.wording import span

#: An escalation that is new to an incident older than this counts from now: the settings are new, not the silence.
_JUST_OPENED: Final = timedelta(hours=1)


def chase(
    record: SubjectRecord,
    directory: Directory,
    now: datetime,
    *,
    is_muted: Callable[[Incident], bool],
    new_id: Callable[[], str],
    is_blind: bool = False,
    heard: Heard = NOT_KNOWN,
) -> Judgement | None:
    """What is due of the escalations that the routes name for the open incidents of `record`; None for nothing new.

    Where nobody is on duty, and where by `heard` nothing reached those who were told, the next step that reaches others
    is due at once; where none does, whoever stands in has the time that people have.

    Nothing is waited for while somebody is at it and while `is_muted` says that it may not be told; after that the wait
    begins anew. While it is well for now, or comes and goes and is not down, while another incident explains it and
    while `is_blind` the wait stands still: what comes and goes is no answer.
    """
    events: list[IncidentEvent] = []
    chased = record
    for incident in record.incidents:
        is_said = is_answered(incident, now) or is_muted(incident)
        comes_and_goes = incident is record.fault_incident and is_worn(record.fault)
        stands = incident.recovered_at is not None or incident.root is not None or is_blind or comes_and_goes
        hold = _Hold.ANSWERED if is_said else _Hold.PAUSED if stands else _Hold.NONE
        pursuit = _Pursuit(incident, directory, now, hold, heard)
        chases, steps = pursuit.go_on()
        if chases != incident.chases:
            after = replace(incident, chases=chases)
            chased = chased.with_incident(after)
            events += [pursuit.event(step, after, new_id()) for step in steps]
    return None if chased is record else Judgement(chased, tuple(events))


class _Hold(Enum):
    """What keeps the next step back."""

    NONE = "none"
    PAUSED = "paused"
    """Nobody's word: after it the wait goes on."""
    ANSWERED = "answered"
    """Somebody's word: after it the wait begins anew."""


@dataclass(frozen=True, slots=True)
class _Step:
    due: Due
    to: tuple[str, ...]
    escalation: Escalation
    unanswered: timedelta
    nobody: Unanswerable | None = None


@dataclass(frozen=True, slots=True)
class _Pursuit:
    """One incident and its escalations at one moment."""

    incident: Incident
    directory: Directory
    now: datetime
    hold: _Hold
    heard: Heard

    def go_on(self) -> tuple[tuple[Chase, ...], list[_Step]]:
        """The chases as they stand now, and the steps to tell."""
        before = {one.escalation: one for one in self.incident.chases}
        chases: list[Chase] = []
        steps: list[_Step] = []
        for escalation, named in self._named():
            chase = self._waiting(before.get(escalation.id), escalation, named)
            step, nobody = due(chase, escalation, self.now), None
            if step is None:
                step, nobody = self._at_once(chase, escalation, named)
            if step is not None:
                to, waited = self._to(step, named), self.now - chase.since
                steps.append(_Step(step, to, escalation, waited, nobody))
                chase = told(chase, escalation, step.number, self.now)
            chases.append(chase)
        return tuple(chases), steps

    def _at_once(
        self, chase: Chase, escalation: Escalation, named: tuple[str, ...]
    ) -> tuple[Due, Unanswerable] | tuple[None, None]:
        """The step that is not waited for, and why; none where whoever was told may answer, where no step ahead reaches
        anybody else, and before people hear of it.
        """
        to_come = ahead(chase, escalation)
        if chase.is_held or not to_come or chase.since > self.now:
            return None, None
        heard = (*named, *chain.from_iterable(names_told(chase, escalation)))
        so_far = tuple(one for one in heard if one in self.directory.receivers)  # some may have left the settings
        nobody = unanswerable(so_far, self.directory, chase.since, self.heard.get(self.incident.id, {}))
        step = None if nobody is None else self._reaching_others(so_far, chase, to_come)
        return (None, None) if nobody is None or step is None else (step, nobody)

    def _reaching_others(
        self, told: tuple[str, ...], chase: Chase, to_come: Mapping[int, tuple[str, ...]]
    ) -> Due | None:
        """The first step to come that reaches somebody besides `told` and those who stood in for them."""
        known = {one.id for one in heard_by(told, self.directory, chase.since)}
        for number, to in to_come.items():
            if any(one.id not in known for one in heard_by(to, self.directory, self.now)):
                return Due(number=number, is_repeat=False, at=self.now, to=to)
        return None

    def _named(self) -> Iterator[tuple[Escalation, tuple[str, ...]]]:
        """Every escalation that the routes name, with the receivers it covers."""
        covered: dict[str, list[str]] = {}
        for hearer in hearers_for(self.incident, self.directory):
            if hearer.escalation in self.directory.escalations:
                covered.setdefault(hearer.escalation or "", []).append(hearer.receiver)
        for id_, receivers in covered.items():
            yield self.directory.escalations[id_], tuple(receivers)

    def _waiting(self, before: Chase | None, escalation: Escalation, named: tuple[str, ...]) -> Chase:
        incident, now = self.incident, self.now
        if before is None:
            opened = incident.opened_at if now - incident.opened_at <= _JUST_OPENED else now
            before = begun(escalation, told_at=self._heard_at(opened, named), severity=incident.severity)
        if before.severity is not incident.severity:
            before = risen(before, incident.severity, self._heard_at(now, named))
        if max(before.since, before.waits_from, before.paused_at or now) > now:
            before = not_ahead(before, now, self._heard_at(now, named))
        match self.hold:
            case _Hold.ANSWERED:
                return held(before)
            case _Hold.PAUSED:
                return paused(before, now)
            case _Hold.NONE:
                return self._released(before, named)
            case _:
                assert_never(self.hold)

    def _released(self, before: Chase, named: tuple[str, ...]) -> Chase:
        if not before.is_held:
            return before
        if before.paused_at is not None:
            return gone_on(before, self.now)
        return resumed(before, self._heard_at(self.now, named))

    def _heard_at(self, at: datetime, named: tuple[str, ...]) -> datetime:
        """When the first of them hears of what happens at `at`: some wait for their office."""
        people = self.directory.people(named, self.now)
        return min((told_from(at, self.incident, one, self.directory) for one in people), default=at)

    @staticmethod
    def _to(step: Due, named: tuple[str, ...]) -> tuple[str, ...]:
        """A repeat goes to everybody who was told so far."""
        return tuple(dict.fromkeys((*named, *step.to))) if step.is_repeat else step.to

    def event(self, step: _Step, incident: Incident, event_id: str) -> IncidentEvent:
        return IncidentEvent(
            id=event_id,
            kind=EventKind.REMINDER,
            at=self.now,
            incident=incident,
            note=_words(step),
            to=step.to,
            step=step.due.number,
            nobody=None if step.nobody is None else step.nobody.why,
        )


def _words(step: _Step) -> str:
    waited = f"Nobody has acknowledged this for {span(step.unanswered)}"
    steps = len(step.escalation.steps)
    if step.nobody is not None:
        return f"{step.nobody.words}; this is step {step.due.number} of {steps}, told at once"
    if not step.due.is_repeat:
        return f"{waited}: this is step {step.due.number} of {steps}"
    repeats = step.escalation.repeats
    number = step.due.number - steps
    return f"{waited}: it is told again, {number} of {repeats}" if repeats else f"{waited}: it is told again"
