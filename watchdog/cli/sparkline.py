"""Small pictures of time in one line of text: blocks where the terminal knows them, plain signs where it does not."""

from collections.abc import Sequence
from dataclasses import dataclass

from checks.model import Status
from watchdog.store.past_views import Slice

_BLOCKS = "▁▂▃▄▅▆▇█"
_PLAIN_LEVELS = "_.-=+*#@"
#: Nobody looked; somebody looked and could not judge.
_NOBODY, _UNKNOWN = " ", "?"
_COLOURS = {Status.OK: "32", Status.WARNING: "33", Status.CRITICAL: "31", Status.UNKNOWN: "35"}


@dataclass(frozen=True, slots=True)
class Pen:
    """What the terminal can show."""

    has_blocks: bool
    has_colour: bool

    @property
    def levels(self) -> str:
        return _BLOCKS if self.has_blocks else _PLAIN_LEVELS

    def state(self, slices: Sequence[Slice]) -> str:
        """As high as the share of looks that saw it up, of those that could judge."""
        return "".join(map(self._cell, slices))

    def numbers(self, values: Sequence[float | None]) -> str:
        """Between the least and the greatest of them; None is where nothing was measured."""
        known = [value for value in values if value is not None]
        least, width = min(known, default=0.0), max(known, default=0.0) - min(known, default=0.0)
        top = len(self.levels) - 1
        return "".join(
            _NOBODY if value is None else self.levels[round((value - least) / width * top) if width else 0]
            for value in values
        )

    def _cell(self, one: Slice) -> str:
        worst = one.worst
        if worst is None:
            return _NOBODY
        judged = one.looks - one.unknown
        sign = self.levels[int((one.ok + one.warning) / judged * (len(self.levels) - 1))] if judged else _UNKNOWN
        return f"\x1b[{_COLOURS[worst]}m{sign}\x1b[0m" if self.has_colour else sign
