"""`nigehban notify test`: a marked message over every channel, now, with what came of each."""

import asyncio
import json
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from alerts.channel import Channel, Deferred, Delivered, Outcome, Rejected
from alerts.delivery import attempt
from alerts.directory import Directory
from alerts.message import Notification
from alerts.trial import plan_test
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.registry import load_registry
from checks.target import host_and_port
from watchdog.assembly import directory_of
from watchdog.channels import Channels
from watchdog.cli.columns import table, terminal_width
from watchdog.clock import Clock, random_ids, system_clock
from watchdog.settings.load import load
from watchdog.settings.problems import did_you_mean
from watchdog.settings.values import Settings

_DONE: Final = 0
_FAILED: Final = 1
_USAGE: Final = 2


@dataclass(frozen=True, slots=True)
class _Tried:
    row: Notification
    outcome: Outcome


def test(*, config: Path, environ: Mapping[str, str], receivers: Sequence[str], as_json: bool) -> int:
    """0 when every way out took its message, 1 when one did not, 2 for a receiver that does not exist.

    Goes straight to the channels, not through the daemon's outbox: it works while the daemon runs or not.
    Raises SettingsError.
    """
    settings = load(config, load_registry(), environ)
    for name in receivers:
        if name not in settings.receivers:
            print(f"nigehban: no receiver {name!r}; {did_you_mean(name, settings.receivers)}", file=sys.stderr)
            return _USAGE
    if not settings.receivers:
        print("nigehban: the settings name no receiver; add one under `receivers:`", file=sys.stderr)
        return _FAILED
    tried = asyncio.run(_try_all(settings, dict.fromkeys(receivers or settings.receivers), system_clock))
    if as_json:
        print(json.dumps([_object(one) for one in tried], indent=2, ensure_ascii=False))
    else:
        rows = [_row(one, settings) for one in tried]
        print(table(("OUTCOME", "RECEIVER", "CHANNEL", "TO", "WHAT CAME OF IT"), rows, terminal_width()))
    return _DONE if all(isinstance(one.outcome, Delivered) for one in tried) else _FAILED


async def _try_all(settings: Settings, receivers: Mapping[str, None], clock: Clock) -> list[_Tried]:
    resolver = Resolver(servers=settings.resolver.servers, hosts_file=settings.resolver.hosts_file)
    transport = Transport(resolver, clock)
    try:
        channels = {channel.name: channel for channel in Channels(resolver, transport, clock).open(settings)}
        ids, directory = random_ids(random.SystemRandom()), directory_of(settings, settings.checks)
        rows = [
            row
            for receiver in receivers
            for row in plan_test(receiver, event_id=ids(), at=clock(), directory=directory)
        ]
        tried = await asyncio.gather(*(_try(channels, queue) for queue in _queues(rows, directory)))
        outcomes = {one.row.id: one for of_queue in tried for one in of_queue}
        return [outcomes[row.id] for row in rows]
    finally:
        transport.close()


def _queues(rows: Sequence[Notification], directory: Directory) -> list[list[Notification]]:
    """A queue per channel, and one for all mail: that goes over one relay, by one password."""
    specs = {spec.name: spec for receiver in directory.receivers.values() for spec in receiver.channels}
    queues: dict[str, list[Notification]] = {}
    for row in rows:
        queues.setdefault("mail" if specs[row.channel].kind == "mail" else row.channel, []).append(row)
    return list(queues.values())


async def _try(channels: Mapping[str, Channel], rows: Sequence[Notification]) -> list[_Tried]:
    """One after the other: a hundred sessions at once would be refused for their number, or lock the account."""
    return [_Tried(row, await attempt(channels[row.channel], row)) for row in rows]


def _row(one: _Tried, settings: Settings) -> tuple[str, ...]:
    outcome, reason, detail = _words(one.outcome)
    why = f"{_where(one.row, settings)}{detail} [{reason}]" if reason else detail
    return outcome, one.row.receiver, one.row.channel, one.row.recipient, why


def _where(row: Notification, settings: Settings) -> str:
    """The server, where it is no secret."""
    spec = next(spec for spec in settings.receivers[row.receiver].channels if spec.name == row.channel)
    if spec.kind == "mail" and settings.relay is not None:
        return f"{host_and_port(settings.relay.host, settings.relay.port)}: "
    return f"{urlsplit(spec.url).netloc}: " if isinstance(spec.url, str) else ""


def _words(outcome: Outcome) -> tuple[str, str, str]:
    match outcome:
        case Delivered(detail):
            return "delivered", "", detail
        case Deferred(reason, detail):
            return "not now", reason, detail
        case Rejected(reason, detail):
            return "refused", reason, detail


def _object(one: _Tried) -> dict[str, object]:
    outcome, reason, detail = _words(one.outcome)
    return {
        "receiver": one.row.receiver,
        "channel": one.row.channel,
        "recipient": one.row.recipient,
        "outcome": outcome,
        "reason": reason,
        "detail": detail,
    }
