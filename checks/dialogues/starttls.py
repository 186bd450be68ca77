"""From plain text to TLS by a mail protocol's own verb: all that a look at a certificate needs of these protocols."""

from collections.abc import Mapping
from typing import Literal, Protocol, TypeAlias

from checks.dialogues import imap, imap_verdict, pop3, pop3_verdict, smtp, smtp_verdict
from checks.model import Cause
from checks.network.errors import ProbeError
from checks.network.values import LineDialogue, TlsSession, TlsTerms

#: Protocols that begin in plain text.
MailProtocol: TypeAlias = Literal["smtp", "imap", "pop3"]

#: Where each listens in plain text (RFC 5321 §4.5.4.2, RFC 9051 §2.1, RFC 1939 §3).
PLAIN_PORTS: Mapping[MailProtocol, int] = {"smtp": 25, "imap": 143, "pop3": 110}

#: The verb that asks for TLS, as people know it (RFC 3207, RFC 9051 §6.2.1, RFC 2595 §4).
_VERBS: Mapping[MailProtocol, str] = {"smtp": "STARTTLS", "imap": "STARTTLS", "pop3": "STLS"}


class _Dialogue(Protocol):
    @property
    def offers_tls(self) -> bool: ...

    async def greet(self) -> None: ...

    async def encrypt(self, terms: TlsTerms) -> TlsSession: ...

    async def leave(self) -> None: ...


async def start_tls(protocol: MailProtocol, lines: LineDialogue, terms: TlsTerms) -> TlsSession:
    """Greet, encrypt, take leave. Nothing is awaited behind the handshake: the session is all that is wanted.

    Raises ProbeError: TLS_MISSING where encryption is not offered or refused; where the server sends us away before
    that, the cause of its refusal; and whatever the dialogue and the handshake raise.
    """
    dialogue, verb = _dialogue(protocol, lines), _VERBS[protocol]
    try:
        await dialogue.greet()
        if not dialogue.offers_tls:
            await dialogue.leave()
            raise ProbeError(Cause.TLS_MISSING, f"offers no {verb}")
        session = await dialogue.encrypt(terms)
    except (smtp.RefusedError, imap.RefusedError, pop3.RefusedError) as refusal:
        await dialogue.leave()
        raise ProbeError(_cause_of(refusal), f"answers {refusal.step} with {refusal.said}") from None
    await dialogue.leave()
    return session


def _cause_of(refusal: smtp.RefusedError | imap.RefusedError | pop3.RefusedError) -> Cause:
    if isinstance(refusal, smtp.RefusedError):
        cause = smtp_verdict.cause_of(refusal.stage, refusal.reply)
    elif isinstance(refusal, imap.RefusedError):
        cause = imap_verdict.cause_of(refusal.stage, refusal.reply)
    else:
        cause = pop3_verdict.cause_of(refusal.stage, refusal.reply)
    # It passes by itself, yet nothing was seen: no evidence either way.
    return Cause.RATE_LIMITED if cause is Cause.GREYLISTED else cause


def _dialogue(protocol: MailProtocol, lines: LineDialogue) -> _Dialogue:
    match protocol:
        case "smtp":
            return smtp.SmtpDialogue(lines)
        case "imap":
            return imap.ImapDialogue(lines)
        case "pop3":
            return pop3.Pop3Dialogue(lines)
