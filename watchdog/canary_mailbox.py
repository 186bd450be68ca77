"""Reading a canary back from its mailbox, by IMAP or POP3, and clearing canaries away."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol, TypeAlias

from checks.dialogues.imap import ImapDialogue
from checks.dialogues.pop3 import Pop3Dialogue
from checks.dialogues.refusal import RefusalError
from checks.network.network import Transport
from checks.network.values import LineDialogue, TlsSession, TlsTerms
from checks.plugin import Network
from checks.trust import is_trusted
from watchdog.clock import Clock
from watchdog.settings.values import CanaryMailbox

#: What stands in X-Nigehban-Check of every canary: nothing else in the mailbox is touched.
CANARY_CHECK: Final = "nigehban/canary"
_HEADER: Final = "X-Nigehban-Check"

#: One look, from the name's look-up to the last answer.
LOOK_WITHIN_S: Final = 30.0

#: At most so many of the newest messages are looked at by POP3, which cannot search.
NEWEST: Final = 50

#: Whether the mail of that token has arrived; then it is deleted. Raises MailboxError, ProbeError or
#: SecretUnavailableError.
Look: TypeAlias = Callable[[CanaryMailbox, str], Awaitable[bool]]


class MailboxError(Exception):
    """The mailbox could not be read. The message is for people and holds no secret."""


class _Dialogue(Protocol):
    async def greet(self) -> None: ...

    async def start_tls(self, terms: TlsTerms) -> TlsSession: ...

    async def log_in(self, user: str, password: str) -> None: ...

    @property
    def offers_tls(self) -> bool: ...


async def look(mailbox: CanaryMailbox, token: str, *, transport: Transport, clock: Clock) -> bool:
    """One session; see Look. Canaries of other tokens are deleted, too: nobody waits for them any more."""
    try:
        async with asyncio.timeout(LOOK_WITHIN_S), transport.session() as network:
            lines = await _dialled(network, mailbox)
            lines.hide(mailbox.password.reveal(), mailbox.user)
            if mailbox.protocol == "imap":
                return await _by_imap(ImapDialogue(lines), lines, mailbox, token, clock)
            return await _by_pop3(Pop3Dialogue(lines), lines, mailbox, token, clock)
    except TimeoutError:
        raise MailboxError(f"no end within {LOOK_WITHIN_S:g} s") from None
    except RefusalError as error:
        raise MailboxError(str(error)) from None


async def _dialled(network: Network, mailbox: CanaryMailbox) -> LineDialogue:
    implicit = _terms(mailbox) if mailbox.tls == "implicit" else None
    return await network.dialogue(mailbox.host, mailbox.port, "any", implicit)


def _terms(mailbox: CanaryMailbox) -> TlsTerms:
    return TlsTerms(server_name=mailbox.host, ca_file=mailbox.ca_file)


async def _by_imap(
    dialogue: ImapDialogue, lines: LineDialogue, mailbox: CanaryMailbox, token: str, clock: Clock
) -> bool:
    await _enter(dialogue, lines, mailbox, clock)
    await dialogue.select("INBOX")
    found = await dialogue.find("Message-ID", token)
    await dialogue.remove(await dialogue.find(_HEADER, CANARY_CHECK))
    await dialogue.leave()
    return bool(found)


async def _by_pop3(
    dialogue: Pop3Dialogue, lines: LineDialogue, mailbox: CanaryMailbox, token: str, clock: Clock
) -> bool:
    await _enter(dialogue, lines, mailbox, clock)
    count, found = await dialogue.count(), False
    for number in range(count, max(0, count - NEWEST), -1):
        headers = await dialogue.headers(number)
        if _is_canary(headers):
            found = found or any(token in line for line in headers)
            await dialogue.remove(number)
    await dialogue.end()
    return found


def _is_canary(headers: Sequence[str]) -> bool:
    wanted = f"{_HEADER}: {CANARY_CHECK}".lower()
    return any(line.strip().lower() == wanted for line in headers)


async def _enter(dialogue: _Dialogue, lines: LineDialogue, mailbox: CanaryMailbox, clock: Clock) -> None:
    """No password goes over a session that is not verified."""
    await dialogue.greet()
    session = lines.tls
    if mailbox.tls == "starttls":
        if not dialogue.offers_tls:
            raise MailboxError("it offers no encryption; no password was sent")
        session = await dialogue.start_tls(_terms(mailbox))
    if session is None or not is_trusted(session, clock()):
        raise MailboxError("its certificate is not to be trusted; no password was sent")
    await dialogue.log_in(mailbox.user, mailbox.password.reveal())
