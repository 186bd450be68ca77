"""One-time links in messages: a signed token says who may do what with which incident, and until when. Pure.

A token is `payload.signature`, both base64url without padding: a JSON list, and HMAC-SHA256 over it (RFC 2104) by a key
derived for this use alone. Whoever holds it may do that one thing once; nothing else can be made of it.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TypeAlias

#: Where links lead, below `public_url`.
PATH = "/answer/"

#: A shorter key could be guessed from one message.
MIN_KEY_CHARS = 32

#: Longer than any token of ours.
MAX_TOKEN_CHARS = 1024

MAX_ANSWER_CHARS = 200

#: How long the acknowledgement lasts that a link offers with an end.
HOURS_AT_IT = timedelta(hours=4)

_VERSION = 1
_KEY_USE = b"nigehban one-time link"
_FIELDS = 8


class Action(Enum):
    """What one link does; the value stands in its token."""

    FOUR_HOURS = "ack-4h"
    """Acknowledged, and told again in four hours if it is still bad."""
    UNTIL_WELL = "ack-until-well"
    PASS_ON = "pass-on"  # noqa: S105  # a word, no password
    """I cannot: whoever is next is told now."""
    ANSWER = "answer"
    """An answer to a question of a digest."""
    BILL = "bill"
    """What became of a bill (alerts.bill_links)."""
    PROPOSAL = "proposal"
    """Whether what somebody said of a bill holds (alerts.bill_links)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a token says."""

    action: Action
    incident: str
    """"" for a question that belongs to no incident."""
    receiver: str
    """Whoever was sent it: the author on record."""
    expires_at: datetime
    nonce: str
    about: str = ""
    """The id of the question or the proposal, or the key of the bill; "" for incidents."""
    answer: str = ""

    @property
    def author(self) -> str:
        return f"{self.receiver} by signed link"


class Refused(Enum):
    """Why a token does nothing, as its holder reads it."""

    FORGED = "This link was not made by this watchdog, or a part of it is missing."
    EXPIRED = "This link is too old."


Read: TypeAlias = Ticket | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Makes and reads tokens. `key` is secret; `base_url` is the estate's `public_url`."""

    base_url: str
    key: bytes = field(repr=False)
    valid: timedelta = timedelta(hours=48)

    def offered(self, *, event_id: str, incident: str, receiver: str, at: datetime) -> Mapping[Action, str]:
        """The URLs that a message of an open incident offers `receiver`: the same for the same event for ever."""
        return {
            action: self.url(
                Ticket(
                    action=action,
                    incident=incident,
                    receiver=receiver,
                    expires_at=at + self.valid,
                    nonce=nonce(event_id, receiver, action.value),
                )
            )
            for action in (Action.FOUR_HOURS, Action.UNTIL_WELL, Action.PASS_ON)
        }

    def answers(
        self, *, event_id: str, about: str, receiver: str, at: datetime, answers: Mapping[str, str], incident: str = ""
    ) -> Mapping[str, str]:
        """A URL for each of `answers` (what is kept, by what is shown) to the question `about`; one of them counts."""
        once = nonce(event_id, receiver, f"answer {about}")
        return {
            shown: self.url(
                Ticket(
                    action=Action.ANSWER,
                    incident=incident,
                    receiver=receiver,
                    expires_at=at + self.valid,
                    nonce=once,
                    about=about,
                    answer=kept[:MAX_ANSWER_CHARS],
                )
            )
            for shown, kept in answers.items()
        }

    def url(self, ticket: Ticket) -> str:
        return f"{self.base_url.rstrip('/')}{PATH}{self.token(ticket)}"

    def token(self, ticket: Ticket) -> str:
        payload = _payload(ticket)
        return f"{_encoded(payload)}.{_encoded(self._signature(payload))}"

    def read(self, token: str, now: datetime) -> Read:
        """What `token` allows at `now`. The signature is compared in constant time, before anything else is read."""
        payload_text, _, signature_text = token.partition(".")
        if len(token) > MAX_TOKEN_CHARS:
            return Refused.FORGED
        payload, signature = _decoded(payload_text), _decoded(signature_text)
        if not hmac.compare_digest(self._signature(payload), signature):
            return Refused.FORGED
        # One spelling for each token: padding bits that base64 ignores would make others of it.
        if token != f"{_encoded(payload)}.{_encoded(signature)}":
            return Refused.FORGED
        ticket = _ticket(payload)
        if ticket is None:
            return Refused.FORGED
        return Refused.EXPIRED if ticket.expires_at <= now else ticket

    def _signature(self, payload: bytes) -> bytes:
        own = hmac.digest(self.key, _KEY_USE, hashlib.sha256)
        return hmac.digest(own, payload, hashlib.sha256)


def nonce(event_id: str, receiver: str, what: str) -> str:
    """24 hexadecimal digits, the same for the same three texts: a message that is repeated offers the same link."""
    return hashlib.sha256(json.dumps([event_id, receiver, what]).encode()).hexdigest()[:24]


def _payload(ticket: Ticket) -> bytes:
    fields = [
        _VERSION,
        ticket.action.value,
        ticket.incident,
        ticket.receiver,
        int(ticket.expires_at.timestamp()),
        ticket.nonce,
        ticket.about,
        ticket.answer,
    ]
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode()


def _ticket(payload: bytes) -> Ticket | None:
    """None for a payload of ours that this version does not know."""
    fields = json.loads(payload)
    if not isinstance(fields, list) or len(fields) != _FIELDS or fields[0] != _VERSION:
        return None
    _, action, incident, receiver, expires_s, once, about, answer = fields
    if action not in {known.value for known in Action}:
        return None
    return Ticket(
        action=Action(action),
        incident=incident,
        receiver=receiver,
        expires_at=datetime.fromtimestamp(expires_s, UTC),
        nonce=once,
        about=about,
        answer=answer,
    )


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decoded(text: str) -> bytes:
    """b"" for what is no base64url, which no signature fits."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
