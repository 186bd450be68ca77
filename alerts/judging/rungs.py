"""Which rungs of a deadline are due and untold: pure."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from checks.model import Rung


def due_rungs(rungs: Sequence[Rung], told: AbstractSet[str], now: datetime) -> list[Rung]:
    """Rungs whose time has come and that nobody was told of yet, most urgent first."""
    due = [rung for rung in rungs if now >= rung.at and rung.name not in told]
    return sorted(due, key=lambda rung: rung.at, reverse=True)
