"""The address of a calendar feed: whoever has it may read the days of bills, and do nothing. Pure.

It has no end, since calendars ask for ever; another key ends all of them, and a receiver who leaves the settings ends
its own. Signed by a key of its own use: no link of a message opens a feed, and no feed answers a message.
"""

import base64
import binascii
import hashlib
import hmac
import json
from typing import Final

from alerts.links import Links

#: Where feeds lie, below `public_url`.
FEED_PATH: Final = "/calendar/"
FEED_ENDING: Final = ".ics"

_MAX_TOKEN_CHARS: Final = 512
_KEY_USE: Final = b"nigehban calendar feed"
_VERSION: Final = 1
_SIGNATURE_BYTES: Final = 32


def feed_url(links: Links, receiver: str) -> str:
    return f"{links.base_url.rstrip('/')}{FEED_PATH}{feed_token(links, receiver)}{FEED_ENDING}"


def feed_token(links: Links, receiver: str) -> str:
    payload = json.dumps([_VERSION, receiver], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_signature(links, payload) + payload).rstrip(b"=").decode("ascii")


def read_feed(links: Links, token: str) -> str | None:
    """The receiver whose feed it is; None for what is no token of ours. Compared in constant time before it is read."""
    if len(token) > _MAX_TOKEN_CHARS:
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    signature, payload = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    if not hmac.compare_digest(_signature(links, payload), signature):
        return None
    _version, receiver = json.loads(payload)
    # One spelling for each token: padding bits that base64 ignores would make others of it.
    return receiver if feed_token(links, receiver) == token else None


def _signature(links: Links, payload: bytes) -> bytes:
    own = hmac.digest(links.key, _KEY_USE, hashlib.sha256)
    return hmac.digest(own, payload, hashlib.sha256)
