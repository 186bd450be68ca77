"""Facts of a matter of money as rows in Urdu; what has no words here stays quoted, in the words of its check."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from alerts.words.bidi import latin, name
from alerts.words.blocks import Row
from alerts.words.money.urdu_parts import day_written
from alerts.words.urdu.wording import money
from checks.billing import labels

_DAYS: Final = re.compile(r"(none: )?([0-9]{1,5}) working days?( late)?")
_LIKELY: Final = re.compile(r"(.+?), nine of ten by (.+?)(, once it moves again)?")
_NOBODY_CAN_SAY: Final = "nobody can say: it is "
#: By how the check of bills says that one stands still.
_STILL: Final = (
    ("blocked", "ادائیگی رکی ہوئی ہے"),
    ("disputed", "بل پر اعتراض ہے"),
    ("held until", "ادائیگی روک رکھی گئی ہے"),
)


def rows_in_urdu(facts: Iterable[tuple[str, str]], wanted: Collection[str]) -> list[Row]:
    """Those of `facts` that are wanted and have words here, in their order."""
    known = [(label, text) for label, text in facts if label in wanted and label in _ROWS and text]
    return [(_ROWS[label][0], _ROWS[label][1](text)) for label, text in known]


def way_rows(facts: Mapping[str, str], *, is_day_named: bool) -> list[Row]:
    """How a bill comes along: since when and where it lies, what is in the way, when its money arrives, and when it may
    be cut off where its vendor named no day.
    """
    return rows_in_urdu(facts.items(), _OF_A_WAY if is_day_named else (*_OF_A_WAY, *_WINDOW))


def _working_days(text: str) -> str:
    found = _DAYS.fullmatch(text)
    if found is None:
        return latin(text, 80)
    if found[3]:
        return f"{found[2]} دفتری دن کی تاخیر"
    return f"{found[2]} دفتری دن" if int(found[2]) else "آج آخری دن ہے"


def _likely(text: str) -> str:
    if text.startswith(_NOBODY_CAN_SAY):
        why = text.removeprefix(_NOBODY_CAN_SAY)
        said = next((words for begin, words in _STILL if why.startswith(begin)), latin(why, 80))
        return f"ابھی کہا نہیں جا سکتا: {said}"
    found = _LIKELY.fullmatch(text)
    if found is None:
        return day_written(text)
    again = "؛ بشرطیکہ رکاوٹ دور ہو" if found[3] else ""
    return f"{day_written(found[1])}، دس میں سے نو بل {day_written(found[2])} تک{again}"


def _day(text: str) -> str:
    return f"{day_written(text)}{' (گزر چکی)' if text.endswith('(passed)') else ''}"


def _named(text: str) -> str:
    return name(text, 80)


def _number(text: str) -> str:
    return latin(text, 60)


_ROWS: Final[Mapping[str, tuple[str, Callable[[str], str]]]] = {
    labels.BILL: ("بل نمبر", _number),
    labels.CONTRACT: ("معاہدہ", _named),
    labels.VENDOR: ("فراہم کنندہ", _named),
    labels.AMOUNT: ("رقم", money),
    "Due": ("بل کی آخری تاریخ", _day),
    "There since": ("یہ مرحلہ شروع ہوا", _day),
    labels.DESK: ("کس کی میز پر", _named),
    labels.IN_THE_WAY: ("وہاں عموماً رکاوٹ", latin),
    "Runway": ("مرحلے کے لیے باقی وقت", _working_days),
    labels.FORECAST: ("متوقع ادائیگی", _likely),
    labels.CUT_OFF_FROM: ("بندش کا پہلا ممکنہ دن", _day),
    labels.CUT_OFF_UNTIL: ("بندش کا آخری ممکنہ دن", _day),
    "Settled on": ("ادائیگی کا دن", _day),
    "Paid on": ("ادائیگی کا دن", _day),
    "Evidence": ("ثبوت", name),
}
_OF_A_WAY: Final = ("There since", labels.DESK, "Runway", labels.IN_THE_WAY, labels.FORECAST)
_WINDOW: Final = (labels.CUT_OFF_FROM, labels.CUT_OFF_UNTIL)

#: What stands in rows while a matter stands, and at its end: what it is about, no days of what is over.
STANDING: Final = frozenset(_ROWS) - {"Settled on", "Paid on", "Evidence", labels.IN_THE_WAY}
AT_THE_END: Final = frozenset(
    {labels.BILL, labels.CONTRACT, labels.VENDOR, labels.AMOUNT, "Settled on", "Paid on", "Evidence"}
)
