"""What a secretary reads: three sentences. What and since when; whom it hits; who has it in hand."""

from alerts.concern import BILLS
from alerts.incident import EventKind, Nature
from alerts.words.blocks import Block, Draft, text
from alerts.words.due import blocked_by, due_word, is_past
from alerts.words.escape import one_line
from alerts.words.lay import ended_well, in_hand, state_of, users, whom_it_hits
from alerts.words.money_back import beside_money_back
from alerts.words.parts import still_down
from alerts.words.scene import Scene
from alerts.words.subject import fault_word, matter_of
from alerts.words.unpaid import unpaid


def secretary_draft(scene: Scene) -> Draft:
    """Subject and three sentences, each a paragraph of its own."""
    whom = users(scene)
    about = scene.summary if _is_bill(scene) else matter_of(scene)
    title = "" if about and scene.service is None else scene.title
    subject = f"{_word(scene)} {': '.join(filter(None, (about, title)))}" + (f", {whom}" if whom else "")
    sentences = (_what(scene), _whom(scene), _who(scene))
    blocks: list[Block | None] = [text(*(f"{said}." for said in sentences if said))]
    return Draft(
        subject=subject,
        blocks=[block for block in blocks if block is not None],
        short=(f"{_word(scene)} {_what(scene)}.", f"{whom}." if whom else "", f"{_who(scene)}."),
    )


def _word(scene: Scene) -> str:
    if scene.event.kind is EventKind.RESOLVED:
        return "CLOSED" if scene.incident.retirement is not None else "RESOLVED"
    match scene.incident.nature:
        case Nature.FAULT:
            return fault_word(scene)
        case Nature.STALENESS:
            return "UNKNOWN"
        case Nature.DEADLINE:
            return _due_word(scene)
        case Nature.CHANGE:
            return "CHANGED"


def _due_word(scene: Scene) -> str:
    word, deadline = due_word(scene), scene.incident.deadline
    return "OVERDUE" if _is_bill(scene) and word == "DUE" and deadline and is_past(scene, deadline) else word


def _is_bill(scene: Scene) -> bool:
    """Of bills there are several at once: each is named."""
    return scene.incident.kind == BILLS and scene.incident.nature is Nature.DEADLINE


def _what(scene: Scene) -> str:
    incident = scene.incident
    deadline = incident.deadline
    test = "This is a test, nothing is wrong: " if scene.event.kind is EventKind.TEST else ""
    if scene.event.kind is EventKind.RESOLVED:
        if _is_bill(scene) and incident.retirement is None:
            return one_line(incident.close_reason, 300).rstrip(".") or scene.summary
        return ended_well(scene).rstrip(".")
    if _is_bill(scene) and deadline is not None:
        verb = "was" if is_past(scene, deadline) else "is"
        cut = deadline.cuts_off_at
        stops = f"; {scene.title} can stop on {scene.day(cut)}" if cut is not None and scene.event.at < cut else ""
        due = f"{scene.summary}, for {scene.title}, {verb} due on {scene.day(deadline.at)} and not settled"
        held = f"; {said}" if (said := blocked_by(scene)) else ""
        return f"{test}{due}{beside_money_back(dict(incident.facts))}{held}{stops}"
    if incident.nature in {Nature.DEADLINE, Nature.CHANGE}:
        return f"{test}{state_of(scene)}"
    why = f"; {said}" if (said := unpaid(scene)) else ""
    return f"{test}{state_of(scene)}, since {scene.moment(incident.since)}{why}"


def _whom(scene: Scene) -> str:
    whom = whom_it_hits(scene)
    if whom:
        return f"It concerns {whom}"
    if scene.event.kind is EventKind.RESOLVED:
        return ""
    return "No department is listed for it" if scene.service else "Whom it concerns is not known yet"


def _who(scene: Scene) -> str:
    if scene.event.kind is EventKind.RESOLVED:
        return still_down(scene).rstrip(".") or "Nobody has to do anything more about it"
    who = in_hand(scene)
    return who[:1].upper() + who[1:] if scene.incident.acknowledged is None else who
