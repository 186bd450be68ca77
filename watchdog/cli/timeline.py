"""One incident as people read it on a terminal: what happened, who was told by which way, what they answered."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from alerts.incident import Acknowledgement, Chase, EventKind, Incident, Nature
from alerts.links import Action
from alerts.message import NotificationState
from alerts.people.escalation import why_held
from alerts.words.lead_times import lead_words
from alerts.words.wording import CAUSES, count, span, untitled
from checks.estate import Estate
from checks.model import Status
from checks.wording import local, moment
from watchdog.cli.columns import cell_text
from watchdog.store.views import DeliveryLine, EventLine, IncidentHistory, InOne, LinkUse, WaitingLine

#: A shorter time is told to the second.
_SHORT = timedelta(minutes=2)

#: Rungs that follow the last day begin with these words.
_AFTER_THE_LAST_DAY = {"overdue": "overdue", "withdrawn": "no longer listed"}

#: More parts of an incident are counted.
_MOST_PARTS: Final = 20


def incident_lines(history: IncidentHistory, now: datetime, estate: Estate) -> Iterator[str]:
    one, zone = history.incident, estate.time_zone
    is_change = one.nature is Nature.CHANGE
    word, why = ("changed", one.changed) if is_change else (one.severity.value, CAUSES[one.cause])
    title = _title(one, estate)
    played = "" if one.drill is None else f"DRILL by {cell_text(one.drill.by)}, nothing is wrong  "
    yield f"{played}{word.upper()}  {cell_text(title)}: {cell_text(untitled(one.summary, title))}"
    at = _clock(to_the_second=_is_short(one), zone=zone)
    yield f"  noticed at {at(one.since)}" if is_change else f"  {_times(one, now, at)}"
    by = "" if one.deadline is None else f" {moment(one.deadline.at, zone)}"
    yield f"  {one.nature.value}{by}: {cell_text(why)}; check {one.check_id}, subject {cell_text(one.subject)}"
    yield from (f"  {cell_text(label)}: {cell_text(value)}" for label, value in one.facts if is_change)
    yield f"  incident {one.id}"
    yield from (f"  {line}" for line in _how_it_stands(history, zone))
    happened = [] if is_change else [(event.at, _event_text(event, one, zone)) for event in history.events]
    told = [(line.at, delivery_text(line, one, history.channel_of(line.stands_for))) for line in history.deliveries]
    answered = [(use.at, _answer_text(use)) for use in history.answers]
    lines = sorted(happened + told + answered, key=lambda pair: pair[0])
    is_close = _is_short(one) or _share_a_minute([when for when, _ in lines])
    yield from (f"  {_clock(to_the_second=is_close, zone=zone)(when)}  {text}" for when, text in lines)
    if not any(line.is_told for line in history.deliveries):
        yield f"  {_untold(history)}"
    for waiting in history.waiting:
        yield f"  still to tell: {_whom(waiting)}: {_word(waiting.event, one)}, {_when(waiting.due_at, now, zone)}"


def _how_it_stands(history: IncidentHistory, zone: ZoneInfo) -> Iterator[str]:
    one = history.incident
    if one.root is not None:
        yield f"part of incident {one.root}, which explains it and is told instead"
    if one.closed_at is None:
        yield from _now(one, zone)
    if history.parts:
        yield f"it explains {count(len(history.parts), 'other incident')}, told as part of this one:"
        yield from (f"  {part.check_id}: {cell_text(part.summary)} ({part.id})" for part in history.parts[:_MOST_PARTS])
        if (more := len(history.parts) - _MOST_PARTS) > 0:
            yield f"  and {more} more"


def _now(one: Incident, zone: ZoneInfo) -> Iterator[str]:
    if one.recovered_at is not None:
        yield f"well since {moment(one.recovered_at, zone)}, over once it has stayed so"
    if one.is_unstable:
        yield "it comes and goes, which is one incident and no stream of them"
    if one.acknowledged is not None:
        yield acknowledged_text(one.acknowledged, zone)
    yield from (_chase_text(chase, one) for chase in one.chases)


def _chase_text(chase: Chase, one: Incident) -> str:
    far = f"{count(chase.step, 'step')} told" if chase.step else "nobody else was told yet"
    held = f", held, as {why_held(one)}" if chase.is_held else ""
    return f"escalation {cell_text(chase.escalation)}: {far}{held}"


def _answer_text(use: LinkUse) -> str:
    already = f", which changed nothing: {cell_text(use.already_by)} was at it already"
    return _pressed_text(use) if use.has_changed else f"{_pressed_text(use)}{already}"


def _pressed_text(use: LinkUse) -> str:
    who = cell_text(use.receiver)
    match use.action:
        case Action.FOUR_HOURS:
            return f"{who} pressed the link of a message: at it for 4 hours"
        case Action.UNTIL_WELL:
            return f"{who} pressed the link of a message: at it until it is well"
        case Action.PASS_ON:
            return f"{who} pressed the link of a message: cannot, passed it on"
        case Action.ANSWER | Action.BILL | Action.PROPOSAL:
            return f"{who} answered {cell_text(use.about)}: {cell_text(use.answer)}"
        case _:
            assert_never(use.action)


def _untold(history: IncidentHistory) -> str:
    one = history.incident
    if one.nature is Nature.CHANGE and one.severity is Status.OK:
        return "in the usual course of things, so nobody is told"
    if one.root is not None:
        return "nobody was told of it by itself"
    if not history.events:  # every incident on record has at least its opening
        return "nothing of it is written yet, so who was told is not known here"
    waits = history.waiting or any(line.in_one is InOne.WAITS for line in history.deliveries)
    return "nobody was told yet" if one.closed_at is None or waits else "nobody was told"


def _title(one: Incident, estate: Estate) -> str:
    """What people call the thing: the service's title, else its id, else the check's id."""
    service = None if one.service is None else estate.services.get(one.service)
    return service.title if service else one.service or one.check_id


def _times(one: Incident, now: datetime, at: Callable[[datetime], str]) -> str:
    if one.closed_at is None:
        return f"since {at(one.since)}, for {span(now - one.since)}"
    return (
        f"from {at(one.since)} to {at(one.closed_at)}, {span(one.closed_at - one.since)}: {cell_text(one.close_reason)}"
    )


def _clock(*, to_the_second: bool, zone: ZoneInfo) -> Callable[[datetime], str]:
    """How instants are told."""
    return lambda at: second_of(at, zone) if to_the_second else moment(at, zone)


def second_of(at: datetime, zone: ZoneInfo) -> str:
    """Like "02:14:09 on Sat 14 Oct 2017", as checks.wording.moment else."""
    return f"{local(at, zone):%H:%M:%S}{moment(at, zone)[len('HH:MM') :]}"


def _is_short(one: Incident) -> bool:
    return one.nature is not Nature.CHANGE and one.closed_at is not None and one.closed_at - one.since < _SHORT


def _share_a_minute(times: Sequence[datetime]) -> bool:
    return len({at.replace(second=0, microsecond=0) for at in times}) < len(times)


def _word(event: EventKind, one: Incident) -> str:
    """What nobody saw healed was not resolved."""
    return "closed" if event is EventKind.RESOLVED and one.retirement is not None else event.value


def _rung(name: str | None) -> str:
    """The step of a ladder, in words."""
    if name is None:
        return ""
    words = _AFTER_THE_LAST_DAY.get(name.partition(" ")[0]) or lead_words(name)
    return f" ({words})" if words else ""


def acknowledged_text(said: Acknowledgement, zone: ZoneInfo) -> str:
    """Like "acknowledged by asad at 02:14 on Sat 14 Oct 2017, until 09:00 on …: calling the vendor"."""
    return f"acknowledged by {cell_text(said.by)} at {moment(said.at, zone)}{_lasting(said.until, said.note, zone)}"


def _lasting(until: datetime | None, note: str, zone: ZoneInfo) -> str:
    end = "until it is well" if until is None else f"until {moment(until, zone)}"
    return f", {end}: {cell_text(note)}" if note else f", {end}"


def _event_text(event: EventLine, one: Incident, zone: ZoneInfo) -> str:
    note = f": {cell_text(event.note)}" if event.note else ""
    match event.kind:
        case EventKind.OPENED:
            return f"opened as {event.severity.value}{_rung(event.rung)}"
        case EventKind.SEVERITY:
            return f"now {event.severity.value}: {cell_text(event.summary)}"
        case EventKind.ACKNOWLEDGED:
            return f"acknowledged by {cell_text(event.by)}{_lasting(event.until, event.note, zone)}"
        case EventKind.UNACKNOWLEDGED:
            return f"{cell_text(event.by)} took the acknowledgement back"
        case kind if kind in _TURNS:
            return f"{_TURNS[kind]}{note}"
        case kind:
            return f"{_word(kind, one)}{_rung(event.rung)}{note}"


_TURNS: Final = {
    EventKind.HANDOFF: "handed on",
    EventKind.JOINED: "another one became part of it",
    EventKind.RECOVERED: "well for now; over once it has stayed so",
    EventKind.UNSTABLE: "failed again before it was over",
}


def delivery_text(line: DeliveryLine, one: Incident | None = None, instead_of: str | None = None) -> str:
    """`one` is None for what the daemon said of itself; `instead_of` is the channel that failed before this one."""
    event = line.event.value if one is None else _word(line.event, one)
    whom, again = _whom(line), " again, after a restart" if line.repeat else ""
    instead = "" if instead_of is None else f", since {cell_text(instead_of)} failed"
    why = f"{cell_text(line.detail)} [{line.reason}]" if line.detail else f"[{line.reason}]"
    if line.in_one is not None:
        return _gathered_text(line, line.in_one, event)
    match line.state:
        case NotificationState.SENT:
            return f"told {whom}{again}{instead}: {event}"
        case NotificationState.PENDING:
            return f"could not tell {whom} yet: {event}: {why}"
        case NotificationState.REJECTED:
            return f"could not tell {whom}: {event}: {why}"
        case NotificationState.DROPPED:
            return f"no need to tell {whom}: {event}: {why}"
        case NotificationState.QUARANTINED:
            return f"set aside for {whom}: {event}: {why}"
        case _:
            assert_never(line.state)


def _gathered_text(line: DeliveryLine, in_one: InOne, event: str) -> str:
    whom = _whom(line)
    match in_one:
        case InOne.TOLD:
            return f"told {whom}, in one message with others: {event}"
        case InOne.TOLD_OTHERWISE:
            return f"told {line.receiver}, in one message with others, another way than over {line.channel}: {event}"
        case InOne.WAITS:
            return f"still to tell {whom}, in one message with others: {event}"
        case InOne.NOT_TOLD:
            return f"not told to {whom} in one message with others, which did not go: {event}"
        case _:
            assert_never(in_one)


def _whom(line: DeliveryLine | WaitingLine) -> str:
    at = f" at {line.recipient}" if line.recipient else ""
    return f"{line.receiver}{at} over {line.channel}"


def _when(due_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    return f"not before {moment(due_at, zone)}" if due_at > now else "due now"
