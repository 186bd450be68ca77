"""From a notification to a mail as it goes over the wire."""

import hashlib
import re
from datetime import datetime
from email import policy
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, MessageIDHeader, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from typing import Any, cast

from alerts.incident import EventKind
from alerts.message import Notification
from alerts.route import Language
from alerts.words.bidi import shown
from alerts.words.escape import visible

#: First line of a mail whose former attempt ended in a crash (FAULTS 3).
REPEAT_LINE = "(repeat after a restart)"

#: What may stand left of the @ of a Message-ID as it is: an RFC 5322 §3.2.3 dot-atom, kept to a narrow set.
_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_PLAIN_ID_CHARS = 64

#: RFC 2047 §2: a line with an encoded word is at most 76 long; a word longer than what is left goes encoded too.
_LINE_CHARS = 76
_PLAIN_WORD_CHARS = 50


class BadAddressError(Exception):
    """An address that no mail can be sent to, or from, as it is written."""


def letter(notification: Notification, sender: str, sent_at: datetime) -> EmailMessage:
    """The mail that tells `notification` to its one recipient. Raises BadAddressError.

    Everything is 7-bit on the wire, so that any relay takes it.
    """
    message, recipient = notification.message, _address(notification.recipient)
    mail = EmailMessage(policy=_WIRE)
    mail["From"] = _address(sender)
    mail["To"] = recipient
    mail["Subject"] = _safe(message.subject.strip(), message.language)
    mail["Date"] = sent_at
    mail["Message-ID"] = message_id(notification, sender)
    if (first := thread_id(notification, sender)) not in {None, mail["Message-ID"]}:
        mail["In-Reply-To"] = first
        mail["References"] = first
    for name, value in _own_headers(notification).items():
        if value:
            mail[name] = visible(value.strip())
    _write(mail, notification)
    return mail


def message_id(notification: Notification, sender: str) -> str:
    """The Message-ID, the same however often `notification` is sent.

    `<notification id@sender's domain>`; only the mail that opens an incident has its thread's id instead, which
    every later mail of the incident can work out for itself.
    """
    if notification.message.event is EventKind.OPENED and (thread := thread_id(notification, sender)):
        return thread
    return f"<{_plain_id(notification.id)}@{_domain(sender)}>"


def thread_id(notification: Notification, sender: str) -> str | None:
    """Message-ID of the first mail of the incident to this address; None for a notice, which stands alone.

    Where that first mail was never sent (it healed before, or the recipient joined later), the id stands for a
    mail nobody has; mail readers then put those that refer to it together all the same.
    """
    if notification.incident_id is None or notification.message.event is EventKind.NOTICE:
        return None
    reader = hashlib.sha256(notification.address.encode()).hexdigest()[:12]
    return f"<incident-{_plain_id(notification.incident_id)}.{reader}@{_domain(sender)}>"


def _own_headers(notification: Notification) -> dict[str, str]:
    message = notification.message
    return {
        "X-Nigehban-Incident": message.incident or notification.incident_id or "",
        "X-Nigehban-Check": message.check,
        "X-Nigehban-Event": message.event.value,
        "X-Nigehban-Drill": message.fields.get("drill", ""),
        "X-Nigehban-Repeat": "1" if notification.repeat else "",
        # RFC 3834 §5: no holiday notes to us. The second is Exchange's own word for it.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def _write(mail: EmailMessage, notification: Notification) -> None:
    """Plain text; beside it the same in HTML, and files, where there are such. The same bytes at every try."""
    message = notification.message
    mail.set_content(_body(notification))
    if message.html:
        mail.add_alternative(_marked(notification), subtype="html")
    for one in message.attachments:
        maintype, _, subtype = one.media_type.partition("/")
        data = one.text.encode("utf-8", "replace")
        mail.add_attachment(data, maintype=maintype, subtype=subtype, filename=one.name, params={"charset": "utf-8"})
    boundary = _plain_id(notification.id)
    for depth, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_{boundary}_{depth}")


def _body(notification: Notification) -> str:
    message = notification.message
    text = "\n".join(_safe(line, message.language) for line in message.text.split("\n"))
    return f"{REPEAT_LINE}\n\n{text}" if notification.repeat else text


def _marked(notification: Notification) -> str:
    page = notification.message.html
    if not notification.repeat:
        return page
    head, body, rest = page.partition("<body")
    opening, end, content = rest.partition(">")
    return f"{head}{body}{opening}{end}\n<p>{REPEAT_LINE}</p>{content}"


def _safe(text: str, language: Language) -> str:
    """Isolates of ours, in pairs, are what makes Urdu readable; everything else that acts is escaped once more."""
    return shown(text) if language is Language.URDU else visible(text)


def _address(text: str) -> Address:
    try:
        address = Address(addr_spec=text)
    except Exception as error:  # noqa: BLE001  # the standard parser fails in many ways: IndexError, HeaderParseError
        raise BadAddressError(f"{visible(text)!r} is no mail address: {type(error).__name__}") from None
    if not text.isascii() or not text.isprintable() or not address.username or not address.domain:
        raise BadAddressError(f"{visible(text)!r} is no mail address of the form name@domain in ASCII")
    return address


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2]


def _plain_id(text: str) -> str:
    """`text` where a Message-ID may hold it, else a digest that stands for it."""
    if len(text) <= _PLAIN_ID_CHARS and _PLAIN_ID.fullmatch(text):
        return text
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


class _TextHeader(UnstructuredHeader, BaseHeader):
    """A text that arrives as it was handed in.

    The standard library's own folding loses spaces of long Urdu lines, and it reads "=?utf-8?…?=" in a text as an
    encoded word, which a target could use to smuggle marks past every escape.
    """

    max_count = 1

    @classmethod
    def parse(cls, string: str, kwds: dict[str, Any]) -> None:
        kwds["parse_tree"], kwds["decoded"] = None, string

    def fold(self, *, policy: Policy) -> str:
        text = str(self)
        plain = text.isascii() and "=?" not in text and max(map(len, text.split(" "))) <= _PLAIN_WORD_CHARS
        # email.header knows RFC 2047 well; only its interface is old.
        coded = Header(text, "us-ascii" if plain else "utf-8", maxlinelen=_LINE_CHARS, header_name=self.name)
        return f"{self.name}: {coded.encode(linesep=policy.linesep)}{policy.linesep}"


def _headers() -> HeaderRegistry:
    """The standard headers but for ours; ids are never made encoded words, for nobody would find them again."""
    registry = HeaderRegistry()
    for name in ("subject", "x-nigehban-incident", "x-nigehban-check"):
        registry.map_to_type(name, _TextHeader)
    for name in ("in-reply-to", "references"):
        registry.map_to_type(name, cast("type[BaseHeader]", MessageIDHeader))
    return registry


_WIRE = policy.SMTP.clone(cte_type="7bit", header_factory=_headers())
