"""The morning list of bills as a message: a table, what is at risk in all, and the same as a CSV file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final, TypeAlias

from alerts.digests.bill_words import WORDS, BillWords, bills_counted, cut_off_of, events_counted, states_of, sums
from alerts.digests.bills import PRESSING, Bill, BillState, table, totals
from alerts.digests.letter import digest_message
from alerts.digests.waiting import ProposalLinks, Waiting, said_in_short, said_of, waiting_blocks
from alerts.message import Attachment, Message
from alerts.route import Language
from alerts.words.blocks import Block, Grid, Text
from checks.wording import day_of, local

#: A list longer than this is read in the file that goes with it.
MOST_ROWS: Final = 100
#: Of the chain's head: more than enough to tell two apart, few enough to read over the telephone.
_HASH_CHARS: Final = 16

_FILE_HEAD: Final = (
    "bill", "vendor", "amount", "currency", "due", "act by", "vendor cuts off", "working days to due day", "goes dark",
    "state", "stage", "working days there", "desk", "cut off from", "cut off until", "stopped by",
)  # fmt: skip

#: A line with links is long; who has more to see to uses the sheet.
MOST_WITH_LINKS: Final = 25

Links: TypeAlias = Callable[[Bill], Sequence[tuple[str, str]]]
"""What can be pressed for a bill: what is read, and the whole address."""

NOTHING_WAITS: Final = Waiting()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainEnd:
    """The end of the ledger's chain."""

    hash: str
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """What a list that could wait no longer was made without."""

    bills: int
    """On record, and not looked at since the start."""
    lists: int
    """Not gone through to their end since."""
    of: int
    """All lists that there are."""


def morning_list(
    bills: Sequence[Bill],
    *,
    language: Language,
    zone: tzinfo,
    now: datetime,
    links: Links = lambda _bill: (),
    chain: ChainEnd | None = None,
    waiting: Waiting = NOTHING_WAITS,
    decisions: ProposalLinks = lambda _proposal: (),
    leaning: str = "",
    unread: Sequence[str] = (),
    unseen: Unseen | None = None,
) -> Message:
    """`bills` in the order they come in; dates are days of `zone`; `leaning` is a sentence on how much hangs on one.

    `unread` are names of lists that cannot be read now: of what nobody knows the message says nothing. With `unseen` it
    says first that it is not whole.
    """
    words = WORDS[language]
    proof = proof_of(chain, language)
    asked = waiting_blocks(waiting, decisions, language=language, zone=zone)
    missing = [*_unseen(unseen, language), *_unread(bills, words, unread)]
    if not bills:
        missing = missing or [Text((words.nothing.partition(" ")[2],))]
        subject = words.waits.format(what=said_of(waiting, language)) if asked else words.nothing
        return digest_message(subject, [*missing, *asked, *proof], language=language, now=now)
    subject = _subject(bills, waiting, unseen, language)
    blocks: list[Block] = [
        *missing,
        Text((*_overdue(bills, language), words.sum_of.format(sum=sums(totals(bills), language)))),
        Grid(
            words.head,
            tuple(_row(bill, words, zone) for bill in bills[:MOST_ROWS]),
            frozenset(place for place, bill in enumerate(bills) if not PRESSING.isdisjoint(bill.states)),
            {place: found for place, bill in enumerate(bills[:MOST_WITH_LINKS]) if (found := tuple(links(bill)))},
        ),
        *asked,
        Text(tuple(filter(None, (words.close, leaning)))),
        *proof,
    ]
    short = (f"{subject}{'۔' if language is Language.URDU else '.'}", *(_in_short(bill, words, zone) for bill in bills))
    day = local(now, zone).date()
    file = Attachment(name=f"bills-{day.isoformat()}.csv", media_type="text/csv", text=_file(bills, zone))
    return digest_message(subject, blocks, language=language, now=now, short=short, attachments=(file,))


def _overdue(bills: Sequence[Bill], language: Language) -> Sequence[str]:
    count = sum(BillState.OVERDUE in bill.states for bill in bills)
    return [WORDS[language].overdue.format(count=bills_counted(count, language))] if count else []


def _subject(bills: Sequence[Bill], waiting: Waiting, unseen: Unseen | None, language: Language) -> str:
    words = WORDS[language]
    counted, sum_ = bills_counted(len(bills), language), sums(totals(bills), language)
    said = words.subject.format(count=counted, sum=sum_)
    also = (words.not_whole if unseen else "", said_in_short(waiting, language))
    return ("؛ " if language is Language.URDU else "; ").join(filter(None, (said, *also)))


def _unseen(unseen: Unseen | None, language: Language) -> list[Block]:
    if unseen is None:
        return []
    words = WORDS[language]
    bills = words.unseen.format(count=bills_counted(unseen.bills, language)) if unseen.bills else ""
    lists = words.unseen_lists.format(lists=unseen.lists, of=unseen.of)
    return [Text(tuple(filter(None, (words.in_haste, bills, lists, words.not_settled))))]


def proof_of(chain: ChainEnd | None, language: Language) -> list[Block]:
    """A cut tail leaves a whole, shorter chain: what went out by mail shows it."""
    if chain is None or not chain.events:
        return []
    words = WORDS[language]
    said = words.chain.format(
        events=events_counted(chain.events, language), hash=words.number(in_groups(chain.hash[:_HASH_CHARS]))
    )
    return [Text((said,))]


def in_groups(digits: str) -> str:
    """Four by four, as people read them out."""
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def _row(bill: Bill, words: BillWords, zone: tzinfo) -> tuple[str, ...]:
    states = ("، " if words is WORDS[Language.URDU] else ", ").join(states_of(bill, words))
    why = f": {words.title(bill.stopped_by)}" if bill.stopped_by else ""
    return (
        words.number(bill.number),
        words.title(bill.vendor),
        _digits(bill, words),
        _day(bill.due_at, words, zone),
        _day(bill.act_by, words, zone),
        words.days(bill.days_left),
        words.lies(bill.stage, bill.days_there, bill.desk),
        cut_off_of(bill, words),
        words.people(bill.goes_dark),
        f"{states}{why}",
    )


def _digits(bill: Bill, words: BillWords) -> str:
    """The amount without its words: beside others it is compared, not read out."""
    return words.money(bill.amount).partition(" (")[0] if bill.amount else ""


def _day(at: datetime | None, words: BillWords, zone: tzinfo) -> str:
    return "" if at is None else words.day_of(local(at, zone).date())


def _unread(bills: Sequence[Bill], words: BillWords, lists: Sequence[str]) -> list[Block]:
    """Bills of a list that was read once say so themselves."""
    when = dict.fromkeys(bill.unread.partition(";")[0] for bill in bills if bill.unread)
    said = [words.unread.format(when=words.number(one)) for one in when]
    said = said or [words.unread_list.format(what=words.number(one)) for one in lists]
    return [Text(tuple(said))] if said else []


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
                bill.stage,
                "" if bill.days_there is None else str(bill.days_there),
                bill.desk,
                bill.cut_from.partition(" ")[2],
                bill.cut_until.partition(" ")[2],
                bill.stopped_by,
            )
            for bill in bills
        ),
    )
