"""From an event to the outbox rows that tell it: to whom, over which channel, and not before when."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.concern import BESIDE_BILLS, as_reader, waits_for_office
from alerts.directory import Directory
from alerts.drills.drill import DRILL_URGENCY
from alerts.incident import EventKind, Incident, IncidentEvent, Nature
from alerts.message import Message, Notification
from alerts.next_step import told_together
from alerts.outbox import SetAside
from alerts.route import Receiver, receivers_for
from alerts.telling import Telling, first_ways, next_ways, once_each, rows_of
from alerts.unlinked import without_links
from alerts.with_bill import WAITS, goes_with_bill, is_read_by_people, waits_for_bill
from alerts.words.behind import told_behind
from alerts.words.framed import Said, in_language, render_plain
from alerts.words.render import render
from alerts.words.scene import named_for, named_in
from alerts.words.urdu import notices
from checks.model import Status

URGENT, _SOON, _REST = 0, 1, 2

#: Kinds that no message tells of.
ON_RECORD_ONLY = frozenset(
    {EventKind.ACKNOWLEDGED, EventKind.UNACKNOWLEDGED, EventKind.RECOVERED, EventKind.UNSTABLE, EventKind.JOINED}
)

#: Begins the event id of a notice that tells of a row set aside.
SET_ASIDE = "set-aside-"


def plan(event: IncidentEvent, directory: Directory) -> tuple[Notification, ...]:
    """One row per address of every receiver the routes name; () where no route matches, for a routine change, and for
    what is on record alone: what a person said to an incident, that it is well for now or down again, and all of an
    incident that another one explains. Where it explains others, whoever the routes name for those is told of it too.

    An end is planned for every receiver there is, whatever the routes say by now: the outbox keeps the rows of those
    who were told of the incident, or still wait to be, and no other; so it reaches whoever was on duty then, over every
    channel that told them. The same event planned again gives the same ids.
    """
    if _is_routine(event.incident) or event.kind in ON_RECORD_ONLY or _is_part(event):
        return ()
    told = _told(event, directory)
    telling = Telling(
        event_id=event.id,
        incident_id=event.incident.id,
        at=event.at,
        not_before=event.at,
        urgency=_urgency(event.kind, event.incident),
    )
    words = {id_: render(one, directory.receivers[id_], directory) for id_, one in told.items()}
    if event.kind is EventKind.RESOLVED:
        words |= _words_for_others(replace(event, parts=()), told.keys(), directory)
    rows: list[Notification] = []
    for receiver_id, message in words.items():
        receiver = directory.receivers[receiver_id]
        not_before = told_together(event, told_from(event.at, event.incident, receiver, directory))
        ways = receiver.channels if event.kind is EventKind.RESOLVED else first_ways(receiver)
        if waits_for_bill(event, receiver, directory):
            later = replace(telling, not_before=not_before + WAITS)
            rows += rows_of(receiver, filter(is_read_by_people, ways), goes_with_bill(message), later, directory)
            ways = [way for way in ways if not is_read_by_people(way)]
        rows += rows_of(receiver, ways, message, replace(telling, not_before=not_before), directory)
    return once_each(rows)


def plan_notice(
    *,
    event_id: str,
    at: datetime,
    subject: str,
    text: str,
    directory: Directory,
    labels: Mapping[str, str],
    besides: Iterable[str] = (),
    urdu: Said | None = None,
) -> tuple[Notification, ...]:
    """Rows for what the daemon has to say of itself, to `notice_receivers` and those of the ids `besides`.

    `urdu` says the same to readers of Urdu, who else read the English. It waits for no office.
    """
    said = Said(subject, text)

    def told(receiver: Receiver) -> Message:
        theirs = in_language(said, urdu, receiver)
        return render_plain(
            EventKind.NOTICE, theirs.subject, theirs.text, at=at, directory=directory, fields=labels, receiver=receiver
        )

    urgency = _urgency_of(labels.get("severity", Status.WARNING.value))
    telling = Telling(event_id=event_id, incident_id=None, at=at, not_before=at, urgency=urgency)
    return once_each(
        row
        for receiver in (*notice_receivers(labels, directory, at), *directory.people(besides, at))
        for row in rows_of(receiver, first_ways(receiver), told(receiver), telling, directory)
    )


def notice_receivers(labels: Mapping[str, str], directory: Directory, at: datetime) -> tuple[Receiver, ...]:
    """Who hears at `at` what the daemon has to say of itself.

    `labels` go through the routes like those of an incident, so {} takes the catch-all route. Where no route
    matches, every receiver is told: our own distress is never nobody's business.
    """
    named = receivers_for(labels, directory.routes) or tuple(directory.receivers)
    return directory.people(named, at) or directory.people(directory.receivers, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Many things in one message to one receiver."""

    receiver: Receiver
    subject: str
    text: str
    severity: str
    urgent: bool
    """It waits for no office."""
    short: tuple[str, ...] = ()
    """For two SMS, most urgent first; () takes the beginning of subject and text."""


def plan_digests(
    digests: Iterable[Digest], *, event_id: str, at: datetime, directory: Directory
) -> tuple[Notification, ...]:
    """One row per address; where two digests lead to one address it gets the first."""
    rows: list[Notification] = []
    for one in digests:
        fields = {"severity": one.severity}
        message = render_plain(
            EventKind.DIGEST,
            one.subject,
            one.text,
            at=at,
            directory=directory,
            fields=fields,
            receiver=one.receiver,
            short=one.short,
        )
        telling = Telling(event_id=event_id, incident_id=None, at=at, not_before=at, urgency=_urgency_of(one.severity))
        held = one.receiver.hold_for_office_hours and not one.urgent
        not_before = directory.calendars.of(one.receiver.office).next_open(at) if held else at
        rows += rows_of(
            one.receiver, first_ways(one.receiver), message, replace(telling, not_before=not_before), directory
        )
    return once_each(rows)


def plan_set_aside(row: SetAside, *, at: datetime, directory: Directory) -> tuple[Notification, ...]:
    """Rows that say that `row` will not be sent; () where it said that of another, or this would never end."""
    if row.event_id.startswith(SET_ASIDE):
        return ()
    what = repr(row.subject) if row.subject else "a message that cannot be read any more"
    return plan_notice(
        event_id=f"{SET_ASIDE}{row.notification_id}",
        at=at,
        subject="a message was set aside",
        text=f"Nobody was told {what}, meant for {row.receiver} over {row.channel}: {row.why}."
        " It will not be tried again; tell them another way.",
        directory=directory,
        labels={"severity": Status.CRITICAL.value},
        urdu=notices.set_aside(row.subject, row.receiver, row.channel, row.why),
    )


def plan_fallback(
    row: Notification, directory: Directory, incident: Incident | None = None
) -> tuple[Notification, ...]:
    """Rows that tell in the words of `row`, which could not be sent, over the next channel of whoever it is for.

    () after the last channel, and where all were told at once. Receivers that share an address each go on by their own
    next one; those who share it are known by `incident`, as it stands. A row that is there already has the same id.
    """
    if row.message.event is EventKind.TEST:
        return ()
    telling = Telling(
        event_id=row.event_id,
        incident_id=row.incident_id,
        at=row.created_at,
        not_before=row.not_before,
        urgency=row.urgency,
    )
    named = [receiver for id_, receiver in directory.receivers.items() if id_ == row.receiver]
    sharing = concerned(incident, directory, row.created_at) if incident is not None else ()
    rows: list[Notification] = []
    for receiver in {one.id: one for one in (*named, *sharing)}.values():
        rows += rows_of(receiver, next_ways(receiver, row.address), row.message, telling, directory)
    return once_each(rows)


def replan(row: Notification, incident: Incident | None, directory: Directory) -> tuple[Notification, ...]:
    """Rows that tell in the words of `row` those whom the routes name now; for when its own way is gone.

    `incident` as it stands, None for what belongs to none: that goes to the receiver it was for, when it was to, and to
    others only where that one is there no more. Others get it without its signed links, which speak in the name of
    whoever they were made for. An end goes to all, as in `plan`. A row to the same address has the same id.
    """
    kind, at = row.message.event, row.created_at
    telling = Telling(event_id=row.event_id, incident_id=row.incident_id, at=at, not_before=at, urgency=row.urgency)
    own = directory.receivers.get(row.receiver)
    if incident is None and own is not None and own.channels:
        later = replace(telling, not_before=row.not_before)
        return once_each(rows_of(own, first_ways(own), row.message, later, directory))
    if incident is None:
        receivers = notice_receivers(row.message.fields, directory, at)
    elif kind is EventKind.RESOLVED:
        receivers = tuple(directory.receivers.values())
    else:
        receivers = concerned(incident, directory, at)
    rows: list[Notification] = []
    for receiver in receivers:
        not_before = at if incident is None else told_from(at, incident, receiver, directory)
        ways = receiver.channels if kind is EventKind.RESOLVED else first_ways(receiver)
        message = row.message if receiver.id == row.receiver else without_links(row.message)
        rows += rows_of(receiver, ways, message, replace(telling, not_before=not_before), directory)
    return once_each(rows)


def concerned(incident: Incident, directory: Directory, at: datetime) -> tuple[Receiver, ...]:
    """Who hears of `incident` as it stands, by who is on duty at `at`."""
    return heard_by(named_for(incident, directory), directory, at)


def heard_by(named: Sequence[str], directory: Directory, at: datetime) -> tuple[Receiver, ...]:
    """Who is told at `at` where those ids are named.

    Where all of `named` stand for rotas in which nobody ever is, those who hear of our own distress.
    """
    return directory.people(named, at) or (notice_receivers({}, directory, at) if named else ())


def _told(event: IncidentEvent, directory: Directory) -> Mapping[str, IncidentEvent]:
    """Ids of those who are told of `event`, each with what it is to them."""
    named = replace(event, parts=()) if event.kind is EventKind.RESOLVED else event
    told = {receiver.id: named for receiver in heard_by(named_in(event, directory), directory, event.at)}
    for id_, theirs in told_behind(event, directory).items():
        for receiver in directory.people((id_,), event.at):
            told.setdefault(receiver.id, theirs)
    return told


def _words_for_others(event: IncidentEvent, told: Collection[str], directory: Directory) -> Mapping[str, Message]:
    """What the receivers besides `told` would be told. Between many of them nothing makes a difference."""
    besides = directory.receivers.keys() - set(told)
    alike: dict[tuple[object, ...], Message] = {}
    words = {}
    for receiver in directory.receivers.values():
        if receiver.id in besides:
            audience = as_reader(receiver, event.incident, directory).audience
            readers = (receiver.office, audience, receiver.language)
            if readers not in alike:
                alike[readers] = render(event, receiver, directory)
            words[receiver.id] = alike[readers]
    return words


def told_from(at: datetime, incident: Incident, receiver: Receiver, directory: Directory) -> datetime:
    """When `receiver` is told of what happens to `incident` at `at`: then, or when its office opens."""
    if waits_for_office(receiver, incident, directory) and not wakes(incident):
        return directory.calendars.of(receiver.office).next_open(at)
    return at


def wakes(incident: Incident) -> bool:
    """A critical fault disturbs anybody at any hour; a deadline never does, it was known for days, nor does money."""
    is_down = incident.nature is Nature.FAULT and incident.severity is Status.CRITICAL
    return is_down and incident.kind not in BESIDE_BILLS


def _is_part(event: IncidentEvent) -> bool:
    """Its root tells of it; whoever was told of it before hears of its end."""
    incident = event.incident
    return incident.root is not None and not (incident.was_told and event.kind is EventKind.RESOLVED)


def _is_routine(incident: Incident) -> bool:
    """A change in the usual course of things is kept in the history alone."""
    return incident.nature is Nature.CHANGE and incident.severity is Status.OK


def _urgency(kind: EventKind, incident: Incident) -> int:
    """Good news can wait behind bad news; it never overtakes the bad news it ends (alerts.outbox). A drill waits behind
    all that is real.
    """
    if incident.drill is not None:
        return DRILL_URGENCY
    return _REST if kind is EventKind.RESOLVED else _urgency_of(incident.severity.value)


def _urgency_of(severity: str) -> int:
    return {Status.CRITICAL.value: URGENT, Status.WARNING.value: _SOON}.get(severity, _REST)
