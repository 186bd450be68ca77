"""Vendors and what they are owed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from checks.billing.risk.blast import Blast, blast_of, services_behind, services_of
from checks.billing.risk.stake import totals, totals_text
from checks.estate import Estate, Vendor
from checks.ledger.state import BillOnRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A vendor and what it is owed."""

    vendor: Vendor
    bills: Sequence[BillOnRecord]
    """Open ones."""
    is_expected: bool
    """A contract says that another bill will come."""
    blast: Blast
    """What goes dark if its open bills are not paid; without one, all that it provides."""

    @property
    def is_waiting(self) -> bool:
        return bool(self.bills) or self.is_expected

    @property
    def open_text(self) -> str:
        """Like "Rs 134,000 in 1 bill"."""
        if not self.bills:
            return "no open bill"
        many = "1 bill" if len(self.bills) == 1 else f"{len(self.bills):,} bills"
        return f"{totals_text(totals(self.bills))} in {many}"


def owed_vendors(bills: Iterable[BillOnRecord], estate: Estate, today: date) -> list[Owed]:
    """Vendors of the settings, then those of open `bills` that have left the settings."""
    by_vendor: dict[str, list[BillOnRecord]] = {id_: [] for id_ in estate.vendors}
    for bill in bills:
        by_vendor.setdefault(bill.vendor, []).append(bill)
    expecting = {
        one.vendor
        for one in estate.billing.contracts
        if one.cycle_months is not None and (one.ends is None or one.ends >= today)
    }
    return [
        Owed(
            vendor=estate.vendors.get(id_, Vendor(id=id_, name=id_)),
            bills=theirs,
            is_expected=id_ in expecting,
            blast=_blast(id_, theirs, estate),
        )
        for id_, theirs in by_vendor.items()
    ]


def _blast(vendor: str, bills: Sequence[BillOnRecord], estate: Estate) -> Blast:
    cut = [service for bill in bills for service in services_behind(bill, estate)]
    return blast_of(cut or services_of(vendor, estate), estate)
