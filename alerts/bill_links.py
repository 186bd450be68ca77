"""Links by which somebody without an account says what became of a bill: which are offered, and what each says. Pure.

The act itself is the daemon's (watchdog.web.bill_door). What a link says is in its token: nobody can make another bill,
another stage or another author of it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from alerts.links import MAX_TOKEN_CHARS, Action, Links, Ticket, nonce
from alerts.route import Language, Receiver
from checks.billing.path.position import position
from checks.ledger.event import LedgerEventKind
from checks.ledger.rules import BillingRules, Stage
from checks.ledger.state import BillOnRecord


class BillWord(Enum):
    """What a link says of a bill; the value stands in its token."""

    MOVED = "moved"
    """It is at a named stage now."""
    SUBMITTED = "submitted"
    """It was sent to the accounts office."""
    RETURNED = "returned"
    """It came back with an objection, which is asked for."""
    ACKNOWLEDGED = "acknowledged"
    """The vendor says that it has the money; what proves it is asked for."""
    QUESTION = "question"
    """Something is asked; it stands on record and changes nothing."""


#: Without words they would say nothing.
NEEDS_TEXT: Final = frozenset({BillWord.RETURNED, BillWord.ACKNOWLEDGED, BillWord.QUESTION})

#: What can only be said of a bill that lies where it lay when the message was written.
BOUND_TO_ITS_PLACE: Final = frozenset({BillWord.MOVED, BillWord.SUBMITTED, BillWord.RETURNED})

KIND_OF: Final[Mapping[BillWord, LedgerEventKind]] = {
    BillWord.MOVED: LedgerEventKind.MOVED,
    BillWord.SUBMITTED: LedgerEventKind.SUBMITTED,
    BillWord.RETURNED: LedgerEventKind.RETURNED,
    BillWord.ACKNOWLEDGED: LedgerEventKind.ACKNOWLEDGED,
    BillWord.QUESTION: LedgerEventKind.NOTED,
}

_FORM: Final = re.compile(r"([a-z]{1,20}) ([0-9]{1,6})(?: ([^ ].{0,79}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class BillAnswer:
    """What a link says of its bill."""

    word: BillWord
    moves: int
    """How many moves the bill had made when the message was written: with one more, it lies elsewhere."""
    stage: str = ""
    """Id of the stage it has come to; "" but for `moved`."""

    def text(self) -> str:
        """As its token and its use on record have it."""
        return f"{self.word.value} {self.moves} {self.stage}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """One link: what is read, and where it leads."""

    answer: BillAnswer
    label: str
    url: str


_WORDS: Final[Mapping[Language, Mapping[BillWord, str]]] = {
    Language.ENGLISH: {
        BillWord.MOVED: "Moved on to: {stage}",
        BillWord.SUBMITTED: "Sent to the accounts office (AG)",
        BillWord.RETURNED: "Returned with an objection",
        BillWord.ACKNOWLEDGED: "The vendor says: received",
        BillWord.QUESTION: "I have a question",
    },
    Language.URDU: {
        BillWord.MOVED: "اگلے مرحلے پر گیا: {stage}",
        BillWord.SUBMITTED: "اکاؤنٹس آفس (اے جی) کو بھیج دیا",
        BillWord.RETURNED: "اعتراض کے ساتھ واپس آیا",
        BillWord.ACKNOWLEDGED: "فراہم کنندہ نے کہا: رقم مل گئی",
        BillWord.QUESTION: "مجھے کچھ پوچھنا ہے",
    },
}

#: Above the links of a message.
TITLES: Final[Mapping[Language, str]] = {
    Language.ENGLISH: "Say from here what became of it: each link shows a page with a button, and works once",
    Language.URDU: "یہیں سے بتائیے کہ اس کا کیا ہوا: ہر ربط ایک بٹن والا صفحہ کھولتا ہے اور ایک ہی بار کام کرتا ہے",
}

_STAGES_IN_URDU: Final[Mapping[str, str]] = {
    "received": "وصول اور اندراج",
    "verification": "تصدیق",
    "payee-check": "وصول کنندہ کی جانچ",
    "budget": "بجٹ",
    "sanction": "منظوری",
    "preparation": "بل کی تیاری اور دستخط",
    "pre-audit": "پری آڈٹ",
    "authorisation": "ادائیگی کی اجازت",
    "credit": "بینک میں جمع",
    "confirmation": "فراہم کنندہ کی تصدیق",
}


def bill_answers(
    bill: BillOnRecord, rules: BillingRules, receiver: Receiver, links: Links | None, *, event_id: str, at: datetime
) -> Sequence[Offered]:
    """The links that a message of an open bill offers `receiver`, the same for the same event for ever.

    () where there are no links, and for a bill that is paid or cancelled. `event_id` is the message's: each message
    has links of its own.
    """
    if links is None or not bill.is_open:
        return ()
    offered = (
        Offered(
            answer=answer,
            label=label_of(answer, rules, receiver.language),
            url=links.url(_ticket(bill.key, answer, receiver.id, event_id, at + links.valid)),
        )
        for answer in _sensible(bill, rules)
    )
    return tuple(one for one in offered if len(one.url.rpartition("/")[2]) <= MAX_TOKEN_CHARS)


def label_of(answer: BillAnswer, rules: BillingRules, language: Language) -> str:
    return _WORDS[language][answer.word].format(stage=stage_title(answer.stage, rules, language))


def stage_title(stage_id: str, rules: BillingRules, language: Language) -> str:
    """A stage that the settings name otherwise keeps its name in both languages."""
    stage = next((one for one in rules.path if one.id == stage_id), None)
    title = stage.title if stage else stage_id
    default = next((one for one in BillingRules().path if one.id == stage_id), None)
    if language is Language.URDU and default is not None and default.title == title:
        return _STAGES_IN_URDU[stage_id]
    return title


def read_answer(text: str) -> BillAnswer | None:
    """What `BillAnswer.text` wrote; None for anything else."""
    found = _FORM.fullmatch(text)
    if found is None or found[1] not in {word.value for word in BillWord}:
        return None
    return BillAnswer(word=BillWord(found[1]), moves=int(found[2]), stage=found[3] or "")


def has_moved_on(bill: BillOnRecord, answer: BillAnswer) -> bool:
    """Whether what the link says was said before the bill's last move, so that it cannot be meant any more."""
    return answer.word in BOUND_TO_ITS_PLACE and len(bill.path) != answer.moves


def _sensible(bill: BillOnRecord, rules: BillingRules) -> Sequence[BillAnswer]:
    moves = len(bill.path)
    following = stage_after(bill, rules)
    moved = (BillAnswer(word=BillWord.MOVED, moves=moves, stage=following.id),) if following else ()
    others = [word for word in BillWord if word is not BillWord.MOVED]
    if _was_submitted(bill):
        others.remove(BillWord.SUBMITTED)
    return (*moved, *(BillAnswer(word=word, moves=moves) for word in others))


def stage_after(bill: BillOnRecord, rules: BillingRules) -> Stage | None:
    """The stage it comes to next; None from the last one."""
    following = position(bill, rules).index + 1
    return rules.path[following] if following < len(rules.path) else None


#: What happens to a bill only once the accounts office has it.
_BEYOND_THE_DESK: Final = frozenset(
    {LedgerEventKind.SUBMITTED, LedgerEventKind.AUDITED, LedgerEventKind.AUTHORISED, LedgerEventKind.CREDITED}
)


def _was_submitted(bill: BillOnRecord) -> bool:
    """Since it came back the last time."""
    submitted = False
    for step in bill.path:
        if step.kind in _BEYOND_THE_DESK:
            submitted = True
        elif step.kind in {LedgerEventKind.RETURNED, LedgerEventKind.CREDIT_RETURNED}:
            submitted = False
    return submitted


def _ticket(key: str, answer: BillAnswer, receiver: str, event_id: str, expires_at: datetime) -> Ticket:
    said = answer.text()
    return Ticket(
        action=Action.BILL,
        incident="",
        receiver=receiver,
        expires_at=expires_at,
        nonce=nonce(event_id, receiver, f"bill {key} {said}"),
        about=key,
        answer=said,
    )
