"""The demo's estate: a mail server that its vendor can cut off, an HTTPS portal, and the relay that tells."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

LOOPBACK = "127.0.0.1"

_BODY = b"<h1>Citizen portal</h1>"
_PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(_BODY)


@dataclass(slots=True)
class WatchedMail:
    """aiosmtpd's hooks for the vendor's mail server."""

    suspended: bool = False

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.suspended:
            return "550 5.2.1 This account has been suspended for non-payment"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """aiosmtpd's hooks for the relay: everything the daemon sends ends here, `on_mail` gets recipient and message."""

    on_mail: Callable[[str, EmailMessage], None]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # as above
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        mail = message_from_bytes(content, policy=policy.default)
        for recipient in envelope.rcpt_tos:
            self.on_mail(recipient, mail)
        return "250 2.0.0 Taken"


async def start_smtp(handler: object, tls: ssl.SSLContext | None = None) -> asyncio.Server:
    """An SMTP server on a free port of loopback; with `tls` it offers STARTTLS."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: SMTP(handler, tls_context=tls, hostname="mx.demo"), LOOPBACK, 0)


async def start_portal(tls: ssl.SSLContext) -> asyncio.Server:
    """An HTTPS server with one page, on a free port of loopback."""
    return await asyncio.start_server(_answer, LOOPBACK, 0, ssl=tls)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        async with asyncio.timeout(5):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(_PAGE + _BODY)
            await writer.drain()
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass  # a caller that went away; the page is for whoever comes next
    finally:
        writer.close()


def port_of(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port
