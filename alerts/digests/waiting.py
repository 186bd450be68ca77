"""What waits for somebody's word, and what was asked and not answered: the part of the morning list nobody may miss."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from types import MappingProxyType
from typing import Final, TypeAlias

from alerts.route import Language
from alerts.words import wording
from alerts.words.bidi import latin
from alerts.words.blocks import Block, Grid, Text
from alerts.words.escape import one_line
from alerts.words.urdu import wording as urdu
from checks.ledger.event import Draft, LedgerEvent, LedgerEventKind
from checks.ledger.proposal import Proposal, person
from checks.wording import day_of, local

#: More than this are read with `nigehban invoices proposals`.
MOST: Final = 25
_NAMED: Final = 3
#: A question that nobody answers stands in the lists for so long.
ASKED_WITHIN: Final = timedelta(days=30)

ProposalLinks: TypeAlias = Callable[[Proposal], Sequence[tuple[str, str]]]
"""What can be pressed for it: what is read, and the whole address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Each oldest first."""

    proposals: Sequence[Proposal] = ()
    questions: Sequence[LedgerEvent] = ()
    """Asked by links, and nothing was said of their bills since."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Of bills, by key, as people write them: "acme/INV-7" of "acme/inv7"."""

    @property
    def is_nothing(self) -> bool:
        return not self.proposals and not self.questions


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    proposals: str
    many: str
    head: tuple[str, ...]
    questions: str
    asked: tuple[str, ...]
    more: str


_ENGLISH: Final = _Words(
    proposals="{count} for a second word: nothing of it is on record yet.",
    many="thing waits|things wait",
    head=("Bill, and what is said of it", "Said by", "Since", "Why it waits"),
    questions="{count} asked and not answered. Whatever is recorded of the bill next takes it off this list "
    "(a note: nigehban invoices record BILL noted).",
    asked=("Bill", "Question", "Asked by", "On"),
    more="All of them: nigehban invoices proposals.",
)
_URDU: Final = _Words(
    proposals="{count} دوسرے شخص کی تصدیق کی منتظر: ابھی کچھ درج نہیں ہوا۔",
    many="بات|باتیں",
    head=("بل، اور کیا کہا گیا", "کس نے کہا", "کب سے", "کیوں منتظر ہے"),
    questions="{count} سوال پوچھے گئے جن کا جواب باقی ہے۔",
    asked=("بل", "سوال", "کس نے پوچھا", "کب"),
    more="پوری فہرست: nigehban invoices proposals",
)
_WORDS: Final[Mapping[Language, _Words]] = {Language.ENGLISH: _ENGLISH, Language.URDU: _URDU}


def waiting_blocks(waiting: Waiting, links: ProposalLinks, *, language: Language, zone: tzinfo) -> list[Block]:
    """Empty where nothing waits; days are those of `zone`."""
    words = _WORDS[language]
    shown = _latin if language is Language.URDU else _plain
    day = urdu.day_of if language is Language.URDU else day_of
    blocks: list[Block] = []
    if waiting.proposals:
        some = waiting.proposals[:MOST]
        rows = tuple(
            (
                shown(_said(one.drafts, waiting.names, zone)),
                shown(person(one.author)),
                day(local(one.proposed_at, zone).date()),
                shown(one.note),
            )
            for one in some
        )
        places = {place: found for place, one in enumerate(some) if (found := tuple(links(one)))}
        blocks += [Text((said_of(waiting, language),)), Grid(words.head, rows, frozenset(), places)]
        if len(waiting.proposals) > MOST:
            blocks.append(Text((words.more,)))
    if waiting.questions:
        asked = tuple(
            (
                shown(_called(one.draft, waiting.names)),
                shown(one.draft.details.reason),
                shown(person(one.draft.author)),
                day(local(one.recorded_at, zone).date()),
            )
            for one in waiting.questions[:MOST]
        )
        blocks += [Text((_asked(len(waiting.questions), language),)), Grid(words.asked, asked)]
    return blocks


def said_of(waiting: Waiting, language: Language) -> str:
    """In one sentence what waits; of questions only where nothing else does."""
    number = len(waiting.proposals)
    if not number:
        return _asked(len(waiting.questions), language)
    one, _, several = _WORDS[language].many.partition("|")
    return _WORDS[language].proposals.format(count=f"{number} {one if number == 1 else several}")


def said_in_short(waiting: Waiting, language: Language) -> str:
    """For the end of a subject; "" where nobody waits for a second word."""
    return said_of(waiting, language).partition(":")[0] if waiting.proposals else ""


def proposal_lines(one: Proposal, zone: tzinfo) -> list[str]:
    """What it would put on record, who said it, and why it waits: for a page; days are those of `zone`."""
    said = [one_line(f"{_called(draft)}: {_event(draft, zone)}", 300) for draft in one.drafts[:MOST]]
    return [*said, one_line(f"{person(one.author)}, {one.source}", 200), one_line(one.note, 300)]


def _asked(number: int, language: Language) -> str:
    count = str(number) if language is Language.URDU else wording.count(number, "question")
    return _WORDS[language].questions.format(count=count)


def _called(draft: Draft, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """A bill that only this would put on record is spelled in it."""
    terms = draft.details.terms
    own = f"{draft.about.partition('/')[0]}/{terms.number}" if terms is not None and terms.number else draft.about
    return names.get(draft.about, own)


def _said(drafts: Sequence[Draft], names: Mapping[str, str], zone: tzinfo) -> str:
    named = [f"{_called(draft, names)}: {_event(draft, zone)}" for draft in drafts[:_NAMED]]
    more = [f"and {len(drafts) - _NAMED} more"] if len(drafts) > _NAMED else []
    return "; ".join([*named, *more])


def _event(draft: Draft, zone: tzinfo) -> str:
    details = draft.details
    amount = details.amount or (details.terms.amount if details.terms else None)
    facts = filter(None, (details.stage, str(amount or ""), *_days(draft, zone), details.reason, draft.evidence))
    return " ".join([draft.kind.value.replace("-", " "), *(f"({one})" for one in facts)])


def _days(draft: Draft, zone: tzinfo) -> Iterator[str]:
    """Those that a correction states, so that nobody confirms one unseen."""
    terms, received_at = draft.details.terms, draft.details.received_at
    if draft.kind is not LedgerEventKind.CORRECTED:
        return
    if terms is not None:
        yield f"due {day_of(terms.due)}"
    if terms is not None and terms.suspends is not None:
        yield f"cut off on {day_of(terms.suspends)}"
    if received_at is not None:
        yield f"received on {day_of(local(received_at, zone).date())}"


def _plain(text: str) -> str:
    return one_line(text, 200)


def _latin(text: str) -> str:
    return latin(text, 200)
