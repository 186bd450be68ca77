"""What a signed link about a proposal opens: a page that shows it whole, and the one word that decides it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final, Protocol

import structlog

from alerts.digests.waiting import proposal_lines
from alerts.links import Ticket
from alerts.proposal_links import LABELS, ProposalWord
from alerts.route import Language, Receiver
from alerts.words.escape import one_line
from checks.billing.intake.notice_drafts import why_not_bare
from checks.estate import Estate
from checks.ledger.proposal import Decision, Proposal, ProposalStanding, UnknownProposalError, WordError, person
from checks.ledger.state import BillOnRecord
from watchdog.billing.overruled import overruled
from watchdog.clock import Clock
from watchdog.store.executor import Caller
from watchdog.store.ledger_links import Decided
from watchdog.store.views import LinkUse
from watchdog.web.bill_door import MAX_TEXT_CHARS
from watchdog.web.bill_door_words import PROPOSAL_WORDS, WORDS, PageWords
from watchdog.web.bill_stands import stands
from watchdog.web.door_view import LinkPage

log: structlog.stdlib.BoundLogger = structlog.get_logger()

_WORDS: Final = {word.value: word for word in ProposalWord}
#: So many of a list are shown as they stand; the rest is read at the machine.
_BILLS: Final = 5


class Deciding(Protocol):
    """watchdog.billing.keeper.LedgerKeeper."""

    async def decide(self, use: LinkUse, id_: str, author: str, reason: str | None) -> Decided: ...


class Proposals(Protocol):
    """watchdog.store.ledger.LedgerRows."""

    def proposal(self, id_: str) -> Proposal: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalDoor:
    """Raises StoreError."""

    proposals: Proposals
    deciding: Deciding
    reading: Caller
    estate: Callable[[], Estate]
    receivers: Callable[[], Mapping[str, Receiver]]
    clock: Clock

    async def look(self, ticket: Ticket, token: str, use: LinkUse | None) -> LinkPage:
        """What the link would do. Changes nothing."""
        del use  # the proposal itself says who decided it
        found = await self._found(ticket)
        return found if isinstance(found, LinkPage) else self._asked(ticket, token, found)

    async def act(self, ticket: Ticket, token: str, text: str, use: LinkUse | None) -> LinkPage:
        """Decides it, once; a refusal needs its reason."""
        del use
        found = await self._found(ticket)
        if isinstance(found, LinkPage):
            return found
        text = " ".join(text.split())[:MAX_TEXT_CHARS]
        is_refusal = ticket.answer == ProposalWord.REFUSE.value
        if is_refusal and not text:
            return self._asked(ticket, token, found, is_missing=True)
        if not is_refusal and (why := why_not_bare(found)):
            return self._page(ticket, HTTPStatus.CONFLICT, self._words(ticket).not_done, [one_line(why, 300)])
        try:
            reason = text if is_refusal else None
            decided = await self.deciding.decide(self._use(ticket), found.id, ticket.author, reason)
        except WordError as error:
            return self._page(ticket, HTTPStatus.CONFLICT, self._words(ticket).not_done, [one_line(str(error), 300)])
        log.info("a signed link was used", action=ticket.action.value, proposal=found.id, by=ticket.author)
        lines = proposal_lines(found, self.estate().time_zone)
        if decided.decision is None or not decided.decision.is_new:
            return self._page(ticket, HTTPStatus.GONE, self._words(ticket).used, lines)
        return self._decided(ticket, decided.decision, lines, is_refusal=is_refusal)

    def _decided(self, ticket: Ticket, decision: Decision, lines: list[str], *, is_refusal: bool) -> LinkPage:
        """With how its bills stand now, where that follows from it, and what does not hold all the same."""
        words, language = self._words(ticket), self._language(ticket)
        title = PROPOSAL_WORDS[language].refused if is_refusal else words.done
        bills = [one for one in decision.states.values() if isinstance(one, BillOnRecord)]
        now = [line for bill in bills[:_BILLS] for line in stands(bill, self.estate(), language)]
        lines = [*lines, *now, *(one_line(why, 400) for why in overruled(decision.events, decision.states))]
        if decision.next is not None:
            title, lines = words.waits, [*lines, one_line(decision.next.note, 200), words.second]
        return self._page(ticket, HTTPStatus.OK, title, lines, tone="ok")

    async def _found(self, ticket: Ticket) -> Proposal | LinkPage:
        """The proposal, where there is something to decide."""
        words = self._words(ticket)
        if ticket.receiver not in self.receivers():
            return self._page(ticket, HTTPStatus.GONE, words.left, [words.unchanged])
        try:
            found = await self.reading.call(self.proposals.proposal, ticket.about)
        except UnknownProposalError:
            return self._page(ticket, HTTPStatus.GONE, PROPOSAL_WORDS[self._language(ticket)].gone, [words.unchanged])
        if found.is_waiting and ticket.answer in _WORDS:
            return found
        own = PROPOSAL_WORDS[self._language(ticket)]
        decided = own.decided.format(who=one_line(person(found.decided_by), 80))
        if found.standing is ProposalStanding.OVERTAKEN:
            decided = own.overtaken
        why = [one_line(found.reason, 300)] if found.reason else []
        return self._page(
            ticket, HTTPStatus.GONE, decided, [*proposal_lines(found, self.estate().time_zone), *why, words.unchanged]
        )

    def _asked(self, ticket: Ticket, token: str, found: Proposal, *, is_missing: bool = False) -> LinkPage:
        words, own = self._words(ticket), PROPOSAL_WORDS[self._language(ticket)]
        who = words.on_record.format(who=one_line(ticket.receiver, 80))
        lines = [*proposal_lines(found, self.estate().time_zone), who, *([words.missing] if is_missing else [])]
        status = HTTPStatus.UNPROCESSABLE_ENTITY if is_missing else HTTPStatus.OK
        is_refusal = ticket.answer == ProposalWord.REFUSE.value
        return replace(
            self._page(ticket, status, own.title, lines, tone="warning" if is_missing else "note"),
            token=token,
            button=LABELS[self._language(ticket)][_WORDS[ticket.answer]],
            field=own.why if is_refusal else "",
            field_is_needed=is_refusal,
            press=words.press,
        )

    def _language(self, ticket: Ticket) -> Language:
        receiver = self.receivers().get(ticket.receiver)
        return Language.ENGLISH if receiver is None else receiver.language

    def _words(self, ticket: Ticket) -> PageWords:
        return WORDS[self._language(ticket)]

    def _page(self, ticket: Ticket, status: HTTPStatus, title: str, lines: list[str], tone: str = "note") -> LinkPage:
        estate, language = self.estate(), self._language(ticket)
        name = one_line(estate.name, 120)
        return LinkPage(status=status, title=title, lines=lines, tone=tone, estate=name, language=language.value)

    def _use(self, ticket: Ticket) -> LinkUse:
        return LinkUse(
            nonce=ticket.nonce,
            at=self.clock(),
            action=ticket.action,
            incident_id=None,
            receiver=ticket.receiver,
            about=ticket.about,
            answer=ticket.answer,
        )
