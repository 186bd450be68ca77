"""How a subject stood over a span of time, by the clock and not by the look: in trouble it is looked at more often."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from checks.model import Cause, Status
from watchdog.store.past_views import Look

#: A look says how it was until the next one, but not for longer than this many usual gaps, nor less than this time.
HOLDS_FOR_GAPS = 3
HOLDS_AT_LEAST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A time in which every look that could judge saw it down."""

    began_at: datetime
    ended_at: datetime | None
    """The first look that saw it up again; None while it lasts, and where nobody has seen it since."""
    last_at: datetime
    """The last look that saw it down."""
    cause: Cause
    """The one most looks saw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Shares of a span of time. What nobody saw, or could not judge, is neither up nor down."""

    up: timedelta
    down: timedelta
    unseen: timedelta

    @property
    def availability(self) -> float | None:
        """Up, of the time that was judged; None where none was."""
        judged = self.up + self.down
        return self.up / judged if judged else None

    @property
    def unseen_share(self) -> float:
        whole = self.up + self.down + self.unseen
        return self.unseen / whole if whole else 0.0


def standing(looks: Sequence[Look], since: datetime, until: datetime) -> Standing:
    """From `since`, or the first look where that is later: before it nobody was to look."""
    times = {status: timedelta() for status in Status}
    seen = [(look.observed_at, look.status) for look in looks]
    holds = _holds([at for at, _ in seen])
    for (at, status), (next_at, _) in pairwise([*seen, (until, Status.UNKNOWN)]):
        times[status] += min(next_at - at, holds)
    up, down = times[Status.OK] + times[Status.WARNING], times[Status.CRITICAL]
    begins_at = max(since, seen[0][0]) if seen else since
    return Standing(up=up, down=down, unseen=max(until - begins_at - up - down, timedelta()))


def outages(looks: Sequence[Look]) -> list[Outage]:
    """Oldest first. An unknown look neither begins nor ends one; nor does a warning begin one: it is up."""
    found: list[Outage] = []
    run: list[Look] = []
    for look in looks:
        if look.status is Status.CRITICAL:
            run.append(look)
        elif run and look.status is not Status.UNKNOWN:
            found.append(_outage(run, look.observed_at))
            run = []
    return [*found, _outage(run, None)] if run else found


def _outage(run: Sequence[Look], ended_at: datetime | None) -> Outage:
    cause, _ = Counter(look.cause for look in run).most_common(1)[0]
    return Outage(began_at=run[0].observed_at, ended_at=ended_at, last_at=run[-1].observed_at, cause=cause)


def _holds(times: Sequence[datetime]) -> timedelta:
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    usual = timedelta(seconds=median(gaps)) if gaps else timedelta()
    return max(HOLDS_FOR_GAPS * usual, HOLDS_AT_LEAST)
