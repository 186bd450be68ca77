"""A mail that goes out by our own relay and is read back from a mailbox: what accepts mail may still drop it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

import structlog

from alerts.channel import Channel, Deferred, Delivered, Outcome
from alerts.delivery import attempt
from alerts.directory import Directory
from alerts.incident import EventKind
from alerts.message import Message, Notification
from alerts.plan import plan_notice
from alerts.route import Order
from alerts.words.framed import Said, render_plain
from alerts.words.urdu import notices
from alerts.words.wording import span
from checks.network.errors import ProbeError
from checks.secret import SecretUnavailableError
from watchdog.canary_mailbox import CANARY_CHECK, Look, MailboxError
from watchdog.clock import Clock, Ids
from watchdog.settings.values import CanarySettings

log: structlog.stdlib.BoundLogger = structlog.get_logger()

TICK_S: Final = 5.0

#: Between two tries to send it, and at most between two looks at the mailbox.
RETRY_S: Final = 60.0

#: After one that was lost the next is sent so soon, to tell when mail arrives again.
AGAIN_S: Final = 3600.0


class Telling(Protocol):
    """The daemon, as far as it is needed here."""

    @property
    def directory(self) -> Directory: ...

    def tell(self, rows: Sequence[Notification]) -> None: ...


@dataclass(slots=True)
class _Flight:
    """One mail on its way. Seconds are the loop's own."""

    token: str
    began: datetime
    began_s: float
    next_s: float
    is_sent: bool = False
    last_trouble: str = "it was sent, and never arrived"


@dataclass(slots=True, kw_only=True)
class Canary:
    """Sends one mail per `every`, looks for it until `within`, and tells whoever other ways reach when it is lost."""

    settings: Callable[[], CanarySettings | None]
    daemon: Telling
    own_mail: Callable[[], Channel | None]
    """Our own relay; None where there is none."""
    look: Look
    clock: Clock
    ids: Ids
    on_back: Callable[[float, float], None]
    """Called with (Unix seconds, how long it took) when one came back."""
    _of: CanarySettings | None = None
    _due_s: float = 0.0
    _flight: _Flight | None = None
    _is_lost: bool = False
    _told_until_s: float = 0.0

    async def forever(self) -> None:
        while True:
            try:
                await self.tick(asyncio.get_running_loop().time())
            except Exception:
                log.exception("the canary stumbled")
            await asyncio.sleep(TICK_S)

    async def tick(self, now_s: float) -> None:
        """Do what is due at `now_s`, which is the loop's own."""
        settings = self.settings()
        if settings != self._of:
            self._of, self._flight, self._due_s, self._is_lost = settings, None, now_s, False
        if settings is None:
            return
        if self._flight is None and now_s >= self._due_s:
            self._flight = _Flight(token=self.ids(), began=self.clock(), began_s=now_s, next_s=now_s)
            self._due_s = now_s + settings.every_s
        if self._flight is not None and now_s >= self._flight.next_s:
            await self._fly(self._flight, settings)

    async def _fly(self, flight: _Flight, settings: CanarySettings) -> None:
        is_back = await self._try(flight, settings)
        now_s = asyncio.get_running_loop().time()
        took_s = now_s - flight.began_s
        if is_back:
            self._came_back(settings, took_s)
        elif took_s >= settings.within_s:
            self._lost(flight, settings)
        else:
            rest_s = settings.within_s - took_s
            flight.next_s = now_s + min(RETRY_S, settings.within_s / 20, max(rest_s, 1.0))

    async def _try(self, flight: _Flight, settings: CanarySettings) -> bool:
        """Send it, or look for it once it is sent: whether it is back."""
        if not flight.is_sent:
            outcome = await self._send(self._mail(flight, settings))
            flight.is_sent = isinstance(outcome, Delivered)
            if not isinstance(outcome, Delivered):
                flight.last_trouble = f"the relay does not take it ({outcome.reason}: {outcome.detail})"
            return False
        try:
            is_back = await self.look(settings.mailbox, flight.token)
        except (MailboxError, ProbeError, SecretUnavailableError) as error:
            flight.last_trouble = f"the mailbox cannot be read ({error})"
            return False
        flight.last_trouble = "the relay took it, and it never arrived"
        return is_back

    async def _send(self, row: Notification) -> Outcome:
        channel = self.own_mail()
        return Deferred("no_relay", "there is none") if channel is None else await attempt(channel, row)

    def _came_back(self, settings: CanarySettings, took_s: float) -> None:
        self._flight = None
        self.on_back(self.clock().timestamp(), took_s)
        if self._is_lost:
            self._is_lost = False
            english = Said("mail arrives again", f"The canary mail to {settings.to} was read back.")
            self._tell(english, notices.canary_back(settings.to), "warning", settings)

    def _lost(self, flight: _Flight, settings: CanarySettings) -> None:
        now_s = asyncio.get_running_loop().time()
        self._flight, is_known = None, self._is_lost and now_s < self._told_until_s
        self._is_lost, self._due_s = True, now_s + min(settings.every_s, AGAIN_S)
        log.error("the canary mail did not come back", to=settings.to, why=flight.last_trouble)
        if is_known:
            return
        self._told_until_s = now_s + settings.every_s
        within = self.clock() - flight.began
        text = (
            f"A mail to {settings.to} by our own relay was not there after {span(within)}: {flight.last_trouble}."
            " Other messages may be lost the same way. Look at the log and queue of the relay; until then tell people"
            " by other means."
        )
        urdu = notices.canary_lost(settings.to, within, flight.last_trouble)
        self._tell(Said("our own mail does not arrive", text), urdu, "critical", settings)

    def _tell(self, english: Said, urdu: Said, severity: str, settings: CanarySettings) -> None:
        """By ways that are no mail, where there are any: the mail is what is in doubt."""
        directory = self.daemon.directory
        ways = {channel.name: channel.kind for one in directory.receivers.values() for channel in one.channels}
        rows = plan_notice(
            event_id=self.ids(),
            at=self.clock(),
            subject=english.subject,
            text=english.text,
            directory=_for_everybody(directory),
            labels={"severity": severity},
            urdu=urdu,
        )
        others = [row for row in rows if ways.get(row.channel) != "mail"]
        log.info("told of the canary", to=settings.to, ways=len(others or rows))
        self.daemon.tell(others or rows)

    def _mail(self, flight: _Flight, settings: CanarySettings) -> Notification:
        return Notification(
            id=flight.token,
            event_id=flight.token,
            incident_id=None,
            receiver="canary",
            channel="canary",
            recipient=settings.to,
            address=f"mail:{settings.to}",
            message=self._message(flight),
            urgency=2,
            created_at=flight.began,
            not_before=flight.began,
        )

    def _message(self, flight: _Flight) -> Message:
        message = render_plain(
            EventKind.TEST,
            "canary",
            "Nigehban sends this to itself, reads it back and deletes it: so it knows that its mail arrives.",
            at=flight.began,
            directory=self.daemon.directory,
            fields={},
        )
        return replace(message, check=CANARY_CHECK)


def _for_everybody(directory: Directory) -> Directory:
    """Routes do not matter when mail is lost: everybody hears of it, by all their ways."""
    everybody = {id_: replace(one, order=Order.ALL) for id_, one in directory.receivers.items() if one.rota is None}
    return replace(directory, receivers=everybody, routes=(), escalations={}, rotas={})
