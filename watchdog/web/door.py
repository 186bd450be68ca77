"""What a signed link opens: a page that asks, and the one act that it allows. Nothing is done before somebody asks."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Final, Protocol, TypeAlias

import structlog

from alerts.incident import Acknowledgement, Incident
from alerts.links import HOURS_AT_IT, Action, Links, Refused, Ticket
from checks.estate import Estate
from watchdog.api.desk import WRITE_WITHIN_S, Said
from watchdog.api.refusal import Refusal
from watchdog.cli.looks import NotFoundError
from watchdog.clock import Clock
from watchdog.store.errors import StoreError
from watchdog.store.executor import Caller
from watchdog.store.views import IncidentHistory, LinkUse
from watchdog.web import door_view as view
from watchdog.web.bill_door import BillDoor
from watchdog.web.door_view import LinkPage
from watchdog.web.proposal_door import ProposalDoor

log: structlog.stdlib.BoundLogger = structlog.get_logger()

_Opened: TypeAlias = BillDoor | ProposalDoor

#: What they open is of the ledger.
_OF_BILLS: Final = frozenset({Action.BILL, Action.PROPOSAL})


class Telling(Protocol):
    """watchdog.api.desk.Desk, as far as links reach: both return once it is durable, or raise."""

    async def acknowledge(self, word: str, said: Acknowledgement, pressed: LinkUse | None = None) -> Said: ...

    async def incident(self, word: str) -> IncidentHistory: ...


class Passing(Protocol):
    """watchdog.next_in_line.NextInLine."""

    async def pass_on(self, incident_id: str, pressed: LinkUse) -> tuple[str, ...]: ...


class Uses(Protocol):
    """Where answers to questions are kept: watchdog.store.store.Store. Other uses are kept with what they do."""

    def use_link(self, use: LinkUse) -> LinkUse: ...


class Used(Protocol):
    """Where they are looked up: watchdog.store.listings.Listings."""

    def link_use(self, nonce: str) -> LinkUse | None: ...


@dataclass(slots=True, kw_only=True)
class Door:
    """Between a link and the daemon. One act at a time, so that of two clicks at once the second sees the first."""

    links: Callable[[], Links | None]
    """By the settings in force; None where there are none."""
    estate: Callable[[], Estate]
    desk: Telling
    line: Passing
    uses: Uses
    used: Used
    writing: Caller
    reading: Caller
    clock: Clock
    bills: BillDoor | None = None
    """What links about bills open; None where there is no ledger."""
    proposals: ProposalDoor | None = None
    """As `bills`, of what was said of them and waits."""
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)
    _unconfirmed: set[str] = field(default_factory=set)
    """Links whose act was decided, and of which nobody knows yet whether it is durable: they do not act again."""

    @property
    def is_open(self) -> bool:
        return self.links() is not None

    def read(self, token: str) -> Ticket | Refused:
        links = self.links()
        return Refused.FORGED if links is None else links.read(token, self.clock())

    async def look(self, token: str) -> LinkPage:
        """What the link would do. Changes nothing: mail scanners follow links."""
        ticket = self.read(token)
        if isinstance(ticket, Refused):
            return view.refused(ticket)
        try:
            if ticket.action in _OF_BILLS:
                return await self._bill(ticket, lambda bills, use: bills.look(ticket, token, use))
            standing = await self._standing(ticket)
            return standing or view.asked(ticket, token, await self._incident(ticket), self.estate(), self.clock())
        except StoreError:
            return view.silent()

    async def act(self, token: str, text: str = "") -> LinkPage:
        """Does what the link says, once; `text` is what was written beside it."""
        ticket = self.read(token)
        if isinstance(ticket, Refused):
            return view.refused(ticket)
        async with self._one_at_a_time:
            try:
                if ticket.action in _OF_BILLS:
                    return await self._bill(ticket, lambda bills, use: bills.act(ticket, token, text, use))
                return await self._standing(ticket) or await self._acted(ticket)
            except NotFoundError:
                return view.over(None, self.estate(), self.clock())
            except Refusal as refusal:
                return view.not_done(HTTPStatus(refusal.status), refusal.error)
            except StoreError:
                return view.unconfirmed(self.estate())

    async def _bill(
        self,
        ticket: Ticket,
        asking: Callable[[_Opened, LinkUse | None], Coroutine[None, None, LinkPage]],
    ) -> LinkPage:
        opened = self.bills if ticket.action is Action.BILL else self.proposals
        if opened is None:
            return view.refused(Refused.FORGED)
        return await asking(opened, await self.reading.call(self.used.link_use, ticket.nonce))

    async def _standing(self, ticket: Ticket) -> LinkPage | None:
        """Why there is nothing to do any more; None while there is."""
        use = await self.reading.call(self.used.link_use, ticket.nonce)
        if use is not None:
            self._unconfirmed.discard(ticket.nonce)
            return view.already_used(use, self.estate(), self.clock())
        if ticket.nonce in self._unconfirmed:
            return view.unconfirmed(self.estate())
        incident = await self._incident(ticket)
        if ticket.incident and (incident is None or incident.closed_at is not None):
            return view.over(incident, self.estate(), self.clock())
        return None

    async def _incident(self, ticket: Ticket) -> Incident | None:
        if not ticket.incident:
            return None
        try:
            return (await self.desk.incident(ticket.incident)).incident
        except NotFoundError:
            return None

    async def _acted(self, ticket: Ticket) -> LinkPage:
        """The act and its use are one transaction, so that neither is ever on record without the other."""
        pressed = _use(ticket, self.clock())
        if ticket.action is Action.ANSWER:
            use = await self.writing.call(self.uses.use_link, pressed)
            return view.done(ticket, use, self.estate(), self.clock())
        self._unconfirmed.add(ticket.nonce)
        if not await self._is_done(ticket, pressed):
            self._unconfirmed.discard(ticket.nonce)
            return view.nobody_next(self.estate())
        kept = await self.reading.call(self.used.link_use, ticket.nonce)
        if kept is None:
            return view.unconfirmed(self.estate())
        self._unconfirmed.discard(ticket.nonce)
        log.info("a signed link was used", action=ticket.action.value, incident=ticket.incident, by=ticket.author)
        if kept.has_changed:
            return view.done(ticket, kept, self.estate(), self.clock())
        return view.somebody_else(kept, await self._incident(ticket), self.estate(), self.clock())

    async def _is_done(self, ticket: Ticket, pressed: LinkUse) -> bool:
        """False where nobody is next, and nothing was decided. Raises where it is not known to be durable."""
        try:
            if ticket.action is Action.PASS_ON:
                return bool(await _within(self.line.pass_on(ticket.incident, pressed)))
            await self.desk.acknowledge(ticket.incident, _acknowledgement(ticket, pressed.at), pressed)
        except KeyError:
            return False
        except (NotFoundError, Refusal) as error:
            if not isinstance(error, Refusal) or error.status == HTTPStatus.CONFLICT:
                self._unconfirmed.discard(ticket.nonce)
            raise
        return True


async def _within(passing: Coroutine[None, None, tuple[str, ...]]) -> tuple[str, ...]:
    """What was decided is not undone by not waiting any longer: it may still be written later."""
    task = asyncio.ensure_future(passing)
    done, _ = await asyncio.wait([task], timeout=WRITE_WITHIN_S)
    if not done:
        task.add_done_callback(lambda late: late.cancelled() or late.exception())
        raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, view.NOT_CONFIRMED)
    return task.result()


def _acknowledgement(ticket: Ticket, at: datetime) -> Acknowledgement:
    until = at + HOURS_AT_IT if ticket.action is Action.FOUR_HOURS else None
    return Acknowledgement(by=ticket.author, at=at, until=until)


def _use(ticket: Ticket, at: datetime) -> LinkUse:
    return LinkUse(
        nonce=ticket.nonce,
        at=at,
        action=ticket.action,
        incident_id=ticket.incident or None,
        receiver=ticket.receiver,
        about=ticket.about,
        answer=ticket.answer,
    )
