"""Configured channels to ways out."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.apprise_channel import AppriseChannel
from alerts.channel import Channel
from alerts.mail_channel import MailChannel
from alerts.route import ChannelSpec
from alerts.webhook_channel import WebhookChannel
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.network.values import HttpRequest, HttpResponse
from checks.secret import Secret
from watchdog.clock import Clock
from watchdog.settings.values import Settings


def open_channels(settings: Settings, *, resolver: Resolver, transport: Transport, clock: Clock) -> Sequence[Channel]:
    """One way out per configured channel. Raises ValueError where one cannot be built."""
    opening = _Opening(settings, resolver, transport, clock)
    return [opening.open(spec) for receiver in settings.receivers.values() for spec in receiver.channels]


@dataclass(frozen=True, slots=True)
class _Opening:
    settings: Settings
    resolver: Resolver
    transport: Transport
    clock: Clock

    def open(self, spec: ChannelSpec) -> Channel:
        match spec.kind:
            case "mail":
                return self._mail(spec)
            case "webhook":
                return WebhookChannel(spec.name, _url(spec), self._fetch, self.clock)
            case "apprise":
                return AppriseChannel(spec.name, _url(spec))
            case _:
                raise ValueError(f"channel {spec.name}: kind {spec.kind!r} is not mail, webhook or apprise")

    def _mail(self, spec: ChannelSpec) -> Channel:
        if self.settings.relay is None:
            raise ValueError(f"channel {spec.name}: mail needs the section `mail:` with a relay")
        return MailChannel(spec.name, self.settings.relay, self.clock, self._resolve)

    async def _fetch(self, request: HttpRequest) -> HttpResponse:
        async with self.transport.session() as network:
            return await network.fetch(request)

    async def _resolve(self, host: str) -> Sequence[str]:
        return (await self.resolver.addresses(host, "any")).addresses


def _url(spec: ChannelSpec) -> Secret | str:
    if spec.url is None:
        raise ValueError(f"channel {spec.name}: kind {spec.kind} needs a url")
    return spec.url
