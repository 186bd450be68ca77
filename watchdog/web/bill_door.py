"""What a signed link about a bill opens: a page that asks, with room for words, and the one thing it says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Final, Protocol

import structlog

from alerts.bill_links import (
    KIND_OF,
    NEEDS_TEXT,
    BillAnswer,
    BillWord,
    has_moved_on,
    label_of,
    read_answer,
)
from alerts.links import Ticket
from alerts.questions import Question
from alerts.route import Language, Receiver
from alerts.words.escape import one_line
from checks.estate import Estate
from checks.ledger.event import Details, Draft, LedgerEvent
from checks.ledger.proposal import Answered, WordError, person
from checks.ledger.state import BillOnRecord
from checks.ledger.too_late import ended_by
from watchdog.clock import Clock
from watchdog.store.executor import Caller
from watchdog.store.ledger_links import IsMeant, Pressed
from watchdog.store.views import LinkUse
from watchdog.web.bill_door_words import STANDING_WORDS, STANDINGS, WORDS, PageWords
from watchdog.web.bill_stands import about, stands
from watchdog.web.door_view import LinkPage
from watchdog.web.words import clock_time

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: What somebody writes on a phone is shorter.
MAX_TEXT_CHARS: Final = 500


class Pressing(Protocol):
    """watchdog.billing.keeper.LedgerKeeper."""

    async def press(self, use: LinkUse, drafts: Sequence[Draft], author: str, *, is_meant: IsMeant) -> Pressed: ...


class Bills(Protocol):
    """watchdog.store.ledger.LedgerRows."""

    def bill(self, key: str) -> BillOnRecord | None: ...

    def events_of(self, about: str) -> Sequence[LedgerEvent]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BillDoor:
    """Raises StoreError."""

    bills: Bills
    pressing: Pressing
    reading: Caller
    estate: Callable[[], Estate]
    receivers: Callable[[], Mapping[str, Receiver]]
    clock: Clock
    asked: Callable[[Sequence[Question]], None] = lambda _questions: None
    """Told of questions once they are on record; must not raise."""

    async def look(self, ticket: Ticket, token: str, use: LinkUse | None) -> LinkPage:
        """What the link would do; `use` is what was done by it already. Changes nothing."""
        seen = await self._seen(ticket)
        return seen.over(use) or seen.asked(token)

    async def act(self, ticket: Ticket, token: str, text: str, use: LinkUse | None) -> LinkPage:
        """Says it, once. A link whose words are missing asks for them again."""
        seen = await self._seen(ticket)
        if (over := seen.over(use)) is not None:
            return over
        text = " ".join(text.split())[:MAX_TEXT_CHARS]
        if seen.answer is None or seen.bill is None:
            return seen.gone()
        if not text and seen.answer.word in NEEDS_TEXT:
            return seen.asked(token, is_missing=True)
        try:
            draft = _draft(seen.answer, seen.bill, ticket, text, seen.now)
            use = _use(ticket, seen.now)
            pressed = await self.pressing.press(use, [draft], ticket.author, is_meant=seen.is_meant)
        except WordError as error:
            now = await self._seen(ticket)
            return now.over(None) or now.not_done(str(error))
        log.info("a signed link was used", action=ticket.action.value, bill=ticket.about, by=ticket.author)
        if seen.answer.word is BillWord.QUESTION and pressed.answered is not None:
            self.asked([Question(asked=one, bill=seen.bill) for one in pressed.answered.events])
        return seen.used(pressed.use) if pressed.answered is None else seen.done(pressed, pressed.answered)

    async def _seen(self, ticket: Ticket) -> "_Seen":
        receiver = self.receivers().get(ticket.receiver)
        bill = await self.reading.call(self.bills.bill, ticket.about)
        is_over = bill is not None and not bill.is_open
        events = await self.reading.call(self.bills.events_of, ticket.about) if is_over else ()
        return _Seen(
            ticket=ticket,
            answer=read_answer(ticket.answer),
            bill=bill,
            ended=None if bill is None else ended_by(bill, events),
            estate=self.estate(),
            language=Language.ENGLISH if receiver is None else receiver.language,
            now=self.clock(),
            is_known=receiver is not None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A link, the bill it is about, and whoever reads the page."""

    ticket: Ticket
    answer: BillAnswer | None
    bill: BillOnRecord | None
    estate: Estate
    language: Language
    now: datetime
    ended: LedgerEvent | None
    """What paid or cancelled it."""
    is_known: bool
    """Whether the settings in force still have whoever was sent it."""

    @property
    def words(self) -> PageWords:
        return WORDS[self.language]

    def is_meant(self, bill: BillOnRecord) -> bool:
        """Asked again when it is written: somebody else may have moved the bill on meanwhile."""
        return self.answer is None or not has_moved_on(bill, self.answer)

    def over(self, use: LinkUse | None) -> LinkPage | None:
        """Why there is nothing to do any more; None while there is."""
        if use is not None:
            return self.used(use)
        if not self.is_known or self.bill is None or self.answer is None:
            return self.gone()
        if not self.bill.is_open and self.answer.word is not BillWord.QUESTION:
            standing = STANDINGS[self.language][self.bill.standing.value]
            lines = [*self._about(), *self._ended()]
            return self._told(HTTPStatus.GONE, self.words.closed.format(standing=standing), lines)
        if not self.is_meant(self.bill):
            return self._told(HTTPStatus.GONE, self.words.moved_on, [*self._about(), self.words.unchanged])
        if self.answer.stage and all(stage.id != self.answer.stage for stage in self.estate.billing.path):
            return self.not_done(self.words.no_stage)
        return None

    def asked(self, token: str, *, is_missing: bool = False) -> LinkPage:
        if self.answer is None:
            return self.gone()
        words = self.words
        missing = [words.missing] if is_missing else []
        page = self._told(
            HTTPStatus.UNPROCESSABLE_ENTITY if is_missing else HTTPStatus.OK,
            words.title,
            [*self._about(), words.on_record.format(who=one_line(self.ticket.receiver, 80)), *missing],
        )
        return replace(
            page,
            token=token,
            button=label_of(self.answer, self.estate.billing, self.language),
            field=words.asked.get(self.answer.word, words.optional),
            field_is_needed=self.answer.word in NEEDS_TEXT,
            press=words.press,
            tone="warning" if is_missing else "note",
        )

    def done(self, pressed: Pressed, answered: Answered) -> LinkPage:
        if answered.proposal is not None and not answered.proposal.is_waiting:
            return self._told(
                HTTPStatus.OK, self.words.unchanged, [self._said(), one_line(answered.proposal.reason, 200)]
            )
        if answered.proposal is not None:
            repeated = [self.words.repeated] if pressed.is_repeated else []
            note = one_line(answered.proposal.note, 200)
            lines = [self._said(), *repeated, note, self.words.second, *self._now(answered)]
            return self._told(HTTPStatus.OK, self.words.waits, lines, tone="note")
        first = pressed.confirms
        both = [] if first is None else [self.words.both.format(who=one_line(person(first.author), 80))]
        is_question = self.answer is not None and self.answer.word is BillWord.QUESTION
        told = [STANDING_WORDS[self.language].asked] if is_question else []
        lines = [self._said(), *both, *told, *self._now(answered)]
        return self._told(HTTPStatus.OK, self.words.done, lines, tone="ok")

    def used(self, use: LinkUse) -> LinkPage:
        when = clock_time(use.at, self.now, self.estate.time_zone)
        who = one_line(use.receiver, 80)
        line = self.words.used_by.format(who=who, when=when, what=self._said())
        return self._told(HTTPStatus.GONE, self.words.used, [line, self.words.unchanged])

    def gone(self) -> LinkPage:
        return self._told(
            HTTPStatus.GONE, self.words.gone if self.is_known else self.words.left, [self.words.unchanged]
        )

    def not_done(self, why: str) -> LinkPage:
        return self._told(HTTPStatus.CONFLICT, self.words.not_done, [one_line(why, 300)], tone="warning")

    def _said(self) -> str:
        """What the link says, of which bill."""
        label = "" if self.answer is None else label_of(self.answer, self.estate.billing, self.language)
        number = "" if self.bill is None else one_line(self.bill.number, 60)
        return f"{number}: {label}"

    def _about(self) -> list[str]:
        return [] if self.bill is None else about(self.bill, self.estate, self.language)

    def _ended(self) -> list[str]:
        """Who said it, and when."""
        if self.ended is None:
            return []
        who = one_line(person(self.ended.draft.author), 80)
        return [
            self.words.ended.format(who=who, when=clock_time(self.ended.recorded_at, self.now, self.estate.time_zone))
        ]

    def _now(self, answered: Answered) -> list[str]:
        """How the bill stands by what was said, and what comes next."""
        kept = None if self.bill is None else answered.states.get(self.bill.key)
        bill = kept if isinstance(kept, BillOnRecord) else self.bill
        return [] if bill is None else stands(bill, self.estate, self.language)

    def _told(self, status: HTTPStatus, title: str, lines: list[str], tone: str = "note") -> LinkPage:
        return LinkPage(
            status=status,
            title=title,
            lines=lines,
            tone=tone,
            estate=one_line(self.estate.name, 120),
            language=self.language.value,
        )


def _draft(answer: BillAnswer, bill: BillOnRecord, ticket: Ticket, text: str, now: datetime) -> Draft:
    is_proof = answer.word is BillWord.ACKNOWLEDGED
    return Draft(
        about=bill.key,
        kind=KIND_OF[answer.word],
        happened_at=now,
        author=ticket.author,
        evidence=text if is_proof else "",
        details=Details(stage=answer.stage, reason="" if is_proof else text),
    )


def _use(ticket: Ticket, at: datetime) -> LinkUse:
    return LinkUse(
        nonce=ticket.nonce,
        at=at,
        action=ticket.action,
        incident_id=None,
        receiver=ticket.receiver,
        about=ticket.about,
        answer=ticket.answer,
    )
