"""Whatever channels and crashes do: every row comes to an end, nothing is told twice, no news before its cause."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.channel import Deferred, Delivered, Outcome, Rejected
from alerts.delivery import DeliveryLoop
from alerts.incident import EventKind
from alerts.message import Notification
from tests.support import stored
from tests.support.chance import seeded
from tests.support.channels import ScriptedChannel
from tests.support.virtual_loop import run_virtual, virtual_clock
from watchdog.store.changes import Changes
from watchdog.store.executor import DurableOutbox, Inline
from watchdog.store.store import Store, open_store

MAIL = "on-call-1-mail"
NOW = virtual_clock(stored.at(10))

#: What one try brings: an outcome, a bug, a hanging send, or the end of the daemon in the middle of it.
TRIES = st.sampled_from(["delivered", "deferred", "busy", "rejected", "bug", "hang", "crash"])

#: Three incidents, each opened, changed and resolved; and one notice.
ROWS = [
    stored.notification(f"{incident}-{number}", event, channel=MAIL, incident_id=incident, urgency=urgency)
    for incident, urgency in (("i1", 1), ("i2", 0), ("i3", 1))
    for number, event in enumerate((EventKind.OPENED, EventKind.SEVERITY, EventKind.RESOLVED))
]
NOTICE = stored.notification("notice", EventKind.NOTICE, channel=MAIL, incident_id=None, urgency=2)


class Script:
    """Takes one try after the other from `tries`, then delivers; counts what reached people."""

    def __init__(self, tries: Sequence[str]) -> None:
        self._tries = iter(tries)
        self.crashed = asyncio.Event()

    async def __call__(self, _row: Notification, _now: datetime) -> Outcome:
        match next(self._tries, "delivered"):
            case "deferred":
                return Deferred("temporary")
            case "busy":
                return Deferred("busy", "", 1800.0)
            case "rejected":
                return Rejected("refused")
            case "bug":
                raise KeyError("bug")
            case "hang":
                await asyncio.Event().wait()
            case "crash":
                self.crashed.set()
                await asyncio.Event().wait()
        return Delivered()


async def live(store: Store, channel: ScriptedChannel, script: Script, until_s: float) -> None:
    """Lives of the daemon, each until it crashes, up to `until_s`."""
    loop = asyncio.get_running_loop()
    while loop.time() < until_s:
        script.crashed.clear()
        store.quarantine_crashed(NOW(), limit=100)
        outbox = DurableOutbox(store, Inline())
        delivery = DeliveryLoop(outbox, channel, NOW, rng=seeded(), wake=asyncio.Event())
        task = asyncio.create_task(delivery.forever())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(until_s):
                await script.crashed.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@settings(max_examples=25)
@given(tries=st.lists(TRIES, max_size=40))
def test_every_row_ends_and_threads_stay_in_order(tries: Sequence[str]) -> None:
    async def main() -> None:
        store = open_store(None)
        names = ("i1", "i2", "i3")
        store.commit(Changes(incidents=tuple(stored.incident(name, subject=name) for name in names)))
        store.commit(Changes(notifications=(*ROWS, NOTICE)))
        script = Script(tries)
        channel = ScriptedChannel(MAIL, NOW, script)
        await live(store, channel, script, until_s=48 * 3600.0)
        assert store.next_due(MAIL) is None, "a row is still waiting"
        assert len(channel.told_ids) == len(set(channel.told_ids)), "told twice"
        tried = [row.id for _, row in channel.tries]
        assert set(tried) >= {row.id for row in ROWS if row.message.event is EventKind.OPENED}
        for name in names:
            thread = [row_id for row_id in tried if row_id.startswith(name)]
            assert thread == sorted(thread), "news before its cause"
        repeats = [row.id for _, row in channel.tries if row.repeat]
        assert not repeats or "crash" in tries
        store.close()

    run_virtual(main())
