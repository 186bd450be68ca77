"""Whether a mail server greets, encrypts, lets a user in and takes mail for an address. Never sends a message."""

from collections.abc import Sequence
from typing import Self

from pydantic import Field, field_validator, model_validator

from checks.dialogues.smtp import RefusedError, SmtpDialogue, Stage
from checks.dialogues.smtp_verdict import fault_of, suspension_of
from checks.family import look_over
from checks.mail.access import Access, Encryption
from checks.mail.session import Seen, is_safe_for_password, look_at, loop_s, try_login, weigh
from checks.model import Cause, Finding
from checks.network.values import Family, LineDialogue
from checks.plugin import CheckContext, CheckKind
from checks.target import Port

_SUBMISSION, _SUBMISSIONS = 587, 465


class Options(Access):
    port: Port = 25
    tls: Encryption | None = Field(
        None, description="left out: implicit on 465, starttls on 587 and where a user logs in, none otherwise"
    )
    rcpt: str | None = Field(None, description="an address that must be taken; asked with RCPT TO, nothing is sent")

    @field_validator("rcpt")
    @classmethod
    def _is_one_address(cls, address: str | None) -> str | None:
        if address is not None and not _is_address(address):
            raise ValueError("is no plain address; write it like postmaster@example.gov.pk")
        return address

    @model_validator(mode="after")
    def _agrees_with_its_port(self) -> Self:
        if self.port == _SUBMISSIONS and self.tls not in {None, "implicit"}:
            raise ValueError(
                f"port {self.port} is encrypted from the first byte; leave tls out, or give the port for {self.tls}, "
                f"which is mostly {_SUBMISSION}"
            )
        return self

    @property
    def dialled_port(self) -> int:
        return self.port

    @property
    def encryption(self) -> Encryption:
        if self.tls is not None:
            return self.tls
        if self.port == _SUBMISSIONS:
            return "implicit"
        return "starttls" if self.port == _SUBMISSION or self.user is not None else "none"


def _is_address(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    return bool(local and at and domain) and text.isascii() and text.isprintable() and not set(text) & set(" <>")


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    async def talk(lines: LineDialogue, seen: Seen) -> None:
        dialogue = SmtpDialogue(lines)
        try:
            await _converse(dialogue, options, ctx, seen)
        except RefusedError as refusal:
            is_login = refusal.stage is Stage.AUTH
            seen.refused(fault_of(refusal), suspension_of(refusal.reply), is_login=is_login)
        await dialogue.leave()

    async def look(family: Family, subject: str) -> Sequence[Finding]:
        return (await look_at(options, ctx, family, subject, talk),)

    return await look_over(options.family, options.subject, ctx, look)


async def _converse(dialogue: SmtpDialogue, options: Options, ctx: CheckContext, seen: Seen) -> None:
    """As far as the options ask and the server allows; raises RefusedError."""
    started_s = loop_s()
    await dialogue.greet()
    seen.measured("greeting_s", loop_s() - started_s)
    _note_greeting(dialogue.ehlo_refusal, seen)
    if options.encryption == "starttls":
        if not dialogue.offers_tls:
            seen.lacks(Cause.TLS_MISSING, "does not offer STARTTLS")
            return
        weigh(await dialogue.start_tls(options.terms), ctx, seen)
    if options.user is not None and options.password is not None:
        if not is_safe_for_password(dialogue.lines.tls, options, ctx, seen):
            return
        if not dialogue.mechanisms:
            seen.lacks(Cause.REJECTED, "offers no login by AUTH PLAIN or LOGIN; nothing was sent")
            return
        user, password = options.user, options.password.reveal()
        if not await try_login(seen, ctx, lambda: dialogue.log_in(user, password)):
            return
    if options.rcpt is not None:
        await dialogue.offer_recipient(options.rcpt)
        seen.done.append(f"takes mail for {options.rcpt}")


def _note_greeting(ehlo_refusal: RefusedError | None, seen: Seen) -> None:
    if ehlo_refusal is None:
        seen.done.append("greets")
        return
    if suspension_of(ehlo_refusal.reply) is not None:
        raise ehlo_refusal
    seen.done.append("greets by HELO alone")
    seen.facts.append(("EHLO", f"answered with {ehlo_refusal.said}; greeted by HELO, so without any extension"))


KIND = CheckKind(
    name="smtp",
    options=Options,
    run=run,
    subject=lambda options: options.subject,
    host=lambda options: options.host,
)
