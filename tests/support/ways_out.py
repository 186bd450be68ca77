"""The outbox, its upkeep and a loop per channel in virtual time, with channels that fail as a test says."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from alerts.channel import Delivered, Outcome
from alerts.delivery import DeliveryLoop
from alerts.directory import Directory
from alerts.incident import EventKind, Incident, IncidentEvent
from alerts.message import Notification
from alerts.plan import plan
from alerts.route import ChannelSpec
from tests.support.chance import seeded
from tests.support.channels import ScriptedChannel
from tests.support.telling import OUTAGE
from tests.support.virtual_loop import virtual_clock
from watchdog.engine.ways import Ways
from watchdog.outbox_upkeep import OutboxUpkeep
from watchdog.store.changes import Changes
from watchdog.store.executor import DurableOutbox, Inline
from watchdog.store.store import Store, open_store

START = OUTAGE.opened_at
NOW = virtual_clock(START)

#: What a channel answers to a row, by the seconds since START.
Answer = Callable[[Notification, float], Outcome]


class _NoDistress:
    unrecorded = ()

    def recorded(self, told: object) -> None: ...


@dataclass(slots=True)
class WaysOut:
    people: Directory
    answers: Mapping[str, Answer]
    """By channel; one that is missing takes everything."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """Messages a minute, by channel."""
    store: Store = field(default_factory=lambda: open_store(None))
    ways: Ways = field(default_factory=Ways)
    channels: dict[str, ScriptedChannel] = field(default_factory=dict)
    upkeep: OutboxUpkeep = field(init=False)
    _wakes: list[asyncio.Event] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ways.directory = lambda: self.people
        self.upkeep = OutboxUpkeep(
            store=self.store,
            caller=Inline(),
            clock=NOW,
            directory=lambda: self.people,
            distress=_NoDistress(),
            wake=self.wake,
            out_for_long=self.ways.out_for_long,
            sends_since=self.ways.sends_since,
        )
        self.upkeep.gate.set()

    def wake(self) -> None:
        for one in self._wakes:
            one.set()

    def begin(self) -> None:
        """Also after a crash: what was claimed comes back."""
        self.store.quarantine_crashed(NOW())
        outbox = DurableOutbox(self.store, Inline(), self.upkeep.gate, compose=self.ways.digest)
        for receiver in self.people.receivers.values():
            for spec in receiver.channels:
                wake = asyncio.Event()
                channel = self.channels.setdefault(spec.name, self._channel(spec))
                flow = self.ways.flow(spec.name, self.limits.get(spec.name))
                loop = DeliveryLoop(outbox, channel, NOW, rng=seeded(3), wake=wake, flow=flow)
                self._wakes.append(wake)
                self._tasks.append(asyncio.create_task(loop.forever()))
        self._tasks.append(asyncio.create_task(self.upkeep.forever()))

    async def crash(self) -> None:
        """Everything stops where it stands."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks, self._wakes = [], []

    def happen(self, kind: EventKind, incident: Incident) -> None:
        """An event of `incident` now, planned for whoever hears of it."""
        event = IncidentEvent(id=f"e-{incident.id}-{kind.value}", kind=kind, at=NOW(), incident=incident)
        self.store.commit(Changes(incidents=(incident,), events=(event,), notifications=plan(event, self.people)))
        self.wake()

    def told(self, channel: str) -> list[Notification]:
        return [row for _, row in self.channels[channel].told]

    def told_kinds(self, channel: str) -> list[EventKind]:
        return [row.message.event for row in self.told(channel)]

    def told_after_s(self, channel: str) -> list[float]:
        """Seconds from START to each delivery."""
        return [seconds(at) for at, _ in self.channels[channel].told]

    def _channel(self, spec: ChannelSpec) -> ScriptedChannel:
        async def answer(row: Notification, now: datetime) -> Outcome:
            script = self.answers.get(spec.name)
            return Delivered() if script is None else script(row, seconds(now))

        return ScriptedChannel(spec.name, NOW, answer)


@asynccontextmanager
async def ways_out(
    people: Directory, answers: Mapping[str, Answer], limits: Mapping[str, int] | None = None
) -> AsyncIterator[WaysOut]:
    ways = WaysOut(people, answers, limits or {})
    ways.begin()
    try:
        yield ways
    finally:
        await ways.crash()
        ways.store.close()


def seconds(at: datetime) -> float:
    return (at - START).total_seconds()


def incident(number: int, *, after_s: float = 0.0) -> Incident:
    """One of many outages, each of its own subject, opened so long after START."""
    opened_at = START + timedelta(seconds=after_s)
    name = f"mx{number:03}"
    return replace(
        OUTAGE, id=f"i{number:03}", subject=name, summary=f"{name} is down", opened_at=opened_at, since=opened_at
    )
