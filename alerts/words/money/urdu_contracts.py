"""Days of contracts, and bills that were waited for, in Urdu."""

from datetime import UTC, datetime
from typing import Final

from alerts.words.bidi import latin, name
from alerts.words.due import moved_to
from alerts.words.money.contracts import settled_by
from alerts.words.money.said import Said, Wording
from alerts.words.money.urdu_parts import day_written, said_day
from alerts.words.urdu.wording import day_of
from checks.billing import labels

#: By how the subject of a contract's day ends: what it is, and what has to be done.
_DAYS: Final = {
    "tender": ("نئے ٹینڈر کا آغاز", "نیا ٹینڈر شروع کیجیے"),
    "notice": ("نوٹس", "نوٹس دیجیے، یا تجدید طے کیجیے"),
    "end": ("معاہدے کا اختتام", "تجدید کیجیے، یا متبادل چالو کر لیجیے"),
    "exit rehearsal": (
        "علیحدگی کی مشق",
        "علیحدگی کی مشق کیجیے: ڈیٹا نکالیے، کہیں اور بحال کیجیے، جو ناکام رہا لکھ لیجیے",
    ),
}
_ASK: Final = "بل منگوائیے اور ڈاک میں تلاش کیجیے: گم ہونے والا بل بھی واجب ہوتا ہے۔"
_BILL_OF: Final = "bill of "


def contract_in_urdu(said: Said) -> Wording:
    if said.at is None:
        return _missing(said)
    thing, matter = _thing(said)
    at = said_day(said)
    over, what = _over(said, thing), f"{thing}: {f'{matter}، ' if matter else ''}آخری تاریخ {at}"
    return Wording(
        word="تاریخ گزر گئی" if said.is_past else "یاد دہانی" if said.is_told_again else "واجب",
        subject=over or what,
        lead=(f"{over}۔",) if over else (f"{what}۔",),
        lay=over or what,
        about=thing if over else f"{thing}، آخری تاریخ {at}",
        kind=_settled(said) or f"{_title(said)} کے فراہم کنندہ کا معاملہ {at} تک دیکھنا ہے",
        ends=_ends(said),
    )


def _ends(said: Said) -> str:
    contract, key = settled_by(said.scene.subject)
    if not key:
        return "معاہدے کی تفصیل بدلے تو یہ ختم ہو جائے گا۔"
    at = f"سیٹنگز میں معاہدہ {name(contract, 80)} کے تحت"
    return f"{at} {latin(f'{key}: DAY', 40)} درج ہو جائے تو یہ ختم ہو جائے گا۔"


def _missing(said: Said) -> Wording:
    who, usual = name(said.vendor or said.scene.subject, 80), said.fact("Expected")
    month, contract = _month(said), _contract(said)
    which = f"{who} کا {f'{month} کا ' if month else ''}بل{f' ({contract})' if contract else ''}"
    over = f"{which} جس کا انتظار تھا، آ گیا" if said.is_over else ""
    what = f"{which} نہیں آیا{f'، {day_written(usual)} تک متوقع تھا' if usual else ''}"
    return Wording(
        word="بل اب بھی نہیں آیا" if said.is_told_again else "بل نہیں آیا",
        subject=over or what,
        lead=(f"{over}۔",) if over else (f"{what}۔ {_ASK}",),
        lay=over or what,
        about=which,
        kind=_settled(said) or f"{_title(said)} کے فراہم کنندہ کے ایک خط کا انتظار ہے",
        ends="بل درج ہو جائے تو یہ ختم ہو جائے گا۔",
    )


def _thing(said: Said) -> tuple[str, str]:
    """A day of a contract, and what is to be done; one that is not known here stays quoted."""
    found = next((words for end, words in _DAYS.items() if said.scene.subject.endswith(f" {end}")), None)
    contract = _contract(said)
    if found is None or not contract:
        return latin(said.scene.summary, 200), latin(said.fact(labels.MATTER), 100)
    vendor = f"، {name(said.vendor, 80)}" if said.vendor else ""
    return f"{found[0]} (معاہدہ {contract}{vendor})", found[1]


def _over(said: Said, thing: str) -> str:
    """The subject of an end; "" while it stands."""
    deadline = said.scene.incident.deadline
    if not said.is_over:
        return ""
    if deadline is not None and moved_to(said.scene, deadline):
        return f"{thing}: پھر سے وقت پر، اگلی تاریخ {said_day(said)}"
    return f"{thing}: معاملہ دیکھ لیا گیا"


def _contract(said: Said) -> str:
    """Without the id that its fact has in brackets."""
    return name(said.fact(labels.CONTRACT).rpartition(" (")[0] or said.fact(labels.CONTRACT), 80)


def _month(said: Said) -> str:
    """Of a bill that was waited for, like "مئی 2025"; "" where its subject names none."""
    _, _, written = said.scene.subject.partition(f" {_BILL_OF}")
    try:
        first = datetime.strptime(written, "%b %Y").replace(tzinfo=UTC).date()
    except ValueError:
        return ""
    return day_of(first).split(" ", 2)[2]


def _title(said: Said) -> str:
    return name(said.scene.title, 80)


def _settled(said: Said) -> str:
    return f"{_title(said)} کے فراہم کنندہ کا معاملہ طے ہو گیا ہے" if said.is_over else ""
