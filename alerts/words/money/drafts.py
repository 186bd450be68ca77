"""A matter of money as each audience reads it: the same order in both languages."""

from collections.abc import Sequence
from typing import Final

from alerts.concern import OUTAGES, PAYEES
from alerts.incident import EventKind
from alerts.route import Audience
from alerts.words.blocks import Block, Draft, Row, Rows, text, titled
from alerts.words.due import step
from alerts.words.escape import one_line
from alerts.words.lay import in_hand, page_of, users, whom_it_hits
from alerts.words.money.english import wording_of
from alerts.words.money.said import Said, Wording
from alerts.words.scene import Scene
from alerts.words.wording import listed
from checks.billing import labels

_MAX_FACTS: Final = 24


def money_draft(scene: Scene) -> Draft:
    said = Said(scene)
    words = wording_of(said)
    match scene.receiver.audience:
        case Audience.ON_CALL | Audience.FINANCE:
            return _to_see_to(said, words)
        case Audience.DEPARTMENT:
            return _ahead(said, words)
        case Audience.SECRETARY:
            return _in_three_sentences(said, words)


def _to_see_to(said: Said, words: Wording) -> Draft:
    scene = said.scene
    subject = f"{_word(said, words)} {words.subject}"
    todo = [] if said.is_over else [titled(title, *_numbered(lines)) for title, lines in words.todo]
    blocks: list[Block | None] = [
        text(_preface(scene), *words.lead),
        _facts(said),
        *todo,
        None if said.is_over else text(words.ends),
        text(_next_step(scene)),
        text(f"Also goes to: {listed(scene.others)}." if scene.others else ""),
        _footnote(scene),
    ]
    return Draft(subject=subject, blocks=_kept(blocks), short=(f"{subject}.", *words.lead[1:], page_of(scene) or ""))


def _ahead(said: Said, words: Wording) -> Draft:
    """For departments: what to do in time, and that we write again."""
    word = "RESOLVED" if said.is_over else "SOON" if said.is_told_again else "AHEAD"
    subject = f"{word} {words.brief or words.kind}"
    more = _MORE if said.scene.incident.kind == OUTAGES else _NOTHING
    blocks: list[Block | None] = [
        text(_test(said.scene), f"{words.kind}.", words.left),
        *(titled(title, *lines) for title, lines in words.ahead),
        text("Thank you for your patience." if said.is_over else more),
    ]
    saved = words.ahead[0][1] if words.ahead else ()
    return Draft(subject=subject, blocks=_kept(blocks), short=(f"{subject}.", *saved))


def _in_three_sentences(said: Said, words: Wording) -> Draft:
    scene = said.scene
    whom = whom_it_hits(scene)
    over = _NOT_PAID_YET if said.is_unpaid_still else "Nobody has to do anything more about it"
    who = over if said.is_over else in_hand(scene)
    sentences = [words.lay, f"It concerns {whom}" if whom else "", f"{who[:1].upper()}{who[1:]}"]
    hit = ", ".join(filter(None, (scene.title, users(scene))))
    subject = f"{_word(said, words)} {f'{words.about}: ' if words.about else ''}{hit}"
    blocks: list[Block | None] = [text(_test(scene), *(f"{sentence}." for sentence in sentences if sentence))]
    short = (f"{_word(said, words)} {words.lay}.", f"{users(scene)}." if users(scene) else "", f"{sentences[2]}.")
    return Draft(subject=subject, blocks=_kept(blocks), short=short)


_MORE: Final = "It may well not come to that. We write again if it comes near, and when it is over."
_NOT_PAID_YET: Final = "It is not paid yet; who has it now is told when it is late there"
_NOTHING: Final = "You need not do anything. We write to you again if it comes nearer, and when it is settled."


def _word(said: Said, words: Wording) -> str:
    match said.scene.event.kind:
        case EventKind.RESOLVED:
            return _last_word(said)
        case EventKind.HANDOFF:
            return "HANDED OVER"
        case EventKind.TEST | EventKind.NOTICE | EventKind.DIGEST:
            return str(said.scene.event.kind.value).upper()
        case _:
            return words.word


def _last_word(said: Said) -> str:
    reason = said.scene.incident.close_reason
    if labels.SENT_BACK in reason:
        return "RETURNED WITH OBJECTION"
    if labels.MONEY_IS_BACK in reason:
        return "PAYABLE AGAIN"
    return "MOVED ON" if labels.NOT_PAID_YET in reason else "RESOLVED"


def _preface(scene: Scene) -> str:
    match scene.event.kind:
        case EventKind.HANDOFF:
            return "This is yours now."
        case EventKind.TEST:
            return _test(scene)
        case _:
            note = one_line(scene.event.note)
            return f"{note}." if note else ""


def _test(scene: Scene) -> str:
    return "This is a test; nothing is wrong." if scene.event.kind is EventKind.TEST else ""


def _facts(said: Said) -> Block | None:
    """What the sentences above do not say; of an end, what is over, and of a block what proves that."""
    scene = said.scene
    is_over = scene.event.kind is EventKind.RESOLVED
    rows: list[Row] = [
        (label, value)
        for label, value in scene.incident.facts[:_MAX_FACTS]
        if value and not _is_said(label) and (label in _AT_THE_END or not is_over)
    ]
    if is_over and scene.incident.kind == PAYEES:
        rows = [row for row in rows if row[0] != "Evidence"]
        rows += [("Proof that it is over", said.lifted_by)] if said.lifted_by else []
    return Rows(tuple(rows)) if rows else None


_IN_SENTENCES: Final = frozenset(
    {
        labels.GOES_DARK_FOR,
        labels.IN_THE_WAY,
        labels.LOST_PER_RUPEE,
        labels.STAGE,
        labels.DAYS_AT_STAGE,
        labels.USUAL_DAYS,
        labels.DESK,
        labels.TOO_LATE,
        labels.ENDS_WHEN,
        "To save",
    }
)
_AT_THE_END: Final = frozenset(
    {labels.BILL, labels.VENDOR, labels.AMOUNT, labels.CONTRACT, "Settled on", "Paid on", "Evidence"}
)


def _is_said(label: str) -> bool:
    return label in _IN_SENTENCES or label.startswith(labels.TO_DO)


def _next_step(scene: Scene) -> str:
    deadline, rung = scene.incident.deadline, scene.event.rung
    return "" if deadline is None or rung is None else step(scene, deadline, rung)


def _footnote(scene: Scene) -> Block:
    incident, url = scene.incident, page_of(scene)
    rows = [("Incident", incident.id), *([("Page", url)] if url else [])]
    if scene.receiver.audience is Audience.ON_CALL:
        rows.insert(1, ("Check", f"{incident.check_id} ({incident.kind})"))
    return Rows(tuple(rows), is_footnote=True, link=url or "")


def _numbered(lines: Sequence[str]) -> Sequence[str]:
    return lines if len(lines) == 1 else [f"{number}. {line}" for number, line in enumerate(lines, start=1)]


def _kept(blocks: list[Block | None]) -> list[Block]:
    return [block for block in blocks if block is not None]
