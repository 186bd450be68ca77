"""The links by which somebody who has only a phone answers a message: who is offered which, and in what words."""

from collections.abc import Mapping, Sequence
from typing import Final

from alerts.bill_links import TITLES, bill_answers
from alerts.concern import bill_of
from alerts.incident import EventKind, Nature
from alerts.links import Action
from alerts.mutes.answered import is_answered
from alerts.route import Audience, Language
from alerts.words.blocks import Block, Choices, Draft, Rows
from alerts.words.scene import Scene, hearers_for

#: Departments are told what to do meanwhile; they are not asked to see to it.
_ASKED: Final = frozenset({Audience.ON_CALL, Audience.FINANCE, Audience.SECRETARY})

#: Who moves bills on; a secretary asks others to.
_AT_THE_DESK: Final = frozenset({Audience.ON_CALL, Audience.FINANCE})

_ASKING: Final = frozenset({EventKind.OPENED, EventKind.SEVERITY, EventKind.REMINDER, EventKind.HANDOFF})

_TITLES: Final = {
    Language.ENGLISH: "Answer from here: each link shows a page with a button, and works once",
    Language.URDU: "یہاں سے جواب دیجیے: ہر ربط ایک بٹن والا صفحہ کھولتا ہے اور ایک ہی بار کام کرتا ہے",
}

_WORDS: Final[Mapping[Language, Mapping[Action, str]]] = {
    Language.ENGLISH: {
        Action.FOUR_HOURS: "I am at it; tell me again in 4 hours",
        Action.UNTIL_WELL: "I am at it until it is well",
        Action.PASS_ON: "I cannot; pass it on",
    },
    Language.URDU: {
        Action.FOUR_HOURS: "میں دیکھ رہا ہوں؛ 4 گھنٹے بعد پھر بتائیے",
        Action.UNTIL_WELL: "ٹھیک ہونے تک میں دیکھ رہا ہوں",
        Action.PASS_ON: "میں نہیں کر سکتا؛ کسی اور کو بتائیے",
    },
}


def with_replies(draft: Draft, scene: Scene) -> Sequence[Block]:
    """The blocks of `draft`, with what its reader may answer before the ids at the end."""
    replies = [one for one in (_of_its_bill(scene), _replies(scene)) if one is not None]
    if not replies:
        return draft.blocks
    *before, last = draft.blocks
    ends_in_ids = isinstance(last, Rows) and last.is_footnote
    return [*before, *replies, last] if ends_in_ids else [*before, last, *replies]


def _of_its_bill(scene: Scene) -> Choices | None:
    """What became of the bill, for whoever has it on the desk."""
    if scene.event.kind not in _ASKING or scene.receiver.audience not in _AT_THE_DESK:
        return None
    bill, directory = bill_of(scene.incident, scene.directory), scene.directory
    if bill is None:
        return None
    rules = directory.estate.billing
    event = scene.event
    found = bill_answers(bill, rules, scene.receiver, directory.links, event_id=event.id, at=event.at)
    return Choices(TITLES[scene.receiver.language], tuple((one.label, one.url) for one in found)) if found else None


def _replies(scene: Scene) -> Choices | None:
    links, incident = scene.directory.links, scene.incident
    is_over = incident.closed_at is not None or incident.nature is Nature.CHANGE
    if links is None or is_over or scene.event.kind not in _ASKING or scene.receiver.audience not in _ASKED:
        return None
    if is_answered(incident, scene.event.at):
        return None
    offered = links.offered(
        event_id=scene.event.id, incident=incident.id, receiver=scene.receiver.id, at=scene.event.at
    )
    language = scene.receiver.language
    words = _WORDS[language]
    chosen = [(words[action], url) for action, url in offered.items() if _makes_sense(action, scene)]
    return Choices(_TITLES[language], tuple(chosen))


def _makes_sense(action: Action, scene: Scene) -> bool:
    """To pass it on there must be somebody next."""
    if action is not Action.PASS_ON:
        return True
    hearers = hearers_for(scene.incident, scene.directory)
    return any(hearer.escalation is not None for hearer in hearers)
