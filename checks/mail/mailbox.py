"""A user's way to the own mailbox, by IMAP or POP3: options and steps that both have in common."""

from typing import ClassVar, Protocol, Self

from pydantic import Field, model_validator

from checks.mail.access import Access, Encryption
from checks.mail.session import Seen, is_safe_for_password, loop_s, try_login, weigh
from checks.model import Cause
from checks.network.values import LineDialogue, TlsSession, TlsTerms
from checks.plugin import CheckContext
from checks.target import Port


class MailboxAccess(Access):
    """Encrypted from the first byte unless something else is said (RFC 8314 §3)."""

    plain_port: ClassVar[int]
    implicit_port: ClassVar[int]

    port: Port | None = None
    tls: Encryption | None = Field(
        None, description="left out: implicit on the port for that and where no port is given, starttls on any other"
    )

    @model_validator(mode="after")
    def _agrees_with_its_port(self) -> Self:
        if self.port == self.implicit_port and self.tls not in {None, "implicit"}:
            raise ValueError(
                f"port {self.port} is encrypted from the first byte; leave tls out, or give the port for {self.tls}, "
                f"which is mostly {self.plain_port}"
            )
        return self

    @property
    def dialled_port(self) -> int:
        if self.port is not None:
            return self.port
        return self.implicit_port if self.encryption == "implicit" else self.plain_port

    @property
    def encryption(self) -> Encryption:
        if self.tls is not None:
            return self.tls
        return "implicit" if self.port in {None, self.implicit_port} else "starttls"


class MailboxDialogue(Protocol):
    """What checks.dialogues.imap and checks.dialogues.pop3 have in common."""

    @property
    def lines(self) -> LineDialogue: ...

    @property
    def offers_tls(self) -> bool: ...

    @property
    def takes_passwords(self) -> bool: ...

    async def greet(self) -> None: ...

    async def start_tls(self, terms: TlsTerms) -> TlsSession: ...

    async def log_in(self, user: str, password: str) -> None: ...


async def greet(dialogue: MailboxDialogue, seen: Seen) -> None:
    started_s = loop_s()
    await dialogue.greet()
    seen.measured("greeting_s", loop_s() - started_s)
    seen.done.append("greets")


async def encrypt(
    dialogue: MailboxDialogue, options: MailboxAccess, ctx: CheckContext, seen: Seen, *, verb: str
) -> bool:
    """Encrypt by `verb`, "STARTTLS" or "STLS", where the options want that; False where it is not to be had."""
    if options.encryption != "starttls":
        return True
    if not dialogue.offers_tls:
        seen.lacks(Cause.TLS_MISSING, f"does not offer {verb}")
        return False
    weigh(await dialogue.start_tls(options.terms), ctx, seen)
    return True


async def log_in(dialogue: MailboxDialogue, options: MailboxAccess, ctx: CheckContext, seen: Seen) -> bool:
    """Log in where the options want that; whether the user is in. The password travels only where that is safe."""
    if options.user is None or options.password is None:
        return False
    if not is_safe_for_password(dialogue.lines.tls, options, ctx, seen):
        return False
    if not dialogue.takes_passwords:
        if dialogue.lines.tls is None:
            seen.lacks(Cause.TLS_MISSING, "takes no password without TLS; set tls to starttls or implicit")
        else:
            seen.lacks(Cause.REJECTED, "takes no password from anybody, by what it offers; nothing was sent")
        return False
    user, password = options.user, options.password.reveal()
    return await try_login(seen, ctx, lambda: dialogue.log_in(user, password))
