"""Mail servers on loopback, in the test's own loop: one that behaves, and one that does as it is told."""

import asyncio
import contextlib
import ssl
import warnings
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.certificates import Pair


def server_tls(pair: Pair) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.chain_file, pair.key_file)
    return context


@dataclass(frozen=True, slots=True)
class Taken:
    """One message that was accepted."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        mail = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        return mail


@dataclass(slots=True)
class SmtpSink:
    """aiosmtpd. Takes all mail; with `logins`, only after a login over TLS."""

    logins: Mapping[str, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    logged_in: list[str] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        assert isinstance(envelope.content, bytes)
        self.taken.append(Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.content))
        return await self.receipt(self.taken[-1])

    async def receipt(self, _taken: Taken) -> str:
        """What a message that was taken is answered with; a subclass may do otherwise, or more."""
        return f"250 2.0.0 Ok: queued as {len(self.taken):08X}"

    def authenticate(
        self,
        _server: SMTP,
        _session: Session,
        _envelope: Envelope,
        _mechanism: str,
        data: Any,  # noqa: ANN401  # aiosmtpd's
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        user = data.login.decode()
        good = self.logins.get(user) == data.password.decode()
        if good:
            self.logged_in.append(user)
        return AuthResult(success=good, handled=False)


@contextlib.asynccontextmanager
async def running_sink(
    logins: Mapping[str, str] | None = None,
    starttls: ssl.SSLContext | None = None,
    implicit: ssl.SSLContext | None = None,
    sink: SmtpSink | None = None,
) -> AsyncIterator[SmtpSink]:
    sink = sink or SmtpSink(logins or {})
    sessions: list[SMTP] = []

    def new_session() -> SMTP:
        with warnings.catch_warnings():
            # It warns of logins without STARTTLS even where TLS is implicit.
            warnings.simplefilter("ignore", UserWarning)
            session = SMTP(
                sink,
                hostname="sink.example.org",
                tls_context=starttls,
                require_starttls=starttls is not None,
                auth_required=bool(logins),
                auth_require_tls=implicit is None,
                authenticator=sink.authenticate,
            )
        sessions.append(session)
        return session

    server = await asyncio.get_running_loop().create_server(new_session, "127.0.0.1", 0, ssl=implicit)
    async with server:
        sink.port = server.sockets[0].getsockname()[1]
        yield sink
        for session in sessions:
            if session.transport is not None:
                cast("asyncio.WriteTransport", session.transport).abort()
        await asyncio.sleep(0.01)


#: What a relay answers that has nothing against us.
_POLITE: Mapping[str, str] = {
    "banner": "220 relay.example.org ESMTP",
    "EHLO": "250-relay.example.org\r\n250 AUTH PLAIN LOGIN",
    "STARTTLS": "220 2.0.0 go ahead",
    "AUTH": "235 2.7.0 welcome",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 go on",
    ".": "250 2.0.0 Ok: queued as 4711",
    "QUIT": "221 2.0.0 bye",
}


@dataclass(slots=True)
class ScriptedRelay:
    """A relay that answers each verb (and "banner", and "." for a whole message) as written; `lines` is what it heard.

    An answer of "" means silence for ever, "hang up" cuts the connection, "drip" is one byte of a never-ending reply
    each 0.05 s.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    starttls: ssl.SSLContext | None = None
    lines: list[str] = field(default_factory=list)
    port: int = 0

    def heard(self, verb: str) -> list[str]:
        return [line for line in self.lines if line.upper().startswith(verb)]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
                if await self._answer("banner", writer):
                    await self._dialogue(reader, writer)
        finally:
            writer.transport.abort()

    async def _dialogue(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := (await reader.readline()).decode("latin-1").rstrip("\r\n"):
            self.lines.append(line)
            verb = line.split(" ")[0].upper()
            if not await self._answer(verb, writer):
                return
            if verb == "STARTTLS" and self.starttls is not None:
                await writer.start_tls(self.starttls)
            elif verb == "DATA" and self._text(verb).startswith("354"):
                await reader.readuntil(b"\r\n.\r\n")
                if not await self._answer(".", writer):
                    return
            elif verb == "QUIT":
                return

    def _text(self, verb: str) -> str:
        text = self.answers.get(verb, _POLITE.get(verb, "500 5.5.2 what?"))
        if verb == "EHLO" and self.starttls is not None:
            text = text.replace("250-relay.example.org", "250-relay.example.org\r\n250-STARTTLS")
        return text

    async def _answer(self, verb: str, writer: asyncio.StreamWriter) -> bool:
        match self._text(verb):
            case "":
                await asyncio.Event().wait()
            case "hang up":
                return False
            case "drip":
                while True:
                    writer.write(b"2")
                    await writer.drain()
                    await asyncio.sleep(0.05)
            case text:
                writer.write(f"{text}\r\n".encode())
                await writer.drain()
        return True


@contextlib.asynccontextmanager
async def running_relay(
    answers: Mapping[str, str] | None = None, starttls: ssl.SSLContext | None = None
) -> AsyncIterator[ScriptedRelay]:
    relay = ScriptedRelay(answers or {}, starttls)
    talks: list[asyncio.Task[None]] = []

    def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.ensure_future(relay.talk(reader, writer)))

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        relay.port = server.sockets[0].getsockname()[1]
        yield relay
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await asyncio.sleep(0.01)
