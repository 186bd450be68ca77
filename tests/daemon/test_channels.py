"""Channels follow the settings, and one that stays the same stays the same object."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alerts.channels.apprise_channel import AppriseChannel
from alerts.channels.mail_channel import MailChannel
from alerts.channels.relay import MailRelay
from alerts.channels.webhook_channel import WebhookChannel
from alerts.route import ChannelSpec, Receiver, Route
from checks.estate import Estate
from checks.network.network import Transport
from checks.network.resolver import Resolver
from tests.support.virtual_loop import virtual_clock
from watchdog.channels import Channels
from watchdog.settings.values import Settings

MAIL = ChannelSpec(name="on-call-1-mail", kind="mail", to=("noc@example.org",))
HOOK = ChannelSpec(name="on-call-2-webhook", kind="webhook", url="https://hooks.example.org/x")
CHAT = ChannelSpec(name="on-call-3-apprise", kind="apprise", url="ntfy://ntfy.example.org/topic")
RELAY = MailRelay(host="smtp.example.org", sender="nigehban@example.org")


def settings(*specs: ChannelSpec, relay: MailRelay | None = RELAY) -> Settings:
    return Settings(
        source=Path("nigehban.yaml"),
        estate=Estate(name="Test estate", time_zone=ZoneInfo("Asia/Karachi")),
        checks=(),
        receivers={"on-call": Receiver(id="on-call", channels=specs)},
        routes=(Route(to=("on-call",)),),
        relay=relay,
    )


@pytest.fixture
def channels() -> Channels:
    resolver = Resolver(servers=())
    clock = virtual_clock()
    return Channels(resolver, Transport(resolver, clock), clock)


def test_each_kind_opens_its_own_way_out(channels: Channels) -> None:
    opened = channels.open(settings(MAIL, HOOK, CHAT))
    assert [type(channel) for channel in opened] == [MailChannel, WebhookChannel, AppriseChannel]
    assert [channel.name for channel in opened] == [MAIL.name, HOOK.name, CHAT.name]


def test_a_channel_whose_settings_stay_the_same_stays_the_same_object(channels: Channels) -> None:
    first = channels.open(settings(MAIL, HOOK))
    second = channels.open(settings(MAIL, HOOK, CHAT))
    assert [one is other for one, other in zip(first, second, strict=False)] == [True, True]


def test_another_relay_makes_other_mail_channels_and_leaves_the_rest(channels: Channels) -> None:
    first = channels.open(settings(MAIL, HOOK))
    second = channels.open(settings(MAIL, HOOK, relay=replace(RELAY, port=2525)))
    assert [one is other for one, other in zip(first, second, strict=True)] == [False, True]


def test_a_channel_that_cannot_be_opened_is_named(channels: Channels) -> None:
    with pytest.raises(ValueError, match=r"channel on-call-1-mail: mail needs the section `mail:`"):
        channels.open(settings(MAIL, relay=None))
