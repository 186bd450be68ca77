"""What a department reads: which of its services, since when, what to do meanwhile, when it hears more; no blame."""

from alerts.incident import EventKind, Nature
from alerts.words.blocks import Block, Draft, text, titled
from alerts.words.due import lasted
from alerts.words.lay import USUAL_ADVICE, state_of
from alerts.words.parts import still_down
from alerts.words.placeholders import filled
from alerts.words.scene import Scene
from alerts.words.subject import fault_word, on_and_off
from alerts.words.wording import span


def department_draft(scene: Scene) -> Draft:
    if scene.event.kind is EventKind.RESOLVED:
        return _ended(scene)
    since = scene.moment(scene.incident.since)
    what = (
        f"{scene.title}{on_and_off(scene)}: since {since}"
        if scene.incident.nature is Nature.FAULT
        else state_of(scene, blames=False)
    )
    subject = f"{_first_word(scene)} {what}"
    blocks: list[Block | None] = [
        text(_preface(scene), f"{state_of(scene, blames=False)}."),
        text(f"Since {since}.") if scene.incident.nature in {Nature.FAULT, Nature.STALENESS} else None,
        titled("What you can do meanwhile", _advice(scene)) if scene.incident.nature is Nature.FAULT else None,
        text(_more(scene)),
    ]
    return Draft(
        subject=subject,
        blocks=[block for block in blocks if block is not None],
        short=(
            f"{subject}.",
            _advice(scene) if scene.incident.nature is Nature.FAULT else "",
            _more(scene),
        ),
    )


def _first_word(scene: Scene) -> str:
    match scene.incident.nature:
        case Nature.FAULT:
            return fault_word(scene)
        case Nature.STALENESS:
            return "UNKNOWN"
        case Nature.DEADLINE:
            return "AHEAD"
        case Nature.CHANGE:
            return "CHANGED"


def _preface(scene: Scene) -> str:
    return "This is a test; nothing is wrong." if scene.event.kind is EventKind.TEST else ""


def _advice(scene: Scene) -> str:
    own = scene.service.advice if scene.service else ""
    return filled(own or scene.directory.estate.advice or USUAL_ADVICE, scene)


def _more(scene: Scene) -> str:
    match scene.incident.nature:
        case Nature.FAULT:
            return "It is being seen to. We write to you again when it works."
        case Nature.STALENESS:
            return "We write to you again as soon as we can tell."
        case Nature.DEADLINE:
            return "You need not do anything. We write to you again if it comes nearer, and when it is settled."
        case Nature.CHANGE:
            return "You need not do anything. If something does not work as before, tell us."


def _ended(scene: Scene) -> Draft:
    incident = scene.incident
    if incident.retirement is not None:
        said = f"{scene.title} is not watched by us any more; we write no more of it"
        word = "CLOSED"
    elif incident.nature is Nature.DEADLINE:
        said, word = f"The matter of {scene.title} is settled", "RESOLVED"
    elif incident.nature is Nature.FAULT:
        said, word = f"{scene.title} works again", "RESOLVED"
    else:
        said, word = f"{scene.title} is under watch again", "RESOLVED"
    until = incident.closed_at or scene.event.at
    went = " It came and went meanwhile." if incident.is_unstable else ""
    lasting = f"It took {span(lasted(scene))}, {scene.period(incident.since, until)}.{went}"
    is_fault = incident.nature is Nature.FAULT
    blocks = [
        text(f"{said}."),
        text(lasting) if is_fault else None,
        text(still_down(scene) or "Thank you for your patience."),
    ]
    subject = f"{word} {scene.title}" + (f", after {span(lasted(scene))}" if is_fault else "")
    short = (f"{subject}: {said}.", lasting if is_fault else "")
    return Draft(subject=subject, blocks=[block for block in blocks if block is not None], short=short)
