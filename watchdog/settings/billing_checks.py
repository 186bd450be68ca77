"""The checks that a `billing:` section brings by itself: who says how bills are paid has their way watched."""

from collections.abc import Mapping
from typing import Final

from alerts.judging.fault import Threshold
from checks.model import CheckId
from checks.plugin import AnyKind
from checks.spec import CheckSpec
from watchdog.settings.check_entries import CheckEntry
from watchdog.settings.checks_section import ChecksSection
from watchdog.settings.problems import TreePath
from watchdog.settings.values import ConfiguredCheck

#: Id to kind. A kind that is configured under `checks:` is left to that check.
BILLING_CHECKS: Final[Mapping[str, str]] = {
    "billing/stages": "payment_stage",
    "billing/cut-offs": "payment_cut_off",
    "billing/payees": "payee",
    "billing/contracts": "contract",
    "billing/outages": "outage_forecast",
}
#: What people call them.
BILLING_TITLES: Final[Mapping[str, str]] = {
    "billing/stages": "Bills on their way",
    "billing/cut-offs": "Cut-offs of bills",
    "billing/payees": "Payees",
    "billing/contracts": "Contracts",
    "billing/outages": "Outages ahead",
}
_PLACE: Final[TreePath] = ("billing",)


def add_billing_checks(section: ChecksSection) -> None:
    """One check of each kind of BILLING_CHECKS that is there, with defaults for all it takes."""
    configured = {check.spec.kind.name for check in section.checks}
    for check_id, name in BILLING_CHECKS.items():
        kind = section.known.kinds.get(name)
        if kind is not None and name not in configured:
            _add(section, check_id, kind)


def _add(section: ChecksSection, check_id: str, kind: AnyKind) -> None:
    if other := section.places.get(check_id):
        text = f"the check {check_id} comes with the section billing; take another id, or make it of kind {kind.name}"
        section.reader.refuse((*other, "id"), text)
        return
    options = section.options_alone(_PLACE, kind)
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
