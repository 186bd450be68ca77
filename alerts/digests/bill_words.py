"""The words of the morning list of bills, in English and in Urdu."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from alerts.digests.bills import Bill, BillState
from alerts.route import Language
from alerts.words import wording
from alerts.words.bidi import latin, name
from alerts.words.escape import one_line
from alerts.words.money.urdu_parts import day_written, stage_in_urdu
from alerts.words.urdu import wording as urdu
from checks.units import Money
from checks.wording import day_of


@dataclass(frozen=True, slots=True, kw_only=True)
class BillWords:
    """Texts of one language; `{…}` is filled by the list."""

    head: tuple[str, ...]
    """Of the table: bill, vendor, amount, due, act by, days left, where it lies, cut-off, what goes dark, state."""
    states: Mapping[BillState, str]
    subject: str
    nothing: str
    waits: str
    """The subject where no bill must be seen to, but a person's word is missing."""
    overdue: str
    sum_of: str
    unread: str
    unread_list: str
    """A list of which no bill is known."""
    not_whole: str
    """Of the subject, where the first look at the bills is not over."""
    in_haste: str
    unseen: str
    unseen_lists: str
    not_settled: str
    close: str
    chain: str
    """The end of the ledger's chain, and what that is for."""
    lies: Callable[[str, int | None, str], str]
    """Stage, working days there, desk."""
    between: Callable[[str, str], str]
    """First and last day of a window, as kinds write days."""
    too_late: Callable[[str, str], str]
    """When it is paid by usual times, and before which day it had to be; days as kinds write them."""
    was: Callable[[str], str]
    """Of a day that was changed, as kinds write it."""
    days: Callable[[int | None], str]
    day_of: Callable[[date], str]
    money: Callable[[str], str]
    title: Callable[[str], str]
    """A name from outside."""
    number: Callable[[str], str]
    """An id from outside."""
    people: Callable[[str], str]
    """Departments as a kind wrote them."""
    listed: Callable[[Sequence[str]], str]


def _days(days: int | None) -> str:
    if days is None:
        return "more than a year"
    if days < 0:
        return f"none, {-days} past"
    return str(days) if days else "none, it is today"


def _urdu_days(days: int | None) -> str:
    if days is None:
        return "ایک سال سے زیادہ"
    if days < 0:
        return f"{-days} دفتری دن گزر گئے"
    return f"{days} دفتری دن" if days else "آج"


def _lies(stage: str, days: int | None, desk: str) -> str:
    """Like "pre-audit, for 9 working days, with ag-desk"."""
    waited = "" if days is None else f"for {wording.count(days, 'working day')}"
    return one_line(", ".join(filter(None, (stage, waited, f"with {desk}" if desk else ""))), 200)


def _urdu_lies(stage: str, days: int | None, desk: str) -> str:
    waited = "" if days is None else f"{days} دفتری دن سے"
    return "، ".join(filter(None, (stage_in_urdu(stage), waited, latin(desk, 60))))


def _urdu_between(first: str, last: str) -> str:
    if not first:
        return ""
    return f"{day_written(first)} سے {day_written(last)} تک" if last and last != first else day_written(first)


def _urdu_too_late(paid: str, before: str) -> str:
    """Like "ادائیگی 26 دسمبر کو، 16 دسمبر سے پہلے ضروری تھی"."""
    needed = f"، {day_written(before)} سے پہلے ضروری تھی" if before else ""
    return f"ادائیگی {day_written(paid)} کو{needed}"


def states_of(bill: Bill, words: BillWords) -> Sequence[str]:
    """Each state that holds, with the days that tell why."""
    behind = {
        BillState.TOO_LATE: words.too_late(bill.too_late, bill.cut_from) if bill.too_late else "",
        BillState.CAME_BACK: words.title(bill.came_back),
    }
    said = [(words.states[state], behind.get(state, "")) for state in bill.states]
    return [f"{state} ({more})" if more else state for state, more in said]


def cut_off_of(bill: Bill, words: BillWords) -> str:
    """Between which days it may be cut off, and what that day was before; "" where nobody knows."""
    between = words.between(bill.cut_from, bill.cut_until)
    return f"{between} ({words.was(bill.cut_was)})" if between and bill.cut_was else between


ENGLISH: Final = BillWords(
    head=(
        "Bill",
        "Vendor",
        "Amount",
        "Due",
        "Act by",
        "Working days to due day",
        "Lies",
        "May be cut off",
        "Goes dark",
        "State",
    ),
    states={
        BillState.OVERDUE: "overdue",
        BillState.BLOCKED: "payment blocked",
        BillState.TOO_LATE: "TOO LATE by usual times",
        BillState.HELD: "held",
        BillState.CAME_BACK: "money came back, owed again",
        BillState.DISPUTED: "disputed",
        BillState.WITHDRAWN: "no longer listed, not settled",
        BillState.LATE_START: "late: had to start moving",
        BillState.DUE: "due",
    },
    subject="DIGEST {count} to see to, {sum} at risk",
    nothing="DIGEST No bill to see to today",
    waits="DIGEST {what}",
    overdue="{count} overdue.",
    sum_of="At risk: {sum}.",
    unread="The list could not be read; it was last read {when}. What stands here may be old.",
    unread_list="The list cannot be read now ({what}): bills that stand only there are missing here.",
    not_whole="this list is not whole",
    in_haste="This list is not whole: the bills were still being looked at when it had to go.",
    unseen="Not looked at yet, so missing here or as they stood before: {count} on record.",
    unseen_lists="Lists of bills not gone through to their end yet: {lists} of {of}.",
    not_settled="Take nothing that is missing here for settled.",
    close="A bill leaves this list once the day it was settled and the proof are on record: "
    "money that was sent is not enough.",
    chain="The ledger has {events}, the last one {hash}. Keep this message: with it anybody can prove later that "
    "nothing was taken off the end of the ledger (nigehban invoices audit).",
    lies=_lies,
    between=lambda first, last: f"from {first} to {last}" if last and last != first else first,
    too_late=lambda paid, before: f"paid {paid}, had to be before {before}" if before else f"paid {paid}",
    was=lambda day: f"was {day}",
    days=_days,
    day_of=day_of,
    money=one_line,
    title=lambda text: one_line(text, 80),
    number=lambda text: one_line(text, 60),
    people=lambda text: one_line(text, 400),
    listed=wording.listed,
)

URDU: Final = BillWords(
    head=(
        "بل",
        "فراہم کنندہ",
        "رقم",
        "آخری تاریخ",
        "کارروائی کی تاریخ",
        "باقی دن",
        "کہاں ہے",
        "سروس کی بندش",
        "کس کی سروس بند ہو گی",
        "کیفیت",
    ),
    states={
        BillState.OVERDUE: "تاریخ گزر گئی",
        BillState.BLOCKED: "ادائیگی رکی ہوئی ہے",
        BillState.TOO_LATE: "معمول کے مطابق رقم دیر سے پہنچے گی",
        BillState.HELD: "روکا گیا",
        BillState.CAME_BACK: "رقم واپس آ گئی، پھر واجب الادا",
        BillState.DISPUTED: "متنازع",
        BillState.WITHDRAWN: "فہرست میں نہیں، ادا نہیں ہوا",
        BillState.LATE_START: "تاخیر: کارروائی شروع ہو جانی چاہیے تھی",
        BillState.DUE: "واجب",
    },
    subject="خلاصہ: {count} توجہ طلب، کل {sum}",
    nothing="خلاصہ: آج کوئی بل توجہ طلب نہیں",
    waits="خلاصہ: {what}",
    overdue="{count} کی تاریخ گزر چکی ہے۔",
    sum_of="کل رقم: {sum}۔",
    unread="فہرست پڑھی نہیں جا سکی؛ آخری بار {when} پڑھی گئی تھی۔ یہ معلومات پرانی ہو سکتی ہیں۔",
    unread_list="فہرست ابھی پڑھی نہیں جا سکتی ({what})؛ جو بل صرف اسی میں ہیں وہ یہاں نہیں۔",
    not_whole="یہ فہرست مکمل نہیں",
    in_haste="یہ فہرست مکمل نہیں: اسے بھیجنے کا وقت ہو گیا، اور بل ابھی دیکھے جا رہے تھے۔",
    unseen="{count} ابھی نہیں دیکھے گئے: وہ یہاں نہیں، یا ان کا حال پرانا ہے۔",
    unseen_lists="بلوں کی {of} میں سے {lists} فہرستیں ابھی پوری نہیں دیکھی گئیں۔",
    not_settled="جو بل یہاں نہیں، اسے طے شدہ نہ سمجھیں۔",
    close="بل اس فہرست سے تب نکلتا ہے جب ادائیگی کا دن اور ثبوت اس کے ساتھ درج ہو جائے۔",
    chain="رجسٹر میں {events} اندراج ہیں، آخری کا نشان {hash} ہے۔ یہ پیغام سنبھال کر رکھیے: اسی سے بعد میں ثابت "
    "ہو گا کہ رجسٹر کے آخر سے کچھ نہیں نکالا گیا۔",
    lies=_urdu_lies,
    between=_urdu_between,
    too_late=_urdu_too_late,
    was=lambda day: f"پہلے {day_written(day)}",
    days=_urdu_days,
    day_of=urdu.day_of,
    money=urdu.money,
    title=lambda text: name(text, 80),
    number=lambda text: latin(text, 60),
    people=urdu.people_written,
    listed=urdu.listed,
)

WORDS: Final[Mapping[Language, BillWords]] = {Language.ENGLISH: ENGLISH, Language.URDU: URDU}


def bills_counted(number: int, language: Language) -> str:
    return f"{number} بل" if language is Language.URDU else wording.count(number, "bill")


def events_counted(number: int, language: Language) -> str:
    return f"{number:,}" if language is Language.URDU else wording.count(number, "event")


def sums(amounts: Sequence[Money], language: Language) -> str:
    """Like "Rs 134,000 and USD 20"; a dash where no amount is known."""
    words = WORDS[language]
    said = [words.money(str(amount)) for amount in amounts]
    return words.listed(said) if said else "-"
