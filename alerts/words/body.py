"""The text under a subject, in the order a person needs it: what, since when, for whom, what to do, proof, ids."""

from collections.abc import Callable, Sequence

from alerts.incident import EventKind, Nature
from alerts.words.due import Row, deadline_lead, lapses, lasted, moved_to, step, unless_done, with_dates
from alerts.words.escape import one_line, quoted_lines, visible, wrapped_lines
from alerts.words.scene import Scene
from alerts.words.wording import CAUSES, listed, span, untitled
from checks.model import Cause

#: No line of a message is longer; longer paragraphs go on in the next line.
LINE_CHARS = 400
EVIDENCE_LINES = 20
EVIDENCE_CHARS = 1500
EVIDENCE_LINE_CHARS = 160
MAX_FACTS = 24
MAX_VALUE_CHARS = 1000
VALUE_LINE_CHARS = 100

#: Causes that name nothing but the deadline itself.
_SAID_BY_SUBJECT = frozenset({Cause.NONE, Cause.DUE, Cause.OVERDUE})

_ABOUT_A_CHANGE = (
    "Nothing, if somebody meant it. If nobody here and nobody at the vendor's knows of it, find out who did it: a "
    "change that nobody ordered is a mistake or an attack."
)

Section = list[str]


def body(scene: Scene) -> str:
    """The whole text. No line of it is longer than LINE_CHARS."""
    order = _ENDED if scene.event.kind is EventKind.RESOLVED else _STANDING
    sections = [section(scene) for section in order]
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


# What and since when -------------------------------------------------------------------------------------------------


def _what(scene: Scene) -> Section:
    return _paragraph(f"{_preface(scene)}{_lead(scene)}")


def _preface(scene: Scene) -> str:
    match scene.event.kind:
        case EventKind.SEVERITY:
            return "It is another trouble now. "
        case EventKind.HANDOFF:
            return "This is yours now. "
        case EventKind.DIGEST | EventKind.NOTICE:
            return "For your information. "
        case EventKind.TEST:
            return "This is a test; nothing is wrong. "
        case (
            EventKind.OPENED
            | EventKind.REMINDER
            | EventKind.RESOLVED
            | EventKind.ACKNOWLEDGED
            | EventKind.UNACKNOWLEDGED
        ):
            said = one_line(scene.event.note)
            return f"{said}. " if said else ""


def _lead(scene: Scene) -> str:
    incident = scene.incident
    match incident.nature:
        case Nature.FAULT:
            return f"{scene.title} is not working as it should: {scene.summary}."
        case Nature.STALENESS:
            return f"Nobody can tell how {scene.title} stands. {scene.summary}."
        case Nature.DEADLINE if incident.deadline is not None:
            return deadline_lead(scene, incident.deadline)
        case Nature.DEADLINE:
            return f"{scene.summary}."
        case Nature.CHANGE:
            return f"Something changed: {scene.summary}."


def _since(scene: Scene) -> Section:
    since = scene.moment(scene.incident.since)
    match scene.incident.nature:
        case Nature.FAULT:
            before = "; then ".join(_all_wrong(scene)[:-1]) if scene.event.kind is EventKind.SEVERITY else ""
            return _paragraph(f"Failing since {since}." + (f" Before this: {before}." if before else ""))
        case Nature.STALENESS:
            return [f"Last judged at {since}. That does not say it is down: it says that we do not know."]
        case Nature.CHANGE:
            return [f"Noticed at {since}. This is told once; nothing stays open."]
        case Nature.DEADLINE:
            return []


def _facts(scene: Scene) -> Section:
    deadline, facts = scene.incident.deadline, _known(scene)
    return _rows(facts if deadline is None else with_dates(facts, scene, deadline))


def _known(scene: Scene) -> list[Row]:
    return [(label, value) for label, value in scene.incident.facts[:MAX_FACTS] if value]


# For whom ------------------------------------------------------------------------------------------------------------


def _for_whom(scene: Scene) -> Section:
    if scene.service is None or _names_whom(scene):
        return []
    whom = f" for {scene.departments}" if scene.departments else ""
    vendor = f" Vendor: {one_line(scene.vendor.name, 80)}." if scene.vendor else ""
    return _paragraph(f"{_at_stake(scene)}{whom}.{vendor}")


def _names_whom(scene: Scene) -> bool:
    """A bill may belong to another service than the check that watches it, and then knows better."""
    return any(label.casefold() == "goes dark for" for label, _ in scene.incident.facts)


def _at_stake(scene: Scene) -> str:
    match scene.incident.nature:
        case Nature.FAULT:
            return f"What goes dark: {scene.title}"
        case Nature.STALENESS:
            return f"What we cannot see: {scene.title}"
        case Nature.DEADLINE:
            return f"{unless_done(scene)}, {scene.title} can go dark"
        case Nature.CHANGE:
            return f"What depends on it: {scene.title}"


# What to do ----------------------------------------------------------------------------------------------------------


def _what_to_do(scene: Scene) -> Section:
    """The check's runbook, then the service's; ahead of a deadline the latter waits for `_if_missed`."""
    of_check = scene.directory.runbooks.get(scene.incident.check_id, "")
    match scene.incident.nature:
        case Nature.CHANGE:  # runbooks say what to do about a failure
            return _titled("What to do", _ABOUT_A_CHANGE)
        case Nature.DEADLINE:
            return _titled("What to do", of_check)
        case Nature.FAULT | Nature.STALENESS:
            return _titled("What to do", *dict.fromkeys((of_check, _service_runbook(scene))))


def _if_missed(scene: Scene) -> Section:
    if scene.incident.nature is not Nature.DEADLINE:
        return []
    return _titled(f"If {scene.title} goes dark all the same", _service_runbook(scene))


def _service_runbook(scene: Scene) -> str:
    return scene.service.runbook if scene.service else ""


def _titled(title: str, *texts: str) -> Section:
    lines = [line for text in texts for line in wrapped_lines(text, LINE_CHARS - 2)]
    return [title, *(f"  {line}".rstrip() for line in lines)] if lines else []


def _what_settles_it(scene: Scene) -> Section:
    if scene.incident.nature is not Nature.DEADLINE or lapses(scene):
        return []
    return [
        "What ends these reminders",
        "  The day it was settled and the proof of it, such as the vendor's receipt number or the reference of a",
        "  letter. Write both down with the bill (settled_on and evidence). Sending the money is not yet the end.",
    ]


def _who_else(scene: Scene) -> Section:
    return _paragraph(f"Also told: {listed(scene.others)}.") if scene.others else []


def _which_step(scene: Scene) -> Section:
    deadline, rung = scene.incident.deadline, scene.event.rung
    said = "" if deadline is None or rung is None else step(scene, deadline, rung)
    return [said] if said else []


# How it ended --------------------------------------------------------------------------------------------------------


def _how_it_ended(scene: Scene) -> Section:
    lines = [*_what_ended(scene), *([f"Closed because: {why}."] if (why := _why_closed(scene)) else [])]
    if scene.incident.retirement is not None:
        lines.append("That does not say that it is well again: nobody looks at it any more.")
    return [wrapped for line in lines for wrapped in _paragraph(line)]


def _why_closed(scene: Scene) -> str:
    incident = scene.incident
    moved = moved_to(scene, incident.deadline) if incident.deadline else None
    if moved:
        return f"the new date is {moved}"
    reason = untitled(one_line(incident.close_reason, 300).rstrip(". "), scene.title)
    # A kind's last word on a deadline mostly names it once more; the line above has just done so.
    return reason.removeprefix(scene.summary).lstrip(",:; ") or reason


def _what_was_settled(scene: Scene) -> Section:
    """The facts as they stand now; after a mere change of date they are those of before."""
    deadline = scene.incident.deadline
    return [] if deadline is None or moved_to(scene, deadline) else _rows(_known(scene))


def _what_ended(scene: Scene) -> Section:
    incident = scene.incident
    until = incident.closed_at or scene.event.at
    lasting = f"{span(lasted(scene))}, {scene.period(incident.since, until)}."
    match incident.nature:
        case Nature.FAULT:
            was = f"Trouble with {scene.title_and_subject} lasted {lasting}"
            return [was, f"What was wrong: {'; then '.join(_all_wrong(scene))}."]
        case Nature.STALENESS:
            return [f"{scene.title_and_subject} could not be judged for {lasting}"]
        case Nature.CHANGE:
            return [f"{scene.summary}."]
        case Nature.DEADLINE:
            told = f"First told at {scene.moment(incident.opened_at)}, closed at {scene.moment(until)}."
            return [f"No longer pending: {scene.summary}.", told]


def _all_wrong(scene: Scene) -> list[str]:
    """What was wrong, one after another, each cause once."""
    causes = dict(scene.incident.earlier)
    causes.setdefault(scene.incident.cause, scene.incident.summary)
    return [scene.said(words) for words in causes.values()]


# Proof and ids -------------------------------------------------------------------------------------------------------


def _proof(scene: Scene) -> Section:
    lines = quoted_lines(
        scene.incident.evidence, max_lines=EVIDENCE_LINES, max_chars=EVIDENCE_CHARS, line_chars=EVIDENCE_LINE_CHARS
    )
    return ["Proof", *(f"  | {line}".rstrip() for line in lines)] if lines else []


def _ids(scene: Scene) -> Section:
    incident = scene.incident
    rows = [
        ("Incident", visible(incident.id)),
        ("Check", f"{incident.check_id} ({incident.kind})"),
        ("Subject", incident.subject),
    ]
    if incident.changed:
        rows.append(("Changed", incident.changed))
    if scene.event.kind is not EventKind.RESOLVED:
        rows.append(("Severity", incident.severity.value))
        if incident.cause not in _SAID_BY_SUBJECT:
            rows.append(("Cause", _cause(incident.cause)))
    if url := incident_url(scene):
        rows.append(("Page", url))
    return _rows(rows, indent="")


def _cause(cause: Cause) -> str:
    words = CAUSES[cause]
    return words if words == cause.value else f"{cause.value} ({words})"


def incident_url(scene: Scene) -> str | None:
    base = scene.directory.estate.public_url
    return f"{base.rstrip('/')}/incidents/{visible(scene.incident.id)}" if base else None


_STANDING: Sequence[Callable[[Scene], Section]] = (
    _what,
    _since,
    _facts,
    _for_whom,
    _what_to_do,
    _what_settles_it,
    _if_missed,
    _who_else,
    _which_step,
    _proof,
    _ids,
)
_ENDED: Sequence[Callable[[Scene], Section]] = (_how_it_ended, _what_was_settled, _who_else, _ids)


def _paragraph(text: str) -> Section:
    return wrapped_lines(one_line(text, 2000), LINE_CHARS)


def _rows(pairs: Sequence[Row], indent: str = "  ") -> Section:
    """Labels in a column of their own, values beside them; a long value goes on below itself."""
    safe = [(one_line(label, 24), one_line(value, MAX_VALUE_CHARS)) for label, value in pairs]
    width = len(indent) + max((len(label) for label, _ in safe), default=0) + 2
    lines: Section = []
    for label, value in safe:
        first, *rest = wrapped_lines(value, VALUE_LINE_CHARS) or [""]
        lines += [f"{indent + label:<{width}}{first}".rstrip(), *(" " * width + line for line in rest)]
    return lines
