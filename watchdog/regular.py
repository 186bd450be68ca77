"""What goes out at fixed times: the lists, and the sign of life, both with the end of the ledger's chain; drills."""

import random

from alerts.channels.webhook_channel import Fetch
from checks.network.values import HttpRequest, HttpResponse
from watchdog.behind_links import questions_of
from watchdog.clock import Clock, random_ids
from watchdog.daemon import Daemon
from watchdog.digests import Digests
from watchdog.drills.keeping import Drills
from watchdog.ground import Ground
from watchdog.heartbeat import Heartbeat

#: Of the chain's head: no two events share as much of it.
_HASH_CHARS = 32


def digests_of(daemon: Daemon, ground: Ground, clock: Clock) -> Digests:
    return Digests(
        daemon=daemon,
        listings=ground.store.listings,
        reading=ground.reading,
        clock=clock,
        on_record=ground.ledger.on_record,
        questions=questions_of(daemon, ground, clock),
    )


def drills_of(daemon: Daemon, ground: Ground, clock: Clock) -> Drills:
    return Drills(daemon, ground.store.listings, ground.reading, clock, random_ids(random.SystemRandom()))


def heartbeat_of(daemon: Daemon, ground: Ground, clock: Clock, fetch: Fetch) -> Heartbeat:
    async def chain_end() -> str:
        head = await ground.reading.call(ground.store.listings.ledger.head)
        return f"{head.events}-{head.hash[:_HASH_CHARS]}" if head.events else ""

    return Heartbeat(
        settings=lambda: daemon.settings.heartbeat,
        vitals=lambda: daemon.vitals,
        fetch=fetch,
        clock=clock,
        counters=ground.counters,
        chain_end=chain_end,
    )


def fetch_by(ground: Ground) -> Fetch:
    async def fetch(request: HttpRequest) -> HttpResponse:
        async with ground.transport.session() as network:
            return await network.fetch(request)

    return fetch
