"""Chat, SMS and pagers by way of Apprise. The only file that knows it.

Apprise is synchronous, limits single socket operations rather than a whole send, and tells why it failed only in
its log. So each send runs in a thread of ours with a deadline of ours, and the reason is read from the log.
"""

import asyncio
import contextlib
import hashlib
import logging
import re
import threading
from collections import deque
from collections.abc import Callable
from enum import Enum
from types import ModuleType
from typing import TYPE_CHECKING

from alerts.channel import Deferred, Delivered, Outcome, Rejected
from alerts.channels.mail_letter import REPEAT_LINE
from alerts.incident import EventKind
from alerts.message import Notification
from alerts.route import Medium
from alerts.words.escape import one_line
from alerts.words.media import MARKDOWN_SCHEMES, calling_nobody, fenced, usual_medium
from checks.secret import Secret, SecretUnavailableError

if TYPE_CHECKING:
    from apprise import Apprise, AppriseResult

#: The services we let it speak to: chat, pagers and SMS over HTTPS, and gateways an office runs itself. Nothing
#: that runs a program, writes a file or a log, shows a desktop pop-up, or sends mail (that is `kind: mail`).
ALLOWED_SCHEMAS = frozenset({
    "json", "jsons", "ntfy", "ntfys", "gotify", "gotifys", "pover", "pbul",
    "tgram", "slack", "discord", "workflow", "workflows", "mmost", "mmosts", "matrix", "matrixs", "rocket", "rockets",
    "zulip", "webex", "wxteams", "gchat", "nctalk", "nctalks", "signal", "signals", "threema", "whatsapp",
    "opsgenie", "pagerduty", "pagertree", "goalert", "goalerts", "ilert", "signl4", "splunk", "squadcast",
    "twilio", "clickatell", "smseagle", "smseagles", "httpsms", "bulksms", "d7sms", "atalk", "vonage", "sinch",
    "msgbird", "infobip", "kavenegar", "voipms",
})  # fmt: skip

#: Longest text handed over; each service cuts further to its own limit.
_MAX_BODY_CHARS = 8000

_LATE_REMEMBERED = 100

#: Apprise does not say for how long a service wants to be left alone after a 429.
RATE_LIMIT_PAUSE_S = 60.0

#: How Apprise words an HTTP status in its log.
_STATUS = re.compile(r"\berror=(\d{3})\b")
_URL = re.compile(r"\b[\w+.-]+://\S+")
_TOKEN = re.compile(r"[\w:+/=~-]{16,}")

#: Total time for one message.
SENT_WITHIN_S = 30.0


class AppriseReason(Enum):
    """Why a message did not go out; a metric label."""

    SECRET = "secret"  # noqa: S105  # a word, not a password
    BAD_URL = "bad_url"
    TIMEOUT = "timeout"
    STUCK = "stuck"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    REFUSED = "refused"
    FAILED = "failed"


class BadUrlError(ValueError):
    """An Apprise URL we do not use. The message never holds more of it than its schema."""


def require_allowed(url: str) -> None:
    """Raise BadUrlError unless the schema of `url` is one of ALLOWED_SCHEMAS."""
    schema, separator, _ = url.partition("://")
    if not separator:
        raise BadUrlError("an Apprise URL looks like schema://…; this one has no schema")
    if schema.lower() not in ALLOWED_SCHEMAS:
        # A URL without its "//" may begin with a token; a schema is short and plain.
        shown = schema if re.fullmatch(r"[A-Za-z0-9]{1,16}", schema) else "this"
        raise BadUrlError(f"{shown}: not an Apprise service Nigehban uses; see docs/channels.md for those it does")


class AppriseChannel:
    """One service, one object, one thread, one send in flight.

    A thread that outlives its deadline opens the breaker: until it ends, sends are deferred as "stuck". It is a
    daemon thread and so never holds up the end of the process. Raises BadUrlError for a literal `url` that is not
    allowed; a secret one is judged when used, since it may change.
    """

    def __init__(
        self, name: str, url: Secret | str, timeout_s: float = SENT_WITHIN_S, *, medium: Medium | None = None
    ) -> None:
        if isinstance(url, str):
            require_allowed(url)
        self._name = name
        self._url = url
        self._timeout_s = timeout_s
        self._service = _Service(medium)
        self._flight: _Flight | None = None
        #: Ids of messages that went out after we had stopped waiting; their next try only says so.
        self._told_late: deque[str] = deque(maxlen=_LATE_REMEMBERED)

    @property
    def name(self) -> str:
        return self._name

    @property
    def timeout_s(self) -> float:
        return self._timeout_s

    async def send(self, notification: Notification) -> Outcome:
        if (flight := self._flight) is not None and flight.outcome is None:
            return Deferred(AppriseReason.STUCK.value, "an earlier send has not come back yet")
        if flight is not None and flight.given_up and isinstance(flight.outcome, Delivered):
            self._told_late.append(flight.notification_id)
        self._flight = None
        if notification.id in self._told_late:
            return Delivered("an earlier try went through after its deadline")
        try:
            url = self._url.reveal() if isinstance(self._url, Secret) else self._url
            require_allowed(url)
        except SecretUnavailableError as error:
            return Deferred(AppriseReason.SECRET.value, str(error))
        except BadUrlError as error:
            return Deferred(AppriseReason.BAD_URL.value, str(error))
        self._flight = _Flight(notification.id, lambda: self._service.tell(url, notification))
        return await self._flight.landed(self._timeout_s)


class _Flight:
    """One send on its way in a thread of its own. `outcome` is None until it is back."""

    def __init__(self, notification_id: str, tell: Callable[[], Outcome]) -> None:
        self.notification_id = notification_id
        self.outcome: Outcome | None = None
        self.given_up = False
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._back = asyncio.Event()
        threading.Thread(target=self._fly, name="apprise", daemon=True).start()

    async def landed(self, timeout_s: float) -> Outcome:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._back.wait()
        if self.outcome is not None:
            return self.outcome
        self.given_up = True
        return Deferred(AppriseReason.TIMEOUT.value, f"no answer within {timeout_s:g} s")

    def _fly(self) -> None:
        try:
            self.outcome = self._tell()
        except BaseException as error:  # noqa: BLE001  # whatever a plugin raises, the breaker must close again
            # Its text may hold the URL.
            self.outcome = Deferred(AppriseReason.FAILED.value, f"{type(error).__name__} in Apprise")
        # RuntimeError: the loop has closed meanwhile, and nobody waits any more.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._back.set)


class _Service:
    """The Apprise object, built when first used and again when its URL changes. Lives in the sending thread."""

    def __init__(self, medium: Medium | None) -> None:
        self._medium = medium
        self._apprise: Apprise | None = None
        self._digest = b""

    def tell(self, url: str, notification: Notification) -> Outcome:
        digest = hashlib.sha256(url.encode("utf-8", "surrogatepass")).digest()
        if self._apprise is None or digest != self._digest:
            self._apprise, self._digest = _build(url), digest
        if self._apprise is None:
            return Deferred(AppriseReason.BAD_URL.value, "Apprise cannot read this URL")
        title, body = self._said(notification, url.partition(":")[0].lower(), self._apprise[0].body_maxlen)
        result = self._apprise.notify(
            title=title,
            body=body,
            notify_type=_tone(notification),
            body_format="text",
            log_level=logging.WARNING,
        )
        return _outcome(result, url)

    def _said(self, notification: Notification, scheme: str, room: int) -> tuple[str, str]:
        """Title and body. In a fence both stand in the body; an SMS has no room for a title, nor a word on a repeat."""
        message = notification.message
        if (self._medium or usual_medium(scheme)) is Medium.SHORT:
            return "", message.short or message.subject
        title, body = calling_nobody(message.subject), calling_nobody(_body(notification))
        if scheme in MARKDOWN_SCHEMES:
            return "", fenced(f"{title}\n\n{body}", min(room, _MAX_BODY_CHARS))
        return title, body


def _build(url: str) -> "Apprise | None":
    apprise = _import_apprise()
    asset = apprise.AppriseAsset(
        # In place, in this thread: with its own timeouts Apprise would start threads that outlive them.
        async_mode=False,
        service_timeout=0,
        http_redirects=False,
        secure_logging=True,
        storage_mode="memory",
        allow_templates=False,
        interpret_escapes=False,
        pgp_autogen=False,
        pem_autogen=False,
    )
    service = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if service is None:
        return None
    # Whatever the URL says of these: retries are ours, a redirect may lead anywhere, one message stays one.
    service.redirects = False
    service.retry = 0
    service.overflow_mode = apprise.OverflowMode.TRUNCATE
    built: Apprise = apprise.Apprise(asset=asset)
    built.add(service)
    return built


def _import_apprise() -> ModuleType:
    """Imported when first needed, since that takes some 130 ms; its log, which may name tokens, goes nowhere else."""
    import apprise  # noqa: PLC0415

    own_log = logging.getLogger("apprise")
    own_log.propagate = False
    own_log.setLevel(logging.WARNING)
    if not own_log.handlers:
        own_log.addHandler(logging.NullHandler())
    # Its debug lines hold the path of every request, and tokens are parts of paths.
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    return apprise


def _body(notification: Notification) -> str:
    text = notification.message.text[:_MAX_BODY_CHARS]
    return f"{REPEAT_LINE}\n{text}" if notification.repeat else text


def _tone(notification: Notification) -> str:
    """Colour and icon, where a service has such."""
    match notification.message.event, notification.urgency:
        case EventKind.RESOLVED, _:
            return "success"
        case ((EventKind.OPENED | EventKind.SEVERITY | EventKind.REMINDER), 0):
            return "failure"
        case ((EventKind.OPENED | EventKind.SEVERITY | EventKind.REMINDER), 1):
            return "warning"
        case _:
            return "info"


def _outcome(result: "AppriseResult", url: str) -> Outcome:
    if result.status.name == "SUCCESS":
        return Delivered()
    said = " ".join(entry.message for entry in result.logs())
    detail = one_line(_redacted(said, url)) or "Apprise gave no reason"
    status = int(found[-1]) if (found := _STATUS.findall(said)) else 0
    match status:
        case 429:
            return Deferred(AppriseReason.RATE_LIMITED.value, detail, RATE_LIMIT_PAUSE_S)
        case 408 | 425:
            return Deferred(AppriseReason.SERVER_ERROR.value, detail)
        case _ if status // 100 == 4:  # noqa: PLR2004  # RFC 9110 §15.5
            return Rejected(AppriseReason.REFUSED.value, detail)
        case _ if status // 100 == 5:  # noqa: PLR2004  # RFC 9110 §15.6
            return Deferred(AppriseReason.SERVER_ERROR.value, detail)
        case _:
            return Deferred(AppriseReason.FAILED.value, detail)


def _redacted(text: str, url: str) -> str:
    """`text` without URLs, without any part of ours but its schema, and without whatever looks like a token."""
    cleaned = _URL.sub("(url)", text)
    parts = re.split(r"[/:@?&=,+%]+", url.partition("://")[2])
    for part in sorted((part for part in parts if len(part) >= 4), key=len, reverse=True):  # noqa: PLR2004  # shorter hides words
        cleaned = cleaned.replace(part, "(…)")
    return _TOKEN.sub("(…)", cleaned)
