"""How a drill went: who was told when and by which way, who answered and how fast, which steps came. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from alerts.drills.drill import Drill
from alerts.incident import EventKind, Incident
from alerts.links import Action
from alerts.message import NotificationState
from alerts.route import Audience, Receiver
from watchdog.store.views import DeliveryLine, IncidentHistory, LinkUse, WaitingLine

_ANSWERS: Final = frozenset({Action.FOUR_HOURS, Action.UNTIL_WELL, Action.PASS_ON})


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What became of the messages over one channel to one recipient."""

    channel: str
    recipient: str
    told_at: datetime | None
    """When the first one was handed over; None where none was."""
    why: str
    """What kept the last one back; "" where one was handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One receiver: how it was told, and what it said."""

    receiver: str
    is_asked: bool
    """It has somebody who is to answer: no machine, and no department, which only reads."""
    ways: tuple[Way, ...]
    told_at: datetime | None
    answered_at: datetime | None = None
    answer: Action | None = None
    """What the link said; None where it was said by `nigehban ack`, or nothing was."""

    @property
    def took(self) -> timedelta | None:
        """From the first message to the answer; None without both, or where the answer came first."""
        if self.told_at is None or self.answered_at is None or self.answered_at < self.told_at:
            return None
        return self.answered_at - self.told_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Somebody answered who is no receiver that was told: by their own name, on the command line."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An escalation went on."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillReport:
    incident: Incident
    drill: Drill
    heard: tuple[Heard, ...]
    others: tuple[Answered, ...]
    steps: tuple[Step, ...]

    @property
    def asked(self) -> Sequence[Heard]:
        """Those who were told and are to answer."""
        return [one for one in self.heard if one.is_asked and one.told_at is not None]

    @property
    def silent(self) -> Sequence[Heard]:
        return [one for one in self.asked if one.answered_at is None]

    @property
    def first(self) -> Answered | None:
        """Whoever answered first, told or not; None where nobody did."""
        told = [Answered(by=one.receiver, at=one.answered_at) for one in self.heard if one.answered_at is not None]
        return min([*told, *self.others], key=lambda one: one.at, default=None)

    @property
    def is_first_of_told(self) -> bool:
        """False where somebody besides the receivers was first: their answer counts for none of these."""
        return self.first is not None and self.first not in self.others

    @property
    def first_answer(self) -> timedelta | None:
        """From the beginning to the first answer of anybody; None where nobody answered."""
        return None if self.first is None else self.first.at - self.incident.opened_at


def report_of(history: IncidentHistory, receivers: Mapping[str, Receiver]) -> DrillReport | None:
    """None for an incident that is real. `receivers` are those of the settings in force."""
    drill = history.incident.drill
    if drill is None:
        return None
    ids = dict.fromkeys([*(one.receiver for one in _told(history)), *(one.receiver for one in _waits(history))])
    heard = tuple(_heard(id_, history, receivers.get(id_)) for id_ in ids)
    return DrillReport(
        incident=history.incident, drill=drill, heard=heard, others=_others(history, ids), steps=_steps(history)
    )


def _told(history: IncidentHistory) -> Sequence[DeliveryLine]:
    """All but the end, which asks for nothing."""
    return [one for one in history.deliveries if one.event is not EventKind.RESOLVED]


def _waits(history: IncidentHistory) -> Sequence[WaitingLine]:
    return [one for one in history.waiting if one.event is not EventKind.RESOLVED]


def _heard(id_: str, history: IncidentHistory, receiver: Receiver | None) -> Heard:
    lines = [one for one in _told(history) if one.receiver == id_]
    places = [(one.channel, one.recipient) for one in lines]
    places += [(one.channel, one.recipient) for one in _waits(history) if one.receiver == id_]
    ways = tuple(_way(channel, recipient, history, lines) for channel, recipient in dict.fromkeys(places))
    use = next((one for one in _answers(history) if one.receiver == id_), None)
    by_name = next((at for by, at in _said_by_name(history) if by == id_), None)
    answered = min((at for at in (None if use is None else use.at, by_name) if at is not None), default=None)
    return Heard(
        receiver=id_,
        is_asked=receiver is None or _is_asked(receiver),
        ways=ways,
        told_at=min((one.told_at for one in ways if one.told_at is not None), default=None),
        answered_at=answered,
        answer=use.action if use is not None and use.at == answered else None,
    )


def _way(channel: str, recipient: str, history: IncidentHistory, lines: Iterable[DeliveryLine]) -> Way:
    tried = [one for one in lines if (one.channel, one.recipient) == (channel, recipient)]
    told_at = next((one.at for one in tried if one.state is NotificationState.SENT), None)
    why = "" if told_at is not None or not tried else f"{tried[-1].state.value}: {tried[-1].reason}"
    waits = [one for one in _waits(history) if (one.channel, one.recipient) == (channel, recipient)]
    if not why and told_at is None and waits:
        why = "waits"
    return Way(channel=channel, recipient=recipient, told_at=told_at, why=why)


def _is_asked(receiver: Receiver) -> bool:
    is_machine = bool(receiver.channels) and all(one.kind == "alertmanager" for one in receiver.channels)
    return receiver.audience is not Audience.DEPARTMENT and not is_machine


def _answers(history: IncidentHistory) -> Sequence[LinkUse]:
    """Links that were pressed, also where somebody else was first: whoever pressed one had read it."""
    return [one for one in history.answers if one.action in _ANSWERS]


def _said_by_name(history: IncidentHistory) -> Sequence[tuple[str, datetime]]:
    """Acknowledgements that no link made."""
    by_link = {f"{one.receiver} by signed link" for one in history.answers}
    said = [one for one in history.events if one.kind is EventKind.ACKNOWLEDGED]
    return [(one.by, one.at) for one in said if one.by not in by_link]


def _others(history: IncidentHistory, receivers: Iterable[str]) -> tuple[Answered, ...]:
    known = set(receivers)
    strangers = [Answered(by=by, at=at) for by, at in _said_by_name(history) if by not in known]
    links = [Answered(by=one.receiver, at=one.at) for one in _answers(history) if one.receiver not in known]
    return tuple(sorted([*strangers, *links], key=lambda one: one.at))


def _steps(history: IncidentHistory) -> tuple[Step, ...]:
    return tuple(Step(at=one.at, words=one.note) for one in history.events if one.kind is EventKind.REMINDER)
