"""Where a message ends up, whatever its channel is called and wherever that stands in the settings."""

import hashlib
from collections.abc import Iterable, Mapping

from alerts.route import ChannelSpec, Receiver
from checks.secret import Secret


def address_of(channel: ChannelSpec, recipient: str) -> str:
    """One text per place a message can arrive at: channels may be renamed, moved and named twice, it stays.

    For mail the mailbox, without regard to case; elsewhere the channel's URL, or the name of the secret that holds
    it. URLs carry tokens, so they stand here as a digest. A secret of another value is still the same address.
    """
    if channel.kind == "mail":
        return f"mail:{recipient.casefold()}"
    return f"{channel.kind}:{_digest(channel)}"


def ways_of(receivers: Iterable[Receiver]) -> Mapping[str, str]:
    """Every address of `receivers`, with the name of the one channel that serves it: the first that names it.

    One address, one queue: what is told to it stays in order, whichever receivers share it.
    """
    ways: dict[str, str] = {}
    for receiver in receivers:
        for channel in receiver.channels:
            for recipient in channel.recipients:
                ways.setdefault(address_of(channel, recipient), channel.name)
    return ways


def _digest(channel: ChannelSpec) -> str:
    match channel.url:
        case Secret(name=name):
            place = f"secret {name}"
        case str(url):
            place = f"url {url}"
        case _:
            place = f"channel {channel.name}"
    return hashlib.sha256(place.encode()).hexdigest()[:24]
