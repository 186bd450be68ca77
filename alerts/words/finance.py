"""What finance reads: what to pay, to whom, by when, and what goes dark; no protocol, no transcript."""

from typing import Final

from alerts.incident import EventKind, Nature
from alerts.words.blocks import Block, Draft, Row, Rows, text, titled
from alerts.words.due import deadline_lead, deadline_subject, due_word, is_past, lapses, moved_to, step, with_dates
from alerts.words.escape import one_line
from alerts.words.lay import ended_well, page_of, state_of, whom_it_hits
from alerts.words.parts import also_down, still_down
from alerts.words.played import what_ends_it
from alerts.words.scene import Scene
from alerts.words.subject import fault_word, matter_of, on_and_off, subject
from alerts.words.unpaid import still_unpaid, unpaid, unpaid_sentence
from alerts.words.wording import listed
from checks.billing import labels
from checks.model import Cause, Deadline

MAX_FACTS: Final = 24


def finance_draft(scene: Scene) -> Draft:
    deadline = scene.incident.deadline
    if scene.event.kind is EventKind.RESOLVED:
        return _ended(scene)
    if scene.incident.nature is Nature.DEADLINE and deadline is not None:
        return _due(scene, deadline)
    return _standing(scene)


def _due(scene: Scene, deadline: Deadline) -> Draft:
    line = deadline_subject(scene, deadline)
    rung = scene.event.rung
    blocks: list[Block | None] = [
        text(_preface(scene), deadline_lead(scene, deadline)),
        _rows(with_dates(_facts(scene), scene, deadline)),
        _at_stake(scene),
        _what_ends_it(scene),
        text(step(scene, deadline, rung) if rung else ""),
        _others(scene),
        _page(scene),
    ]
    return Draft(subject=line, blocks=_kept(blocks), short=(f"{line}.", _stake(scene), page_of(scene) or ""))


def _standing(scene: Scene) -> Draft:
    """A fault, or something unknown, of a service that finance pays for."""
    bill = unpaid(scene)
    line = f"{_word(scene)} {scene.title}{on_and_off(scene)}: {bill}" if bill else f"{_word(scene)} {state_of(scene)}"
    since = "" if scene.incident.nature is Nature.CHANGE else f"Since {scene.moment(scene.incident.since)}."
    vendor = scene.vendor
    blocks: list[Block | None] = [
        text(unpaid_sentence(scene), _preface(scene), f"{state_of(scene)}."),
        text(also_down(scene)),
        text(since),
        _rows(_facts(scene) if vendor is None else [("Vendor", vendor.name), *_facts(scene)]),
        _at_stake(scene),
        titled("What to look at", _ABOUT_A_FAULT) if scene.incident.nature is Nature.FAULT else None,
        _others(scene),
        _page(scene),
    ]
    return Draft(subject=line, blocks=_kept(blocks), short=(f"{line}.", since, _stake(scene)))


def _ended(scene: Scene) -> Draft:
    incident, deadline = scene.incident, scene.incident.deadline
    line = subject(scene) if incident.nature is Nature.DEADLINE else f"{_word(scene)} {matter_of(scene) or scene.title}"
    if incident.nature is not Nature.DEADLINE:
        matter = matter_of(scene)
        said = f"{matter[:1].upper()}{matter[1:]}." if matter else ended_well(scene)
    elif deadline is not None and (moved := moved_to(scene, deadline)):
        said = f"Nothing is due now: {scene.summary}. The new date is {moved}."
    elif incident.retirement is not None:
        said = f"No longer watched: {scene.summary}. That does not say that it was settled."
    elif too_much := dict(incident.facts).get(labels.OVERPAID):
        much = one_line(too_much, 60)
        said = (
            f"Settled, but {much} more than the bill was paid; look at the amounts and ask the vendor: {scene.summary}."
        )
    else:
        said = f"Nothing more to do: {scene.summary}."
    facts = _facts(scene) if deadline is None or not moved_to(scene, deadline) else []
    blocks: list[Block | None] = [text(said, still_down(scene), still_unpaid(scene)), _rows(facts), _page(scene)]
    also = "" if incident.nature is Nature.DEADLINE else said
    return Draft(subject=line, blocks=_kept(blocks), short=(f"{line}.", also))


#: Facts a bill has; those of servers say nothing to finance.
_OF_BILLS: Final = frozenset({"invoice_due"})

_ABOUT_A_FAULT: Final = (
    "Whether a bill of this vendor is unpaid, blocked or disputed: an unpaid bill is a common reason. On-call sees to "
    "the rest."
)


_ENDS: Final = "What ends these reminders"


def _word(scene: Scene) -> str:
    if scene.event.kind is EventKind.RESOLVED:
        return "CLOSED" if scene.incident.retirement is not None else "RESOLVED"
    match scene.incident.nature:
        case Nature.FAULT:
            return fault_word(scene)
        case Nature.STALENESS:
            return "STALE"
        case Nature.DEADLINE:
            return due_word(scene)
        case Nature.CHANGE:
            return "CHANGED"


def _preface(scene: Scene) -> str:
    match scene.event.kind:
        case EventKind.HANDOFF:
            return "This is yours now."
        case EventKind.TEST:
            return "This is a test; nothing is wrong."
        case _:
            said = one_line(scene.event.note)
            return f"{said}." if said else ""


def _facts(scene: Scene) -> list[Row]:
    if scene.incident.kind not in _OF_BILLS:
        return []
    return [(label, value) for label, value in scene.incident.facts[:MAX_FACTS] if value]


def _rows(rows: list[Row]) -> Block | None:
    return Rows(tuple(rows)) if rows else None


def _stake(scene: Scene) -> str:
    named = dict(scene.incident.facts).get("Goes dark for") or whom_it_hits(scene)
    return f"Goes dark: {scene.title} for {one_line(named, 300)}." if named else ""


def _at_stake(scene: Scene) -> Block | None:
    return None if any(label == "Goes dark for" for label, _ in scene.incident.facts) else text(_stake(scene))


def _what_ends_it(scene: Scene) -> Block | None:
    deadline = scene.incident.deadline
    if lapses(scene):
        return None
    if scene.incident.drill is not None:
        return titled(_ENDS, what_ends_it(scene.incident.drill, scene))
    is_stuck = scene.incident.cause is Cause.BLOCKED
    late = _today(scene) if deadline and is_past(scene, deadline) and not is_stuck else ""
    return titled(
        _ENDS,
        f"{late} The day it was settled and the proof of it, such as the vendor's receipt number, written down with "
        "the bill. Sending the money is not yet the end.".strip(),
    )


def _today(scene: Scene) -> str:
    if labels.CREDITED in dict(scene.incident.facts).get("Paid so far", ""):
        return "Ask the vendor today whether it has the money, and say what it answers."
    return "Pay today, or say today what holds it up."


def _others(scene: Scene) -> Block | None:
    return text(f"Also goes to: {listed(scene.others)}.") if scene.others else None


def _page(scene: Scene) -> Block | None:
    url = page_of(scene)
    rows = [("Incident", scene.incident.id), *([("Page", url)] if url else [])]
    return Rows(tuple(rows), is_footnote=True, link=url or "")


def _kept(blocks: list[Block | None]) -> list[Block]:
    return [block for block in blocks if block is not None]
