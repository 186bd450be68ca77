"""A client's half of a POP3 session (RFC 1939, RFC 2449, RFC 2595): the verbs, no judgement. Nothing is deleted but by
`remove` and then `end`.
"""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import Enum

from checks.dialogues.pop3_reply import Reply, ReplyError, capabilities, message_count, parse
from checks.dialogues.refusal import RefusalError
from checks.dialogues.reply_text import quoted
from checks.model import Cause
from checks.network.errors import ProbeError
from checks.network.values import LineDialogue, TlsSession, TlsTerms

_MAX_HEADER_LINES = 500


class Stage(Enum):
    """How far a session came; the value is what people read."""

    GREETING = "the greeting"
    CAPA = "CAPA"
    STLS = "STLS"
    LOGIN = "the login"
    STAT = "STAT"
    TOP = "TOP"
    DELE = "DELE"
    QUIT = "QUIT"


class RefusedError(RefusalError):
    """The server answered a step of the session with -ERR."""

    def __init__(self, stage: Stage, reply: Reply, *, said: str) -> None:
        """`reply` as it came, to be judged; `said` without secrets, to be shown."""
        super().__init__(stage.value, said)
        self.stage = stage
        self.reply = reply


@dataclass(slots=True)
class Pop3Dialogue:
    """One session. Every verb raises RefusedError, or ProbeError where the server does not speak POP3."""

    lines: LineDialogue
    offers: dict[str, str] = field(default_factory=dict)
    """Capabilities by keyword: {"STLS": "", "SASL": "PLAIN LOGIN"}."""
    knows_capa: bool = False
    """False where the server says no to CAPA, as those from before RFC 2449 do: then `offers` tells nothing."""

    async def greet(self) -> None:
        """Await the greeting, then ask for the capabilities."""
        await self._consent(Stage.GREETING)
        if self.lines.has_unread:
            # It would be taken for the answer to CAPA (RFC 1939 §3: the client speaks next).
            raise ProbeError(Cause.PROTOCOL, "the greeting goes on before a command is said")
        await self._ask_capabilities()

    @property
    def offers_tls(self) -> bool:
        """Whether STLS is worth saying."""
        return "STLS" in self.offers or not self.knows_capa

    async def start_tls(self, terms: TlsTerms) -> TlsSession:
        """RFC 2595 §4: what was offered before the handshake is forgotten and asked anew."""
        session = await self.encrypt(terms)
        await self._ask_capabilities()
        return session

    async def encrypt(self, terms: TlsTerms) -> TlsSession:
        """The handshake alone, for who wants no more than that."""
        await self._command("STLS", Stage.STLS)
        return await self.lines.start_tls(terms)

    @property
    def takes_passwords(self) -> bool:
        return self._takes_plain or "USER" in self.offers or not self.knows_capa

    async def log_in(self, user: str, password: str) -> None:
        """By AUTH PLAIN (RFC 5034) where it is offered, or else by USER and PASS; `takes_passwords` must hold."""
        if not self._takes_plain:
            await self._command(f"USER {user}", Stage.LOGIN)
            await self._command(f"PASS {password}", Stage.LOGIN, shown="PASS ***")
            return
        await self.lines.send_line("AUTH PLAIN")
        await self._awaits_more()
        token = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
        await self._command(token, Stage.LOGIN, shown="***")

    async def count(self) -> int:
        """How many messages the maildrop holds."""
        reply = await self._command("STAT", Stage.STAT)
        try:
            return message_count(reply.rest)
        except ReplyError as error:
            raise ProbeError(
                Cause.PROTOCOL, f"the answer to STAT {error}: {quoted(self.lines.redacted(reply.rest))}"
            ) from None

    async def headers(self, number: int) -> list[str]:
        """The header lines of one message (TOP, RFC 1939 §7), as they came; the first 500 of them."""
        await self._command(f"TOP {number} 0", Stage.TOP)
        kept: list[str] = []
        async for line in self._listed():
            if len(kept) < _MAX_HEADER_LINES:
                kept.append(line)
        return kept

    async def remove(self, number: int) -> None:
        """Mark one message; it is deleted by `end`."""
        await self._command(f"DELE {number}", Stage.DELE)

    async def end(self) -> None:
        """Say QUIT and await the answer: only then is anything deleted (RFC 1939 §6)."""
        await self._command("QUIT", Stage.QUIT)

    async def leave(self) -> None:
        """Say QUIT without awaiting the answer: a server that withholds it must not cost the verdict."""
        try:
            await self.lines.send_line("QUIT")
        except ProbeError:
            return

    @property
    def _takes_plain(self) -> bool:
        return "PLAIN" in self.offers.get("SASL", "").upper().split()

    async def _ask_capabilities(self) -> None:
        self.offers = {}
        try:
            await self._command("CAPA", Stage.CAPA)
        except RefusedError:
            self.knows_capa = False
            return
        self.knows_capa = True
        self.offers = capabilities([line async for line in self._listed()])

    async def _listed(self) -> AsyncIterator[str]:
        """The lines of an answer that ends in a line of "." (RFC 1939 §3)."""
        while (line := await self.lines.read_line()) != ".":
            yield line.removeprefix(".")

    async def _awaits_more(self) -> None:
        """RFC 5034 §4: a line of "+ " asks for the rest of the login."""
        line = await self.lines.read_line()
        if line != "+" and not line.startswith("+ "):
            self._weighed(line, Stage.LOGIN)
            raise ProbeError(Cause.PROTOCOL, "the answer to AUTH PLAIN lets in whoever asks, without a password")

    async def _command(self, line: str, stage: Stage, *, shown: str | None = None) -> Reply:
        await self.lines.send_line(line, shown=shown)
        return await self._consent(stage)

    async def _consent(self, stage: Stage) -> Reply:
        return self._weighed(await self.lines.read_line(), stage)

    def _weighed(self, line: str, stage: Stage) -> Reply:
        """The consent that `line` is."""
        try:
            reply = parse(line)
        except ReplyError as error:
            told = f"the answer to {stage.value} {error}: {quoted(self.lines.redacted(line))}"
            raise ProbeError(Cause.PROTOCOL, told) from None
        if not reply.is_ok:
            raise RefusedError(stage, reply, said=reply.redacted(self.lines.redacted).shown)
        return reply
