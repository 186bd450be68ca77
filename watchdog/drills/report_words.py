"""The words of a drill's report, in both languages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from alerts.links import Action
from alerts.route import Language
from alerts.words.bidi import latin
from alerts.words.escape import one_line
from alerts.words.played import DRILL_WORDS
from alerts.words.urdu.wording import span as urdu_span
from alerts.words.wording import span

_HOUR_MIN: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWords:
    subject: str
    """With {answered} of {asked}."""
    head: tuple[str, str, str, str]
    answers: Mapping[Action, str]
    after: str
    """With {span}."""
    before: str
    by: str
    """With {who}."""
    besides: str
    never: str
    not_yet: str
    not_asked: str
    comma: str
    stop: str
    span: Callable[[timedelta], str]
    name: Callable[[str], str]
    """An id, a mailbox: safe to show."""
    quoted: Callable[[str], str]
    """A sentence that was said in English."""


def exact(length: timedelta) -> str:
    """To the second below an hour: it is what a drill is about."""
    minutes, seconds = divmod(max(0, int(length.total_seconds())), 60)
    return f"{minutes} min {seconds} s" if 0 < minutes < _HOUR_MIN and seconds else span(length)


def urdu_exact(length: timedelta) -> str:
    minutes, seconds = divmod(max(0, int(length.total_seconds())), 60)
    return f"{minutes} منٹ {seconds} سیکنڈ" if 0 < minutes < _HOUR_MIN and seconds else urdu_span(length)


REPORT_WORDS: Final[Mapping[Language, ReportWords]] = {
    Language.ENGLISH: ReportWords(
        subject=f"{DRILL_WORDS[Language.ENGLISH]} report: {{answered}} of {{asked}} answered",
        head=("Receiver", "Told", "By", "Answered"),
        answers={
            Action.FOUR_HOURS: "at it for 4 hours",
            Action.UNTIL_WELL: "at it until it is well",
            Action.PASS_ON: "cannot, passed it on",
        },
        after="after {span}",
        before="before it was told",
        by="answered by {who}",
        besides="What came besides",
        never="never",
        not_yet="not yet",
        not_asked="is not asked",
        comma="; ",
        stop=".",
        span=exact,
        name=one_line,
        quoted=one_line,
    ),
    Language.URDU: ReportWords(
        subject=f"{DRILL_WORDS[Language.URDU]} کی رپورٹ: {{asked}} میں سے {{answered}} نے جواب دیا",
        head=("وصول کنندہ", "اطلاع", "راستہ", "جواب"),
        answers={
            Action.FOUR_HOURS: "4 گھنٹے تک دیکھ رہے ہیں",
            Action.UNTIL_WELL: "ٹھیک ہونے تک دیکھ رہے ہیں",
            Action.PASS_ON: "نہیں کر سکتے، آگے بھیج دیا",
        },
        after="{span} بعد",
        before="اطلاع سے پہلے",
        by="{who} نے جواب دیا",
        besides="اور کیا ہوا",
        never="کبھی نہیں",
        not_yet="ابھی نہیں",
        not_asked="جواب نہیں مانگا گیا",
        comma="؛ ",
        stop="۔",
        span=urdu_exact,
        name=latin,
        quoted=latin,
    ),
}
