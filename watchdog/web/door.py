"""What a signed link opens: a page that asks, and the one act that it allows. Nothing is done before somebody asks."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

import structlog

from alerts.incident import Acknowledgement, Incident
from alerts.links import HOURS_AT_IT, Action, Links, Refused, Ticket
from checks.estate import Estate
from watchdog.api.desk import Said
from watchdog.api.refusal import Refusal
from watchdog.cli.looks import NotFoundError
from watchdog.clock import Clock
from watchdog.store.errors import StoreError
from watchdog.store.executor import Caller
from watchdog.store.views import IncidentHistory, LinkUse
from watchdog.web import door_view as view
from watchdog.web.door_view import LinkPage

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Telling(Protocol):
    """watchdog.api.desk.Desk, as far as links reach: both return once it is durable, or raise."""

    async def acknowledge(self, word: str, said: Acknowledgement) -> Said: ...

    async def incident(self, word: str) -> IncidentHistory: ...


class Passing(Protocol):
    """watchdog.next_in_line.NextInLine."""

    async def pass_on(self, incident_id: str, by: str) -> tuple[str, ...]: ...


class Uses(Protocol):
    """Where uses are kept: watchdog.store.store.Store."""

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
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

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
            standing = await self._standing(ticket)
        except StoreError:
            return view.silent()
        return standing or view.asked(ticket, token, await self._incident(ticket), self.estate(), self.clock())

    async def act(self, token: str) -> LinkPage:
        """Does what the link says, once."""
        ticket = self.read(token)
        if isinstance(ticket, Refused):
            return view.refused(ticket)
        async with self._one_at_a_time:
            try:
                return await self._standing(ticket) or await self._acted(ticket)
            except Refusal as refusal:
                return view.not_done(HTTPStatus(refusal.status), refusal.error)
            except StoreError:
                return view.silent()

    async def _standing(self, ticket: Ticket) -> LinkPage | None:
        """Why there is nothing to do any more; None while there is."""
        use = await self.reading.call(self.used.link_use, ticket.nonce)
        if use is not None:
            return view.already_used(use, self.estate(), self.clock())
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
        """The act first: one that was confirmed is never lost, and one that was cut short can be asked for again."""
        at = self.clock()
        first = await self._acknowledged(ticket) if ticket.action in _HOLDS else None
        if ticket.action is Action.PASS_ON and not await self._passed_on(ticket):
            return view.nobody_next(self.estate())
        use = await self.writing.call(self.uses.use_link, _use(ticket, at))
        log.info("a signed link was used", action=ticket.action.value, incident=ticket.incident, by=ticket.author)
        if first is not None and not first.is_new:
            return view.somebody_else(first.history.incident, self.estate(), self.clock())
        return view.done(ticket, use, self.estate(), self.clock())

    async def _passed_on(self, ticket: Ticket) -> bool:
        try:
            return bool(await self.line.pass_on(ticket.incident, ticket.receiver))
        except KeyError:
            return False

    async def _acknowledged(self, ticket: Ticket) -> Said:
        now = self.clock()
        until = now + HOURS_AT_IT if ticket.action is Action.FOUR_HOURS else None
        return await self.desk.acknowledge(ticket.incident, Acknowledgement(by=ticket.author, at=now, until=until))


_HOLDS = frozenset({Action.FOUR_HOURS, Action.UNTIL_WELL})


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
