"""The words of the week's summary, in English and in Urdu."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from alerts.route import Language
from alerts.words import bidi, wording
from alerts.words.escape import one_line
from alerts.words.urdu import wording as urdu
from checks.wording import moment


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekWords:
    """Texts of one language; `{…}` is filled by the summary."""

    subject: str
    ahead: str
    """The subject of a week to come, before anything can be counted."""
    uncounted: str
    period: str
    lead: str
    head: tuple[str, str, str, str]
    """Of the table: service, incidents, time down, time to an answer."""
    people: str
    unanswered: str
    noisy: str
    flapping: str
    idle: str
    nobody: str
    more: str
    incidents: Callable[[int], str]
    messages: Callable[[int], str]
    span: Callable[[timedelta], str]
    day: Callable[[datetime, tzinfo], str]
    moment: Callable[[datetime, tzinfo], str]
    name: Callable[[str], str]
    number: Callable[[str], str]


WEEK_WORDS: Final[Mapping[Language, WeekWords]] = {
    Language.ENGLISH: WeekWords(
        subject="DIGEST On-call week: {count}, {pages}",
        ahead="DIGEST On-call week: counted on the day",
        uncounted="What it will hold is counted when it goes out.",
        period="From {since} to {until}.",
        lead="{count}, {open} of them still open; {pages} in all.",
        head=("Service", "Incidents", "Lasted in all", "Usual time to an answer"),
        people="Messages per person",
        unanswered="Open, and nobody has said to be at it",
        noisy="Checks that make noise: fix them or change their thresholds",
        flapping="What came and went",
        idle="Silences in force that match nothing",
        nobody="nobody answered",
        more="and {count} more",
        incidents=lambda number: wording.count(number, "incident"),
        messages=lambda number: wording.count(number, "message"),
        span=wording.span,
        day=wording.day,
        moment=moment,
        name=lambda text: one_line(text, 80),
        number=lambda text: one_line(text, 120),
    ),
    Language.URDU: WeekWords(
        subject="خلاصہ: ہفتہ وار نگرانی، {count}، {pages}",
        ahead="خلاصہ: ہفتہ وار نگرانی، گنتی اسی دن ہوگی",
        uncounted="اس میں کیا ہوگا، یہ بھیجتے وقت گنا جائے گا۔",
        period="{since} سے {until} تک۔",
        lead="{count}، جن میں سے {open} ابھی جاری؛ کل {pages}۔",
        head=("سروس", "واقعات", "کل دورانیہ", "جواب کا عمومی وقت"),
        people="فی فرد پیغامات",
        unanswered="جاری ہیں اور کسی نے ذمہ داری نہیں لی",
        noisy="بار بار شور کرنے والی جانچیں: انہیں ٹھیک کیجیے یا حد بدلیے",
        flapping="جو بار بار خراب اور بحال ہوئے",
        idle="خاموشیاں جن کا کسی سے تعلق نہیں رہا",
        nobody="کسی نے جواب نہیں دیا",
        more="اور {count} مزید",
        incidents=lambda number: f"{number} واقعات" if number != 1 else "1 واقعہ",
        messages=lambda number: f"{number} پیغامات" if number != 1 else "1 پیغام",
        span=urdu.span,
        day=urdu.day,
        moment=urdu.moment,
        name=lambda text: bidi.name(text, 80),
        number=lambda text: bidi.latin(text, 120),
    ),
}
