"""What becomes of the outbox when settings change, rows are set aside and distress was told from memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

import pytest

from alerts.channel import Deferred, Delivered, Outcome
from alerts.delivery import DeliveryLoop
from alerts.directory import Directory
from alerts.distress import Told
from alerts.incident import EventKind, Incident, IncidentEvent
from alerts.message import Notification, NotificationState
from alerts.plan import plan
from alerts.route import ChannelSpec, Receiver, Route
from checks.model import Status
from tests.support.chance import seeded
from tests.support.channels import ScriptedChannel
from tests.support.telling import FINANCE, ON_CALL, OUTAGE, directory, mail
from tests.support.virtual_loop import run_virtual, virtual_clock
from watchdog.outbox_upkeep import LOOK_EVERY_S, OutboxUpkeep
from watchdog.store.changes import Changes
from watchdog.store.errors import StoreBusyError, StoreDamagedError
from watchdog.store.executor import DurableOutbox, Inline
from watchdog.store.store import Store, open_store

P = ParamSpec("P")
T = TypeVar("T")

NOW = virtual_clock(OUTAGE.opened_at)


@dataclass(slots=True)
class Distressed:
    unrecorded: Sequence[Told] = ()

    def recorded(self, told: Sequence[Told]) -> None:
        self.unrecorded = self.unrecorded[len(told) :]


@dataclass(slots=True)
class Post:
    """The outbox, its upkeep and a loop per channel, over settings that change."""

    people: Directory
    store: Store = field(default_factory=lambda: open_store(None))
    distress: Distressed = field(default_factory=Distressed)
    heard: list[tuple[str, EventKind]] = field(default_factory=list)
    """Places and what came there; the place is the mailbox, or the URL the channel had when it was opened."""
    down: set[str] = field(default_factory=set)
    """Channels that take nothing now."""
    upkeep: OutboxUpkeep = field(init=False)
    _wakes: list[asyncio.Event] = field(default_factory=list)
    _loops: list[DeliveryLoop] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.upkeep = OutboxUpkeep(
            store=self.store,
            caller=Inline(),
            clock=NOW,
            directory=lambda: self.people,
            distress=self.distress,
            wake=self.wake,
        )
        self.open_loops()

    def wake(self) -> None:
        for one in self._wakes:
            one.set()

    def open_loops(self) -> None:
        outbox = DurableOutbox(self.store, Inline(), self.upkeep.gate)
        for receiver in self.people.receivers.values():
            for spec in receiver.channels:
                self.upkeep.gate.clear()
                wake = asyncio.Event()
                channel = ScriptedChannel(spec.name, NOW, Taking(self, spec))
                loop = DeliveryLoop(outbox, channel, NOW, rng=seeded(3), wake=wake)
                self._wakes.append(wake)
                self._loops.append(loop)
                self._tasks.append(asyncio.create_task(loop.forever()))

    async def reload(self, people: Directory) -> None:
        await self.close()
        self.people = people
        self.open_loops()
        await self.upkeep.go_round()

    async def close(self) -> None:
        for loop in self._loops:
            loop.stop()
        self.upkeep.gate.set()
        await asyncio.gather(*self._tasks)
        self._loops, self._tasks, self._wakes = [], [], []

    def happen(self, kind: EventKind, incident: Incident, *, people: Directory | None = None) -> None:
        """An event of `incident` now, planned by the settings in force or by `people`."""
        event = IncidentEvent(id=f"e-{kind.value}", kind=kind, at=NOW(), incident=incident)
        rows = plan(event, people or self.people)
        self.store.commit(Changes(incidents=(incident,), events=(event,), notifications=rows))
        self.wake()


@dataclass(frozen=True, slots=True)
class Taking:
    post: Post
    spec: ChannelSpec

    async def __call__(self, row: Notification, _now: datetime) -> Outcome:
        if self.spec.name in self.post.down:
            return Deferred("unreachable")
        self.post.heard.append((row.recipient or str(self.spec.url), row.message.event))
        return Delivered()


@asynccontextmanager
async def post_office(people: Directory) -> AsyncIterator[Post]:
    post = Post(people)
    await post.upkeep.go_round()
    try:
        yield post
    finally:
        await post.close()
        post.store.close()


def hook(name: str, url: str) -> ChannelSpec:
    return ChannelSpec(name=name, kind="webhook", url=url)


def on_call(*channels: ChannelSpec) -> Directory:
    return directory(replace(ON_CALL, channels=channels), FINANCE)


CLOSED = replace(OUTAGE, closed_at=OUTAGE.opened_at + timedelta(hours=1), close_reason="it answers")
A, B = "https://a.example.org/", "https://b.example.org/"


def test_the_end_is_told_to_who_heard_the_beginning_after_channels_were_reordered() -> None:
    async def main() -> None:
        async with post_office(on_call(hook("on-call-1-webhook", A), mail("on-call-2-mail", "noc@x.org"))) as post:
            post.happen(EventKind.OPENED, OUTAGE)
            await asyncio.sleep(3600)
            await post.reload(on_call(mail("on-call-1-mail", "noc@x.org"), hook("on-call-2-webhook", A)))
            post.happen(EventKind.RESOLVED, CLOSED)
            await asyncio.sleep(1)
            assert sorted(post.heard, key=str) == sorted(
                [(place, kind) for place in (A, "noc@x.org") for kind in (EventKind.OPENED, EventKind.RESOLVED)],
                key=str,
            )

    run_virtual(main())


def test_what_waited_for_one_webhook_never_goes_to_the_one_that_took_its_name() -> None:
    async def main() -> None:
        both = on_call(hook("on-call-1-webhook", A), hook("on-call-2-webhook", B))
        async with post_office(both) as post:
            post.down = {"on-call-1-webhook"}
            post.happen(EventKind.OPENED, OUTAGE)
            await asyncio.sleep(1)
            post.down = set()
            await post.reload(on_call(hook("on-call-1-webhook", B), hook("on-call-2-webhook", A)))
            await asyncio.sleep(1)
            assert post.heard == [(B, EventKind.OPENED), (A, EventKind.OPENED)]

    run_virtual(main())


def test_a_page_that_waited_for_a_wrong_url_reaches_the_right_one_once_it_is_mended() -> None:
    async def main() -> None:
        async with post_office(on_call(hook("on-call-1-webhook", A))) as post:
            post.down = {"on-call-1-webhook"}
            post.happen(EventKind.OPENED, OUTAGE)
            await asyncio.sleep(600)
            post.down = set()
            await post.reload(on_call(hook("on-call-1-webhook", B)))
            await asyncio.sleep(1)
            assert post.heard == [(B, EventKind.OPENED)]

    run_virtual(main())


def test_what_was_planned_by_the_former_settings_and_written_later_is_met_by_the_next_look() -> None:
    async def main() -> None:
        former = on_call(mail("on-call-1-mail", "old@x.org"))
        async with post_office(former) as post:
            looking = asyncio.create_task(post.upkeep.forever())
            await post.reload(on_call(hook("on-call-1-webhook", B)))
            post.happen(EventKind.OPENED, OUTAGE, people=former)
            await asyncio.sleep(LOOK_EVERY_S + 1)
            assert post.heard == [(B, EventKind.OPENED)]
            looking.cancel()

    run_virtual(main())


def test_who_heard_that_it_is_down_hears_its_end_although_the_severity_has_changed() -> None:
    async def main() -> None:
        boss = Receiver(id="boss", channels=(mail("boss-1-mail", "boss@x.org"),))
        noc = Receiver(id="noc", channels=(mail("noc-1-mail", "noc@x.org"),))
        routes = (Route(match={"severity": "critical"}, to=("boss",)), Route(to=("noc",)))
        async with post_office(directory(boss, noc, FINANCE, routes=routes)) as post:
            post.happen(EventKind.OPENED, replace(OUTAGE, severity=Status.WARNING))
            await asyncio.sleep(60)
            post.happen(EventKind.REMINDER, OUTAGE)
            await asyncio.sleep(60)
            post.happen(EventKind.RESOLVED, CLOSED)
            await asyncio.sleep(1)
            assert [kind for place, kind in post.heard if place == "noc@x.org"] == [
                EventKind.OPENED,
                EventKind.RESOLVED,
            ]
            assert [kind for place, kind in post.heard if place == "boss@x.org"] == [
                EventKind.REMINDER,
                EventKind.RESOLVED,
            ]
            assert len(post.heard) == 4

    run_virtual(main())


def test_a_message_that_killed_the_daemon_is_told_of_by_the_next_life() -> None:
    async def main() -> None:
        async with post_office(directory()) as post:
            post.happen(EventKind.OPENED, OUTAGE)
            await asyncio.sleep(1)
            post.heard.clear()
            post.down = {"on-call-2-mail"}
            post.happen(EventKind.REMINDER, OUTAGE)
            await asyncio.sleep(1)
            await post.close()
            for _ in range(3):
                post.store.claim_next("on-call-2-mail", NOW() + timedelta(hours=1))
                post.store.quarantine_crashed(NOW())
            post.down = set()
            post.heard.clear()
            await post.reload(post.people)
            await asyncio.sleep(1)
            assert [kind for _, kind in post.heard] == [EventKind.NOTICE, EventKind.NOTICE]

    run_virtual(main())


def told() -> Told:
    row = plan(IncidentEvent(id="e", kind=EventKind.OPENED, at=NOW(), incident=OUTAGE), directory())[0]
    message = replace(row.message, event=EventKind.NOTICE)
    return Told(notification=replace(row, incident_id=None, message=message), at=NOW(), outcome=Delivered())


def test_distress_is_written_down_once_writing_works_again() -> None:
    async def main() -> None:
        async with post_office(directory()) as post:
            post.distress.unrecorded = (told(),)
            await post.upkeep.go_round()
            assert not post.distress.unrecorded
            assert [line.delivery.state for line in post.store.listings.notices(5)] == [NotificationState.SENT]
            assert post.heard == []

    run_virtual(main())


def test_a_store_that_fails_leaves_the_rest_for_the_next_look() -> None:
    class Locked(Inline):
        is_locked = True

        async def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
            if self.is_locked:
                raise StoreBusyError("locked")
            return await super().call(function, *args, **kwargs)

    async def main() -> None:
        async with post_office(directory()) as post:
            caller = post.upkeep.caller = Locked()
            post.distress.unrecorded = (told(),)
            looking = asyncio.create_task(post.upkeep.forever())
            await asyncio.sleep(3 * LOOK_EVERY_S)
            assert post.distress.unrecorded
            caller.is_locked = False
            await asyncio.sleep(LOOK_EVERY_S)
            assert not post.distress.unrecorded
            looking.cancel()

    run_virtual(main())


def test_damage_that_is_met_on_the_way_ends_the_daemon() -> None:
    class Damaged(Inline):
        async def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
            raise StoreDamagedError(f"{function} {args} {kwargs}")

    async def main() -> None:
        async with post_office(directory()) as post:
            post.upkeep.caller = Damaged()
            with pytest.raises(StoreDamagedError):
                await post.upkeep.forever()

    run_virtual(main())


def test_what_a_wrong_clock_planned_goes_out_once_the_clock_is_right_again() -> None:
    """It was believed when the row was planned, and was set back since."""

    async def main() -> None:
        async with post_office(on_call(hook("on-call-1-webhook", A))) as post:
            then = NOW() + timedelta(days=30)
            rows = plan(IncidentEvent(id="e", kind=EventKind.OPENED, at=then, incident=OUTAGE), post.people)
            post.store.commit(Changes(incidents=(OUTAGE,), notifications=rows))
            keeping_up = asyncio.create_task(post.upkeep.forever())
            await asyncio.sleep(LOOK_EVERY_S + 1)
            keeping_up.cancel()
            assert post.heard == [(A, EventKind.OPENED)]

    run_virtual(main())
