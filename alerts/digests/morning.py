"""The morning list of bills as a message: a table, what is at risk in all, and the same as a CSV file."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final

from alerts.digests.bill_words import WORDS, BillWords, bills_counted, sums
from alerts.digests.bills import Bill, BillState, table, totals
from alerts.digests.letter import digest_message
from alerts.message import Attachment, Message
from alerts.route import Language
from alerts.words.blocks import Block, Grid, Text
from checks.wording import day_of, local

#: A list longer than this is read in the file that goes with it.
MOST_ROWS: Final = 100

_FILE_HEAD: Final = (
    "bill", "vendor", "amount", "currency", "due", "act by", "vendor cuts off", "working days left", "goes dark",
    "state",
)  # fmt: skip


def morning_list(bills: Sequence[Bill], *, language: Language, zone: tzinfo, now: datetime) -> Message:
    """`bills` in the order they come in; dates are days of `zone`."""
    words = WORDS[language]
    if not bills:
        return digest_message(words.nothing, [Text((words.nothing.partition(" ")[2],))], language=language, now=now)
    subject = words.subject.format(count=bills_counted(len(bills), language), sum=sums(totals(bills), language))
    overdue = [bill for bill in bills if BillState.OVERDUE in bill.states]
    lead = [words.overdue.format(count=bills_counted(len(overdue), language))] if overdue else []
    blocks: list[Block] = [
        Text((*lead, words.sum_of.format(sum=sums(totals(bills), language)))),
        *_unread(bills, words),
        Grid(
            words.head,
            tuple(_row(bill, words, zone) for bill in bills[:MOST_ROWS]),
            frozenset(place for place, bill in enumerate(bills) if BillState.OVERDUE in bill.states),
        ),
        Text((words.close,)),
    ]
    stop = "۔" if language is Language.URDU else "."
    short = (f"{subject}{stop}", *(_in_short(bill, words, zone) for bill in bills))
    day = local(now, zone).date()
    file = Attachment(name=f"bills-{day.isoformat()}.csv", media_type="text/csv", text=_file(bills, zone))
    return digest_message(subject, blocks, language=language, now=now, short=short, attachments=(file,))


def _row(bill: Bill, words: BillWords, zone: tzinfo) -> tuple[str, ...]:
    states = ", ".join(words.states[state] for state in bill.states)
    return (
        words.number(bill.number),
        words.title(bill.vendor),
        _digits(bill, words),
        _day(bill.due_at, words, zone),
        _day(bill.act_by, words, zone),
        words.days(bill.days_left),
        words.people(bill.goes_dark),
        states.replace(", ", "، ") if words is WORDS[Language.URDU] else states,
    )


def _digits(bill: Bill, words: BillWords) -> str:
    """The amount without its words: beside others it is compared, not read out."""
    return words.money(bill.amount).partition(" (")[0] if bill.amount else ""


def _day(at: datetime | None, words: BillWords, zone: tzinfo) -> str:
    return "" if at is None else words.day_of(local(at, zone).date())


def _unread(bills: Sequence[Bill], words: BillWords) -> list[Block]:
    said = dict.fromkeys(bill.unread.partition(";")[0] for bill in bills if bill.unread)
    return [Text(tuple(words.unread.format(when=words.number(when)) for when in said))] if said else []


def _in_short(bill: Bill, words: BillWords, zone: tzinfo) -> str:
    amount = _digits(bill, words)
    comma, stop = ("،", "۔") if words is WORDS[Language.URDU] else (",", ".")
    return f"{words.number(bill.number)} {amount}{comma} {_day(bill.due_at, words, zone)}{stop}"


def _file(bills: Sequence[Bill], zone: tzinfo) -> str:
    """All of them, in English whatever the message is in: it goes on to other programs."""

    def day(at: datetime | None) -> str:
        return "" if at is None else day_of(local(at, zone).date()).partition(" ")[2]

    return table(
        _FILE_HEAD,
        (
            (
                bill.number,
                bill.vendor,
                bill.money.text().partition(" ")[0] if bill.money else bill.amount,
                bill.money.currency if bill.money else "",
                day(bill.due_at),
                day(bill.act_by),
                day(bill.cuts_off_at),
                "" if bill.days_left is None else str(bill.days_left),
                bill.goes_dark,
                ", ".join(state.value for state in bill.states),
            )
            for bill in bills
        ),
    )
