"""The words of the daily note, in English and in Urdu."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import Enum
from typing import Final

from alerts.digests.note_room import whole_words
from alerts.route import Language
from alerts.words import wording
from alerts.words.bidi import latin, name
from alerts.words.escape import one_line
from alerts.words.urdu import wording as urdu
from checks.billing.risk.concentration import Concentration
from checks.model import Status
from checks.wording import day_of, local, moment

#: What is longer ends behind a word: nobody names anything like that, and one row must leave room for others.
_TITLE_CHARS: Final = 120
_TEXT_CHARS: Final = 400
#: Of what comes from outside, what is looked at.
_READ_CHARS: Final = 4000


class Part(Enum):
    """Sections of the note, in their order there."""

    INCIDENTS = "incidents"
    BILLS = "bills"
    PAYEES = "payees"
    DEADLINES = "deadlines"
    DUTY = "duty"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWords:
    """Texts of one language; `{…}` is filled by the sheet."""

    title: str
    office: str
    titles: Mapping[Part, str]
    heads: Mapping[Part, tuple[str, ...]]
    nothing: Mapping[Part, str]
    more: str
    wrong: Callable[[int], str]
    bills: str
    nobody_at_it: str
    at_it: str
    cut_off: str
    lies: str
    dark: str
    open_bills: str
    nobody: str
    stands_in: str
    until: str
    unsaid_duty: str
    printed: str
    seen: str
    old: str
    never: str
    hangs: Callable[[Concentration, str], str]
    """How much hangs on the heaviest vendor, by its name."""
    chain: str
    """The end of the ledger's chain, and what it is good for."""
    ahead: str
    """Of a note for a day to come."""
    severities: Mapping[Status, str]
    comma: str
    parting: str
    """Between what is said of one thing."""
    day: Callable[[date], str]
    short_day: Callable[[date], str]
    moment: Callable[[datetime, tzinfo], str]
    short_moment: Callable[[datetime, tzinfo], str]
    name: Callable[[str], str]
    text: Callable[[str], str]
    """What a kind has said, in English."""
    number: Callable[[str], str]
    people: Callable[[Sequence[str]], str]


_COMMANDS: Final[Mapping[Part, str]] = {
    Part.INCIDENTS: "nigehban incidents",
    Part.BILLS: "nigehban invoices list",
    Part.PAYEES: "nigehban vendors list",
    Part.DEADLINES: "nigehban deadlines",
    Part.DUTY: "nigehban oncall",
}


def _title(text: str) -> str:
    return whole_words(one_line(text, _READ_CHARS), _TITLE_CHARS)


def _text(text: str) -> str:
    return whole_words(one_line(text, _READ_CHARS), _TEXT_CHARS)


def _short_day(day: date) -> str:
    """Like "6 Nov 2017": a column has no room for its weekday."""
    return day_of(day).partition(" ")[2]


def _urdu_day(day: date) -> str:
    return urdu.day_of(day).partition(" ")[2]


_ENGLISH: Final = NoteWords(
    title="Daily note for {day}",
    office="Bills and working days of the office {office}.",
    titles={
        Part.INCIDENTS: "What does not work",
        Part.BILLS: "Bills to see to, most lost per rupee first",
        Part.PAYEES: "Vendors who cannot be paid",
        Part.DEADLINES: "Other deadlines of the next 14 days",
        Part.DUTY: "On duty",
    },
    heads={
        Part.INCIDENTS: ("Since", "Service", "What"),
        Part.BILLS: ("Bill", "Vendor", "Amount", "Due", "Act by"),
        Part.PAYEES: ("Vendor", "Why", "Since"),
        Part.DEADLINES: ("Act by", "What", "Last day"),
        Part.DUTY: ("Rota", "Who", "Until"),
    },
    nothing={
        Part.INCIDENTS: "No service is known to be down.",
        Part.BILLS: "No bill has to be seen to.",
        Part.PAYEES: "No vendor is known to be blocked.",
        Part.DEADLINES: "None.",
        Part.DUTY: "The settings name no rota: everybody whom the routes name is told.",
    },
    more="and {count} more: see {command}",
    wrong=lambda number: "1 thing does not work." if number == 1 else f"{number:,} things do not work.",
    bills="{count} to see to, {overdue} overdue; at risk: {sum}.",
    nobody_at_it="nobody has said to be at it",
    at_it="{who} is at it",
    cut_off="may be cut off {when}",
    lies="lies in {place}",
    dark="goes dark for {whom}",
    open_bills="open bills: {bills}",
    nobody="nobody",
    stands_in="nobody; {who} stands in",
    until="{when}, then {who}",
    unsaid_duty="Nobody can say: the settings cannot be read.",
    printed="Printed at {when}.",
    seen="Nigehban last looked at {when}.",
    old="NIGEHBAN HAS NOT LOOKED SINCE {when}: what has happened since does not stand here.",
    never="NIGEHBAN HAS NOT LOOKED AT ANYTHING YET.",
    hangs=lambda one, vendor: f"Most hangs on {vendor}: {one.text()}.",
    chain="The ledger has {events}, the last one {hash}: with this sheet anybody can prove later that nothing was "
    "taken off its end (nigehban invoices audit).",
    ahead="As it was known then; what happens until that day does not stand here.",
    severities={Status.CRITICAL: "critical", Status.WARNING: "warning", Status.UNKNOWN: "unknown", Status.OK: "ok"},
    comma=", ",
    parting="; ",
    day=day_of,
    short_day=_short_day,
    moment=moment,
    short_moment=lambda at, zone: f"{_short_day(local(at, zone).date())}, {local(at, zone):%H:%M}",
    name=_title,
    text=_text,
    number=_title,
    people=wording.listed,
)

_URDU: Final = NoteWords(
    title="روزنامچہ، {day}",
    office="دفتر {office} کے بل اور دفتری دن۔",
    titles={
        Part.INCIDENTS: "کیا خراب ہے",
        Part.BILLS: "توجہ طلب بل، فی روپیہ سب سے زیادہ نقصان والے پہلے",
        Part.PAYEES: "وہ فراہم کنندہ جنہیں ادائیگی نہیں ہو سکتی",
        Part.DEADLINES: "اگلے 14 دن کی دوسری آخری تاریخیں",
        Part.DUTY: "ڈیوٹی پر",
    },
    heads={
        Part.INCIDENTS: ("کب سے", "سروس", "کیا ہوا"),
        Part.BILLS: ("بل", "فراہم کنندہ", "رقم", "آخری تاریخ", "کارروائی کی تاریخ"),
        Part.PAYEES: ("فراہم کنندہ", "وجہ", "کب سے"),
        Part.DEADLINES: ("کارروائی کی تاریخ", "کیا", "آخری تاریخ"),
        Part.DUTY: ("باری", "کون", "کب تک"),
    },
    nothing={
        Part.INCIDENTS: "کسی سروس کے بند ہونے کا علم نہیں۔",
        Part.BILLS: "کوئی بل توجہ طلب نہیں۔",
        Part.PAYEES: "کسی فراہم کنندہ کی ادائیگی رکنے کا علم نہیں۔",
        Part.DEADLINES: "کوئی نہیں۔",
        Part.DUTY: "کوئی باری مقرر نہیں۔",
    },
    more="اور {count} مزید: دیکھیے {command}",
    wrong=lambda number: f"خرابیاں: {number:,}۔",
    bills="توجہ طلب بل: {count}، جن میں سے {overdue} کی تاریخ گزر چکی؛ کل رقم: {sum}۔",
    nobody_at_it="کسی نے ذمہ داری نہیں لی",
    at_it="ذمہ داری: {who}",
    cut_off="سروس کی بندش: {when}",
    lies="کہاں ہے: {place}",
    dark="کس کی سروس بند ہو گی: {whom}",
    open_bills="کھلے بل: {bills}",
    nobody="کوئی نہیں",
    stands_in="کوئی نہیں؛ متبادل: {who}",
    until="{when} تک، پھر {who}",
    unsaid_duty="معلوم نہیں: ترتیبات پڑھی نہیں جا سکیں۔",
    printed="طباعت: {when}۔",
    seen="نگہبان نے آخری بار دیکھا: {when}۔",
    old="نگہبان نے {when} کے بعد کچھ نہیں دیکھا: اس کے بعد جو ہوا وہ یہاں نہیں ہے۔",
    never="نگہبان نے ابھی تک کچھ نہیں دیکھا۔",
    hangs=lambda one, vendor: (
        f"سب سے زیادہ انحصار {vendor} پر ہے: {one.of_services} میں سے {one.services} سروسز"
        + (f"، {one.of_users:,} میں سے {one.users:,} صارفین۔" if one.of_users else "۔")
    ),
    chain="رجسٹر میں {events} اندراج ہیں، آخری کا نشان {hash} ہے: اسی ورق سے بعد میں ثابت ہو گا کہ رجسٹر کے آخر سے "
    "کچھ نہیں نکالا گیا۔",
    ahead="جیسا طباعت کے وقت معلوم تھا؛ اس دن تک جو ہو گا وہ یہاں نہیں ہے۔",
    severities={Status.CRITICAL: "سنگین", Status.WARNING: "انتباہ", Status.UNKNOWN: "نامعلوم", Status.OK: "ٹھیک"},
    comma="، ",
    parting="؛ ",
    day=urdu.day_of,
    short_day=_urdu_day,
    moment=urdu.moment,
    short_moment=lambda at, zone: f"{_urdu_day(local(at, zone).date())}، {local(at, zone):%H:%M}",
    name=lambda text: name(_title(text)),
    text=lambda text: latin(_text(text), _TEXT_CHARS),
    number=lambda text: latin(_title(text)),
    people=urdu.listed,
)

NOTE_WORDS: Final[Mapping[Language, NoteWords]] = {Language.ENGLISH: _ENGLISH, Language.URDU: _URDU}


def more_of(part: Part, count: int, language: Language) -> str:
    """How many rows of a section did not fit, and where they stand; "" where all did."""
    command = latin(_COMMANDS[part]) if language is Language.URDU else _COMMANDS[part]
    return NOTE_WORDS[language].more.format(count=count, command=command) if count else ""
