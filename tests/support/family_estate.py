"""A site behind one link, in virtual time: what fails when, what hangs on what, and who was told what."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from alerts.incident import EventKind, Incident
from alerts.judging.fault import Threshold
from alerts.route import ChannelSpec, Receiver, Route
from checks.billing import invoice_due
from checks.estate import Estate, Service, Site, Vendor
from checks.invoice import Invoice
from checks.model import CheckId
from checks.plugin import AnyKind, OptionsBase
from checks.spec import CheckSpec
from checks.units import Money
from tests.support.scripted import Options
from tests.support.virtual_estate import ZONE, Month, Outage, Sent, lay, scripted_kind
from tests.support.virtual_loop import EPOCH, run_virtual
from watchdog.daemon import Daemon
from watchdog.settings.values import ConfiguredCheck, Settings

RULE = Threshold(flap_hold_s=1800)
SIX = tuple(f"s{number}" for number in range(1, 7))

ON_CALL = Receiver(id="on-call", channels=(ChannelSpec(name="on-call-1-mail", kind="mail", to=("noc@x.example",)),))
FINANCE = Receiver(
    id="finance",
    channels=(ChannelSpec(name="finance-1-mail", kind="mail", to=("so@x.example",)),),
    hold_for_office_hours=True,
)


def minute(number: float) -> datetime:
    return EPOCH + timedelta(minutes=number)


def down(host: str, since: float, until: float) -> Outage:
    """From minute to minute."""
    return Outage(host, minute(since), minute(until))


def link_down(since: float, until: float, behind: Sequence[str] = SIX) -> tuple[Outage, ...]:
    return tuple(down(host, since, until) for host in ("link", *behind))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is watched: each check looks at the host of its name."""

    truth: Sequence[Outage]
    hosts: Sequence[str] = ("link", *SIX)
    sites: Mapping[str, str] = field(default_factory=lambda: {"peshawar": "link"})
    """Site to the check of its uplink."""
    depends_on: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rules: Mapping[str, Threshold] = field(default_factory=dict)
    bills: Sequence[Invoice] = ()
    routes: Sequence[Route] = (Route(match={"kind": "invoice_due"}, to=("finance",)), Route(to=("on-call",)))
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Former name of a check to its present one."""

    def settings(self) -> Settings:
        kind = scripted_kind(self.truth)
        checks = [self._check(host, kind, Options(host=host)) for host in self.hosts]
        if self.bills:
            checks.append(self._check("bills", invoice_due.KIND, invoice_due.KIND.options()))
        return Settings(
            source=Path("virtual.yaml"),
            estate=Estate(
                name="Virtual estate",
                time_zone=ZONE,
                vendors={"acme": Vendor(id="acme", name="Acme Mail (Pvt) Ltd")},
                services={"mail": Service(id="mail", title="Official e-mail", vendor="acme")},
                sites={
                    name: Site(id=name, title=name.title(), uplink=self.renamed.get(uplink, uplink))
                    for name, uplink in self.sites.items()
                },
            ),
            checks=tuple(checks),
            receivers={"on-call": ON_CALL, "finance": FINANCE},
            routes=tuple(self.routes),
            invoices=tuple(self.bills),
        )

    def _check(self, name: str, kind: AnyKind, options: OptionsBase) -> ConfiguredCheck:
        is_link = name in {*self.sites.values(), "core", "bills"}
        id_ = self.renamed.get(name, name)
        spec = CheckSpec(
            id=CheckId(id_),
            kind=kind,
            options=options,
            service=None if is_link and name != "bills" else "mail",
        )
        return ConfiguredCheck(
            spec=spec,
            threshold=self.rules.get(name, RULE),
            formerly=CheckId(name) if id_ != name else None,
            site=next(iter(self.sites), None) if not is_link else None,
            depends_on=tuple(self.depends_on.get(name, ())),
        )


def bill(due: date, number: str = "INV-7") -> Invoice:
    return Invoice(vendor="acme", number=number, amount=Money(Decimal("134000.00"), "PKR"), due=due, service="mail")


@dataclass(slots=True)
class Lived:
    """What a stretch of virtual time left behind."""

    month: Month

    @property
    def sent(self) -> list[Sent]:
        return sorted(self.month.sent, key=lambda one: one.at)

    def subjects(self, receiver: str = "on-call") -> list[str]:
        return [one.notification.message.subject for one in self.sent if one.notification.receiver == receiver]

    def told(self, kind: EventKind) -> list[str]:
        """Checks of which such a message went out, in its order."""
        messages = [one.notification.message for one in self.sent]
        return [message.check for message in messages if message.event is kind]

    def texts(self, kind: EventKind, receiver: str = "on-call") -> list[str]:
        rows = [one.notification for one in self.sent]
        return [row.message.text for row in rows if row.message.event is kind and row.receiver == receiver]

    @property
    def incidents(self) -> list[Incident]:
        """Oldest first."""
        return sorted(self.month.store.listings.recent_incidents(1000), key=lambda one: one.opened_at)

    def of(self, check: str) -> list[Incident]:
        return [one for one in self.incidents if one.check_id == check]

    def events(self, incident: Incident) -> list[tuple[EventKind, str]]:
        history = self.month.store.listings.history(incident.id)
        return [] if history is None else [(one.kind, one.note) for one in history.events]


def lived(plan: Plan, *, minutes: float, then: Mapping[float, Callable[[Daemon], None]] | None = None) -> Lived:
    """`plan`, watched for so long; `then` does things to the daemon in their minutes."""

    async def live() -> Lived:
        daemon, month = lay(plan.settings(), seed=7)
        for at, what in (then or {}).items():
            asyncio.get_running_loop().call_later(at * 60, what, daemon)
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(minutes * 60, stop.set)
        await daemon.run(stop)
        return Lived(month)

    return run_virtual(live())


def without(plan: Plan, host: str) -> Plan:
    """`plan`, with this check taken out."""
    sites = {name: uplink for name, uplink in plan.sites.items() if uplink != host}
    return replace(plan, hosts=[one for one in plan.hosts if one != host], sites=sites)
