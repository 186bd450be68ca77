"""What is told where the ledger or the calendar is not kept up, in both languages."""

from typing import Final

from alerts.words.bidi import latin
from alerts.words.escape import one_line
from alerts.words.money.said import Said, Wording
from checks.billing import labels

_ENTRIES: Final = "entries"
_MOON: Final = "moon"


def books_in_english(said: Said) -> Wording:
    summary, ends = said.scene.summary, said.fact(labels.ENDS_WHEN)
    what = summary.partition(": ")[0]
    over = f"{_EASED.get(_about(said), 'books of bills')}: {_why(said)}" if said.is_over else ""
    return Wording(
        word=_WORDS.get(_about(said), "INCOMPLETE"),
        subject=over or what,
        lead=(f"{_capital(over or summary)}.",),
        lay=_capital(over or summary),
        kind="Bills are written down as they should be" if over else "Nobody may know what bills are owed",
        todo=[("What to do", [f"{_capital(step)}." for step in said.steps()])],
        ends=f"It ends when {ends}." if ends else "",
    )


def books_in_urdu(said: Said) -> Wording:
    about = _about(said)
    what = f"{_URDU.get(about, _URDU[_ENTRIES])}: {latin(said.scene.summary, 250)}"
    over = f"{_URDU_EASED.get(about, _URDU_EASED[_ENTRIES])}: {latin(_why(said), 200)}" if said.is_over else ""
    return Wording(
        word=_URDU_WORDS.get(about, _URDU_WORDS[_ENTRIES]),
        subject=over or what,
        lead=(f"{over or what}۔",),
        lay=over or what,
        kind="بل باقاعدگی سے درج ہو رہے ہیں" if over else "شاید کسی کو معلوم نہ ہو کہ کون سے بل واجب ہیں",
        todo=[("کیا کرنا ہے", [_URDU_STEPS.get(about, _URDU_STEPS[_ENTRIES])])],
        ends="اندراج یا کیلنڈر درست ہو جائے تو یہ ختم ہو جائے گا۔",
    )


_WORDS: Final = {_ENTRIES: "SILENT", _MOON: "CONFIRM"}
_EASED: Final = {
    _ENTRIES: "something was put on record again",
    "holidays": "the calendar of holidays reaches far enough again",
    _MOON: "the day of the moon need not be confirmed any more",
}
_URDU: Final = {
    _ENTRIES: "مدت سے کوئی بل درج نہیں ہوا",
    "holidays": "چھٹیوں کا کیلنڈر ختم ہو رہا ہے",
    _MOON: "چاند کی چھٹی کی تصدیق باقی ہے",
}
_URDU_STEPS: Final = {
    _ENTRIES: "جو بل آ چکے ہیں درج کیجیے یا فہرست درآمد کیجیے؛ کوئی نہیں آیا تو فراہم کنندگان سے پوچھیے۔",
    "holidays": "آئندہ کی چھٹیاں کیلنڈر میں لکھیے۔",
    _MOON: "اعلان ہوتے ہی اس کا دن کیلنڈر میں تصدیق شدہ لکھیے۔",
}
_URDU_EASED: Final = {
    _ENTRIES: "پھر سے اندراج ہوا",
    "holidays": "چھٹیوں کا کیلنڈر مکمل ہے",
    _MOON: "چاند کی چھٹی کی تصدیق کی ضرورت نہیں رہی",
}
_URDU_WORDS: Final = {_ENTRIES: "اندراج نہیں", "holidays": "کیلنڈر نامکمل", _MOON: "تصدیق کیجیے"}


def _about(said: Said) -> str:
    return said.scene.subject.partition(" ")[0]


def _why(said: Said) -> str:
    reason = one_line(said.scene.incident.close_reason, 200).rstrip(". ")
    return reason.removeprefix(f"{said.scene.subject} ").removeprefix("is over").lstrip(": ")


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
