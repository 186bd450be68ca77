"""What is said when duty passes from one to the other: what is open, and who is at it. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from alerts.directory import Directory
from alerts.incident import EventKind, Incident, IncidentEvent
from alerts.message import Notification
from alerts.mutes.answered import is_answered
from alerts.people.rota import HandOff, Rota, next_hand_off, reached
from alerts.route import Receiver, every_route
from alerts.telling import Telling, first_ways, once_each, rows_of
from alerts.words.escape import one_line
from alerts.words.framed import render_plain
from alerts.words.passing_duty import DUTY_WORDS, DutyWords
from alerts.words.render import render
from alerts.words.scene import Scene, hearers_for, zone_of
from checks.model import Status

#: Behind what is down: it can wait a minute.
_URGENCY = 1
#: Nobody reads more in one message; the rest is counted, and the list of incidents has it.
MOST_NAMED = 200


def event_id(rota: Rota, hand_off: HandOff) -> str:
    """The same for the same hand-off for ever, so that it is told once however often it is planned."""
    return f"handoff-{rota.id}-{hand_off.at:%Y%m%dT%H%M%SZ}"


def plan_hand_off(
    rota: Rota, hand_off: HandOff, incidents: Iterable[Incident], now: datetime, directory: Directory
) -> tuple[Notification, ...]:
    """One row per address of those who go and of those who come, who stands in among them. `incidents` are all that are
    open. () where the same people go on, whatever they are there for.

    It waits for no office: whoever is on duty is at work.
    """
    theirs = open_for(rota, incidents, directory)
    telling = Telling(event_id=event_id(rota, hand_off), incident_id=None, at=now, not_before=now, urgency=_URGENCY)
    coming, going = _coming(rota, hand_off), _going(rota, hand_off)
    if coming == going:
        return ()
    rows: list[Notification] = []
    for id_ in dict.fromkeys((*coming, *going)):
        if (receiver := directory.receivers.get(id_)) is not None:
            head, named = _head(rota, hand_off, receiver, directory), _named(theirs, now)
            listed = [*_listed(named, receiver, now, directory), *_not_named(len(theirs) - len(named), receiver)]
            message = render_plain(
                EventKind.HANDOFF,
                _words(receiver).subject(rota.id, coming, going),
                "\n".join([head, "", *listed]),
                at=now,
                directory=directory,
                fields={"rota": rota.id, "goes": ", ".join(going), "comes": ", ".join(coming)},
                receiver=receiver,
                short=(head, *listed),
            )
            rows += rows_of(receiver, first_ways(receiver), message, telling, directory)
    return once_each(rows)


def plan_known(
    rota: Rota, hand_off: HandOff, incidents: Iterable[Incident], now: datetime, directory: Directory
) -> tuple[Notification, ...]:
    """Rows of those who come, who know by the hand-off of what it names; kept as told, so that they hear of the end."""
    comers = [directory.receivers[id_] for id_ in _coming(rota, hand_off) if id_ in directory.receivers]
    rows: list[Notification] = []
    for one in _named(open_for(rota, incidents, directory), now):
        id_ = f"{event_id(rota, hand_off)}-{one.id}"
        event = IncidentEvent(id=id_, kind=EventKind.HANDOFF, at=now, incident=one)
        telling = Telling(event_id=id_, incident_id=one.id, at=now, not_before=now, urgency=_URGENCY)
        for receiver in comers:
            rows += rows_of(receiver, first_ways(receiver), render(event, receiver, directory), telling, directory)
    return tuple(rows)


def open_for(rota: Rota, incidents: Iterable[Incident], directory: Directory) -> Sequence[Incident]:
    """Those of `incidents` that whoever is on duty has to see to."""
    return [one for one in incidents if one.root is None and _is_of(rota, one, directory)]


def _named(theirs: Sequence[Incident], now: datetime) -> Sequence[Incident]:
    """What is worst and waits for somebody before the rest."""

    def rank(one: Incident) -> tuple[bool, bool, bool]:
        return one.recovered_at is not None, is_answered(one, now), one.severity is not Status.CRITICAL

    return sorted(theirs, key=rank)[:MOST_NAMED]


def _not_named(more: int, receiver: Receiver) -> Sequence[str]:
    return ("", _words(receiver).more(more)) if more else ()


def _coming(rota: Rota, hand_off: HandOff) -> tuple[str, ...]:
    return hand_off.comes or reached(rota, hand_off.at)


def _going(rota: Rota, hand_off: HandOff) -> tuple[str, ...]:
    """Who stood in until then has to hear that it is over."""
    return hand_off.goes or reached(rota, hand_off.at - timedelta(microseconds=1))


def _is_of(rota: Rota, incident: Incident, directory: Directory) -> bool:
    """Whether whoever is on duty hears of it, by the routes or by a step of their escalation."""
    for hearer in hearers_for(incident, directory):
        escalation = directory.escalations.get(hearer.escalation or "")
        steps = escalation.steps if escalation is not None else ()
        named = (hearer.receiver, *(receiver for step in steps for receiver in step.to))
        if any(directory.receivers[one].rota == rota.id for one in named):
            return True
    return False


def is_used(rota: Rota, directory: Directory) -> bool:
    """Whether anything is told to whoever is on duty."""
    named = {receiver for route in every_route(directory.routes) for receiver in route.to}
    named |= {one for escalation in directory.escalations.values() for step in escalation.steps for one in step.to}
    return any(directory.receivers[one].rota == rota.id for one in named)


def _words(receiver: Receiver) -> DutyWords:
    return DUTY_WORDS[receiver.language]


def _head(rota: Rota, hand_off: HandOff, receiver: Receiver, directory: Directory) -> str:
    zone, words = zone_of(receiver, directory.estate), _words(receiver)
    since = words.moment(hand_off.at, zone)
    coming = _coming(rota, hand_off)
    if receiver.id not in coming:
        return words.ended(rota.id, since, coming)
    later = next_hand_off(rota, hand_off.at)
    until = "" if later is None else words.moment(later.at, zone)
    return words.begun(rota.id, since, until, _going(rota, hand_off))


def _listed(theirs: Sequence[Incident], receiver: Receiver, now: datetime, directory: Directory) -> Iterator[str]:
    words = _words(receiver)
    if not theirs:
        yield words.nothing
        return
    well = [one for one in theirs if one.recovered_at is not None]
    bad = [one for one in theirs if one.recovered_at is None]
    parts = (
        (words.unanswered, [one for one in bad if not is_answered(one, now)]),
        (words.answered, [one for one in bad if is_answered(one, now)]),
        (words.well, well),
    )
    is_first = True
    for title, found in parts:
        if found:
            yield from ([] if is_first else [""])
            yield title
            yield from (f"- {_line(one, receiver, now, directory)}" for one in found)
            is_first = False


def _line(incident: Incident, receiver: Receiver, now: datetime, directory: Directory) -> str:
    event = IncidentEvent(id="", kind=EventKind.REMINDER, at=now, incident=incident)
    scene = Scene(event=event, receiver=receiver, directory=directory)
    words, zone = _words(receiver), zone_of(receiver, directory.estate)
    since = words.moment(incident.since, zone)
    if incident.recovered_at is not None:
        return words.failed(scene.title_and_subject, since, words.moment(incident.recovered_at, zone))
    whose = _whose(incident, receiver, now, directory)
    return f"{words.since(render(event, receiver, directory).subject, since)}{whose}"


def _whose(incident: Incident, receiver: Receiver, now: datetime, directory: Directory) -> str:
    said = incident.acknowledged
    if said is None or not is_answered(incident, now):
        return ""
    words = _words(receiver)
    until = "" if said.until is None else words.moment(said.until, zone_of(receiver, directory.estate))
    return words.at_it(one_line(said.by, 80), until, one_line(said.note, 200))
