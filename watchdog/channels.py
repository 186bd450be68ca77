"""Configured channels to ways out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from alerts.address import address_of
from alerts.channel import Channel
from alerts.channels.alertmanager_channel import AlertmanagerChannel
from alerts.channels.apprise_channel import AppriseChannel
from alerts.channels.mail_channel import MailChannel
from alerts.channels.mail_session import RefusedPassword
from alerts.channels.relay import MailRelay
from alerts.channels.webhook_channel import WebhookChannel
from alerts.route import ChannelSpec, Medium
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.network.values import HttpRequest, HttpResponse
from checks.secret import Secret
from watchdog.clock import Clock
from watchdog.settings.values import Settings


@dataclass(slots=True)
class Channels:
    """Ways out as the settings name them. A channel whose settings stay the same stays the same object.

    It remembers things: a password that was refused, a service that is stuck.
    """

    resolver: Resolver
    transport: Transport
    clock: Clock
    _standing: dict[str, tuple[ChannelSpec, MailRelay | None, Channel]] = field(default_factory=dict)
    _refused: tuple[MailRelay | None, RefusedPassword] = field(default_factory=lambda: (None, RefusedPassword()))
    """One relay, one password: what one channel learns of it all know."""

    def open(self, settings: Settings) -> Sequence[Channel]:
        """One way out per configured channel. Raises ValueError, and changes nothing, where one cannot be built."""
        relay, refused = self._refused
        if relay != settings.relay:
            refused = RefusedPassword()
        opening = _Opening(settings, self.resolver, self.transport, self.clock, refused)
        specs = [spec for receiver in settings.receivers.values() for spec in receiver.channels]
        opened = {spec.name: (spec, settings.relay, self._one(spec, settings, opening)) for spec in specs}
        self._standing, self._refused = opened, (settings.relay, refused)
        return [channel for _, _, channel in opened.values()]

    def canary(self, settings: Settings) -> MailChannel | None:
        """Our own relay, for the mail that proves it; None where there is none."""
        _, refused = self._refused
        if settings.relay is None:
            return None
        resolve = _Opening(settings, self.resolver, self.transport, self.clock, refused).resolve
        return MailChannel("canary", settings.relay, self.clock, resolve, refused=refused)

    def per_minute(self, channel: str) -> int | None:
        """How many messages a minute the channel takes at most, by the settings it was opened with last."""
        spec, _, _ = self._standing[channel]
        return spec.per_minute

    def gathers(self, channel: str) -> bool:
        """Whether many messages may become one there. An Alertmanager wants each alert, and groups by itself."""
        spec, _, _ = self._standing[channel]
        return spec.kind != "alertmanager"

    def lasting(self) -> Mapping[str, AlertmanagerChannel]:
        """By address, those that must be told again of what stands."""
        return {
            address_of(spec, ""): channel
            for spec, _, channel in self._standing.values()
            if isinstance(channel, AlertmanagerChannel)
        }

    def _one(self, spec: ChannelSpec, settings: Settings, opening: "_Opening") -> Channel:
        known, relay, channel = self._standing.get(spec.name, (None, None, None))
        if channel is not None and known == spec and (spec.kind != "mail" or relay == settings.relay):
            return channel
        return opening.open(spec)


@dataclass(frozen=True, slots=True)
class _Opening:
    settings: Settings
    resolver: Resolver
    transport: Transport
    clock: Clock
    refused: RefusedPassword

    def open(self, spec: ChannelSpec) -> Channel:
        match spec.kind:
            case "mail":
                return self._mail(spec)
            case "webhook":
                return WebhookChannel(spec.name, _url(spec), self._fetch, self.clock, sign=spec.sign)
            case "alertmanager":
                return AlertmanagerChannel(spec.name, _url(spec), self._fetch, self.clock)
            case "apprise":
                return AppriseChannel(spec.name, _url(spec), medium=spec.medium)
            case _:
                raise ValueError(
                    f"channel {spec.name}: kind {spec.kind!r} is not mail, webhook, apprise or alertmanager"
                )

    def _mail(self, spec: ChannelSpec) -> Channel:
        if self.settings.relay is None:
            raise ValueError(f"channel {spec.name}: mail needs the section `mail:` with a relay")
        medium = spec.medium or Medium.HTML
        relay = self.settings.relay
        return MailChannel(spec.name, relay, self.clock, self.resolve, refused=self.refused, medium=medium)

    async def _fetch(self, request: HttpRequest) -> HttpResponse:
        async with self.transport.session() as network:
            return await network.fetch(request)

    async def resolve(self, host: str) -> Sequence[str]:
        return (await self.resolver.addresses(host, "any")).addresses


def _url(spec: ChannelSpec) -> Secret | str:
    if spec.url is None:
        raise ValueError(f"channel {spec.name}: kind {spec.kind} needs a url")
    return spec.url
