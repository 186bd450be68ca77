"""IMAP and POP3 servers for one purpose each, good or foul, beside those of tests.support.hostile."""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.support.hostile import Handler


@dataclass(kw_only=True)
class MailboxPeer:
    """A server that is well but for what a test sets; `lines` are all it was ever told, over TLS or not."""

    greeting: bytes
    offers: Sequence[str]
    context: ssl.SSLContext | None = None
    foul: Handler | None = None
    """What follows the first command instead of an answer."""
    after_go_ahead: Handler | None = None
    """What follows the go-ahead to encrypt instead of a handshake."""
    injected: bytes = b""
    """Plain text sent in one piece with the go-ahead (CVE-2011-0411)."""
    lines: list[str] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self.greeting)
        while line := (await reader.readline()).decode("latin-1").strip():
            self.lines.append(line)
            if self.foul is not None:
                await self.foul(reader, writer)
            if self.verb(line) not in {"STARTTLS", "STLS"}:
                writer.write(self.answer(line))
                continue
            writer.write(self.answer(line) + self.injected)
            await writer.drain()
            if self.after_go_ahead is not None:
                await self.after_go_ahead(reader, writer)
            assert self.context is not None
            await writer.start_tls(self.context)

    @property
    def verbs(self) -> list[str]:
        return list(map(self.verb, self.lines))

    def verb(self, line: str) -> str:
        return line.split(maxsplit=1)[0]

    def answer(self, line: str) -> bytes:
        """In POP3's words; a login is refused, and quoted."""
        match self.verb(line):
            case "CAPA":
                return "\r\n".join(("+OK", *self.offers, ".", "")).encode()
            case "AUTH":
                return b"+ \r\n"
            case "USER" | "STLS" | "QUIT":
                return b"+OK\r\n"
            case _:
                return b"-ERR [AUTH] not by " + line.encode("latin-1") + b"\r\n"


@dataclass(kw_only=True)
class Pop3Peer(MailboxPeer):
    greeting: bytes = b"+OK ready\r\n"
    offers: Sequence[str] = ("STLS", "USER", "SASL PLAIN")


@dataclass(kw_only=True)
class ImapPeer(MailboxPeer):
    greeting: bytes = b"* OK ready\r\n"
    offers: Sequence[str] = ("IMAP4rev1", "STARTTLS", "AUTH=PLAIN")
    _tag: str = "*"

    def verb(self, line: str) -> str:
        return line.split()[1] if " " in line else line

    def answer(self, line: str) -> bytes:
        """In IMAP's words; a login is refused, and quoted."""
        if " " in line:
            self._tag = line.split(maxsplit=1)[0]
        match self.verb(line):
            case "CAPABILITY":
                text = f"* CAPABILITY {' '.join(self.offers)}\r\n{self._tag} OK\r\n"
            case "AUTHENTICATE":
                text = "+ \r\n"
            case "STARTTLS" | "LOGOUT":
                text = f"{self._tag} OK\r\n"
            case _:
                text = f"{self._tag} NO [AUTHENTICATIONFAILED] not by {line}\r\n"
        return text.encode("latin-1")
