"""The checks that `billing:` brings by itself: who says how bills are paid has their way watched. Contracts are
watched without it, too.
"""

from collections.abc import Mapping
from typing import Final

from alerts.judging.fault import Threshold
from checks.billing.watch import Options
from checks.model import CheckId
from checks.plugin import AnyKind
from checks.spec import CheckSpec
from watchdog.settings.check_entries import CheckEntry
from watchdog.settings.checks_section import ChecksSection
from watchdog.settings.problems import TreePath
from watchdog.settings.values import ConfiguredCheck
from watchdog.settings.yaml_tree import Tree

#: Id to kind. A kind that is configured under `checks:` is left to that check.
BILLING_CHECKS: Final[Mapping[str, str]] = {
    "billing/stages": "payment_stage",
    "billing/cut-offs": "payment_cut_off",
    "billing/payees": "payee",
    "billing/contracts": "contract",
    "billing/outages": "outage_forecast",
    "billing/books": "bookkeeping",
}
#: Of them, what `contracts:` brings where there is no section `billing`.
CONTRACTS_CHECK: Final = "billing/contracts"
#: Brought too, for the bills that no check of kind invoice_due in the settings looks at.
DUE_CHECK: Final = "billing/due"
_DUE_KIND: Final = "invoice_due"
#: What people call them.
BILLING_TITLES: Final[Mapping[str, str]] = {
    "billing/due": "Bills due",
    "billing/stages": "Bills on their way",
    "billing/cut-offs": "Cut-offs of bills",
    "billing/payees": "Payees",
    "billing/contracts": "Contracts",
    "billing/outages": "Outages ahead",
    "billing/books": "Books of bills",
}
_PLACE: Final[TreePath] = ("billing",)


def add_billing_checks(section: ChecksSection) -> None:
    """One check of each kind of BILLING_CHECKS that is there, with defaults for all it takes."""
    configured = {check.spec.kind.name for check in section.checks}
    for check_id, name in BILLING_CHECKS.items():
        kind = section.known.kinds.get(name)
        if kind is not None and name not in configured:
            _add(section, check_id, kind)
    due = section.known.kinds.get(_DUE_KIND)
    if due is not None and not any(_looks_at_all(check.spec) for check in section.checks):
        _add(section, DUE_CHECK, due, {"rest": True})


def add_contracts_check(section: ChecksSection) -> None:
    """The one for contracts alone, unless one of its kind is configured."""
    name = BILLING_CHECKS[CONTRACTS_CHECK]
    kind = section.known.kinds.get(name)
    if kind is not None and all(check.spec.kind.name != name for check in section.checks):
        _add(section, CONTRACTS_CHECK, kind)


def _looks_at_all(spec: CheckSpec) -> bool:
    """Whether bills come to it wherever they are from, whosever they are; or it is told to see to the rest."""
    options = spec.options
    if not isinstance(options, Options) or options.csv is not None:
        return False
    return options.vendor is None and spec.service is None


def _add(section: ChecksSection, check_id: str, kind: AnyKind, more: Mapping[str, Tree] | None = None) -> None:
    if other := section.places.get(check_id):
        comes = "with the section billing or contracts" if check_id == CONTRACTS_CHECK else "with the section billing"
        text = f"the check {check_id} comes {comes}; take another id, or make it of kind {kind.name}"
        section.reader.refuse((*other, "id"), text)
        return
    options = section.options_alone(_PLACE, kind, more)
    if options is None:
        return
    pace = CheckEntry(id="billing", kind=kind.name)
    spec = CheckSpec(
        id=CheckId(check_id),
        kind=kind,
        options=options,
        interval_s=pace.interval_s(kind, section.defaults),
        timeout_s=pace.timeout_s(kind, section.defaults),
        retry_every_s=pace.retry_every_s(kind, section.defaults),
    )
    section.places[check_id] = _PLACE
    section.checks.append(ConfiguredCheck(spec=spec, threshold=_at_once()))


def _at_once() -> Threshold:
    """What is on record is so: nothing is gained by looking again before somebody hears of it."""
    return Threshold(
        failures_to_open=1,
        passes_to_close=1,
        settle_s=0.0,
        flap_hold_s=0.0,
    )
