"""What is learnt from a ledger now and then, by whoever asks first, for all who ask."""

import asyncio
from dataclasses import dataclass, field

from checks.plugin import Json


@dataclass(slots=True)
class Lessons:
    """checks.plugin.Lessons, for one life of whoever holds the ledger."""

    kept: dict[str, Json] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def alone(self) -> asyncio.Lock:
        return self._turn
