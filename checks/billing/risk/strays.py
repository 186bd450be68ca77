"""Open bills behind a forecast that was told, of vendors whom the settings do not name any more."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from checks.ledger.state import BillOnRecord
from checks.plugin import Memory

_KEY: Final = "behind/1"
#: Of one service; that one of them is a stray is enough to know.
_MOST_KEPT: Final = 50


def strays(
    memory: Memory, behind: Mapping[str, Sequence[str]], on_record: Iterable[BillOnRecord], vendors: Iterable[str]
) -> Mapping[str, Sequence[BillOnRecord]]:
    """By service. `behind` are keys of the bills that threaten each now; `vendors` are those of the settings."""
    known = frozenset(vendors)
    lost = {bill.key: bill for bill in on_record if bill.vendor not in known}
    before = _before(memory)
    found = {
        service: bills
        for service, keys in before.items()
        if not behind.get(service) and (bills := [lost[key] for key in keys if key in lost])
    }
    now = {service: list(keys[:_MOST_KEPT]) for service, keys in behind.items() if keys}
    now.update((service, [bill.key for bill in bills]) for service, bills in found.items())
    if now != before:
        memory.set(_KEY, {service: list(keys) for service, keys in now.items()})
    return found


def _before(memory: Memory) -> Mapping[str, list[str]]:
    kept = memory.get(_KEY)
    return {
        service: [key for key in keys if isinstance(key, str)]
        for service, keys in (kept if isinstance(kept, dict) else {}).items()
        if isinstance(keys, list)
    }
