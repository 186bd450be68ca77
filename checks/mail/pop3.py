"""Whether a POP3 server greets, encrypts, lets a user in and opens the maildrop. Nothing is fetched or deleted."""

from collections.abc import Sequence
from typing import ClassVar

from checks.dialogues.pop3 import Pop3Dialogue, RefusedError, Stage
from checks.dialogues.pop3_verdict import fault_of, suspension_of
from checks.family import look_over
from checks.mail.mailbox import MailboxAccess, encrypt, greet, log_in
from checks.mail.session import Seen, look_at
from checks.model import Finding
from checks.network.values import Family, LineDialogue
from checks.plugin import CheckContext, CheckKind


class Options(MailboxAccess):
    plain_port: ClassVar[int] = 110
    implicit_port: ClassVar[int] = 995


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    async def talk(lines: LineDialogue, seen: Seen) -> None:
        dialogue = Pop3Dialogue(lines)
        try:
            await _converse(dialogue, options, ctx, seen)
        except RefusedError as refusal:
            is_login = refusal.stage is Stage.LOGIN
            seen.refused(fault_of(refusal), suspension_of(refusal.reply), is_login=is_login)
        await dialogue.leave()

    async def look(family: Family, subject: str) -> Sequence[Finding]:
        return (await look_at(options, ctx, family, subject, talk),)

    return await look_over(options.family, options.subject, ctx, look)


async def _converse(dialogue: Pop3Dialogue, options: Options, ctx: CheckContext, seen: Seen) -> None:
    """As far as the options ask and the server allows; raises RefusedError."""
    await greet(dialogue, seen)
    if await encrypt(dialogue, options, ctx, seen, verb="STLS") and await log_in(dialogue, options, ctx, seen):
        seen.measured("messages", await dialogue.count(), unit="")
        seen.done.append("opens the mailbox")


KIND = CheckKind(
    name="pop3",
    options=Options,
    run=run,
    subject=lambda options: options.subject,
    host=lambda options: options.host,
)
