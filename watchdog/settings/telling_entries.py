"""Who is told and how, as written: receivers, channels, the mail relay, routes."""

import re
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeAlias
from urllib.parse import SplitResult, urlsplit

from pydantic import BeforeValidator, Discriminator, Field, StrictBool, Tag, WithJsonSchema, model_validator

from alerts.channels.apprise_channel import ALLOWED_SCHEMAS
from alerts.channels.relay import MailRelay
from alerts.route import Audience, ChannelSpec, Language, Medium, Order, Receiver, Route
from checks.secret import Secret
from checks.target import Host, Port
from checks.units import Duration
from watchdog.settings.fields import Entry, Id, Line, Mailbox, is_loopback
from watchdog.settings.values import HeartbeatSettings

#: Schemes of Apprise whose URL names a place and no token; all other URLs must be secrets.
PLAIN_APPRISE_SCHEMES: Final = frozenset({"json", "jsons", "ntfy", "ntfys"})
#: Seconds between two beats: a switch that is told less often than hourly notices a death too late.
_BEATS: Final = (1.0, 3600.0)
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
#: urlsplit takes "[::1].example.org" for ::1; nothing may stand beside the brackets.
_NETLOC: Final = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", re.IGNORECASE)


def _split(value: Any) -> SplitResult:  # noqa: ANN401  # whatever stands in the file
    """The URL, which must carry nothing that could be a credential."""
    if not isinstance(value, str):
        raise ValueError("must be a URL or !secret name")  # noqa: TRY004  # pydantic makes a problem of ValueError alone
    try:
        url = urlsplit(value)
    except ValueError:
        raise ValueError("must be a URL or !secret name") from None
    if "@" in value or url.query or url.fragment:
        raise ValueError("a URL with credentials or a query never stands in settings: use !secret name")
    if not _SCHEME.match(value) or not _NETLOC.fullmatch(url.netloc) or not value.isprintable() or " " in value:
        raise ValueError("must be a URL or !secret name")
    return url


def webhook_url(value: Any) -> Secret | str:  # noqa: ANN401  # whatever stands in the file
    if isinstance(value, Secret):
        return value
    url = _split(value)
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.hostname or "")):
        raise ValueError("must be an https URL (http only to this machine), or !secret name")
    return url.geturl()


def hidden_path(url: Secret | str) -> Secret | str:
    """As it is shown: even a URL written in clear may hold a token in its path."""
    if isinstance(url, Secret):
        return url
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/..."


def _alertmanager_url(value: Any) -> Secret | str:  # noqa: ANN401  # whatever stands in the file
    if isinstance(value, Secret):
        return value
    url = _split(value)
    if url.scheme not in {"http", "https"}:
        raise ValueError("must be an http or https URL, or !secret name")
    return url.geturl()


def _apprise_url(value: Any) -> Secret | str:  # noqa: ANN401  # whatever stands in the file
    if isinstance(value, Secret):
        return value
    url = _split(value)
    if url.scheme not in ALLOWED_SCHEMAS:
        raise ValueError("Apprise services of this scheme are not used here")
    if url.scheme not in PLAIN_APPRISE_SCHEMES:
        raise ValueError("a URL of this scheme carries a token and never stands in settings: use !secret name")
    if not url.scheme.endswith("s") and not is_loopback(url.hostname or ""):
        raise ValueError(f"must be encrypted unless it stays on this machine: write {url.scheme}s://")
    return url.geturl()


_URL_SCHEMA: Final = WithJsonSchema({"type": "string", "description": "!secret NAME, or a URL without credentials"})
WebhookUrl: TypeAlias = Annotated[Secret | str, BeforeValidator(webhook_url), _URL_SCHEMA]
AlertmanagerUrl: TypeAlias = Annotated[Secret | str, BeforeValidator(_alertmanager_url), _URL_SCHEMA]
AppriseUrl: TypeAlias = Annotated[Secret | str, BeforeValidator(_apprise_url), _URL_SCHEMA]


_RATE: Final = re.compile(r"([1-9][0-9]{0,3})/min")


def _per_minute(value: Any) -> int:  # noqa: ANN401  # whatever stands in the file
    found = _RATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("must be a number of messages a minute, say 20/min")
    return int(found[1])


Rate: TypeAlias = Annotated[
    int, BeforeValidator(_per_minute), WithJsonSchema({"type": "string", "pattern": f"^{_RATE.pattern}$"})
]


class ChannelBase(Entry):
    """What every kind of channel takes."""

    medium: Medium | None = Field(None, description="what it can show; left out: what suits its kind")
    rate: Rate | None = Field(None, description="at most so many messages a minute; critical ones go first")


class MailChannelEntry(ChannelBase):
    kind: Literal["mail"]
    to: tuple[Mailbox, ...] = Field(min_length=1, max_length=100, description="addresses; each gets a mail of its own")

    def channel(self, name: str) -> ChannelSpec:
        return ChannelSpec(name=name, kind=self.kind, to=self.to, medium=self.medium, per_minute=self.rate)


class WebhookChannelEntry(ChannelBase):
    kind: Literal["webhook"]
    url: WebhookUrl = Field(description="where JSON is posted")
    sign: Secret | None = Field(None, description="key that every request is signed with: !secret name")

    def channel(self, name: str) -> ChannelSpec:
        return ChannelSpec(
            name=name, kind=self.kind, url=self.url, medium=self.medium, per_minute=self.rate, sign=self.sign
        )


class AlertmanagerChannelEntry(ChannelBase):
    kind: Literal["alertmanager"]
    url: AlertmanagerUrl = Field(description="an Alertmanager, as http://host:9093")

    def channel(self, name: str) -> ChannelSpec:
        return ChannelSpec(name=name, kind=self.kind, url=self.url, medium=self.medium, per_minute=self.rate)


class AppriseChannelEntry(ChannelBase):
    kind: Literal["apprise"]
    url: AppriseUrl = Field(description="an Apprise URL")

    def channel(self, name: str) -> ChannelSpec:
        return ChannelSpec(name=name, kind=self.kind, url=self.url, medium=self.medium, per_minute=self.rate)


def _channel_kind(value: Any) -> str | None:  # noqa: ANN401  # whatever stands in the file
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return kind if isinstance(kind, str) else None


ChannelEntry: TypeAlias = Annotated[
    Annotated[MailChannelEntry, Tag("mail")]
    | Annotated[WebhookChannelEntry, Tag("webhook")]
    | Annotated[AppriseChannelEntry, Tag("apprise")]
    | Annotated[AlertmanagerChannelEntry, Tag("alertmanager")],
    Discriminator(_channel_kind),
]


class ReceiverEntry(Entry):
    channels: tuple[ChannelEntry, ...] = Field((), description="ways out, in the order in which they are used")
    tell: Order = Field(
        Order.FIRST, description="first: the next channel only when the one before fails; all: all of them at once"
    )
    rota: Id | None = Field(None, description="instead of channels: stands for whoever is on duty in this rota")
    office: Id | None = Field(None, description="whose hours count; left out: the first office")
    hold_for_office_hours: StrictBool = Field(
        default=False, description="what is not urgent waits until the office is open"
    )
    audience: Audience = Field(Audience.ON_CALL, description="what its readers need to know")
    language: Language = Field(Language.ENGLISH, description="en or ur")

    @model_validator(mode="after")
    def _reaches_somebody(self) -> Self:
        if self.rota is None and not self.channels:
            raise ValueError("reaches nobody: give it channels, or the rota that it stands for")
        if self.rota is not None and self != ReceiverEntry.model_construct(rota=self.rota):
            raise ValueError("stands for whoever is on duty, and has nothing but rota; the rest belongs to the members")
        return self

    def receiver(self, receiver_id: str) -> Receiver:
        return Receiver(
            id=receiver_id,
            channels=tuple(
                channel.channel(f"{receiver_id}-{number}-{channel.kind}")
                for number, channel in enumerate(self.channels, start=1)
            ),
            office=self.office,
            hold_for_office_hours=self.hold_for_office_hours,
            audience=self.audience,
            language=self.language,
            order=self.tell,
            rota=self.rota,
        )


class MailEntry(Entry):
    relay: Host = Field(description="server that takes our mail")
    port: Port = Field(587, description="its port")
    tls: Literal["starttls", "implicit", "none"] = Field("starttls", description="how the session is encrypted")
    user: Line | None = Field(None, description="name to log in with")
    password: Secret | None = Field(None, description="its password: !secret name")
    sender: Mailbox = Field(alias="from", description="sender of every message")
    ca_file: Path | None = Field(None, description="trust these authorities instead of the system's")
    timeout: Duration = Field("30s", validate_default=True, description="total time for one message")

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password belong together; give both or neither")
        if self.tls == "none" and self.password is not None:
            raise ValueError("a password is not sent without TLS; set tls to starttls or implicit")
        return self

    def mail_relay(self) -> MailRelay:
        return MailRelay(
            host=self.relay,
            port=self.port,
            tls=self.tls,
            user=self.user,
            password=self.password,
            sender=self.sender,
            ca_file=self.ca_file,
            timeout_s=self.timeout.total_seconds(),
        )


class HeartbeatEntry(Entry):
    url: WebhookUrl = Field(description="the address that a dead man's switch gave you")
    every: Duration = Field("60s", validate_default=True, description="how often, from 1s to 1h")
    method: Literal["GET", "POST"] = Field("GET", description="how it is asked for")

    @model_validator(mode="after")
    def _is_often(self) -> Self:
        if not _BEATS[0] <= self.every.total_seconds() <= _BEATS[1]:
            raise ValueError("every lies between 1s and 1h")
        return self

    def heartbeat(self) -> HeartbeatSettings:
        return HeartbeatSettings(url=self.url, every_s=self.every.total_seconds(), method=self.method)


class RouteEntry(Entry):
    match: dict[Line, Line] = Field(description="labels an incident must carry, all of them; {} matches everything")
    to: tuple[Id, ...] = Field((), description="receivers; left out: those of the route above")
    escalation: Id | None = Field(
        None, description="what follows when nobody answers; left out: that of the route above"
    )
    goes_on: StrictBool = Field(
        default=False, alias="continue", description="the routes below it are looked at as well"
    )
    routes: tuple["RouteEntry", ...] = Field((), description="finer routes, which decide before this one does")

    def route(self) -> Route:
        return Route(
            match=self.match,
            to=self.to,
            escalation=self.escalation,
            goes_on=self.goes_on,
            routes=tuple(route.route() for route in self.routes),
        )
