"""The whole daemon in virtual time: real engine, judgement, store and delivery; scripted targets and a sink."""

import asyncio
import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.channel import Channel, Deferred, Delivered, Outcome, Rejected
from alerts.delivery import DeliveryLoop
from alerts.judging.fault import Threshold
from alerts.message import Notification
from alerts.route import ChannelSpec, Receiver, Route
from checks.billing import invoice_due
from checks.deadline import grade, parse_ladder, resolve
from checks.estate import Department, Estate, Service, Vendor
from checks.invoice import Invoice
from checks.ledger.journal import Journal
from checks.ledger.taxpayers import NoLists
from checks.model import Cause, CheckId, Deadline, Finding, Status
from checks.network.errors import BlindError, ProbeError
from checks.plugin import CheckContext, CheckKind, Ledger, Taxpayers
from checks.spec import CheckSpec
from checks.units import Money
from tests.support.scripted import NoNetwork, Options
from tests.support.virtual_loop import EPOCH, virtual_clock
from watchdog.calendars import Calendars
from watchdog.clock import random_ids
from watchdog.daemon import Daemon
from watchdog.engine.hold import Hold
from watchdog.engine.mutes import Mutes
from watchdog.engine.quiet import Quiet
from watchdog.engine.runner import NetworkSession
from watchdog.engine.writer import Committing, StoreWriter
from watchdog.settings.values import ConfiguredCheck, Settings
from watchdog.store.executor import DurableOutbox, Inline
from watchdog.store.store import Store, open_store
from watchdog.world import World

ZONE = ZoneInfo("Asia/Karachi")


@dataclass(frozen=True, slots=True)
class Outage:
    """What really happens to a target: nothing else makes it fail."""

    host: str
    begin: datetime
    end: datetime
    blind: bool = False

    def covers(self, host: str, at: datetime) -> bool:
        return host == self.host and self.begin <= at < self.end


@dataclass(frozen=True, slots=True)
class Sent:
    at: datetime
    notification: Notification


@dataclass(slots=True)
class Sink:
    """A channel that keeps what it is given; refuses while `down` says so, and now and then by chance."""

    name: str
    chance: random.Random
    clock_start: datetime = EPOCH
    taken: list[Sent] = field(default_factory=list)
    timeout_s: float = 10.0
    takes_s: float = 0.2
    refuses: bool = False
    """Whatever it is given, for good."""

    async def send(self, notification: Notification) -> Outcome:
        await asyncio.sleep(self.takes_s)
        if self.refuses:
            return Rejected("refused", "no such mailbox")
        if self.chance.random() < 0.1:
            return Deferred("connection", "refused by the dice")
        self.taken.append(Sent(virtual_clock(self.clock_start)(), notification))
        return Delivered()


def outages(seed: int, hosts: Sequence[str], days: int) -> tuple[Outage, ...]:
    """About one real outage a week per host, minutes to hours long, and some spells of our own blindness."""
    dice = random.Random(seed)
    found = []
    for host in hosts:
        at = EPOCH + timedelta(days=dice.uniform(0.5, 7))
        while at < EPOCH + timedelta(days=days - 1):
            end = at + timedelta(minutes=dice.uniform(3, 300))
            found.append(Outage(host, at, end, blind=dice.random() < 0.2))
            at = end + timedelta(days=dice.uniform(1, 9))
    return tuple(found)


def scripted_kind(truth: Sequence[Outage]) -> CheckKind[Options]:
    async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
        await asyncio.sleep(0.05)
        for outage in truth:
            if outage.covers(options.host, ctx.now):
                if outage.blind:
                    raise BlindError("no route at all")
                raise ProbeError(Cause.REFUSED, f"{options.host}: connection refused")
        return (Finding(subject=options.host, status=Status.OK, summary=f"{options.host} answers"),)

    return CheckKind(name="scripted", options=Options, run=run, subject=lambda options: options.host)


def certificate_kind(lapses: datetime) -> CheckKind[Options]:
    """A certificate that lapses at `lapses`, until it is renewed for a year three days before."""
    ladder = parse_ladder(("21d", "14d", "7d", "3d", "1d", "0d"))

    async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
        renewed = ctx.now >= lapses - timedelta(days=2, hours=12)
        at = lapses + timedelta(days=365) if renewed else lapses
        deadline = Deadline(at=at, rungs=resolve(ladder, at, now=ctx.now))
        status = grade(deadline, ctx.now)
        return (Finding(subject=f"{options.host} expiry", status=status, summary="certificate", deadline=deadline),)

    return CheckKind(name="certificate", options=Options, run=run, subject=lambda options: f"{options.host} expiry")


def settings_of(truth: Sequence[Outage], hosts: Sequence[str], *, interval_s: float, lapses: datetime) -> Settings:
    """Twelve checks or so: one per host, a certificate, and the bills."""
    scripted, rule = scripted_kind(truth), Threshold(failures_to_open=3, settle_s=30)
    checks = [_check(f"mx-{host}", scripted, Options(host=host), interval_s, rule) for host in hosts]
    checks.append(_check("certificate", certificate_kind(lapses), Options(host="portal"), interval_s, rule))
    bills = invoice_due.KIND
    spec = CheckSpec(id=CheckId("bills"), kind=bills, options=bills.options(), service="mail", interval_s=interval_s)
    checks.append(ConfiguredCheck(spec=spec, threshold=rule))
    on_call = Receiver(id="on-call", channels=(ChannelSpec(name="on-call-1-mail", kind="mail", to=("noc@x.example",)),))
    finance = Receiver(
        id="finance",
        channels=(ChannelSpec(name="finance-1-mail", kind="mail", to=("so@x.example", "ds@x.example")),),
        hold_for_office_hours=True,
    )
    return Settings(
        source=Path("virtual.yaml"),
        estate=Estate(
            name="Virtual estate",
            time_zone=ZONE,
            vendors={"acme": Vendor(id="acme", name="Acme Mail (Pvt) Ltd")},
            departments={"health": Department(id="health", name="Health Department", users=1200)},
            services={"mail": Service(id="mail", title="Official e-mail", vendor="acme", departments=("health",))},
        ),
        checks=tuple(checks),
        receivers={"on-call": on_call, "finance": finance},
        routes=(Route(match={"kind": "invoice_due"}, to=("finance",)), Route(to=("on-call",))),
        invoices=(
            Invoice(
                vendor="acme",
                number="INV-7",
                amount=Money(Decimal("134000.00"), "PKR"),
                due=date(2017, 11, 6),
                suspends=date(2017, 11, 10),
                service="mail",
            ),
        ),
    )


def _check(
    check_id: str, kind: CheckKind[Options], options: Options, interval_s: float, rule: Threshold
) -> ConfiguredCheck:
    spec = CheckSpec(id=CheckId(check_id), kind=kind, options=options, service="mail", interval_s=interval_s)
    return ConfiguredCheck(spec=spec, threshold=rule)


@dataclass(slots=True)
class Month:
    """What a virtual run left behind."""

    sinks: dict[str, Sink]
    store: Store
    runs: int = 0

    @property
    def sent(self) -> list[Sent]:
        return [sent for sink in self.sinks.values() for sent in sink.taken]

    def trace(self) -> str:
        """A hash of everything anybody was told, and when, and of every incident."""
        digest = hashlib.sha256()
        for sent in sorted(self.sent, key=lambda one: (one.at, one.notification.id)):
            digest.update(f"{sent.at.isoformat()} {sent.notification!r}\n".encode())
        for incident in sorted(self.store.listings.recent_incidents(10_000), key=lambda one: one.id):
            digest.update(f"{incident!r}\n".encode())
        return digest.hexdigest()


def _one_journal() -> Callable[[Store, Settings], Ledger]:
    """A ledger outlives reloads."""
    journal = Journal()

    def of(_store: Store, settings: Settings) -> Journal:
        journal.written = settings.invoices
        return journal

    return of


def lay(
    settings: Settings,
    *,
    seed: int,
    open_network: Callable[[], NetworkSession] = NoNetwork,
    own_checks: Sequence[ConfiguredCheck] = (),
    disk: Callable[[Store], Committing] = lambda store: store,
    ledger_of: Callable[[Store, Settings], Ledger] | None = None,
    taxpayers: Taxpayers | None = None,
    start: datetime = EPOCH,
    store: Store | None = None,
    quiet: Quiet | None = None,
) -> tuple[Daemon, Month]:
    """The daemon over a virtual world, not yet running, and what it will leave behind.

    `disk` stands before the store where changes are committed, `ledger_of` makes what checks see of bills; `store` is
    what a life before left, `start` when virtual time begins, `quiet` what is not told after a restoration.
    """
    clock = virtual_clock(start)
    store, caller = store or open_store(None), Inline()
    hold, mutes = Hold(), Mutes()
    mutes.remember(store.standing_mutes(clock()))
    outbox = DurableOutbox(store, caller, hold=hold, mutes=mutes)
    chance = random.Random(seed)
    names = [spec.name for receiver in settings.receivers.values() for spec in receiver.channels]
    sinks = {name: Sink(name, random.Random(f"{seed} {name}"), start) for name in names}
    month = Month(sinks=sinks, store=store)

    def count(_late_s: float) -> None:
        month.runs += 1

    def new_loop(channel: Channel, wake: asyncio.Event) -> DeliveryLoop:
        return DeliveryLoop(outbox, channel, clock, rng=chance, wake=wake)

    world = World(
        clock=clock,
        ids=random_ids(random.Random(seed)),
        new_writer=lambda trouble: StoreWriter(disk(store), caller, clock, trouble),
        records=store.load_records(),
        memories=store.load_memories(),
        open_network=open_network,
        open_channels=lambda _settings: tuple(month.sinks.values()),
        new_delivery_loop=new_loop,
        on_late=count,
        own_checks=own_checks,
        hold=hold,
        mutes=mutes,
        windows=Calendars(Path("calendars"), clock).times,
        since_boot=asyncio.get_running_loop().time,
        ledger_of=partial(ledger_of or _one_journal(), store),
        taxpayers=taxpayers or NoLists(),
        quiet=quiet or Quiet(),
    )
    return Daemon(world, settings), month


async def live(settings: Settings, *, days: float, seed: int) -> Month:
    """Run the whole daemon for `days` of virtual time."""
    daemon, month = lay(settings, seed=seed)
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(days * 86_400, stop.set)
    await daemon.run(stop)
    return month
