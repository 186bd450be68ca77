"""Whether those who are owed money can be paid, for listings: as the check of payees judges it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from checks.billing.payee.grounds import grounds_by, payees_of, verdicts
from checks.billing.payee.verdict import PayeeVerdict, asked_of_lists
from checks.calendars import OfficeCalendars
from checks.estate import Vendor
from checks.ledger.state import BillOnRecord
from watchdog.cli.looks import View

_NAMED: Final = 5


def payable_seen(vendors: Iterable[Vendor], view: View) -> Mapping[str, PayeeVerdict]:
    """By id. Raises StoreError."""
    among = tuple(vendors)
    taxpayers = view.listings.taxpayers
    lookups = {kind: taxpayers.look_up(kind, numbers) for kind, numbers in asked_of_lists(among).items()}
    grounds = grounds_by(lookups, view.estate, OfficeCalendars(view.estate), view.now)
    return verdicts(among, view.listings.ledger.payees(), grounds)


def payees_seen(bills: Iterable[BillOnRecord], view: View) -> Mapping[str, PayeeVerdict]:
    """Of the vendors of `bills`. Raises StoreError."""
    return payable_seen(payees_of(bills, view.estate), view)


def doubts(payees: Iterable[PayeeVerdict]) -> list[str]:
    """Of whom nobody can say whether they can be paid: a note for each reason."""
    by_reason: dict[str, list[str]] = {}
    for one in payees:
        if one.doubt:
            by_reason.setdefault(one.doubt, []).append(one.vendor)
    return [f"nobody can say whether {_named(ids)} can be paid: {why}" for why, ids in by_reason.items()]


def _named(ids: Sequence[str]) -> str:
    more = len(ids) - _NAMED
    return ", ".join(ids[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
