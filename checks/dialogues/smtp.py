"""A client's half of an SMTP session: the verbs, no judgement."""

import base64
import os
from dataclasses import dataclass, field, replace
from enum import Enum

from checks.dialogues.refusal import RefusalError
from checks.dialogues.reply_text import quoted
from checks.dialogues.smtp_reply import Reply, ReplyAssembly, ReplyError, ReplyTooLongError, capabilities
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


class RefusedError(RefusalError):
    """The server answered a step of the session with something else than consent."""

    def __init__(self, stage: Stage, reply: Reply, *, said: str) -> None:
        """`reply` as it came, to be judged; `said` without secrets, to be shown."""
        super().__init__(stage.value, said)
        self.stage = stage
        self.reply = reply


@dataclass(slots=True)
class SmtpDialogue:
    """One session. Every verb raises RefusedError, or ProbeError where the server does not speak SMTP."""

    lines: LineDialogue
    offers: dict[str, str] = field(default_factory=dict)
    """Extensions by keyword; none where the server knows nothing but HELO."""
    ehlo_refusal: RefusedError | None = None
    """The answer to EHLO of a server that was greeted by HELO."""

    async def greet(self) -> None:
        """Await the banner, then say EHLO, or HELO where that is refused for good (RFC 5321 §3.2)."""
        self._consent(await self._reply(Stage.BANNER), Stage.BANNER, 220)
        if self.lines.has_unread:
            # It would be taken for the answer to EHLO (RFC 5321 §3.1: the client speaks next).
            raise ProbeError(Cause.PROTOCOL, "the greeting goes on before EHLO is said")
        try:
            await self._ehlo()
        except RefusedError as refusal:
            if not refusal.reply.is_permanent or not await self._takes_helo():
                raise
            self.ehlo_refusal = refusal

    @property
    def offers_tls(self) -> bool:
        return "STARTTLS" in self.offers

    async def start_tls(self, terms: TlsTerms) -> TlsSession:
        """RFC 3207: what was offered before the handshake is forgotten and asked anew."""
        session = await self.encrypt(terms)
        await self._ehlo()
        return session

    async def encrypt(self, terms: TlsTerms) -> TlsSession:
        """The handshake alone, for who wants no more than that."""
        await self._command("STARTTLS", Stage.STARTTLS, 220)
        return await self.lines.start_tls(terms)

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

    async def _takes_helo(self) -> bool:
        try:
            await self._command(f"HELO {_own_name()}", Stage.EHLO, 250)
        except (RefusedError, ProbeError):
            return False  # what was said to EHLO is the better word on why
        return True

    async def _command(self, line: str, stage: Stage, *wanted: int, shown: str | None = None) -> Reply:
        await self.lines.send_line(line, shown=shown)
        return self._consent(await self._reply(stage), stage, *wanted)

    async def _reply(self, stage: Stage) -> Reply:
        """The server's answer, whatever it says."""
        assembly = ReplyAssembly()
        reply, line = None, ""
        try:
            while reply is None:
                line = await self.lines.read_line()
                reply = assembly.feed(line)
        except ReplyTooLongError as error:
            raise ProbeError(Cause.TOO_LARGE, f"the answer to {stage.value} {error}") from None
        except ReplyError as error:
            told = f"the answer to {stage.value} {error}: {quoted(self.lines.redacted(line))}"
            raise ProbeError(Cause.PROTOCOL, told) from None
        return reply

    def _consent(self, reply: Reply, stage: Stage, *wanted: int) -> Reply:
        if reply.code not in wanted:
            # In one piece: a quotation may be broken over lines.
            masked = replace(reply, lines=(self.lines.redacted("\n".join(reply.lines)),))
            raise RefusedError(stage, reply, said=masked.shown)
        return reply


def _plain_token(user: str, password: str) -> str:
    return _base64(f"\0{user}\0{password}")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def _own_name() -> str:
    """RFC 5321 §4.1.4 wants a full name; a bare host name is refused by strict servers."""
    name = os.uname().nodename
    return name if "." in name else "localhost.localdomain"
