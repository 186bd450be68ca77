"""Listings as people read them on a terminal."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from alerts.incident import Acknowledgement, EventKind, Incident, Nature
from alerts.message import NotificationState
from alerts.record import SubjectRecord
from alerts.words.due import lead_words
from alerts.words.wording import CAUSES, day, span, untitled
from checks.estate import Estate
from checks.model import WORST_FIRST, Cause, CheckId, Status
from checks.wording import local, moment
from watchdog.cli.columns import cell_text, table
from watchdog.sight_check import SIGHT_CHECK
from watchdog.store.views import DeliveryLine, EventLine, IncidentHistory, NoticeLine, WaitingLine

#: A shorter time is told to the second.
_SHORT = timedelta(minutes=2)

#: Rungs that follow the last day begin with these words.
_AFTER_THE_LAST_DAY = {"overdue": "overdue", "withdrawn": "no longer listed"}


def status_text(
    records: Sequence[SubjectRecord],
    now: datetime,
    zone: ZoneInfo,
    width: int | None,
    unseen: Sequence[CheckId] = (),
) -> str:
    """`unseen` are checks that were not looked at yet: among what is unknown, not left out."""
    if not records and not unseen:
        return "nothing has been looked at yet"
    rows = [
        (
            record.status.value,
            "" if record.cause is Cause.NONE else record.cause.value,
            record.check_id,
            record.subject,
            f"{span(now - record.seen_at)} ago",
            _seen(record, zone),
        )
        for record in records
    ]
    worse = sum(WORST_FIRST.index(record.status) <= WORST_FIRST.index(Status.UNKNOWN) for record in records)
    rows[worse:worse] = [(Status.UNKNOWN.value, "", check_id, "", "", "not looked at yet") for check_id in unseen]
    listed = table(("STATUS", "CAUSE", "CHECK", "SUBJECT", "SEEN", "WHAT WAS SEEN"), rows, width)
    return "".join((*(_blind_banner(record, now) for record in records if record.check_id == SIGHT_CHECK), listed))


def _blind_banner(sight: SubjectRecord, now: datetime) -> str:
    """What stands above all else while no line below can be trusted."""
    if sight.status is not Status.UNKNOWN:
        return ""
    return f"BLIND for {span(now - sight.judged_at)}, nothing outside is judged: {sight.summary}\n\n"


def _seen(record: SubjectRecord, zone: ZoneInfo) -> str:
    """Summaries name no date: it may stand beside them."""
    if record.deadline is None or record.status is Status.UNKNOWN:
        return record.summary
    return f"{record.summary} (deadline {day(record.deadline.at, zone)})"


def deadlines_text(records: Sequence[SubjectRecord], now: datetime, zone: ZoneInfo, width: int | None) -> str:
    rows = [
        (
            record.status.value,
            moment(deadline.at, zone),
            _distance(deadline.at, now),
            "" if deadline.act_by is None else f"{moment(deadline.act_by, zone)}, {_distance(deadline.act_by, now)}",
            record.check_id,
            record.summary,
        )
        for record in records
        if (deadline := record.deadline) is not None
    ]
    if not rows:
        return "no deadline is known"
    return table(("STATUS", "BY", "THAT IS", "ACT BY", "CHECK", "WHAT"), rows, width)


def _distance(at: datetime, now: datetime) -> str:
    return f"in {span(at - now)}" if at > now else f"{span(now - at)} ago"


def incidents_text(histories: Sequence[IncidentHistory], now: datetime, estate: Estate) -> str:
    if not histories:
        return "no incident"
    return "\n\n".join("\n".join(_incident_lines(history, now, estate)) for history in histories)


def notices_text(notices: Sequence[NoticeLine], zone: ZoneInfo) -> str:
    said = [
        f"  {moment(one.delivery.at, zone)}  {_delivery_text(one.delivery)}: {cell_text(one.subject)}"
        for one in notices
    ]
    return "\n".join(["What the watchdog said of itself, newest first", *said])


def _incident_lines(history: IncidentHistory, now: datetime, estate: Estate) -> Iterator[str]:
    one, zone = history.incident, estate.time_zone
    is_change = one.nature is Nature.CHANGE
    word, why = ("changed", one.changed) if is_change else (one.severity.value, CAUSES[one.cause])
    title = _title(one, estate)
    yield f"{word.upper()}  {cell_text(title)}: {cell_text(untitled(one.summary, title))}"
    at = _clock(to_the_second=_is_short(one), zone=zone)
    yield f"  noticed at {at(one.since)}" if is_change else f"  {_times(one, now, at)}"
    by = "" if one.deadline is None else f" {moment(one.deadline.at, zone)}"
    yield f"  {one.nature.value}{by}: {cell_text(why)}; check {one.check_id}, subject {cell_text(one.subject)}"
    yield from (f"  {cell_text(label)}: {cell_text(value)}" for label, value in one.facts if is_change)
    yield f"  incident {one.id}"
    if one.acknowledged is not None and one.closed_at is None:
        yield f"  {acknowledged_text(one.acknowledged, zone)}"
    happened = [] if is_change else [(event.at, _event_text(event, one, zone)) for event in history.events]
    told = [(line.at, _delivery_text(line, one)) for line in history.deliveries]
    lines = sorted(happened + told, key=lambda pair: pair[0])
    is_close = _is_short(one) or _share_a_minute([when for when, _ in lines])
    yield from (f"  {_clock(to_the_second=is_close, zone=zone)(when)}  {text}" for when, text in lines)
    if not any(line.state is NotificationState.SENT for line in history.deliveries):
        yield f"  {_untold(history)}"
    for waiting in history.waiting:
        yield f"  still to tell: {_whom(waiting)}: {_word(waiting.event, one)}, {_when(waiting.due_at, now, zone)}"


def _untold(history: IncidentHistory) -> str:
    one = history.incident
    if one.nature is Nature.CHANGE and one.severity is Status.OK:
        return "in the usual course of things, so nobody is told"
    if not history.events:  # every incident on record has at least its opening
        return "nothing of it is written yet, so who was told is not known here"
    return "nobody was told yet" if one.closed_at is None or history.waiting else "nobody was told"


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
    rung = _rung(event.rung)
    match event.kind:
        case EventKind.OPENED:
            return f"opened as {event.severity.value}{rung}"
        case EventKind.SEVERITY:
            return f"became another trouble: {cell_text(event.summary)}"
        case EventKind.ACKNOWLEDGED:
            return f"acknowledged by {cell_text(event.by)}{_lasting(event.until, event.note, zone)}"
        case EventKind.UNACKNOWLEDGED:
            return f"{cell_text(event.by)} took the acknowledgement back"
        case EventKind.REMINDER if event.note:
            return f"reminder: {cell_text(event.note)}"
        case kind:
            return f"{_word(kind, one)}{rung}"


def _delivery_text(line: DeliveryLine, one: Incident | None = None) -> str:
    """`one` is None for what the daemon said of itself."""
    event = line.event.value if one is None else _word(line.event, one)
    whom, again = _whom(line), " again, after a restart" if line.repeat else ""
    why = f"{cell_text(line.detail)} [{line.reason}]" if line.detail else f"[{line.reason}]"
    match line.state:
        case NotificationState.SENT:
            return f"told {whom}{again}: {event}"
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


def _whom(line: DeliveryLine | WaitingLine) -> str:
    at = f" at {line.recipient}" if line.recipient else ""
    return f"{line.receiver}{at} over {line.channel}"


def _when(due_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    return f"not before {moment(due_at, zone)}" if due_at > now else "due now"
