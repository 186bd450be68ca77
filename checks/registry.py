"""Which kinds of checks there are: our own by name, then those that other packages bring by entry point.

A plugin that cannot be used is listed with its reason; the daemon starts without it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points as installed_entry_points
from typing import Protocol

from checks.billing import (
    bookkeeping,
    contract,
    invoice_due,
    outage_forecast,
    payability,
    payment_cut_off,
    payment_stage,
)
from checks.certificates import tls_certificate
from checks.domains import domain_expiry
from checks.eoffice import eoffice_capacity
from checks.mail import imap, pop3, smtp
from checks.names import dns
from checks.plugin import AnyKind, CheckKind
from checks.web import http, tcp

#: Entry points of third parties that name a CheckKind.
GROUP = "nigehban.checks"

BUILTIN: tuple[AnyKind, ...] = (
    tcp.KIND,
    http.KIND,
    tls_certificate.KIND,
    smtp.KIND,
    imap.KIND,
    pop3.KIND,
    dns.KIND,
    domain_expiry.KIND,
    invoice_due.KIND,
    payment_stage.KIND,
    payment_cut_off.KIND,
    payability.KIND,
    contract.KIND,
    outage_forecast.KIND,
    bookkeeping.KIND,
    eoffice_capacity.KIND,
)


class PluginEntry(Protocol):
    """What of an importlib.metadata.EntryPoint is used."""

    @property
    def name(self) -> str: ...

    @property
    def value(self) -> str: ...

    @property
    def load(self) -> Callable[[], object]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    kinds: Mapping[str, AnyKind]
    broken: Mapping[str, str]
    """Plugins that cannot be used: "entry name (module:object)" to the reason, one line."""


def load_registry(entry_points: Iterable[PluginEntry] | None = None) -> Registry:
    """Our own kinds and those of `entry_points` (None: all that are installed). Never raises for a plugin."""
    kinds: dict[str, AnyKind] = {kind.name: kind for kind in BUILTIN}
    broken: dict[str, str] = {}
    for entry in installed_entry_points(group=GROUP) if entry_points is None else entry_points:
        found = _load(entry)
        if isinstance(found, str):
            broken[_place(entry)] = found
        elif found.name in kinds:
            broken[_place(entry)] = f"kind {found.name!r} exists already; a plugin cannot replace it"
        else:
            kinds[found.name] = found
    return Registry(kinds=kinds, broken=broken)


def _load(entry: PluginEntry) -> AnyKind | str:
    try:
        found = entry.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001  # foreign code may raise anything; it must not stop us
        return f"cannot be imported: {type(error).__name__}: {_first_line(str(error))}"
    if not isinstance(found, CheckKind):
        return f"names a {type(found).__name__}, not a checks.plugin.CheckKind"
    return found


def _first_line(text: str) -> str:
    return text.strip().split("\n", 1)[0]


def _place(entry: PluginEntry) -> str:
    return f"{entry.name} ({entry.value})"
