"""What bills must hold: none falls to no check, and none is settled before its day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from checks.billing.watch import Options, is_looked_at
from checks.estate import Estate
from checks.invoice import Invoice
from watchdog.settings.checks_section import ChecksSection
from watchdog.settings.problems import TreePath
from watchdog.settings.reader import Reader


def check_bills(
    reader: Reader, bills: Mapping[TreePath, Invoice], section: ChecksSection, estate: Estate, today: date
) -> None:
    """`bills` by their place. `today` is the estate's day."""
    for path, bill in bills.items():
        if bill.settled_on is not None and bill.settled_on > today:
            text = "lies in the future; a bill is settled once the vendor has its money"
            reader.refuse((*path, "settled_on"), text)
    if _may_be_watched_once_mended(reader):
        return
    doubtful = {one.path[:2] for one in reader.problems}
    for path, bill in bills.items():
        if path not in doubtful and not bill.is_settled(today) and not _is_watched(bill, section, estate):
            reader.refuse(path, f"no check watches this bill; {_remedy(bill)}")


def with_lists(estate: Estate, section: ChecksSection) -> Estate:
    """`estate`, knowing the lists that checks read: the bills in them are told of by those checks alone. And knowing
    what others are narrowed to, for the check of the rest.
    """
    looks = [(spec.options, spec.service) for spec in (check.spec for check in section.checks)]
    of_bills = [(one, service) for one, service in looks if isinstance(one, Options)]
    read = {(str(one.csv), one.vendor) for one, _service in of_bills if one.csv is not None}
    scopes = {(one.vendor, service) for one, service in of_bills if one.csv is None and not one.rest}
    if not of_bills:
        return estate
    billing = replace(
        estate.billing,
        lists=frozenset(read),
        due_scopes=frozenset(scopes),
        rest_is_watched=any(one.rest for one, _service in of_bills),
    )
    return replace(estate, billing=billing)


def _may_be_watched_once_mended(reader: Reader) -> bool:
    """Whether checks or services have problems of their own: without them, the bill may well be watched."""
    return not reader.sources.is_whole or any(one.path[:1] in {("checks",), ("services",)} for one in reader.problems)


def _is_watched(bill: Invoice, section: ChecksSection, estate: Estate) -> bool:
    return any(
        spec.options.csv is None and is_looked_at(bill, spec.options, estate.services.get(spec.service or ""))
        for spec in (check.spec for check in section.checks)
        if isinstance(spec.options, Options)
    )


def _remedy(bill: Invoice) -> str:
    service = "" if bill.service is None else f", or one with service: {bill.service}"
    return f"add a check of kind invoice_due without service: and vendor:, which watches every bill{service}"
