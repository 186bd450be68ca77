"""Incidents in words: a card for lists, and the page of one from its beginning to its end. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from alerts.incident import EventKind, Incident, Nature
from alerts.message import NotificationState
from alerts.people.escalation import why_held
from alerts.words.due import LAPSING_KINDS
from alerts.words.escape import one_line, wrapped_lines
from alerts.words.lead_times import lead_words
from alerts.words.wording import CAUSES, count, span, untitled
from checks.model import Cause, Status
from checks.wording import moment
from watchdog.store.views import DeliveryLine, EventLine, IncidentHistory
from watchdog.web.deadline_view import due_words, who_depends
from watchdog.web.door_view import said_by_link
from watchdog.web.glance import Glance
from watchdog.web.header import header
from watchdog.web.standing import WORST_FIRST, Standing, deadline_standing
from watchdog.web.view import IncidentCard, IncidentPage, Step
from watchdog.web.words import (
    check_href,
    clock_time,
    evidence_lines,
    in_one_words,
    incident_href,
    safe_facts,
    since_words,
    told,
    whom,
)

#: Natures as people rank them: what does not work goes before what will not.
_NATURES = (Nature.FAULT, Nature.DEADLINE, Nature.STALENESS, Nature.CHANGE)
_SEVERITIES = (Status.CRITICAL, Status.WARNING, Status.UNKNOWN, Status.OK)

MAX_STEPS = 500
MAX_TOLD = 12
MAX_PARTS = 30
RUNBOOK_CHARS = 160


def gravity(one: Incident, now: datetime) -> tuple[int, int, datetime]:
    """Sorts incidents for reading: faults first, the worst of them first, the oldest or first due of those first."""
    if one.nature is Nature.DEADLINE:
        due_at = one.opened_at if one.deadline is None else one.deadline.at
        return _NATURES.index(one.nature), WORST_FIRST.index(_deadline_standing(one, now)), due_at
    return _NATURES.index(one.nature), _SEVERITIES.index(one.severity), one.opened_at


def card(one: Incident, glance: Glance, lines: Sequence[DeliveryLine] = ()) -> IncidentCard:
    zone, now = glance.estate.time_zone, glance.now
    tone, mark, word = _look(one, now)
    title = one_line(glance.title(one), 80)
    played = "" if one.drill is None else "DRILL, nothing is wrong: "
    return IncidentCard(
        href=incident_href(one.id),
        tone=tone,
        mark=mark,
        word=word,
        title=f"{played}{title}",
        summary=untitled(one_line(one.summary or one.subject, 300), title),
        cause=_cause(one),
        since=_since(one, glance),
        who=who_depends(glance.estate.services.get(one.service or ""), glance),
        facts=safe_facts(one.facts),
        evidence=evidence_lines(one.evidence),
        told=[told(line, now, zone) for line in _newest_each(lines)],
        untold=_untold(one, glance),
        acknowledged=_acknowledged(one, glance),
        check=one_line(one.check_id),
        check_href=check_href(one.check_id) if one.check_id in glance.specs else "",
        subject=one_line(one.subject),
    )


def _untold(one: Incident, glance: Glance) -> str:
    if one.root is None:
        return "nobody yet"
    standing = (incident for subjects in glance.subjects.values() for s in subjects for incident in s.record.incidents)
    root = next((incident for incident in standing if incident.id == one.root), None)
    whose = "another incident" if root is None else one_line(glance.title(root), 80)
    return f"not by itself: part of {whose}, which is told instead"


def _since(one: Incident, glance: Glance) -> str:
    if one.nature is Nature.DEADLINE and one.deadline is not None:
        return due_words(one.deadline, glance)
    if one.closed_at is not None:
        return f"from {moment(one.since, glance.estate.time_zone)}"
    return since_words(one.since, glance.now, glance.estate.time_zone)


def _newest_each(lines: Sequence[DeliveryLine]) -> Sequence[DeliveryLine]:
    """How it ended last with each receiver and channel; the page of the incident has them all.

    What was not sent, as nobody needed it, does not hide what was.
    """
    newest: dict[tuple[str, str, str], DeliveryLine] = {}
    for line in lines:
        whose = (line.receiver, line.channel, line.recipient)
        was_told = whose in newest and newest[whose].is_told
        if not (was_told and line.state is NotificationState.DROPPED and line.in_one is None):
            newest[whose] = line
    return list(newest.values())[-MAX_TOLD:]


def _acknowledged(one: Incident, glance: Glance) -> str:
    said = one.acknowledged
    if said is None:
        return ""
    zone, now = glance.estate.time_zone, glance.now
    until = "" if said.until is None else f", until {clock_time(said.until, now, zone)}"
    note = f": {said.note}" if said.note else ""
    unwritten_since = glance.conditions.unwritten_since
    is_kept = unwritten_since is None or said.at < unwritten_since
    doubt = "" if is_kept else " (not kept yet: nothing can be written)"
    return one_line(f"by {said.by} at {clock_time(said.at, now, zone)}{until}{doubt}{note}", 400)


def _look(one: Incident, now: datetime) -> tuple[str, str, str]:
    if one.closed_at is not None and one.nature is not Nature.CHANGE:
        return "ok", "✓", "Over"
    match one.nature:
        case Nature.FAULT:
            return ("critical", "✕", "Not working") if one.severity is Status.CRITICAL else ("warning", "!", "Impaired")
        case Nature.DEADLINE:
            standing = _deadline_standing(one, now)
            return standing.tone, standing.mark, standing.value
        case Nature.STALENESS:
            return "unknown", "?", "Cannot be judged"
        case Nature.CHANGE:
            return "warning", "!", "Changed"


def _deadline_standing(one: Incident, now: datetime) -> Standing:
    if one.deadline is None:
        return Standing.AHEAD
    standing = deadline_standing(one.deadline, one.cause, one.severity, now)
    return Standing.AHEAD if standing is Standing.WELL else standing


def _cause(one: Incident) -> str:
    """Nothing where the cause says what the word of the card has said."""
    return "" if one.cause in {Cause.NONE, Cause.DUE, Cause.OVERDUE} else CAUSES[one.cause]


# The page of one ------------------------------------------------------------------------------------------------------


def incident_page(history: IncidentHistory, glance: Glance) -> IncidentPage:
    one, now = history.incident, glance.now
    steps = sorted(_steps(history, glance), key=lambda pair: pair[0])
    until = one.closed_at or now
    return IncidentPage(
        header=header(glance),
        card=card(one, glance, history.deliveries),
        is_open=one.closed_at is None,
        lasted="" if one.nature is Nature.CHANGE else span(until - one.since),
        steps=[step for _, step in steps[:MAX_STEPS]],
        waiting=[f"{whom(line)}, {_waits_for(line.due_at, now)}" for line in history.waiting[:MAX_TOLD]],
        runbook=_runbook(one, glance),
        quiet=list(_standing_words(one, glance)) if one.closed_at is None else [],
        root_href="" if one.root is None else incident_href(one.root),
        parts=[(incident_href(part.id), _part(part, glance)) for part in history.parts[:MAX_PARTS]],
        more_parts=max(0, len(history.parts) - MAX_PARTS),
        if_missed=_if_missed(one, glance),
        is_to_settle=one.nature is Nature.DEADLINE and one.kind not in LAPSING_KINDS,
    )


def _standing_words(one: Incident, glance: Glance) -> Iterator[str]:
    """What is not said by its severity: held, unstable, how far the wait for an answer has come."""
    now, zone = glance.now, glance.estate.time_zone
    if one.recovered_at is not None:
        yield f"Well since {clock_time(one.recovered_at, now, zone)}; its end is told once it has stayed so."
    if one.is_unstable:
        yield "It comes and goes: one incident, and no message for each turn."
    for chase in one.chases:
        far = f"{count(chase.step, 'step')} told" if chase.step else "nobody else was told yet"
        held = f"; it waits, as {why_held(one)}" if chase.is_held else ""
        yield one_line(f"Escalation {chase.escalation}: {far}{held}.", 200)


def _part(part: Incident, glance: Glance) -> str:
    return one_line(f"{glance.title(part)}: {part.summary or part.subject}", 200)


def _waits_for(due_at: datetime, now: datetime) -> str:
    return f"in {span(due_at - now)}" if due_at > now else "due now"


def _runbook(one: Incident, glance: Glance) -> Sequence[str]:
    """The check's, then the service's; ahead of a deadline the latter waits for `_if_missed`, as in messages."""
    spec = glance.specs.get(one.check_id)
    of_service = () if one.nature is Nature.DEADLINE else (_service_runbook(one, glance),)
    return _wrapped(spec.runbook if spec else "", *of_service)


def _if_missed(one: Incident, glance: Glance) -> Sequence[str]:
    return _wrapped(_service_runbook(one, glance)) if one.nature is Nature.DEADLINE else ()


def _service_runbook(one: Incident, glance: Glance) -> str:
    service = glance.estate.services.get(one.service or "")
    return service.runbook if service else ""


def _wrapped(*texts: str) -> Sequence[str]:
    return [line for text in dict.fromkeys(filter(None, texts)) for line in wrapped_lines(text, RUNBOOK_CHARS)][:40]


def _steps(history: IncidentHistory, glance: Glance) -> Iterator[tuple[datetime, Step]]:
    zone, now = glance.estate.time_zone, glance.now
    for event in history.events:
        yield event.at, _event_step(event, clock_time(event.at, now, zone))
    for line in history.deliveries:
        yield line.at, _told_step(line, clock_time(line.at, now, zone), history.channel_of(line.stands_for))
    for use in history.answers:
        words = one_line(f"{use.receiver}, by the link of a message: {said_by_link(use)}", 300)
        word, tone = ("ANSWERED", "ok") if use.has_changed else ("PRESSED", "note")
        yield use.at, Step(at=clock_time(use.at, now, zone), word=word, tone=tone, words=words)
    closed_at = history.incident.closed_at
    if closed_at is not None and not any(event.kind is EventKind.RESOLVED for event in history.events):
        words = one_line(history.incident.close_reason, 300)
        yield closed_at, Step(at=clock_time(closed_at, now, zone), word="CLOSED", tone="ok", words=words)


def _told_step(line: DeliveryLine, at: str, instead_of: str | None) -> Step:
    if line.state is NotificationState.SENT:
        instead = "" if instead_of is None else f", since {instead_of} failed"
        return Step(at=at, word="TOLD", tone="ok", words=one_line(f"{whom(line)}: {line.event.value}{instead}", 400))
    words = f"{line.reason}{': ' if line.detail else ''}{line.detail}"
    if line.in_one is not None:
        words = in_one_words(line.in_one)
    if line.is_told:
        return Step(at=at, word="TOLD", tone="ok", words=one_line(f"{whom(line)}: {line.event.value}; {words}", 400))
    return Step(
        at=at, word="NOT TOLD", tone="unknown", words=one_line(f"{whom(line)}: {line.event.value}; {words}", 400)
    )


_STEP_WORDS = {
    EventKind.OPENED: "OPENED",
    EventKind.SEVERITY: "NOW",
    EventKind.REMINDER: "REMINDER",
    EventKind.RECOVERED: "WELL FOR NOW",
    EventKind.UNSTABLE: "FAILED AGAIN",
    EventKind.RESOLVED: "CLOSED",
    EventKind.HANDOFF: "HANDED OVER",
    EventKind.NOTICE: "CHANGED",
    EventKind.JOINED: "JOINED",
    EventKind.ACKNOWLEDGED: "ACKNOWLEDGED",
    EventKind.UNACKNOWLEDGED: "NO LONGER ACKNOWLEDGED",
}


def _rung_words(rung: str) -> str:
    """The step of a ladder as people say it."""
    first = rung.partition(" ")[0]
    words = {"overdue": "overdue", "withdrawn": "no longer listed"}.get(first) or lead_words(rung)
    return f" ({words})" if words else ""


def _event_step(event: EventLine, at: str) -> Step:
    is_good = event.kind in {EventKind.RESOLVED, EventKind.RECOVERED}
    tone = "ok" if is_good else event.severity.value
    rung = _rung_words(event.rung or "")
    words = f"by {event.by}{f': {event.note}' if event.note else ''}" if event.by else f"{event.summary}{rung}"
    return Step(
        at=at,
        word=_STEP_WORDS.get(event.kind, event.kind.value.upper()),
        tone=tone,
        words=one_line(words, 400),
    )
