"""The whole of a settings file: its sections, each once."""

from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field, StrictBool, WithJsonSchema

from watchdog.api.place import MAX_PATH_BYTES
from watchdog.settings.anchors import AnchorLine, AnchorsEntry
from watchdog.settings.backup_entry import BackupEntry
from watchdog.settings.billing_entries import BillingEntry, ContractEntry
from watchdog.settings.calendar_entries import CalendarDayEntry
from watchdog.settings.check_entries import CheckEntry, DefaultsEntry
from watchdog.settings.digests_entry import DigestEntry
from watchdog.settings.estate_entries import (
    DepartmentEntry,
    EstateEntry,
    InvoiceEntry,
    OfficeEntry,
    ServiceEntry,
    SiteEntry,
    VendorEntry,
)
from watchdog.settings.fields import Entry, Id, Line, parse_endpoint
from watchdog.settings.history_entry import HistoryEntry
from watchdog.settings.links_entry import LinksEntry
from watchdog.settings.maintenance_entry import MaintenanceEntry
from watchdog.settings.people_entries import EscalationEntry, RotaEntry
from watchdog.settings.proof_entries import CanaryEntry, DeadMansSwitchEntry
from watchdog.settings.telling_entries import HeartbeatEntry, MailEntry, ReceiverEntry, RouteEntry
from watchdog.settings.values import ApiSettings, ResolverSettings

DNS_PORT = 53


def _name_server(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError('must be an address, say "192.0.2.53" or "192.0.2.53:5353"')  # noqa: TRY004  # pydantic makes a problem of ValueError alone
    bare = f"[{value}]" if value.count(":") > 1 and not value.startswith("[") else value
    parse_endpoint(bare, DNS_PORT)
    return value


_NameServer: TypeAlias = Annotated[str, BeforeValidator(_name_server), WithJsonSchema({"type": "string"})]


class ResolverEntry(Entry):
    servers: tuple[_NameServer, ...] | None = Field(None, min_length=1, description="left out: /etc/resolv.conf")
    hosts_file: Path | None = Field(None, description="left out: /etc/hosts")

    def resolver(self) -> ResolverSettings:
        return ResolverSettings(servers=self.servers, hosts_file=self.hosts_file)


def _socket(value: object) -> object:
    if isinstance(value, str):
        if not value.startswith("/"):
            raise ValueError("must be an absolute path")
        if (size := len(value.encode())) > MAX_PATH_BYTES:
            raise ValueError(f"{size} bytes are too long for a socket's path, which has at most {MAX_PATH_BYTES}")
    return value


class ApiEntry(Entry):
    socket: Annotated[Path, BeforeValidator(_socket)] | None = Field(
        None, description="left out: nigehban.sock in systemd's runtime directory, else in the state's"
    )
    group: Line = Field("nigehban", description="whose members may ask and tell the daemon")

    def api(self) -> ApiSettings:
        return ApiSettings(socket=self.socket, group=self.group)


class Document(Entry):
    """Every section there is. Entries are validated one by one, so that each problem has its place."""

    estate: EstateEntry = Field(description="whose it is, and where")
    offices: dict[Id, OfficeEntry] = Field({}, description="places with working hours of their own")
    vendors: dict[Id, VendorEntry] = Field({}, description="who is paid")
    contracts: dict[Id, ContractEntry] = Field({}, description="what vendors provide, for how much, until when")
    departments: dict[Id, DepartmentEntry] = Field({}, description="who depends on services")
    services: dict[Id, ServiceEntry] = Field({}, description="what departments depend on")
    sites: dict[Id, SiteEntry] = Field({}, description="places behind one link")
    receivers: dict[Id, ReceiverEntry] = Field({}, description="named audiences")
    rotas: dict[Id, RotaEntry] = Field({}, description="who is on duty when")
    escalations: dict[Id, EscalationEntry] = Field({}, description="what follows when nobody answers")
    mail: MailEntry | None = Field(None, description="the server that carries our own messages")
    routes: tuple[RouteEntry, ...] = Field(description="first match wins; the last must match everything")
    defaults: DefaultsEntry = Field(DefaultsEntry(), description="what a check takes that does not say otherwise")
    checks: tuple[CheckEntry, ...] = Field((), description="what is watched")
    billing: BillingEntry | None = Field(None, description="how bills are paid here; with it, their way is watched")
    calendar: tuple[CalendarDayEntry, ...] = Field((), description="days off and days worked, as they are notified")
    invoices: tuple[InvoiceEntry, ...] = Field((), description="bills")
    anchors: tuple[AnchorLine, ...] | AnchorsEntry = Field((), description="hosts that tell whether we can see at all")
    heartbeat: HeartbeatEntry | None = Field(None, description="a sign of life to a service outside")
    dead_mans_switch: DeadMansSwitchEntry | None = Field(
        None, description="a message by every way out, again and again, whose absence is noticed"
    )
    canary: CanaryEntry | None = Field(None, description="a mail to ourselves, read back from a mailbox")
    links: LinksEntry | None = Field(None, description="links in messages by which people answer")
    digests: dict[Id, DigestEntry] = Field({}, description="lists that go out at fixed times")
    maintenance: tuple[MaintenanceEntry, ...] = Field((), description="planned work of which nobody is told")
    backup: BackupEntry = Field(BackupEntry(), description="copies of the state")
    listen: Line = Field("127.0.0.1:9417", description="address and port of /metrics and of the pages")
    listen_publicly: StrictBool = Field(default=False, description="listen may name an address others can reach")
    api: ApiEntry = Field(ApiEntry(), description="the way in for people on this machine")
    resolver: ResolverEntry = Field(ResolverEntry(), description="how names are looked up")
    history: HistoryEntry = Field(HistoryEntry(), description="how long what was seen is kept")
