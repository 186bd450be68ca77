"""A daemon in virtual time whose uplink, clock and targets obey a script."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from alerts.channel import Channel, Deferred, Delivered, Outcome
from alerts.delivery import DeliveryLoop
from alerts.judging.fault import Threshold
from alerts.message import Notification
from alerts.route import ChannelSpec, Receiver, Route
from checks.deadline import grade, parse_ladder, resolve
from checks.estate import Estate, Service
from checks.model import Cause, CheckId, Deadline, Finding, Status
from checks.network.errors import ProbeError
from checks.network.values import Connection, Family, TlsTerms
from checks.plugin import CheckContext, CheckKind
from checks.spec import CheckSpec
from tests.support.scripted import NoNetwork, Options
from tests.support.virtual_estate import ZONE, Sent
from tests.support.virtual_loop import EPOCH
from watchdog.clock import random_ids
from watchdog.daemon import Daemon
from watchdog.engine.hold import Hold
from watchdog.engine.writer import StoreWriter
from watchdog.settings.values import Anchor, Anchors, ConfiguredCheck, Settings
from watchdog.steady_clock import SteadyClock
from watchdog.store.changes import Changes
from watchdog.store.executor import DurableOutbox, Inline
from watchdog.store.store import Store, open_store
from watchdog.world import World

ANCHORS = Anchors((Anchor("192.0.2.1", 443), Anchor("192.0.2.2", 443), Anchor("192.0.2.3", 443)), needed=2)


@dataclass(frozen=True, slots=True)
class Spell:
    """Something holds from second `begin` to `end` of the loop's time."""

    begin: float
    end: float

    def covers(self, at_s: float) -> bool:
        return self.begin <= at_s < self.end


def now_s() -> float:
    return asyncio.get_running_loop().time()


@dataclass(slots=True)
class Scene:
    """What really happens, by the loop's seconds."""

    dark: Sequence[Spell] = ()
    """Our uplink is down: nothing outside answers, and nothing can be sent."""
    down: Mapping[str, Sequence[Spell]] = field(default_factory=dict)
    jumps: Sequence[tuple[float, timedelta]] = ()
    """From then on the wall clock is off by so much."""
    asleep_s: float = 0.0
    """How long the machine was suspended so far: no timer runs meanwhile."""
    vouched: bool = False
    silent_anchors: frozenset[str] = frozenset()

    def is_dark(self) -> bool:
        return any(spell.covers(now_s()) for spell in self.dark)

    def is_down(self, host: str) -> bool:
        return any(spell.covers(now_s()) for spell in self.down.get(host, ()))

    def true_time(self) -> datetime:
        return EPOCH + timedelta(seconds=self.since_boot())

    def since_boot(self) -> float:
        return now_s() + self.asleep_s

    def wall(self) -> datetime:
        off = [by for at_s, by in self.jumps if at_s <= now_s()]
        return self.true_time() + (off[-1] if off else timedelta())


@dataclass(slots=True)
class Answering:
    address: str = "192.0.2.1"
    connect_s: float = 0.01
    tls: None = None

    def close(self) -> None:
        return


@dataclass(slots=True)
class Uplink(NoNetwork):
    """A network of anchors that answer as long as the uplink is up."""

    scene: Scene = field(default_factory=Scene)

    async def connect(self, host: str, port: int, family: Family, tls: TlsTerms | None = None) -> Connection:
        del port, family, tls
        if self.scene.is_dark() or host in self.scene.silent_anchors:
            await asyncio.sleep(60)
        await asyncio.sleep(0.01)
        return Answering()


@dataclass(slots=True)
class Sink:
    """A channel over the uplink; `local` is one that needs none."""

    name: str
    scene: Scene
    local: bool = False
    taken: list[Sent] = field(default_factory=list)
    timeout_s: float = 10.0

    async def send(self, notification: Notification) -> Outcome:
        await asyncio.sleep(0.2)
        if self.scene.is_dark() and not self.local:
            return Deferred("connection", "no route")
        self.taken.append(Sent(self.scene.true_time(), notification))
        return Delivered()


def target_kind(scene: Scene) -> CheckKind[Options]:
    async def run(options: Options, _ctx: CheckContext) -> Sequence[Finding]:
        await asyncio.sleep(0.05)
        if scene.is_dark():
            await asyncio.sleep(2)
            raise ProbeError(Cause.TIMEOUT, f"{options.host}: no answer to the connection attempt")
        if scene.is_down(options.host):
            raise ProbeError(Cause.REFUSED, f"{options.host}: connection refused")
        return (Finding(subject=options.host, status=Status.OK, summary=f"{options.host} answers"),)

    return CheckKind(name="scripted", options=Options, run=run, subject=lambda options: options.host)


LADDER = parse_ladder(("21d", "14d", "7d", "3d", "1d", "0d"))


def dated_kind(lapses: datetime) -> CheckKind[Options]:
    """Something local that lapses at `lapses`: read, never lost sight of."""

    async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
        deadline = Deadline(at=lapses, rungs=resolve(LADDER, lapses, now=ctx.now))
        status = grade(deadline, ctx.now)
        return (Finding(subject=options.host, status=status, summary="contract", deadline=deadline),)

    return CheckKind(name="dated", options=Options, run=run, subject=lambda options: options.host, is_local=True)


def settings_of(
    scene: Scene,
    hosts: Sequence[str],
    *,
    interval_s: float = 60.0,
    rule: Threshold | None = None,
    lapses: datetime | None = None,
    anchors: Anchors = ANCHORS,
) -> Settings:
    rule = rule or Threshold(failures_to_open=3, settle_s=30)
    kind = target_kind(scene)
    retry_every_s = min(10.0, interval_s)
    specs = [
        CheckSpec(
            id=CheckId(f"on-{host}"),
            kind=kind,
            options=Options(host=host),
            service="mail",
            interval_s=interval_s,
            timeout_s=5,
            retry_every_s=retry_every_s,
        )
        for host in hosts
    ]
    if lapses is not None:
        options = Options(host="contract")
        specs.append(CheckSpec(id=CheckId("contract"), kind=dated_kind(lapses), options=options, interval_s=interval_s))
    ways = (
        ChannelSpec(name="on-call-1-mail", kind="mail", to=("noc@x.example",)),
        ChannelSpec(name="on-call-2-webhook", kind="webhook", url="https://sms.x.example/"),
    )
    return Settings(
        source=Path("virtual.yaml"),
        estate=Estate(name="Virtual", time_zone=ZONE, services={"mail": Service(id="mail", title="Official e-mail")}),
        checks=tuple(ConfiguredCheck(spec=spec, threshold=rule) for spec in specs),
        receivers={"on-call": Receiver(id="on-call", channels=ways)},
        routes=(Route(to=("on-call",)),),
        anchors=anchors,
    )


@dataclass(slots=True)
class Life:
    """A daemon that lives in a scene, and what it told."""

    scene: Scene
    daemon: Daemon
    sinks: Sequence[Sink]
    store: Store
    blind_s: list[float]
    born_with: Settings

    @property
    def mails(self) -> list[Notification]:
        return [sent.notification for sent in self.sinks[0].taken]

    @property
    def subjects(self) -> list[str]:
        return [row.message.subject for row in self.mails]

    def notices(self, words: str) -> list[str]:
        return [subject for subject in self.subjects if words in subject]

    @property
    def pages(self) -> list[str]:
        """What was told of checks: all but the daemon's own notices."""
        return [row.message.subject for row in self.mails if row.incident_id is not None]

    def reload(self, change: Callable[[Settings], Settings]) -> None:
        self.daemon.configure(change(self.daemon.settings))


Wrap = Callable[[Store], Store]


def born(
    scene: Scene,
    settings: Settings,
    *,
    seed: int = 1,
    store: Store | None = None,
    commit: Callable[[Callable[[Changes], None]], Callable[[Changes], None]] = lambda plain: plain,
    local_webhook: bool = False,
) -> Life:
    """The daemon, not yet running. `commit` may wrap that of the store."""
    store, caller, hold = store or open_store(None), Inline(), Hold()
    writing = _Committing(commit(store.commit))
    steady = SteadyClock(scene.wall, scene.since_boot)
    outbox = DurableOutbox(store, caller, hold=hold)
    dice = random.Random(seed)
    sinks = [Sink("on-call-1-mail", scene), Sink("on-call-2-webhook", scene, local=local_webhook)]
    records = store.load_records()
    steady.begin(max((record.seen_at for record in records), default=None), lambda _since: scene.vouched)
    blind_s: list[float] = []

    def new_loop(channel: Channel, wake: asyncio.Event) -> DeliveryLoop:
        return DeliveryLoop(outbox, channel, steady, rng=dice, wake=wake)

    def on_sight(*, is_blind: bool, blind_s: float) -> None:
        del is_blind
        seconds.append(blind_s)

    seconds = blind_s
    world = World(
        clock=steady,
        ids=random_ids(random.Random(seed)),
        new_writer=lambda trouble: StoreWriter(writing, caller, steady, trouble),
        records=records,
        memories=store.load_memories(),
        open_network=lambda: Uplink(scene=scene),
        open_channels=lambda _settings: tuple(sinks),
        new_delivery_loop=new_loop,
        on_late=lambda _late_s: None,
        hold=hold,
        on_sight=on_sight,
        since_boot=scene.since_boot,
        steady=steady,
        is_vouched=lambda _since: scene.vouched,
    )
    return Life(scene, Daemon(world, settings), sinks, store, blind_s, settings)


@dataclass(slots=True)
class _Committing:
    commit: Callable[[Changes], None]


async def lived(
    scene: Scene,
    settings: Settings,
    for_s: float,
    *,
    meanwhile: Sequence[tuple[float, Callable[[Life], None]]] = (),
    seed: int = 1,
    local_webhook: bool = False,
    commit: Callable[[Callable[[Changes], None]], Callable[[Changes], None]] = lambda plain: plain,
    store: Store | None = None,
) -> Life:
    """Live for `for_s`; `meanwhile` is what else is done, each at its second."""
    life = born(scene, settings, seed=seed, local_webhook=local_webhook, commit=commit, store=store)
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for at_s, deed in meanwhile:
        loop.call_later(at_s, deed, life)
    loop.call_later(for_s, stop.set)
    await life.daemon.run(stop)
    return life


def without(check_id: str) -> Callable[[Settings], Settings]:
    return lambda settings: replace(settings, checks=tuple(one for one in settings.checks if one.spec.id != check_id))
