"""Webhook: the message as JSON, POSTed to one address of the user's own."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from ipaddress import ip_address
from typing import TypeAlias
from urllib.parse import urlsplit

from alerts.channel import Deferred, Delivered, Outcome, Rejected
from alerts.channels.mail_letter import REPEAT_LINE
from alerts.message import Notification
from checks.model import Cause
from checks.network.errors import ProbeError
from checks.network.values import HttpRequest, HttpResponse
from checks.secret import Secret, SecretUnavailableError

#: One request over the transport of the probes, under its caps: 64 KiB of headers, body thrown away. It sends
#: nothing with a body, and so nothing of ours, to a server whose certificate it does not trust.
Fetch: TypeAlias = Callable[[HttpRequest], Awaitable[HttpResponse]]


#: What a URL that is refused should have been.
WANTED_URL = "the url must be an https URL (http only to this machine)"

#: Total time for one message.
SENT_WITHIN_S = 10.0


class WebhookReason(Enum):
    """Why a message did not go out; a metric label."""

    SECRET = "secret"  # noqa: S105  # a word, not a password
    BAD_URL = "bad_url"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    TLS_UNTRUSTED = "tls_untrusted"
    PROTOCOL = "protocol"
    REDIRECTED = "redirected"
    BUSY = "busy"
    SERVER_ERROR = "server_error"
    REFUSED = "refused"


class WebhookChannel:
    """Delivered is any 2xx. The URL carries a token as often as not, so it stands in no outcome.

    Raises ValueError for a literal `url` that is neither https nor http to this machine.
    """

    def __init__(
        self,
        name: str,
        url: Secret | str,
        fetch: Fetch,
        now: Callable[[], datetime],
        timeout_s: float = SENT_WITHIN_S,
        *,
        sign: Secret | None = None,
    ) -> None:
        if isinstance(url, str) and not is_safe_url(url):
            raise ValueError(f"webhook {name}: {WANTED_URL}")
        self._name = name
        self._url = url
        self._sign = sign
        self._fetch = fetch
        self._now = now
        self._timeout_s = timeout_s

    @property
    def name(self) -> str:
        return self._name

    @property
    def timeout_s(self) -> float:
        return self._timeout_s

    async def send(self, notification: Notification) -> Outcome:
        try:
            url = self._url.reveal() if isinstance(self._url, Secret) else self._url
            key = self._sign.reveal() if self._sign is not None else None
        except SecretUnavailableError as error:
            return Deferred(WebhookReason.SECRET.value, str(error))
        if not is_safe_url(url):
            return Deferred(WebhookReason.BAD_URL.value, WANTED_URL)
        body = payload(notification)
        headers = {"Idempotency-Key": notification.id}
        if key is not None:
            headers["X-Nigehban-Signature"] = signature(key, body, self._now())
        return await post_json(self._fetch, url, body, self._now, timeout_s=self._timeout_s, headers=headers)


async def post_json(
    fetch: Fetch,
    url: str,
    body: bytes,
    now: Callable[[], datetime],
    *,
    timeout_s: float,
    headers: Mapping[str, str] | None = None,
) -> Outcome:
    """One POST within its time, redirects not followed."""
    usual = {"Content-Type": "application/json", "User-Agent": "nigehban"}
    request = HttpRequest(url=url, method="POST", headers={**usual, **(headers or {})}, body=body, max_redirects=0)
    try:
        async with asyncio.timeout(timeout_s):
            response = await fetch(request)
    except TimeoutError:
        return Deferred(WebhookReason.TIMEOUT.value, f"no answer within {timeout_s:g} s")
    except ProbeError as error:
        # Its detail may name the host or more of the URL; the cause says enough.
        return Deferred(reason_of(error.cause).value, error.cause.value)
    return judge_answer(response, now())


def signature(key: str, body: bytes, at: datetime) -> str:
    """`t=<Unix seconds>,v1=<hex>`: HMAC-SHA256 over the time, a dot and the body, so that neither can be exchanged."""
    seconds = int(at.timestamp())
    signed = hmac.new(key.encode(), b"%d.%s" % (seconds, body), hashlib.sha256)
    return f"t={seconds},v1={signed.hexdigest()}"


def payload(notification: Notification) -> bytes:
    """The JSON that is POSTed, UTF-8. `id` is stable over retries and restarts: who must act once, keeps it.

    The members are those of the mail's headers and body, and `fields`, the facts one by one.
    """
    message = notification.message
    text = f"{REPEAT_LINE}\n\n{message.text}" if notification.repeat else message.text
    members = {
        "id": notification.id,
        "event": message.event.value,
        "incident": message.incident or notification.incident_id or "",
        "check": message.check,
        "subject": message.subject,
        "text": text,
        "fields": dict(message.fields),
        "repeat": notification.repeat,
    }
    # ASCII escapes: a lone surrogate has no UTF-8, but it has an escape.
    return json.dumps(members).encode("ascii")


def retry_after_s(value: str, now: datetime) -> float | None:
    """Seconds of a Retry-After (RFC 9110 §10.2.3), a number of them or an HTTP date; None where it is neither."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    aware = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    try:
        return max(0.0, (aware - now).total_seconds())
    except OverflowError:
        return None


def judge_answer(response: HttpResponse, now: datetime) -> Outcome:
    """What an answer says of the request, by the classes of RFC 9110 §15.

    A 4xx other than those that ask for patience is for ever.
    """
    said = f"HTTP {response.status}"
    match response.status, response.status // 100:
        case _, 2:
            return Delivered(said)
        case ((408 | 425 | 429 | 503), _):
            asked = response.header("Retry-After")
            return Deferred(WebhookReason.BUSY.value, said, retry_after_s(asked, now))
        case _, 3:
            return Deferred(
                WebhookReason.REDIRECTED.value, f"{said}; redirects are not followed, name the last address"
            )
        case _, 4:
            return Rejected(WebhookReason.REFUSED.value, said)
        case _, 5:
            return Deferred(WebhookReason.SERVER_ERROR.value, said)
        case _:
            return Deferred(WebhookReason.PROTOCOL.value, said)


def reason_of(cause: Cause) -> WebhookReason:
    """The word for why a request got no answer."""
    match cause:
        case Cause.TIMEOUT:
            return WebhookReason.TIMEOUT
        case (
            Cause.TLS_UNTRUSTED
            | Cause.TLS_NAME_MISMATCH
            | Cause.TLS_WEAK
            | Cause.TLS_REVOKED
            | Cause.NOT_YET_VALID
            | Cause.EXPIRED
        ):
            return WebhookReason.TLS_UNTRUSTED
        case Cause.REFUSED | Cause.UNREACHABLE | Cause.NAME_NOT_FOUND | Cause.NAME_FAILED | Cause.BLIND:
            return WebhookReason.UNREACHABLE
        case _:
            return WebhookReason.PROTOCOL


def is_safe_url(url: str) -> bool:
    """https, or http that stays on this machine: the message, and the token in the URL, are nobody else's."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme == "http":
            return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
    return parts.scheme == "https" and host != ""
