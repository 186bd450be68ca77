"""`nigehban notify test`: a marked message over every channel, now, with what came of each."""

import asyncio
import json
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from alerts.channel import Deferred, Delivered, Outcome, Rejected
from alerts.delivery import attempt
from alerts.message import Notification
from alerts.plan import plan_test
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.registry import load_registry
from watchdog.assembly import directory_of
from watchdog.channels import Channels
from watchdog.cli.columns import table
from watchdog.clock import Clock, random_ids, system_clock
from watchdog.settings.load import load
from watchdog.settings.problems import did_you_mean
from watchdog.settings.values import Settings


@dataclass(frozen=True, slots=True)
class _Tried:
    row: Notification
    outcome: Outcome


def test(*, config: Path, state: Path, environ: Mapping[str, str], receivers: Sequence[str], as_json: bool) -> int:
    """0 when every way out took its message, 1 when one did not, 2 for a receiver that does not exist.

    Goes straight to the channels, not through the daemon's outbox: it works while the daemon runs or not.
    """
    del state  # nothing is kept of a test
    settings = load(config, load_registry(), environ)
    for name in receivers:
        if name not in settings.receivers:
            print(f"nigehban: no receiver {name!r}; {did_you_mean(name, settings.receivers)}", file=sys.stderr)
            return 2
    tried = asyncio.run(_try_all(settings, receivers or tuple(settings.receivers), system_clock))
    if as_json:
        print(json.dumps([_object(one) for one in tried], indent=2, ensure_ascii=False))
    else:
        rows = [(one.row.receiver, one.row.channel, one.row.recipient, *_words(one.outcome)) for one in tried]
        print(table(("RECEIVER", "CHANNEL", "TO", "OUTCOME", "WHY"), rows))
    return 0 if all(isinstance(one.outcome, Delivered) for one in tried) else 1


async def _try_all(settings: Settings, receivers: Sequence[str], clock: Clock) -> list[_Tried]:
    resolver = Resolver(servers=settings.resolver.servers, hosts_file=settings.resolver.hosts_file)
    transport = Transport(resolver, clock)
    try:
        channels = {channel.name: channel for channel in Channels(resolver, transport, clock).open(settings)}
        ids, directory = random_ids(random.SystemRandom()), directory_of(settings)
        rows = [
            row
            for receiver in receivers
            for row in plan_test(receiver, event_id=ids(), at=clock(), directory=directory)
        ]
        outcomes = await asyncio.gather(*(attempt(channels[row.channel], row) for row in rows))
    finally:
        transport.close()
    return [_Tried(row, outcome) for row, outcome in zip(rows, outcomes, strict=True)]


def _words(outcome: Outcome) -> tuple[str, str]:
    match outcome:
        case Delivered(detail):
            return "delivered", detail
        case Deferred(reason, detail):
            return "not now", f"{reason}: {detail}"
        case Rejected(reason, detail):
            return "refused", f"{reason}: {detail}"


def _object(one: _Tried) -> dict[str, object]:
    outcome, why = _words(one.outcome)
    return {
        "receiver": one.row.receiver,
        "channel": one.row.channel,
        "recipient": one.row.recipient,
        "outcome": outcome,
        "why": why,
    }
