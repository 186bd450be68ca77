"""The settings once read: frozen values every part of the daemon is built from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from alerts.channels.relay import MailRelay
from alerts.digests.rule import DigestRule
from alerts.judging.fault import Threshold
from alerts.mutes.maintenance import Window
from alerts.people.escalation import Escalation
from alerts.people.rota import Rota
from alerts.proof import ProofRule
from alerts.route import Receiver, Route
from checks.estate import Estate
from checks.invoice import Invoice
from checks.model import CheckId
from checks.secret import Secret
from checks.spec import CheckSpec
from checks.target import host_and_port
from watchdog.duty_calendar import DutyCalendar
from watchdog.settings.intake_values import IntakeSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredCheck:
    spec: CheckSpec
    threshold: Threshold
    formerly: CheckId | None = None
    """The id it had before it was renamed: what is open goes on under the present one."""
    site: str | None = None
    depends_on: tuple[str, ...] = ()
    """Ids as written: of checks, or of entries with targets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Where metrics are served."""

    host: str = "127.0.0.1"
    port: int = 9417


@dataclass(frozen=True, slots=True)
class Anchor:
    """A host outside that answers, if only by refusing, as long as we can see."""

    host: str
    """A name or an address; a name hangs on the name servers as well."""
    port: int

    @property
    def name(self) -> str:
        return host_and_port(self.host, self.port)


@dataclass(frozen=True, slots=True)
class Anchors:
    """We see as long as `needed` of them answer. None: there is no gate."""

    hosts: tuple[Anchor, ...] = ()
    needed: int = 0

    def __bool__(self) -> bool:
        return bool(self.hosts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """The way in for people: a Unix socket."""

    socket: Path | None = None
    """None takes systemd's runtime directory, else the state's folder."""
    group: str = "nigehban"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolverSettings:
    """Name servers and hosts file; None takes the system's (/etc/resolv.conf, /etc/hosts)."""

    servers: tuple[str, ...] | None = None
    """Each "address" or "address:port"."""
    hosts_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatSettings:
    """Where a sign of life goes, and how often."""

    url: Secret | str
    every_s: float = 60.0
    method: str = "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long each level of history is kept."""

    looks: timedelta = timedelta(days=90)
    hours: timedelta = timedelta(days=400)
    days: timedelta = timedelta(days=3650)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSettings:
    """Copies of the state that the daemon makes by itself."""

    folder: Path | None = None
    """None takes `backups` in the state's folder."""
    every_s: float = 86_400.0
    keep: int = 7
    """0 makes none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """Signed links in messages."""

    key: Secret
    valid: timedelta = timedelta(hours=48)


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryMailbox:
    """Where a canary mail is read back."""

    host: str
    protocol: str
    """"imap" or "pop3"."""
    port: int
    tls: str
    """"implicit" or "starttls"."""
    user: str
    password: Secret
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CanarySettings:
    """A mail to a mailbox of ours, again and again."""

    to: str
    mailbox: CanaryMailbox
    every_s: float = 86_400.0
    within_s: float = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A whole settings file or directory, valid."""

    source: Path
    estate: Estate
    checks: tuple[ConfiguredCheck, ...]
    receivers: Mapping[str, Receiver]
    routes: tuple[Route, ...]
    rotas: Mapping[str, Rota] = field(default_factory=dict)
    duty_calendars: Mapping[str, DutyCalendar] = field(default_factory=dict)
    """By the rota that goes by it."""
    escalations: Mapping[str, Escalation] = field(default_factory=dict)
    relay: MailRelay | None = None
    invoices: tuple[Invoice, ...] = ()
    intake: IntakeSettings = field(default_factory=IntakeSettings)
    """How lists of bills come in."""
    anchors: Anchors = field(default_factory=Anchors)
    heartbeat: HeartbeatSettings | None = None
    links: LinkSettings | None = None
    dead_mans_switch: ProofRule | None = None
    canary: CanarySettings | None = None
    digests: tuple[DigestRule, ...] = ()
    maintenance: tuple[Window, ...] = ()
    backup: BackupSettings = field(default_factory=BackupSettings)
    listen: Listen = field(default_factory=Listen)
    resolver: ResolverSettings = field(default_factory=ResolverSettings)
    api: ApiSettings = field(default_factory=ApiSettings)
    history: Retention = field(default_factory=Retention)
