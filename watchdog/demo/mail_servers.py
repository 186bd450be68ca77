"""The mail servers of the demo: the vendor's, which it can cut off, and the relay that brings our messages."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from logging import NullHandler, getLogger

from aiosmtpd.smtp import SMTP, Envelope, Session

from watchdog.demo.loopback import LOOPBACK, port_of

#: What vendors say to a customer who is cut off, at the step where they say it.
SUSPENSION = "550 5.2.1 This account has been suspended for non-payment"


@dataclass(slots=True)
class VendorMail:
    """aiosmtpd's hooks for the vendor's mail server."""

    suspended: bool = False

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.suspended:
            return SUSPENSION
        envelope.rcpt_tos.append(address)
        return "250 OK"


@dataclass(frozen=True, slots=True)
class Relay:
    """aiosmtpd's hooks for our own way out: `on_mail` gets recipient and message of everything the daemon sends."""

    on_mail: Callable[[str, EmailMessage], None]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # as above
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        mail = message_from_bytes(content, policy=policy.default)
        for recipient in envelope.rcpt_tos:
            self.on_mail(recipient, mail)
        return "250 2.0.0 Taken"


@contextlib.asynccontextmanager
async def smtp_server(handler: object, name: str, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of an SMTP server that calls itself `name`; with `tls` it offers STARTTLS."""
    # Of a caller that hangs up it writes a traceback; the terminal is for the story.
    getLogger("mail.log").addHandler(NullHandler())
    getLogger("mail.log").propagate = False
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, tls_context=tls, hostname=name), LOOPBACK, 0)
    async with server:
        yield port_of(server)
