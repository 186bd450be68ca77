"""Whether name servers serve us at all, from how look-ups ended: no clock, no question, no answer in here.

One name that fails may be its owner's fault; when every name fails it is the servers'. What tells them apart are names
that were answered well: has none of them been since, and do enough of them fail now?
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum
from itertools import chain, islice
from typing import Final, NamedTuple

#: So many zones must fail before "all" means more than chance.
ENOUGH_ZONES: Final = 3

#: A zone that was answered well is a witness this long: twice the longest time that an answer is kept.
WITNESS_S: Final = 7200.0

#: Where every one of the last look-ups took long, the servers are slow.
_LOOK_UPS_TIMED: Final = 3

#: Names and zones remembered; some come from outside, as hosts of redirects do.
_MAX_KEPT: Final = 50_000

_COUNTRY_CODE_CHARS = 2
_SHORT_LABEL_CHARS = 3


class Trouble(Enum):
    """How names fail."""

    SILENT = "silent"
    """No server said anything."""
    FAILED = "failed"
    """Servers spoke and gave no answer: SERVFAIL, REFUSED, what cannot be read."""
    MISSING = "missing"
    """They say that the name does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How name servers serve us, as far as look-ups tell."""

    trouble: Trouble | None
    words: str
    """The trouble in words for people; "" without one."""
    servers: tuple[str, ...]
    """As people write them."""
    failing: tuple[str, ...]
    """Names that failed alike since one was answered, one per zone."""
    slowest_s: float
    """What each of the last look-ups took at least; 0 while too few were timed."""
    is_idle: bool
    """Nothing was ever asked."""
    heard: tuple[str, ...] = ()
    """What became of the look-ups of the names that fail, in their order."""
    is_refused: bool = False
    """The machines are there and refuse the connection: no server of names runs on them."""


class Failure(NamedTuple):
    name: str
    heard: str
    is_refused: bool


class NameService:
    """Follows how look-ups end. "Since" is meant in their order, so a clock that jumps changes nothing.

    Raises nothing; every call but `witnesses` takes constant time.
    """

    def __init__(self) -> None:
        self._turn = 0
        self._well_turn = 0
        self._failing_since: dict[str, int] = {}
        self._own_fault: set[str] = set()
        self._known: dict[str, tuple[str, float]] = {}
        self._failing: dict[Trouble, dict[str, Failure]] = {way: {} for way in Trouble}
        self._turned: dict[Trouble, set[str]] = {way: set() for way in Trouble}
        self._took_s: deque[float] = deque(maxlen=_LOOK_UPS_TIMED)

    def answered(self, name: str, now_s: float, took_s: float = 0.0) -> None:
        """Servers gave an address of `name`: they serve us, so whatever else fails has reasons of its own."""
        self._turn += 1
        self._well_turn = self._turn
        self._failing_since.pop(name, None)
        self._own_fault.discard(name)
        for way in Trouble:
            self._clear(way)
        zone = zone_of(name)
        self._known.pop(zone, None)
        self._known[zone] = (name, now_s)
        self._forget(now_s)
        self._took_s.append(took_s)

    def failed(self, name: str, way: Trouble, now_s: float, heard: str = "", *, is_refused: bool = False) -> None:
        """A look-up of `name` ended without an address; `heard` says how."""
        self._turn += 1
        if self._failing_since.setdefault(name, self._turn) < self._well_turn:
            self._own_fault.add(name)
        self._forget(now_s)
        zone = zone_of(name)
        for other in Trouble:
            if (other is Trouble.MISSING) is not (way is Trouble.MISSING):
                self._clear(other)  # a server that says no is not silent, and the other way round
            self._failing[other].pop(zone, None)
            self._turned[other].discard(zone)
        self._failing[way][zone] = Failure(name, heard, is_refused)
        if zone in self._known:
            self._turned[way].add(zone)

    @property
    def trouble(self) -> Trouble | None:
        """How servers fail us, if it is them; None also where nobody can tell.

        Silence towards a single name is enough where no other name was ever answered. What servers say takes
        ENOUGH_ZONES zones, since a lone one may say it of itself.
        """
        silent, failed = len(self._failing[Trouble.SILENT]), len(self._failing[Trouble.FAILED])
        if self._is_enough(Trouble.SILENT, Trouble.FAILED, least=1 if silent and not failed else ENOUGH_ZONES):
            return Trouble.SILENT if silent >= failed else Trouble.FAILED
        return Trouble.MISSING if self._is_enough(Trouble.MISSING, least=ENOUGH_ZONES) else None

    def _is_enough(self, *ways: Trouble, least: int) -> bool:
        """Whether so many fail that it is the servers. Where names were answered well before, those alone count."""
        failing = sum(len(self._failing[way]) for way in ways)
        turned = sum(len(self._turned[way]) for way in ways)
        if len(self._known) > 1:
            return turned >= min(ENOUGH_ZONES, len(self._known))
        return failing >= least and turned >= len(self._known)

    def knows(self, name: str) -> bool:
        """Whether a name of its zone was answered well."""
        return zone_of(name) in self._known

    def is_own_fault(self, name: str) -> bool:
        """Whether `name` fails while servers serve others: it failed, another was answered, and it failed again."""
        return name in self._own_fault

    def is_undecided(self, name: str) -> bool:
        """Whether `name` fails, there are witnesses, and it has not failed again since one of them was answered."""
        others = len(self._known) - (zone_of(name) in self._known)
        return name in self._failing_since and name not in self._own_fault and others > 0

    @property
    def is_idle(self) -> bool:
        """Nothing was ever asked."""
        return not self._turn

    @property
    def slowest_s(self) -> float:
        """What each of the last look-ups took at least; 0 while too few were timed."""
        return min(self._took_s) if len(self._took_s) == _LOOK_UPS_TIMED else 0.0

    @property
    def failing(self) -> tuple[Failure, ...]:
        """What failed alike since a name was answered, one per zone."""
        return tuple(failure for way in Trouble for failure in self._failing[way].values())

    def witnesses(self) -> tuple[str, ...]:
        """Up to ENOUGH_ZONES names whose look-up would tell more, () while nothing fails.

        Those that were answered well and do not fail yet come first, the latest of them first of all; then those that
        fail, since they also tell when it is over.
        """
        failing = {zone: failure.name for way in Trouble for zone, failure in self._failing[way].items()}
        if not failing:
            return ()
        others = (name for zone, (name, _) in reversed(self._known.items()) if zone not in failing)
        turned = (name for zone, name in failing.items() if zone in self._known)
        strange = (name for zone, name in failing.items() if zone not in self._known)
        return tuple(islice(chain(others, turned, strange), ENOUGH_ZONES))

    def _forget(self, now_s: float) -> None:
        while self._known:
            zone, (_, at_s) = next(iter(self._known.items()))
            if now_s - at_s < WITNESS_S and len(self._known) <= _MAX_KEPT:
                break
            del self._known[zone]
        if len(self._failing_since) > _MAX_KEPT:
            oldest = next(iter(self._failing_since))
            del self._failing_since[oldest]
            self._own_fault.discard(oldest)
        for way in Trouble:
            if len(self._failing[way]) > _MAX_KEPT:
                self._clear(way)

    def _clear(self, way: Trouble) -> None:
        self._failing[way].clear()
        self._turned[way].clear()


def zone_of(name: str) -> str:
    """About what somebody registers: "kp.gov.pk" of "mail.kp.gov.pk", "example.org" of "mx1.example.org".

    Without the public suffix list, whose exactness nothing here hangs on: below a country a short label is taken for
    a class of names, as gov, com and ac are.
    """
    labels = name.split(".")
    is_class = len(labels[-1]) == _COUNTRY_CODE_CHARS and len(labels) > 1 and len(labels[-2]) <= _SHORT_LABEL_CHARS
    return ".".join(labels[-3:] if is_class else labels[-2:])
