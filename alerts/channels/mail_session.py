"""One SMTP dialogue with the relay, step by step, so that a failure names its step."""

import asyncio
import contextlib
import errno
import hashlib
import os
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import cast

from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPAuthenticationError, SMTPException, SMTPNotSupported

from alerts.channels.mail_verdict import AUTH_PAUSE_S, Stage
from alerts.channels.relay import MailRelay

#: For a polite QUIT once the relay has the message; it changes nothing any more.
_FAREWELL_S = 0.3


@dataclass(slots=True)
class RefusedPassword:
    """The last password the relay refused, as a digest, and until when it is not tried again."""

    digest: bytes = b""
    until_s: float = 0.0

    def remember(self, password: str, now_s: float) -> None:
        self.digest, self.until_s = _digest(password), now_s + AUTH_PAUSE_S

    def covers(self, password: str, now_s: float) -> bool:
        return now_s < self.until_s and _digest(password) == self.digest


def _digest(password: str) -> bytes:
    return hashlib.sha256(password.encode("utf-8", "surrogateescape")).digest()


class SmtpSession:
    """`dial`, `hand_over`, `say_goodbye`; `hang_up` always. No time limit of its own: the caller has the total one.

    Every step raises SMTPException or OSError; `stage` then says where. Credentials are read at the last moment
    (SecretUnavailableError) and go out only when the session runs over TLS with a verified certificate, which
    `tls` None means it does not.
    """

    def __init__(self, relay: MailRelay, tls: ssl.SSLContext | None, refused: RefusedPassword) -> None:
        self.stage = Stage.CONNECT
        self._relay = relay
        self._tls = tls
        self._refused = refused
        self._client = SMTP()
        self._wire: asyncio.BaseTransport | None = None

    async def dial(self, addresses: Sequence[str]) -> None:
        """Connect, greet, start TLS, log in. Without addresses the system looks the relay's name up."""
        sock = await self._connect(addresses) if addresses else None
        implicit = self._relay.tls == "implicit"
        self._client = SMTP(
            hostname=self._relay.host,
            port=None if sock else self._relay.port,
            sock=sock,
            # Otherwise the library asks the system for our full name, which may take a resolver's time-out.
            local_hostname=self._relay.sender.rpartition("@")[2],
            timeout=None,
            use_tls=implicit,
            start_tls=False,
            tls_context=self._tls,
        )
        await self._client.connect()
        # A failed STARTTLS leaves the library without the transport it began with.
        self._wire = self._client.transport
        await self._greet()
        if self._relay.tls == "starttls":
            self.stage = Stage.TLS
            await self._client.starttls()
            await self._greet()
        if self._relay.user is not None and self._tls is not None:
            self.stage = Stage.LOGIN
            await self._log_in(self._relay.user)

    async def hand_over(self, mail: EmailMessage, recipient: str) -> str:
        """One transaction; the relay's reply to the message."""
        self.stage = Stage.SENDER
        await self._client.mail(self._relay.sender)
        self.stage = Stage.RECIPIENT
        await self._client.rcpt(recipient)
        self.stage = Stage.MESSAGE
        return (await self._client.data(mail.as_bytes())).message

    async def say_goodbye(self) -> None:
        with contextlib.suppress(SMTPException, OSError):
            async with asyncio.timeout(_FAREWELL_S):
                await self._client.quit()

    def hang_up(self) -> None:
        """Cut the connection without waiting for the other side's TLS farewell."""
        for transport in (self._client.transport, self._wire):
            if transport is not None:
                # Not isinstance: uvloop's transports inherit nothing from asyncio's.
                cast("asyncio.WriteTransport", transport).abort()
        self._client.close()

    async def _connect(self, addresses: Sequence[str]) -> socket.socket:
        """Connected to the first address that answers; each gets its share of a third of the time."""
        share_s = self._relay.timeout_s / 3 / len(addresses)
        for address in addresses[:-1]:
            with contextlib.suppress(OSError):
                async with asyncio.timeout(share_s):
                    return await _connected(address, self._relay.port)
        return await _connected(addresses[-1], self._relay.port)

    async def _greet(self) -> None:
        self.stage = Stage.HELLO
        await self._client.ehlo()

    async def _log_in(self, user: str) -> None:
        password = self._relay.password.reveal() if self._relay.password else ""
        now_s = asyncio.get_running_loop().time()
        if self._refused.covers(password, now_s):
            raise SMTPAuthenticationError(535, "refused before; not tried again yet")
        try:
            await self._authenticate(user, password)
        except SMTPAuthenticationError as error:
            if error.code >= 500:  # noqa: PLR2004  # RFC 5321 §4.2.1: 5yz is permanent
                self._refused.remember(password, now_s)
            raise

    async def _authenticate(self, user: str, password: str) -> None:
        """By one mechanism only: the library's own login tries each in turn, three failures for one password."""
        for mechanism, log_in in (
            ("plain", self._client.auth_plain),
            ("login", self._client.auth_login),
            ("cram-md5", self._client.auth_crammd5),
        ):
            if mechanism in self._client.server_auth_methods:
                await log_in(user, password)
                return
        raise SMTPNotSupported("no mechanism in common")


async def _connected(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)  # noqa: FBT003  # the name is the socket's
        # uvloop's sock_connect asks getaddrinfo even of an address, on threads whose lack ends the process (libuv).
        if (code := sock.connect_ex((address, port))) == errno.EINPROGRESS:
            await _writable(sock)
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code != 0:
            raise OSError(code, os.strerror(code))  # noqa: TRY301  # closed below, as after any other failure
    except BaseException:
        sock.close()
        raise
    return sock


async def _writable(sock: socket.socket) -> None:
    """A socket that connects can be written to once it is connected, or has failed."""
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_writer(sock, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_writer(sock)
