"""A client's half of an SMTP session: the verbs, no judgement."""

import base64
import os
from dataclasses import dataclass, field
from enum import Enum

from checks.mail.smtp_reply import Reply, ReplyAssembly, ReplyError, ReplyTooLongError, capabilities
from checks.model import Cause
from checks.network.errors import ProbeError
from checks.network.values import LineDialogue, TlsSession, TlsTerms


class Stage(Enum):
    """How far a session came; the value is what people read."""

    BANNER = "the greeting"
    EHLO = "EHLO"
    STARTTLS = "STARTTLS"
    AUTH = "the login"
    MAIL = "MAIL FROM"
    RCPT = "RCPT TO"


class RefusedError(Exception):
    """The server answered a step of the session with something else than consent."""

    def __init__(self, stage: Stage, reply: Reply) -> None:
        super().__init__(f"{stage.value}: {reply.shown}")
        self.stage = stage
        self.reply = reply


@dataclass(slots=True)
class SmtpDialogue:
    """One session. Every verb raises RefusedError, or ProbeError where the server does not speak SMTP."""

    lines: LineDialogue
    offers: dict[str, str] = field(default_factory=dict)

    async def greet(self) -> Reply:
        """Await the banner, then say EHLO."""
        banner = _consent(await self._reply(Stage.BANNER), Stage.BANNER, 220)
        await self._ehlo()
        return banner

    async def start_tls(self, terms: TlsTerms) -> TlsSession:
        """RFC 3207: what was offered before the handshake is forgotten and asked anew."""
        await self._command("STARTTLS", Stage.STARTTLS, 220)
        session = await self.lines.start_tls(terms)
        await self._ehlo()
        return session

    async def log_in(self, user: str, password: str) -> None:
        """AUTH PLAIN (RFC 4616) or else LOGIN, by what is offered; `offers` must name one of them."""
        if "PLAIN" in self.mechanisms:
            await self._command(f"AUTH PLAIN {_plain_token(user, password)}", Stage.AUTH, 235, shown="AUTH PLAIN ***")
            return
        await self._command("AUTH LOGIN", Stage.AUTH, 334)
        await self._command(_base64(user), Stage.AUTH, 334, shown="***")
        await self._command(_base64(password), Stage.AUTH, 235, shown="***")

    async def offer_recipient(self, address: str) -> None:
        """Ask, by the empty sender of a bounce, whether mail for `address` is taken; no message is sent."""
        await self._command("MAIL FROM:<>", Stage.MAIL, 250)
        await self._command(f"RCPT TO:<{address}>", Stage.RCPT, 250, 251)

    async def leave(self) -> None:
        """Say QUIT without awaiting the answer: a server that withholds it must not cost the verdict."""
        try:
            await self.lines.send_line("QUIT")
        except ProbeError:
            return

    @property
    def mechanisms(self) -> frozenset[str]:
        return frozenset(self.offers.get("AUTH", "").upper().split()) & {"PLAIN", "LOGIN"}

    async def _ehlo(self) -> None:
        self.offers = capabilities(await self._command(f"EHLO {_own_name()}", Stage.EHLO, 250))

    async def _command(self, line: str, stage: Stage, *wanted: int, shown: str | None = None) -> Reply:
        await self.lines.send_line(line, shown=shown)
        return _consent(await self._reply(stage), stage, *wanted)

    async def _reply(self, stage: Stage) -> Reply:
        assembly = ReplyAssembly()
        try:
            while (reply := assembly.feed(await self.lines.read_line())) is None:
                continue
        except ReplyTooLongError as error:
            raise ProbeError(Cause.TOO_LARGE, f"the answer to {stage.value} {error}") from None
        except ReplyError as error:
            raise ProbeError(Cause.PROTOCOL, f"the answer to {stage.value} {error}") from None
        return reply


def secret_forms(user: str, password: str) -> tuple[str, ...]:
    """All shapes in which `log_in` sends the password: none may be shown, though a server may echo it."""
    return (_plain_token(user, password), _base64(password), password)


def _plain_token(user: str, password: str) -> str:
    return _base64(f"\0{user}\0{password}")


def _consent(reply: Reply, stage: Stage, *wanted: int) -> Reply:
    if reply.code not in wanted:
        raise RefusedError(stage, reply)
    return reply


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def _own_name() -> str:
    """RFC 5321 §4.1.4 wants a full name; a bare host name is refused by strict servers."""
    name = os.uname().nodename
    return name if "." in name else "localhost.localdomain"
