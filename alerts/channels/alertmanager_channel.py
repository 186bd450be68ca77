"""Alertmanager: an alert that is posted again and again while its incident stands (API v2, POST /api/v2/alerts).

What it is told of ends by itself a few minutes after the last word, so nothing fires for ever should we die.
Source: the API's description, https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from alerts.channel import Deferred, Delivered, Outcome
from alerts.channels.webhook_channel import SENT_WITHIN_S, Fetch, WebhookReason, post_json
from alerts.incident import EventKind
from alerts.message import Message, Notification
from checks.model import Status
from checks.secret import Secret, SecretUnavailableError

#: How often what stands is said again.
RESEND_EVERY_S: Final = 60.0

#: After so long without a word of ours an alert ends: four words that did not get through.
LASTS: Final = timedelta(minutes=5)

#: How long what is no incident stands: a notice, a test.
NOTICE_LASTS: Final = timedelta(hours=1)

#: Alerts in one request; the body stays far below any limit.
PER_REQUEST: Final = 200

WANTED_URL: Final = "the url must be an http or https URL of an Alertmanager"

#: Fires as long as the daemon runs: whoever hears of it falling silent knows that the chain is broken.
ALIVE: Final = "NigehbanAlive"

#: What is only played, under a name of its own.
DRILL: Final = "NigehbanDrill"

_LABELS: Final = ("check", "subject", "service", "kind", "nature", "severity", "site", "cause_of")
_STANDS: Final = frozenset({EventKind.OPENED, EventKind.SEVERITY, EventKind.REMINDER, EventKind.RESOLVED})
_SEVERITIES: Final = (Status.CRITICAL.value, Status.WARNING.value, Status.UNKNOWN.value, Status.OK.value)


class AlertmanagerChannel:
    """Delivered is any 2xx. Raises ValueError for a literal `url` that is no http URL."""

    def __init__(
        self, name: str, url: Secret | str, fetch: Fetch, now: Callable[[], datetime], timeout_s: float = SENT_WITHIN_S
    ) -> None:
        if isinstance(url, str) and not is_http_url(url):
            raise ValueError(f"alertmanager {name}: {WANTED_URL}")
        self._name = name
        self._url = url
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
        return await self._post(alerts_of(notification.message, self._now()))

    async def keep(self, standing: Iterable[Message], started_at: datetime) -> Outcome:
        """Say again what stands, and that we are alive since `started_at`."""
        now = self._now()
        alerts = [_alive(started_at, now), *(_firing(message, now) for message in standing)]
        outcome: Outcome = Delivered()
        for first in range(0, len(alerts), PER_REQUEST):
            outcome = await self._post(alerts[first : first + PER_REQUEST])
            if not isinstance(outcome, Delivered):
                break
        return outcome

    async def _post(self, alerts: list[dict[str, Any]]) -> Outcome:
        try:
            url = self._url.reveal() if isinstance(self._url, Secret) else self._url
        except SecretUnavailableError as error:
            return Deferred(WebhookReason.SECRET.value, str(error))
        if not is_http_url(url):
            return Deferred(WebhookReason.BAD_URL.value, WANTED_URL)
        where = f"{url.rstrip('/')}/api/v2/alerts"
        # ASCII escapes: a lone surrogate has no UTF-8, but it has an escape.
        body = json.dumps(alerts).encode("ascii")
        return await post_json(self._fetch, where, body, self._now, timeout_s=self._timeout_s)


def alerts_of(message: Message, now: datetime) -> list[dict[str, Any]]:
    """What one message says to an Alertmanager.

    An alert is known by its labels, and severity is one of them; so a change of it ends those of the others.
    """
    match message.event:
        case EventKind.RESOLVED if _is_drill(message):
            return [{**_firing(message, now), "endsAt": _text(now)}]
        case EventKind.DIGEST if _is_drill(message):  # its report: nothing that fires, over as it is said
            return [{**_firing(message, now), "endsAt": _text(now)}]
        case _ if _is_drill(message):
            return [_firing(message, now)]
        case EventKind.RESOLVED if message.incident:
            return [_ended(_firing(message, now), one, now) for one in _SEVERITIES]
        case EventKind.SEVERITY if message.incident:
            firing = _firing(message, now)
            others = [one for one in _SEVERITIES if one != firing["labels"].get("severity")]
            return [firing, *(_ended(firing, one, now) for one in others)]
        case _:
            return [_firing(message, now)]


def is_http_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _firing(message: Message, now: datetime) -> dict[str, Any]:
    stands = bool(message.incident) and message.event in _STANDS
    ends_at = now + (LASTS if stands else NOTICE_LASTS)
    alert = {
        "labels": _labels(message, stands=stands),
        "annotations": {"summary": message.subject, "description": message.text},
        "startsAt": message.fields.get("opened_at", _text(now)) if stands else _text(now),
        "endsAt": _text(ends_at),
    }
    url = message.fields.get("url")
    return {**alert, "generatorURL": url} if url else alert


def _labels(message: Message, *, stands: bool) -> dict[str, str]:
    if _is_drill(message):
        return _drill_labels(message)
    word = message.fields.get("nature", "fault") if stands else message.event.value
    fields = {name: message.fields[name] for name in _LABELS if message.fields.get(name)}
    if not message.incident:
        fields.pop("subject", None)  # of a notice it is the line above the text
    labels = {"alertname": f"Nigehban{word.capitalize()}", **fields}
    return {**labels, "incident": message.incident} if message.incident else labels


def _is_drill(message: Message) -> bool:
    return bool(message.fields.get("drill"))


def _drill_labels(message: Message) -> dict[str, str]:
    """None by which a rule groups or inhibits what is real: such an alert would wait for the drill's, or be hidden."""
    labels = {"alertname": DRILL, "drill": message.fields["drill"], "severity": "none"}
    about = message.incident or message.fields.get("drill_id", "")
    return {**labels, "incident": about} if about else labels


def _ended(firing: Mapping[str, Any], severity: str, now: datetime) -> dict[str, Any]:
    return {**firing, "labels": {**firing["labels"], "severity": severity}, "endsAt": _text(now)}


def _alive(started_at: datetime, now: datetime) -> dict[str, Any]:
    said = "Nigehban runs. This alert always fires; when it ends, nobody is watching."
    return {
        "labels": {"alertname": ALIVE, "severity": "none"},
        "annotations": {"summary": said},
        "startsAt": _text(started_at),
        "endsAt": _text(now + LASTS),
    }


def _text(at: datetime) -> str:
    """RFC 3339, in UTC, as the API's `date-time` wants it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
