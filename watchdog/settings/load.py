"""Settings from files: read, merged, validated; all that is wrong at once, or values that are right."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.channels.relay import MailRelay
from checks.estate import Estate
from checks.invoice import Invoice
from watchdog.clock import Clock, system_clock
from watchdog.settings.anchors import read_anchors
from watchdog.settings.backup_entry import BackupEntry
from watchdog.settings.bill_rules import check_bills, with_lists
from watchdog.settings.billing_checks import add_billing_checks, add_contracts_check
from watchdog.settings.billing_entries import read_billing, read_intake
from watchdog.settings.calendar_entries import read_calendar
from watchdog.settings.check_entries import DefaultsEntry
from watchdog.settings.checks_section import ChecksSection, KnownKinds
from watchdog.settings.digests_entry import read_digests
from watchdog.settings.document import ApiEntry, Document, ResolverEntry
from watchdog.settings.escalation_rules import NextInLine
from watchdog.settings.estate_entries import (
    DepartmentEntry,
    EstateEntry,
    InvoiceEntry,
    OfficeEntry,
    ServiceEntry,
    SiteEntry,
    VendorEntry,
)
from watchdog.settings.fields import is_loopback, parse_endpoint
from watchdog.settings.history_entry import HistoryEntry
from watchdog.settings.links_entry import read_links
from watchdog.settings.maintenance_entry import read_maintenance
from watchdog.settings.people_section import PeopleSection
from watchdog.settings.problems import SettingsError, TreePath
from watchdog.settings.proof_entries import read_canary, read_dead_mans_switch
from watchdog.settings.reader import Reader
from watchdog.settings.routing_rules import WayOut
from watchdog.settings.secrets import secret_tags
from watchdog.settings.sources import Sources, read_sources, unknown_sections
from watchdog.settings.telling_entries import HeartbeatEntry, MailEntry
from watchdog.settings.ties import check_ties
from watchdog.settings.values import Anchors, HeartbeatSettings, Listen, Settings


def load(path: Path, registry: KnownKinds, environ: Mapping[str, str], *, clock: Clock = system_clock) -> Settings:
    """The settings under `path`, a file or a directory of *.yaml and *.yml.

    Secrets are named, not read. Raises SettingsError with every problem of every file.
    """
    folder = path if path.is_dir() else path.parent
    sources = read_sources(path, secret_tags(folder.absolute(), environ))
    reader = Reader(sources, list(sources.problems))
    settings = _Loading(path, sources, reader, registry, clock()).settings()
    if reader.problems or settings is None:
        raise SettingsError(reader.problems)
    return settings


@dataclass(frozen=True, slots=True, kw_only=True)
class _House:
    """Sections about this machine alone."""

    resolver: ResolverEntry
    backup: BackupEntry
    api: ApiEntry
    history: HistoryEntry
    anchors: Anchors
    listen: Listen


@dataclass(slots=True)
class _Loading:
    """One reading of all sections; problems gather in `reader`."""

    path: Path
    sources: Sources
    reader: Reader
    registry: KnownKinds
    now: datetime

    def settings(self) -> Settings | None:
        """None where a section without which there is nothing is missing or wrong."""
        self.reader.problems.extend(unknown_sections(self.sources, frozenset(Document.model_fields)))
        self._require_sections()
        estate = self._estate()
        relay = self._relay()
        defaults = self.reader.section("defaults", DefaultsEntry) or DefaultsEntry()
        section = self._checks(estate, defaults)
        people = self._people(section, estate, relay)
        bills = self._bills()
        self._check_whole(section, estate, bills)
        heartbeat = self._heartbeat()
        house = self._house()
        if estate is None:
            return None
        return Settings(
            source=self.path,
            estate=with_lists(estate, section),
            checks=tuple(section.checks),
            receivers=people.receivers,
            rotas=people.rotas,
            duty_calendars=people.calendars,
            escalations=people.escalations,
            routes=people.routes,
            relay=relay,
            invoices=tuple(bills.values()),
            intake=read_intake(self.reader),
            anchors=house.anchors,
            heartbeat=heartbeat,
            dead_mans_switch=read_dead_mans_switch(self.reader),
            canary=read_canary(self.reader, has_relay=relay is not None),
            links=read_links(self.reader, estate.public_url),
            digests=read_digests(self.reader),
            maintenance=read_maintenance(self.reader, section.checks, estate.time_zone, self.now),
            backup=house.backup.backup(),
            listen=house.listen,
            resolver=house.resolver.resolver(),
            history=house.history.retention(),
            api=house.api.api(),
        )

    def _relay(self) -> MailRelay | None:
        mail = self.reader.section("mail", MailEntry)
        return mail.mail_relay() if mail else None

    def _heartbeat(self) -> HeartbeatSettings | None:
        entry = self.reader.section("heartbeat", HeartbeatEntry)
        return entry.heartbeat() if entry else None

    def _checks(self, estate: Estate | None, defaults: DefaultsEntry) -> ChecksSection:
        section = ChecksSection(self.reader, self.registry, defaults)
        section.read()
        if estate is not None and estate.billing.is_watched:
            add_billing_checks(section)
        elif estate is not None and estate.billing.contracts:
            add_contracts_check(section)
        return section

    def _check_whole(self, section: ChecksSection, estate: Estate | None, bills: Mapping[TreePath, Invoice]) -> None:
        """What only shows when checks, bills and the estate are seen together."""
        if estate is not None:
            check_ties(self.reader, section, estate)
            check_bills(self.reader, bills, section, estate, self.now.astimezone(estate.time_zone).date())

    def _house(self) -> _House:
        return _House(
            resolver=self.reader.section("resolver", ResolverEntry) or ResolverEntry(),
            backup=self.reader.section("backup", BackupEntry) or BackupEntry(),
            api=self.reader.section("api", ApiEntry) or ApiEntry(),
            history=self.reader.section("history", HistoryEntry) or HistoryEntry(),
            anchors=read_anchors(self.reader),
            listen=self._listen(),
        )

    def _require_sections(self) -> None:
        for name, field in Document.model_fields.items() if self.sources.is_whole else ():
            if field.is_required() and self.sources.sections.get(name) in (None, []):
                hint = _HINTS.get(name, "add it")
                self.reader.refuse((name,), f"missing; {hint}")

    def _estate(self) -> Estate | None:
        entry = self.reader.section("estate", EstateEntry)
        offices = self.reader.mapping("offices", OfficeEntry)
        calendar = read_calendar(self.reader, offices)
        vendors = self.reader.mapping("vendors", VendorEntry)
        departments = self.reader.mapping("departments", DepartmentEntry)
        services = self.reader.mapping("services", ServiceEntry)
        sites = self.reader.mapping("sites", SiteEntry)
        for department_id, department in departments.items():
            self._refer(("departments", department_id, "contact"), "receiver", "receivers", department.contact)
        for service_id, service in services.items():
            self._refer(("services", service_id, "vendor"), "vendor", "vendors", service.vendor)
            for index, one in enumerate(service.departments):
                self._refer(("services", service_id, "departments", index), "department", "departments", one)
            for index, one in enumerate(service.depends_on):
                self._refer(("services", service_id, "depends_on", index), "service", "services", one)
        if entry is None:
            return None
        return Estate(
            name=entry.name,
            time_zone=entry.time_zone,
            public_url=entry.public_url,
            advice=entry.advice,
            advice_urdu=entry.advice_urdu,
            offices={key: one.office(key, calendar[key]) for key, one in offices.items()},
            vendors={key: one.vendor(key) for key, one in vendors.items()},
            departments={key: one.department(key) for key, one in departments.items()},
            services={key: one.service(key) for key, one in services.items()},
            sites={key: one.site(key) for key, one in sites.items()},
            billing=read_billing(self.reader, entry.time_zone),
        )

    def _refer(self, path: TreePath, what: str, section: str, word: str | None) -> None:
        known = self.reader.keys(section)
        if word is not None and word not in known:
            self.reader.refuse_reference(path, what, word, known)

    def _people(self, section: ChecksSection, estate: Estate | None, relay: MailRelay | None) -> PeopleSection:
        people = PeopleSection(self.reader, ZoneInfo("UTC") if estate is None else estate.time_zone, self.now)
        people.read(section)
        NextInLine(self.reader, people).check()
        WayOut(self.reader, section, people, relay).check(estate)
        return people

    def _bills(self) -> dict[TreePath, Invoice]:
        """Every bill once, by its place."""
        found: dict[TreePath, Invoice] = {}
        places: dict[str, TreePath] = {}
        for index, entry in self.reader.listing("invoices", InvoiceEntry):
            path: TreePath = ("invoices", index)
            bill = entry.invoice()
            self._refer((*path, "vendor"), "vendor", "vendors", entry.vendor)
            self._refer((*path, "service"), "service", "services", entry.service)
            self._refer((*path, "office"), "office", "offices", entry.office)
            if (first := places.setdefault(bill.key, path)) != path:
                again = f"this is the bill at {self.sources.place(first)} again"
                self.reader.refuse((*path, "number"), f"{again} (spaces, dashes and capitals do not count); remove one")
            else:
                found[path] = bill
        return found

    def _listen(self) -> Listen:
        written = self.sources.sections.get("listen")
        publicly = self.sources.sections.get("listen_publicly")
        if publicly is not None and not isinstance(publicly, bool):
            self.reader.refuse(("listen_publicly",), "must be true or false")
        if written is None:
            return Listen()
        try:
            host, port = parse_endpoint(written if isinstance(written, str) else "")
        except ValueError as error:
            self.reader.refuse(("listen",), str(error))
            return Listen()
        if not is_loopback(host) and publicly is not True:
            text = "others could read it: listen on 127.0.0.1, or say listen_publicly: true"
            self.reader.refuse(("listen",), text)
        return Listen(host=host, port=port)


_HINTS = {
    "estate": "add estate: {name: ..., time_zone: Asia/Karachi}",
    "routes": "add routes: [{match: {}, to: [a receiver]}], so that somebody hears of everything",
}
