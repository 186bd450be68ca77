"""What somebody asks of a bill by a signed link, told at once to whoever sees to bills: who asks, of which bill, what.

Pure. The question stands on record before anybody is told, and in the morning lists until something is recorded of its
bill (alerts.digests.waiting).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from alerts.bill_links import TITLES, bill_answers, stage_title
from alerts.concern import BILLS
from alerts.digests.letter import digest_message
from alerts.directory import Directory
from alerts.incident import EventKind
from alerts.message import Message, Notification
from alerts.plan import notice_receivers
from alerts.route import Audience, Language, Receiver, hearers_of
from alerts.telling import Telling, first_ways, once_each, rows_of
from alerts.words.bidi import latin, name
from alerts.words.blocks import Block, Choices, Rows, Text, Titled
from alerts.words.escape import one_line
from alerts.words.scene import zone_of
from alerts.words.urdu import wording as urdu
from checks.billing.path.position import position
from checks.ledger.event import LedgerEvent
from checks.ledger.proposal import person
from checks.ledger.state import BillOnRecord
from checks.model import Status
from checks.pasted import record_command
from checks.wording import day_of, local, moment

#: After a start, what was asked so long ago and not told is told; older ones stand in the morning list.
TOLD_WITHIN: Final = timedelta(days=1)

_SOON: Final = 1
_SUBJECT_CHARS: Final = 160
_WORDS_CHARS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One event of the ledger, and the bill it is about as that stands now."""

    asked: LedgerEvent
    bill: BillOnRecord

    @property
    def by(self) -> str:
        """The receiver whose link it was."""
        return person(self.asked.draft.author)

    @property
    def words(self) -> str:
        return one_line(self.asked.draft.details.reason, _WORDS_CHARS)

    @property
    def event_id(self) -> str:
        return f"question-{self.asked.id}"


def askees(question: Question, readers: Iterable[str], directory: Directory) -> tuple[Receiver, ...]:
    """Who sees to bills, but for whoever asks: `readers` of the morning list; where there are none, finance among those
    to whom the routes send bills, else all of them, else whoever hears of our own distress.
    """
    at, bill = question.asked.recorded_at, question.bill
    labels = {"kind": BILLS, "severity": Status.WARNING.value, "nature": "deadline", "vendor": bill.vendor}
    if bill.terms.service:
        labels["service"] = bill.terms.service
    hearers = directory.people((one.receiver for one in hearers_of(labels, directory.routes)), at)
    finance = (one for one in hearers if one.audience is Audience.FINANCE)
    for ring in (directory.people(readers, at), finance, hearers, notice_receivers({}, directory, at)):
        if others := tuple(one for one in ring if one.id != question.by):
            return others
    return ()


def question_rows(question: Question, readers: Iterable[str], directory: Directory) -> tuple[Notification, ...]:
    """One row per address; planned again for the same question they have the same ids. Who holds for the office hears
    when that opens.
    """
    at = question.asked.recorded_at
    telling = Telling(event_id=question.event_id, incident_id=None, at=at, not_before=at, urgency=_SOON)
    rows: list[Notification] = []
    for one in askees(question, readers, directory):
        opens = directory.calendars.of(one.office).next_open(at) if one.hold_for_office_hours else at
        told = question_message(question, one, directory)
        rows += rows_of(one, first_ways(one), told, replace(telling, not_before=opens), directory)
    return once_each(rows)


def question_message(question: Question, receiver: Receiver, directory: Directory) -> Message:
    """Subject with the words themselves; then who asks, the bill, where it lies, and links to say what became of it."""
    is_urdu = receiver.language is Language.URDU
    subject, blocks, brief = (_in_urdu if is_urdu else _in_english)(question, receiver, directory)
    rules, at = directory.estate.billing, question.asked.recorded_at
    offered = bill_answers(question.bill, rules, receiver, directory.links, event_id=question.event_id, at=at)
    links = tuple((one.label, one.url) for one in offered)
    choices: list[Block] = [Choices(TITLES[receiver.language], links)] if links else []
    return digest_message(
        subject,
        [*blocks, *choices],
        language=receiver.language,
        now=at,
        short=brief,
        event=EventKind.NOTICE,
        fields={"bill": question.bill.key, "asked_by": one_line(question.by, 80)},
    )


_Said = tuple[str, Sequence[Block], tuple[str, ...]]


def _in_english(question: Question, receiver: Receiver, directory: Directory) -> _Said:
    bill, zone, by = question.bill, zone_of(receiver, directory.estate), one_line(question.by, 80)
    number, vendor = one_line(bill.number, 60), one_line(_vendor(bill, directory), 80)
    subject = one_line(f"QUESTION of {by} on bill {number}: {question.words}", _SUBJECT_CHARS)
    rows = [("Bill", number), ("Vendor", vendor), ("Left to pay", str(bill.remaining)), ("Due", day_of(bill.terms.due))]
    if bill.is_open:
        at = position(bill, directory.estate.billing)
        stage = stage_title(at.stage.id, directory.estate.billing, Language.ENGLISH)
        rows.append(("Lies in", f"{one_line(stage, 80)}, since {day_of(local(at.entered_at, zone).date())}"))
    how = (
        f"Answer {by} directly, and write down what came of it: "
        f"{record_command(f'{bill.vendor}/{number}', 'noted --reason TEXT')}. "
        "Until something is recorded of the bill the question stands in the morning list."
    )
    asked = f"{by} asked at {moment(question.asked.recorded_at, zone)}, by a link in a message:"
    return subject, (Titled(asked, (question.words,)), Rows(tuple(rows)), Text((how,))), (f"{subject}.",)


def _in_urdu(question: Question, receiver: Receiver, directory: Directory) -> _Said:
    bill, zone, by = question.bill, zone_of(receiver, directory.estate), name(question.by, 80)
    number, vendor = latin(bill.number, 60), name(_vendor(bill, directory), 80)
    subject = f"سوال: بل {number}، {by}: {name(question.words, 90)}"
    rows = [
        ("بل نمبر", number),
        ("فراہم کنندہ", vendor),
        ("باقی رقم", urdu.money(str(bill.remaining))),
        ("آخری تاریخ", urdu.day_of(bill.terms.due)),
    ]
    if bill.is_open:
        at = position(bill, directory.estate.billing)
        stage = stage_title(at.stage.id, directory.estate.billing, Language.URDU)
        rows.append(("مرحلہ", f"{name(stage, 80)}، {urdu.day_of(local(at.entered_at, zone).date())} سے"))
    asked = f"{by} نے {urdu.moment(question.asked.recorded_at, zone)} کو پیغام کے ربط سے پوچھا"
    how = (
        f"{by} کو براہِ راست جواب دیجیے اور نتیجہ بل کے ساتھ درج کیجیے۔ جب تک بل پر کچھ درج نہ ہو، یہ سوال صبح کی "
        "فہرست میں رہے گا۔"
    )
    blocks = (Titled(asked, (name(question.words, _WORDS_CHARS),)), Rows(tuple(rows)), Text((how,)))
    return subject, blocks, (f"{subject}۔",)


def _vendor(bill: BillOnRecord, directory: Directory) -> str:
    known = directory.estate.vendors.get(bill.vendor)
    return bill.vendor if known is None else known.name
