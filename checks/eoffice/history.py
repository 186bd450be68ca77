"""What an e-office's check remembers between two looks: an hour of counts, the day's peak, where it stood."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple, cast

from pydantic import TypeAdapter, ValidationError

from checks.eoffice.limits import Level
from checks.plugin import Json

_KEPT_S = 3600
#: Looks that confirm a fault come every ten seconds; so many are not needed, and an hour of them is written each time.
_SPACING_S = 27
_MOST = 130


class Sample(NamedTuple):
    at_s: int
    """Unix time."""
    sessions: float


class Peak(NamedTuple):
    day: date
    """In the estate's zone."""
    sessions: float
    at_s: int


class Logout(NamedTuple):
    """A mass logout that still stands."""

    at_s: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class History:
    source: str = ""
    """Which source the counts are of: those of another say nothing about this one."""
    samples: tuple[Sample, ...] = ()
    """In the order of time."""
    peak: Peak | None = None
    level: Level = Level.FREE
    logout: Logout | None = None
    fell_at_s: int = 0
    """When the last mass logout was seen, over or not: what was counted before it is no height to fall from again."""

    def within(self, now: datetime, span_s: float) -> tuple[Sample, ...]:
        """Samples of the last `span_s`; what lies ahead of `now` (our clock was set back) is none."""
        at_s = now.timestamp()
        return tuple(sample for sample in self.samples if 0 <= at_s - sample.at_s <= span_s)

    def with_count(self, sessions: float, now: datetime, day: date) -> "History":
        """The samples and the peak after one more count, on `day` in the estate's zone."""
        at_s = int(now.timestamp())
        kept = self.within(now, _KEPT_S)
        if not kept or at_s - kept[-1].at_s >= _SPACING_S:
            kept = (*kept, Sample(at_s, round(sessions, 3)))[-_MOST:]
        peak = self.peak
        if peak is None or peak.day != day or sessions > peak.sessions:
            peak = Peak(day, round(sessions, 3), at_s)
        return replace(self, samples=kept, peak=peak)


_FORM = TypeAdapter(History)


def history_from(kept: Json, source: str) -> History:
    """What was kept about `source`; an empty history where that cannot be read or is about another."""
    try:
        history = _FORM.validate_python(kept, strict=False)
    except ValidationError:
        return History(source)
    return history if history.source == source else History(source)


def as_json(history: History) -> Json:
    return cast("Json", _FORM.dump_python(history, mode="json"))
