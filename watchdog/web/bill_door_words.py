"""What pages behind links of bills say, in the language of whoever was sent the link."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from alerts.bill_links import BillWord
from alerts.route import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWords:
    """Texts of one language; `{…}` is filled by the page."""

    title: str
    bill: str
    lies: str
    on_record: str
    asked: Mapping[BillWord, str]
    """Above the field; "" where there may be words and need not be."""
    optional: str
    missing: str
    press: str
    done: str
    waits: str
    repeated: str
    second: str
    both: str
    left: str
    used: str
    used_by: str
    unchanged: str
    moved_on: str
    closed: str
    ended: str
    gone: str
    no_stage: str
    not_done: str


ENGLISH: Final = PageWords(
    title="Is this what became of it?",
    bill="{number} of {vendor}: {amount}, due {due}",
    lies="It lies at: {stage}, since {since}",
    on_record="This goes on record as said by {who}.",
    asked={
        BillWord.RETURNED: "The objection, in a few words",
        BillWord.ACKNOWLEDGED: "What proves it: the vendor's receipt number, a letter, who said so and when",
        BillWord.QUESTION: "Your question",
    },
    optional="A remark, if you like",
    missing="It needs these words: write them below, then press the button.",
    press="Nothing happens before you press it. The link works once.",
    done="It is on record",
    waits="It waits for somebody else's word",
    repeated="You said so before. Nothing was changed now.",
    second="Whoever may confirm it finds it in the morning list, or presses the same link of a message of their own.",
    both="{who} had said so before: with your word it counts.",
    left="Whoever was sent this link is not in the settings any more",
    used="This link was used already",
    used_by="{who}, at {when}: {what}",
    unchanged="Nothing was changed now.",
    moved_on="The bill has moved on since this message was written",
    closed="There is nothing to do any more: the bill is {standing}",
    ended="{who} put that on record at {when}.",
    gone="This bill is not on record any more",
    no_stage="The settings have no such stage any more.",
    not_done="It could not be done",
)

URDU: Final = PageWords(
    title="کیا بل کا یہی ہوا؟",
    bill="{vendor} کا بل {number}: {amount}، آخری تاریخ {due}",
    lies="بل اس مرحلے پر ہے: {stage}، {since} سے",
    on_record="یہ {who} کے نام سے درج ہو گا۔",
    asked={
        BillWord.RETURNED: "اعتراض، چند لفظوں میں",
        BillWord.ACKNOWLEDGED: "اس کا ثبوت: فراہم کنندہ کی رسید کا نمبر، خط، کس نے اور کب کہا",
        BillWord.QUESTION: "آپ کا سوال",
    },
    optional="کچھ کہنا چاہیں تو یہاں لکھیے",
    missing="یہ لکھنا ضروری ہے: نیچے لکھیے، پھر بٹن دبائیے۔",
    press="بٹن دبانے سے پہلے کچھ نہیں ہوتا۔ ربط ایک ہی بار کام کرتا ہے۔",
    done="درج ہو گیا",
    waits="کسی دوسرے کی تصدیق باقی ہے",
    repeated="آپ یہ پہلے کہہ چکے ہیں۔ ابھی کچھ نہیں بدلا۔",
    second="جو تصدیق کر سکتا ہے وہ اسے صبح کی فہرست میں پائے گا، یا اپنے پیغام کا یہی ربط دبائے گا۔",
    both="{who} نے یہ پہلے کہا تھا: آپ کے کہنے سے یہ درج ہو گیا۔",
    left="جسے یہ ربط بھیجا گیا تھا وہ اب ترتیبات میں نہیں ہے",
    used="یہ ربط پہلے استعمال ہو چکا ہے",
    used_by="{who}، {when}: {what}",
    unchanged="ابھی کچھ نہیں بدلا۔",
    moved_on="اس پیغام کے بعد بل آگے بڑھ چکا ہے",
    closed="اب کچھ کرنا باقی نہیں: بل {standing}",
    ended="{who} نے یہ {when} درج کیا۔",
    gone="یہ بل اب درج نہیں ہے",
    no_stage="ترتیبات میں اب ایسا کوئی مرحلہ نہیں۔",
    not_done="یہ نہیں ہو سکا",
)

WORDS: Final[Mapping[Language, PageWords]] = {Language.ENGLISH: ENGLISH, Language.URDU: URDU}


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingWords:
    """How a bill stands after somebody has spoken, and what comes next."""

    left: str
    paid: str
    over: str
    cancelled: str
    blocked: str
    disputed: str
    held: str
    next: str
    last: str
    asked: str
    """Of a question."""


STANDING_WORDS: Final[Mapping[Language, StandingWords]] = {
    Language.ENGLISH: StandingWords(
        left="{left} of {whole} is left to pay.",
        paid="It is paid: nothing is left to pay.",
        over="{over} more than the bill asks for is on record: look at the amounts.",
        cancelled="It is cancelled: nobody need pay it.",
        blocked="It cannot be paid now: {why}.",
        disputed="It is disputed: {why}",
        held="Nobody pays it before {day}.",
        next="What comes next: {stage}.",
        last="What comes next: the vendor says that it has the money; nothing else closes the bill.",
        asked="Whoever gets the morning list of bills is told of the question at once.",
    ),
    Language.URDU: StandingWords(
        left="{whole} میں سے {left} ادا ہونا باقی ہے۔",
        paid="بل ادا ہو چکا ہے، کچھ ادا ہونا باقی نہیں۔",
        over="بل سے {over} زیادہ درج ہے؛ رقوم کی جانچ کیجیے۔",
        cancelled="بل منسوخ ہو چکا ہے، اسے ادا نہیں کرنا۔",
        blocked="ابھی ادائیگی نہیں ہو سکتی: {why}۔",
        disputed="بل پر اعتراض ہے: {why}",
        held="{day} سے پہلے ادائیگی نہیں ہو گی۔",
        next="اگلا مرحلہ: {stage}۔",
        last="اگلا قدم: فراہم کنندہ تصدیق کرے کہ رقم مل گئی؛ بل صرف اسی سے بند ہوتا ہے۔",
        asked="صبح کی فہرست پانے والوں کو یہ سوال ابھی بتا دیا جاتا ہے۔",
    ),
}

#: Of bills that are over.
STANDINGS: Final[Mapping[Language, Mapping[str, str]]] = {
    Language.ENGLISH: {"paid": "paid", "cancelled": "cancelled"},
    Language.URDU: {"paid": "ادا ہو چکا ہے", "cancelled": "منسوخ ہو چکا ہے"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalWords:
    """What pages about proposals say besides."""

    title: str
    why: str
    refused: str
    decided: str
    overtaken: str
    gone: str


PROPOSAL_WORDS: Final[Mapping[Language, ProposalWords]] = {
    Language.ENGLISH: ProposalWords(
        title="Somebody said this of a bill. Is it so?",
        why="Why it is not so, in a few words",
        refused="It is refused, and nothing of it goes on record",
        decided="{who} has decided this already",
        overtaken="Nobody need decide this any more",
        gone="This is not on record",
    ),
    Language.URDU: ProposalWords(
        title="بل کے بارے میں یہ کہا گیا ہے۔ کیا یہ درست ہے؟",
        why="یہ کیوں درست نہیں، چند لفظوں میں",
        refused="اسے رد کر دیا گیا، کچھ درج نہیں ہوا",
        decided="{who} اس کا فیصلہ کر چکے ہیں",
        overtaken="اب اس کے فیصلے کی ضرورت نہیں رہی",
        gone="یہ درج نہیں ہے",
    ),
}
