"""A client's half of an IMAP session (RFC 9051, RFC 3501): the verbs, no judgement. Nothing is ever marked as seen.

Nothing is deleted but by `remove`.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from checks.dialogues import imap_string
from checks.dialogues.imap_reply import Reply, ReplyAssembly, ReplyError, ReplyTooLongError, capabilities
from checks.dialogues.refusal import RefusalError
from checks.dialogues.reply_text import quoted
from checks.model import Cause
from checks.network.errors import ProbeError
from checks.network.values import LineDialogue, TlsSession, TlsTerms

#: Alerts kept of one session; each is shown to people.
_MAX_ALERTS = 5


class Stage(Enum):
    """How far a session came; the value is what people read."""

    GREETING = "the greeting"
    CAPABILITY = "CAPABILITY"
    STARTTLS = "STARTTLS"
    LOGIN = "the login"
    EXAMINE = "EXAMINE"
    SELECT = "SELECT"
    SEARCH = "SEARCH"
    STORE = "STORE"
    EXPUNGE = "EXPUNGE"


class RefusedError(RefusalError):
    """The server answered a step of the session with NO or BAD, or ended it by BYE."""

    def __init__(self, stage: Stage, reply: Reply, *, said: str) -> None:
        """`reply` as it came, to be judged; `said` without secrets, to be shown."""
        super().__init__(stage.value, said)
        self.stage = stage
        self.reply = reply


@dataclass(slots=True)
class ImapDialogue:
    """One session. Every verb raises RefusedError, or ProbeError where the server does not speak IMAP."""

    lines: LineDialogue
    offers: frozenset[str] = frozenset()
    """Capabilities in upper case: "STARTTLS", "AUTH=PLAIN"."""
    is_let_in: bool = False
    """The greeting was PREAUTH: whoever connects is somebody already, and can no longer encrypt (RFC 9051 §7.1.4)."""
    alerts: list[str] = field(default_factory=list)
    """Texts that the server wants shown to the user (RFC 9051 §7.1, ALERT)."""
    _sent: int = 0

    async def greet(self) -> None:
        """Await the greeting, then ask for the capabilities."""
        greeting = await self._response(Stage.GREETING)
        if greeting.tag != "*" or greeting.word not in {"OK", "PREAUTH", "BYE"}:
            raise ProbeError(Cause.PROTOCOL, f"the greeting is none of IMAP: {quoted(self._said(greeting))}")
        if greeting.word == "BYE":
            raise RefusedError(Stage.GREETING, greeting, said=self._said(greeting))
        self.is_let_in = greeting.word == "PREAUTH"
        await self._ask_capabilities()

    @property
    def offers_tls(self) -> bool:
        return "STARTTLS" in self.offers

    async def start_tls(self, terms: TlsTerms) -> TlsSession:
        """RFC 9051 §6.2.1: what was offered before the handshake is forgotten and asked anew."""
        session = await self.encrypt(terms)
        await self._ask_capabilities()
        return session

    async def encrypt(self, terms: TlsTerms) -> TlsSession:
        """The handshake alone, for who wants no more than that."""
        await self._command("STARTTLS", Stage.STARTTLS)
        return await self.lines.start_tls(terms)

    @property
    def takes_passwords(self) -> bool:
        return "AUTH=PLAIN" in self.offers or "LOGINDISABLED" not in self.offers

    async def log_in(self, user: str, password: str) -> None:
        """By AUTHENTICATE PLAIN (RFC 4616) where it is offered, or else by LOGIN; `takes_passwords` must hold."""
        if "AUTH=PLAIN" in self.offers:
            token = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
            await self._command("AUTHENTICATE PLAIN", Stage.LOGIN, (token, "***"))
        elif imap_string.quotable(user) and imap_string.quotable(password):
            await self._command(f'LOGIN "{user}" "{password}"', Stage.LOGIN, shown=f'LOGIN "{user}" "***"')
        else:
            head = imap_string.literal_head
            rest = f"{user} {head(password)}"
            await self._command(f"LOGIN {head(user)}", Stage.LOGIN, (rest, rest), (password, "***"))

    async def examine(self, mailbox: str) -> int | None:
        """Open `mailbox` for reading only, so that nothing in it changes; how many messages it says to hold."""
        name = imap_string.mailbox_name(mailbox)
        if imap_string.quotable(name):
            said = await self._command(f'EXAMINE "{name}"', Stage.EXAMINE)
        else:
            said = await self._command(f"EXAMINE {imap_string.literal_head(name)}", Stage.EXAMINE, (name, name))
        return next((reply.number for reply in said if reply.word == "EXISTS"), None)

    async def select(self, mailbox: str) -> None:
        """Open `mailbox`, a plain name of letters, so that messages can be removed."""
        await self._command(f'SELECT "{mailbox}"', Stage.SELECT)

    async def find(self, header: str, words: str) -> tuple[int, ...]:
        """Numbers of the messages whose header contains `words`, plain text without quotes (RFC 9051 §6.4.4)."""
        said = await self._command(f'SEARCH HEADER {header} "{words}"', Stage.SEARCH)
        lists = [reply.rest.split() for reply in said if reply.word == "SEARCH"]
        return tuple(int(number) for found in lists for number in found if number.isdecimal())

    async def remove(self, numbers: Sequence[int]) -> None:
        """Delete those messages, and whatever else is marked as deleted in the open mailbox."""
        if numbers:
            listed = ",".join(map(str, numbers))
            await self._command(f"STORE {listed} +FLAGS.SILENT (\\Deleted)", Stage.STORE)
            await self._command("EXPUNGE", Stage.EXPUNGE)

    async def leave(self) -> None:
        """Say LOGOUT without awaiting the answer: a server that withholds it must not cost the verdict."""
        try:
            await self.lines.send_line(f"{self._next_tag()} LOGOUT")
        except ProbeError:
            return

    async def _ask_capabilities(self) -> None:
        said = await self._command("CAPABILITY", Stage.CAPABILITY)
        lists = [reply.rest for reply in said if reply.word == "CAPABILITY"]
        if not lists:
            raise ProbeError(Cause.PROTOCOL, "the answer to CAPABILITY names none")
        self.offers = capabilities(" ".join(lists))

    def _next_tag(self) -> str:
        self._sent += 1
        return f"N{self._sent}"

    async def _command(self, line: str, stage: Stage, *more: tuple[str, str], shown: str | None = None) -> list[Reply]:
        """The responses to a command up to its end, that not included.

        Each of `more`, a line and how it is shown, is sent when the server asks for it by a "+".
        """
        tag = self._next_tag()
        await self.lines.send_line(f"{tag} {line}", shown=None if shown is None else f"{tag} {shown}")
        said: list[Reply] = []
        waiting = list(more)
        while True:
            reply = await self._response(stage)
            if reply.tag == "+":
                await self._continue(stage, waiting)
            elif reply.tag == "*" and reply.word != "BYE":
                said.append(reply)
            elif reply.tag not in {"*", tag}:
                told = f"the answer to {stage.value} is tagged {quoted(self.lines.redacted(reply.tag))}, not {tag!r}"
                raise ProbeError(Cause.PROTOCOL, told)
            elif reply.word == "OK":
                return said
            else:
                raise RefusedError(stage, reply, said=self._said(reply))

    async def _continue(self, stage: Stage, waiting: list[tuple[str, str]]) -> None:
        if not waiting:
            raise ProbeError(Cause.PROTOCOL, f"the answer to {stage.value} asks for more, and there is none")
        line, shown = waiting.pop(0)
        await self.lines.send_line(line, shown=None if shown == line else shown)

    async def _response(self, stage: Stage) -> Reply:
        """What the server says next."""
        assembly = ReplyAssembly()
        line = ""
        try:
            line = await self.lines.read_line()
            while isinstance(fed := assembly.feed(line), int):
                await self.lines.read_bytes(fed)
                line = await self.lines.read_line()
        except ReplyTooLongError as error:
            raise ProbeError(Cause.TOO_LARGE, f"the answer to {stage.value} {error}") from None
        except ReplyError as error:
            told = f"the answer to {stage.value} {error}: {quoted(self.lines.redacted(line))}"
            raise ProbeError(Cause.PROTOCOL, told) from None
        if fed.code == "ALERT" and len(self.alerts) < _MAX_ALERTS:
            self.alerts.append(fed.redacted(self.lines.redacted).text)
        return fed

    def _said(self, reply: Reply) -> str:
        """For people; a secret that the server quotes stands in it as "***"."""
        return reply.redacted(self.lines.redacted).shown
