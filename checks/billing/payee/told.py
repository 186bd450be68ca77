"""Which reasons a vendor's incident was opened with, so that one more is told the day it is recorded. Pure but memory.

A fault is told when it begins and when it ends, not when another reason joins: what comes to light while "payee acme"
already stands has a subject of its own, "payee acme court-order".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from checks.ledger.event import BlockReason
from checks.plugin import Memory

_FIRST: Final = "reasons/1"
_FURTHER: Final = "further/1"


@dataclass(frozen=True, slots=True)
class Further:
    """A reason that was told by itself."""

    vendor: str
    reason: BlockReason
    stands: bool

    @property
    def subject(self) -> str:
        return f"payee {self.vendor} {self.reason.value}"


def further(standing: Mapping[str, Sequence[BlockReason]], memory: Memory) -> list[Further]:
    """`standing` by vendor, all that are looked at. Those that are over stay, as well: an end takes several looks."""
    first, told = _texts(memory.get(_FIRST)), _texts(memory.get(_FURTHER))
    begun = {vendor: first.get(vendor) or [one.value for one in now] for vendor, now in standing.items() if now}
    more = {
        vendor: list(dict.fromkeys([*told.get(vendor, ()), *_not_in(begun.get(vendor, ()), now)]))
        for vendor, now in standing.items()
    }
    for key, before, after in ((_FIRST, first, begun), (_FURTHER, told, {k: v for k, v in more.items() if v})):
        if before != after:
            memory.set(key, {vendor: list(values) for vendor, values in after.items()})
    return [
        Further(vendor, reason, stands=reason.value in _not_in(begun.get(vendor, ()), standing[vendor]))
        for vendor, reasons in more.items()
        for reason in BlockReason
        if reason.value in reasons
    ]


def _not_in(begun: Sequence[str], now: Sequence[BlockReason]) -> list[str]:
    return [one.value for one in now if one.value not in begun]


def _texts(kept: object) -> dict[str, list[str]]:
    """What was kept by an earlier run; anything else counts as nothing."""
    if not isinstance(kept, dict):
        return {}
    return {str(key): [str(one) for one in value] for key, value in kept.items() if isinstance(value, list)}
