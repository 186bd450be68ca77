"""The settings once read: frozen values every part of the daemon is built from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from alerts.relay import MailRelay
from alerts.route import Receiver, Route
from alerts.state import Threshold
from checks.estate import Estate
from checks.invoice import Invoice
from checks.secret import Secret
from checks.spec import CheckSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredCheck:
    spec: CheckSpec
    threshold: Threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Where metrics are served."""

    host: str = "127.0.0.1"
    port: int = 9417


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
class Settings:
    """A whole settings file or directory, valid."""

    source: Path
    estate: Estate
    checks: tuple[ConfiguredCheck, ...]
    receivers: Mapping[str, Receiver]
    routes: tuple[Route, ...]
    relay: MailRelay | None = None
    invoices: tuple[Invoice, ...] = ()
    anchors: tuple[str, ...] = ()
    heartbeat: HeartbeatSettings | None = None
    listen: Listen = field(default_factory=Listen)
    resolver: ResolverSettings = field(default_factory=ResolverSettings)
