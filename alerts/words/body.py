"""What on-call reads under a subject, in the order they need it: what, since when, for whom, what to do, proof, ids."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from alerts.incident import EventKind, Nature
from alerts.words.blocks import Block, Row, Rows, quote, text, titled
from alerts.words.due import deadline_lead, lapses, lasted, moved_to, step, unless_done, with_dates
from alerts.words.escape import one_line, visible
from alerts.words.parts import also_down, still_down, titles_hit
from alerts.words.played import what_ends_it
from alerts.words.scene import Scene
from alerts.words.subject import subject, turn_word
from alerts.words.unpaid import is_said_by_bill, still_unpaid, unpaid_sentence, without_likely_reason
from alerts.words.wording import CAUSES, count, listed, span, untitled
from checks.model import Cause, Status

MAX_FACTS = 24

#: Causes that name nothing but the deadline itself.
_SAID_BY_SUBJECT = frozenset({Cause.NONE, Cause.DUE, Cause.OVERDUE})

_ABOUT_A_CHANGE = (
    "Nothing, if somebody meant it. If nobody here and nobody at the vendor's knows of it, find out who did it: a "
    "change that nobody ordered is a mistake or an attack."
)

_PREFACES = {
    EventKind.HANDOFF: "This is yours now. ",
    EventKind.DIGEST: "For your information. ",
    EventKind.NOTICE: "For your information. ",
    EventKind.TEST: "This is a test; nothing is wrong. ",
}

_TURNS = {
    "NOW": "It is another trouble now. ",
    "NOW DOWN": "It has become worse. ",
    "BETTER": "It has become better, but it is not over. ",
}

Section: TypeAlias = Block | None


def body(scene: Scene) -> Sequence[Block]:
    order = _ENDED if scene.event.kind is EventKind.RESOLVED else _STANDING
    sections = [section(scene) for section in order]
    return [block for block in sections if block is not None]


def in_short(scene: Scene) -> tuple[str, ...]:
    """What goes into an SMS, most important first."""
    incident = scene.incident
    if scene.event.kind is EventKind.RESOLVED:
        return (f"{subject(scene)}.",)
    since = f"Since {scene.moment(incident.since)}." if incident.nature is Nature.FAULT else ""
    users = f"{count(scene.users, 'user')}." if scene.users else ""
    return f"{subject(scene)}.", since, users, incident_url(scene) or ""


# What and since when -------------------------------------------------------------------------------------------------


def _what(scene: Scene) -> Section:
    return text(unpaid_sentence(scene), f"{_preface(scene)}{without_likely_reason(scene, _lead(scene))}")


def _also_down(scene: Scene) -> Section:
    return text(also_down(scene))


def _preface(scene: Scene) -> str:
    kind = scene.event.kind
    if kind is EventKind.SEVERITY:
        return _TURNS[turn_word(scene)]
    said = one_line(scene.event.note)
    return _PREFACES.get(kind) or (f"{said}. " if said else "")


def _lead(scene: Scene) -> str:
    incident = scene.incident
    match incident.nature:
        case Nature.FAULT:
            again = " It comes and goes: it was well for a while and failed again." if incident.is_unstable else ""
            return f"{scene.title} is not working as it should: {scene.summary}.{again}"
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
            return text(f"Failing since {since}." + (f" Before this: {before}." if before else ""))
        case Nature.STALENESS:
            return text(f"Last judged at {since}. That does not say it is down: it says that we do not know.")
        case Nature.CHANGE:
            return text(f"Noticed at {since}. This is told once; nothing stays open.")
        case Nature.DEADLINE:
            return None


def _facts(scene: Scene) -> Section:
    deadline, facts = scene.incident.deadline, _known(scene)
    return _rows(facts if deadline is None else with_dates(facts, scene, deadline))


def _known(scene: Scene) -> list[Row]:
    facts = scene.incident.facts[:MAX_FACTS]
    return [(label, value) for label, value in facts if value and not is_said_by_bill(scene, label)]


# For whom ------------------------------------------------------------------------------------------------------------


def _for_whom(scene: Scene) -> Section:
    if not scene.services or _names_whom(scene):
        return None
    whom = f" for {scene.departments}" if scene.departments else ""
    vendor = f" Vendor: {one_line(scene.vendor.name, 80)}." if scene.vendor else ""
    return text(f"{_at_stake(scene)}{whom}.{vendor}")


def _names_whom(scene: Scene) -> bool:
    """A bill may belong to another service than the check that watches it, and then knows better."""
    return any(label.casefold() == "goes dark for" for label, _ in scene.incident.facts)


def _at_stake(scene: Scene) -> str:
    match scene.incident.nature:
        case Nature.FAULT:
            is_down = scene.incident.severity is Status.CRITICAL
            return f"{'What goes dark' if is_down else 'What suffers'}: {titles_hit(scene)}"
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
            return titled("What to do", _ABOUT_A_CHANGE)
        case Nature.DEADLINE:
            return titled("What to do", of_check)
        case Nature.FAULT | Nature.STALENESS:
            return titled("What to do", *dict.fromkeys((of_check, _service_runbook(scene))))


def _if_missed(scene: Scene) -> Section:
    if scene.incident.nature is not Nature.DEADLINE:
        return None
    return titled(f"If {scene.title} goes dark all the same", _service_runbook(scene))


def _service_runbook(scene: Scene) -> str:
    return scene.service.runbook if scene.service else ""


def _what_settles_it(scene: Scene) -> Section:
    if scene.incident.nature is not Nature.DEADLINE or lapses(scene):
        return None
    if scene.incident.drill is not None:
        return titled("What ends these reminders", what_ends_it(scene.incident.drill, scene))
    return titled(
        "What ends these reminders",
        "The day it was settled and the proof of it, such as the vendor's receipt number or the reference of a\n"
        "letter. Write both down with the bill (settled_on and evidence). Sending the money is not yet the end.",
    )


def _who_else(scene: Scene) -> Section:
    before = f"It went to {listed(scene.heard_before)} before; nobody has answered." if scene.heard_before else ""
    return text(before, f"Also goes to: {listed(scene.others)}." if scene.others else "")


def _which_step(scene: Scene) -> Section:
    deadline, rung = scene.incident.deadline, scene.event.rung
    said = "" if deadline is None or rung is None else step(scene, deadline, rung)
    return text(said)


# How it ended --------------------------------------------------------------------------------------------------------


def _how_it_ended(scene: Scene) -> Section:
    lines = [*_what_ended(scene), *([f"Closed because: {why}."] if (why := _why_closed(scene)) else [])]
    if scene.incident.retirement is not None:
        lines.append("That does not say that it is well again: nobody looks at it any more.")
    return text(*lines, still_down(scene), still_unpaid(scene))


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
    return None if deadline is None or moved_to(scene, deadline) else _rows(_known(scene))


def _what_ended(scene: Scene) -> list[str]:
    incident = scene.incident
    until = incident.closed_at or scene.event.at
    lasting = f"{span(lasted(scene))}, {scene.period(incident.since, until)}."
    match incident.nature:
        case Nature.FAULT:
            went = " It came and went meanwhile." if incident.is_unstable else ""
            was = f"Trouble with {scene.title_and_subject} lasted {lasting}{went}"
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
    return quote("Proof", scene.incident.evidence)


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
    return Rows(tuple(rows), is_footnote=True, link=url or "")


def _cause(cause: Cause) -> str:
    words = CAUSES[cause]
    return words if words == cause.value else f"{cause.value} ({words})"


def incident_url(scene: Scene) -> str | None:
    base = scene.directory.estate.public_url
    return f"{base.rstrip('/')}/incidents/{visible(scene.incident.id)}" if base else None


_STANDING: Sequence[Callable[[Scene], Section]] = (
    _what,
    _also_down,
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


def _rows(rows: Sequence[Row]) -> Section:
    return Rows(tuple(rows)) if rows else None
