"""The subject of a message to on-call: the event in a plain word, what it is about, and why."""

from alerts.concern import BESIDE_BILLS
from alerts.incident import EventKind, Nature, Retirement
from alerts.words.due import deadline_subject, lapses, lasted, moved_to
from alerts.words.escape import one_line
from alerts.words.parts import how_many_more
from alerts.words.scene import Scene
from alerts.words.unpaid import unpaid, without_likely_reason
from alerts.words.wording import span
from checks.model import Status

_NO_LONGER_WATCHED = {
    Retirement.REMOVED: "taken out of the settings",
    Retirement.ELSEWHERE: "its check looks at something else now",
    Retirement.UNSEEN: "its check no longer sees it",
}

#: First words that are not the event's own.
_WORDS = {EventKind.HANDOFF: "HANDED OVER"}


def subject(scene: Scene) -> str:
    match scene.event.kind:
        case EventKind.OPENED | EventKind.REMINDER:
            return _standing_subject(scene)
        case EventKind.RESOLVED:
            return _resolved_subject(scene)
        case EventKind.NOTICE if scene.incident.nature is Nature.CHANGE:
            return f"CHANGED {scene.title}: {scene.summary}"
        case EventKind.SEVERITY:
            return f"{turn_word(scene)} {scene.title}{on_and_off(scene)}: {why(scene)}"
        case other:
            return f"{_WORDS.get(other, other.value.upper())} {scene.title}: {scene.summary}"


def why(scene: Scene) -> str:
    """What is wrong: the unpaid bill before what a check saw, and how many more fail because of it."""
    bill = unpaid(scene)
    seen, more = without_likely_reason(scene, scene.summary), how_many_more(scene)
    return f"{bill}; {seen}{more}" if bill else f"{seen}{more}"


def turn_word(scene: Scene) -> str:
    """How the severity turned; NOW where only the cause did."""
    before, severity = scene.event.before, scene.incident.severity
    if before is None or before is severity:
        return "NOW"
    return "NOW DOWN" if severity is Status.CRITICAL else "BETTER"


def fault_word(scene: Scene) -> str:
    """A lasting warning is no outage, and is not called one."""
    word = "DOWN" if scene.incident.severity is Status.CRITICAL else "DEGRADED"
    return f"STILL {word}" if scene.event.kind is EventKind.REMINDER else word


def on_and_off(scene: Scene) -> str:
    """Behind the name of what fails now and then; "" for what fails all the time."""
    if not scene.incident.is_unstable:
        return ""
    return ", in which it came and went" if scene.event.kind is EventKind.RESOLVED else ", which comes and goes"


def _standing_subject(scene: Scene) -> str:
    incident = scene.incident
    match incident.nature:
        case Nature.DEADLINE if incident.deadline is not None:
            return deadline_subject(scene, incident.deadline)
        case Nature.DEADLINE:
            return f"DUE {scene.summary}"
        case Nature.STALENESS:
            return f"STALE {scene.title}: {scene.summary}"
        case Nature.CHANGE:
            return f"CHANGED {scene.title}: {scene.summary}"
        case Nature.FAULT:
            return f"{fault_word(scene)} {scene.title}{on_and_off(scene)}: {why(scene)}"


def matter_of(scene: Scene) -> str:
    """What a matter of money beside the bills is about, with its vendor; its check's title says nothing of that.

    Empty for anything else.
    """
    incident = scene.incident
    if incident.kind not in BESIDE_BILLS or incident.retirement is not None:
        return ""
    is_over = scene.event.kind is EventKind.RESOLVED and incident.close_reason
    said = one_line(incident.close_reason, 300) if is_over else scene.summary.rpartition("; last look: ")[2]
    return said.partition("; ")[0].rstrip(". ")


def _resolved_subject(scene: Scene) -> str:
    incident = scene.incident
    if (why := incident.retirement) is not None:
        what = scene.summary if incident.nature is Nature.DEADLINE else scene.title_and_subject
        return f"CLOSED {what}: {_NO_LONGER_WATCHED[why]}"
    if incident.nature is not Nature.DEADLINE:
        return f"RESOLVED {matter_of(scene) or scene.title_and_subject}, after {span(lasted(scene))}{on_and_off(scene)}"
    if incident.deadline and (moved := moved_to(scene, incident.deadline)):
        thing = f"{scene.title}: {scene.summary}" if incident.service and lapses(scene) else scene.summary
        return f"RESOLVED {thing}: the new date is {moved}"
    reason = one_line(incident.close_reason)
    # A kind's last word on a deadline mostly names it once more.
    return f"RESOLVED {reason}" if reason.startswith(scene.summary) else f"RESOLVED {scene.summary}: {reason}"
