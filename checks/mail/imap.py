"""Whether an IMAP server greets, encrypts, lets a user in and opens a mailbox. Nothing is read or marked as seen."""

from collections.abc import Sequence
from typing import ClassVar, Self

from pydantic import Field, model_validator

from checks.dialogues.imap import ImapDialogue, RefusedError, Stage
from checks.dialogues.imap_verdict import fault_of, suspension_of
from checks.family import look_over
from checks.fault import Fault
from checks.mail.access import OneLine
from checks.mail.mailbox import MailboxAccess, encrypt, greet, log_in
from checks.mail.session import Seen, look_at
from checks.model import Cause, Finding, Status
from checks.network.values import Family, LineDialogue
from checks.plugin import CheckContext, CheckKind
from checks.suspension.library import find_suspension
from checks.suspension.signature import Layer


class Options(MailboxAccess):
    plain_port: ClassVar[int] = 143
    implicit_port: ClassVar[int] = 993

    mailbox: OneLine | None = Field(None, description="a mailbox that must open, such as INBOX; read-only (EXAMINE)")

    @model_validator(mode="after")
    def _opens_for_a_user(self) -> Self:
        if self.mailbox is not None and self.user is None:
            raise ValueError("mailbox opens for a user only; give user and password too")
        return self


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    async def talk(lines: LineDialogue, seen: Seen) -> None:
        dialogue = ImapDialogue(lines)
        try:
            await _converse(dialogue, options, ctx, seen)
        except RefusedError as refusal:
            is_login = refusal.stage is Stage.LOGIN
            seen.refused(fault_of(refusal), suspension_of(refusal.stage, refusal.reply), is_login=is_login)
        _note_alerts(dialogue.alerts, seen)
        await dialogue.leave()

    async def look(family: Family, subject: str) -> Sequence[Finding]:
        return (await look_at(options, ctx, family, subject, talk),)

    return await look_over(options.family, options.subject, ctx, look)


async def _converse(dialogue: ImapDialogue, options: Options, ctx: CheckContext, seen: Seen) -> None:
    """As far as the options ask and the server allows; raises RefusedError."""
    await greet(dialogue, seen)
    if dialogue.is_let_in and (fault := _fault_of_open_door(options)):
        seen.faults.append(fault)
        return
    if not await encrypt(dialogue, options, ctx, seen, verb="STARTTLS"):
        return
    if await log_in(dialogue, options, ctx, seen) and options.mailbox is not None:
        messages = await dialogue.examine(options.mailbox)
        seen.done.append(f"opens {options.mailbox}")
        if messages is not None:
            seen.measured("messages", messages, unit="")


def _fault_of_open_door(options: Options) -> Fault | None:
    """Of a server that takes whoever connects for somebody it knows already, so that it takes no login any more."""
    if options.encryption == "starttls":
        # Whoever sits in the middle would greet like this, to keep everything in plain text (CVE-2020-12398).
        return Fault(Cause.TLS_MISSING, Status.CRITICAL, "lets everybody in before it encrypts (PREAUTH)")
    if options.user is not None:
        text = "lets everybody in without a password (PREAUTH), so the login cannot be tried"
        return Fault(Cause.MISMATCH, Status.CRITICAL, text)
    return None


def _note_alerts(alerts: Sequence[str], seen: Seen) -> None:
    """What the server wants people to read; one that speaks of a suspension warns even while the login works."""
    for alert in alerts:
        if any(alert in fault.text for fault in seen.faults):
            continue
        seen.facts.append(("Alert", alert))
        signature = find_suspension(Layer.IMAP, alert)
        if signature is not None and not any(fault.cause is Cause.SUSPENDED for fault in seen.faults):
            seen.faults.append(Fault(Cause.SUSPENDED, Status.WARNING, f"says: {alert}"))
            seen.facts.append(("Likely reason", signature.meaning.in_words))


KIND = CheckKind(
    name="imap",
    options=Options,
    run=run,
    subject=lambda options: options.subject,
    host=lambda options: options.host,
)
