"""Mail: one SMTP transaction per recipient, over the relay."""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from aiosmtplib.errors import SMTPException

from alerts.channel import Deferred, Delivered, Outcome, Rejected
from alerts.channels.mail_letter import BadAddressError, letter
from alerts.channels.mail_session import RefusedPassword, SmtpSession
from alerts.channels.mail_verdict import MailReason, verdict
from alerts.channels.relay import MailRelay
from alerts.message import Notification
from alerts.route import Medium
from alerts.words.escape import one_line
from alerts.words.media import in_medium
from checks.secret import SecretUnavailableError

#: From a host's name to its addresses, best first.
Resolve: TypeAlias = Callable[[str], Awaitable[Sequence[str]]]


class MailChannel:
    """Sends through one relay.

    `resolve` looks the relay's name up; where it is not given, or fails, the system is asked, in a thread. Channels
    over one relay share `refused`, so that a password that is wrong for one is not tried for all of them.
    Raises ValueError for a relay that would carry credentials without TLS.
    """

    def __init__(
        self,
        name: str,
        relay: MailRelay,
        now: Callable[[], datetime],
        resolve: Resolve | None = None,
        *,
        refused: RefusedPassword | None = None,
        medium: Medium = Medium.HTML,
    ) -> None:
        if relay.tls == "none" and relay.user is not None:
            raise ValueError(
                f"mail relay {relay.host}: user {relay.user!r} needs tls: starttls or implicit;"
                " a password travels over verified TLS only"
            )
        self._name = name
        self._relay = relay
        self._now = now
        self._resolve = resolve
        self._tls: ssl.SSLContext | None = None
        self._refused = refused or RefusedPassword()
        self._medium = medium

    @property
    def name(self) -> str:
        return self._name

    @property
    def timeout_s(self) -> float:
        return self._relay.timeout_s

    async def send(self, notification: Notification) -> Outcome:
        """One try. Delivered means that the relay answered the message with 250; the detail is its reply."""
        try:
            shown = replace(notification, message=in_medium(notification.message, self._medium))
            mail = letter(shown, self._relay.sender, self._now())
        except BadAddressError as error:
            return Rejected(MailReason.BAD_ADDRESS.value, str(error))
        try:
            tls = self._tls_context()
        except OSError as error:
            return Deferred(MailReason.CA_FILE.value, f"{self._relay.ca_file}: {error.strerror or error}")
        session = SmtpSession(self._relay, tls, self._refused)
        try:
            async with asyncio.timeout(self.timeout_s):
                await session.dial(await self._addresses())
                receipt = await session.hand_over(mail, notification.recipient)
            await session.say_goodbye()
            return Delivered(one_line(receipt))
        except (SMTPException, OSError, SecretUnavailableError) as error:
            return verdict(session.stage, error)
        finally:
            session.hang_up()

    async def _addresses(self) -> Sequence[str]:
        """Empty where the system is to look the name up, in a thread."""
        if self._resolve is not None:
            # Whatever breaks in there, the system's own resolver may still know the way.
            with contextlib.suppress(Exception):
                async with asyncio.timeout(self.timeout_s / 3):
                    return await self._resolve(self._relay.host)
        return ()

    def _tls_context(self) -> ssl.SSLContext | None:
        """Built once, since it costs some 20 ms. Raises OSError where the CA file cannot be read."""
        if self._tls is None and self._relay.tls != "none":
            self._tls = ssl.create_default_context(cafile=self._relay.ca_file)
        return self._tls
