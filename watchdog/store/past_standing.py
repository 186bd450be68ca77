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

#: A day that is near or past is no outage: what it is about works as ever.
DATES = frozenset({Cause.DUE, Cause.OVERDUE, Cause.BLOCKED, Cause.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A time in which every look that could judge saw it down."""

    began_at: datetime
    ended_at: datetime | None
    """The first look that saw it up again; None while it lasts, and where nobody has seen it since."""
    last_at: datetime
    """The last look that saw it down."""
    lasts: bool
    """Whether that look is recent enough to say that it is down still."""
    cause: Cause
    """The one most looks saw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Shares of a span of time. What nobody saw, or could not judge, is neither up nor down."""

    up: timedelta
    down: timedelta
    unseen: timedelta
    due: timedelta = timedelta()
    """Of `up`: its day was so near, or past, that it was critical."""

    @property
    def availability(self) -> float | None:
        """Up, of the time that was judged; None where none was."""
        judged = self.up + self.down
        return self.up / judged if judged else None

    @property
    def unseen_share(self) -> float:
        whole = self.up + self.down + self.unseen
        return self.unseen / whole if whole else 0.0


def standing(looks: Sequence[Look], since: datetime, until: datetime, earlier: Sequence[Look] = ()) -> Standing:
    """From `since`, or the first look where that is later: before it nobody was to look.

    `earlier` looks tell only how often there is one: needed where a check looks about as rarely as the span is long.
    """
    times = {status: timedelta() for status in Status}
    due = timedelta()
    holds = _holds([look.observed_at for look in (*earlier, *looks)])
    seen = [(look.observed_at, look.status, look.cause) for look in looks]
    for (at, status, cause), (next_at, _, _) in pairwise([*seen, (until, Status.UNKNOWN, Cause.NONE)]):
        held = min(next_at - at, holds)
        if status is Status.CRITICAL and cause in DATES:
            due += held
        else:
            times[status] += held
    up, down = times[Status.OK] + times[Status.WARNING] + due, times[Status.CRITICAL]
    begins_at = max(since, seen[0][0]) if seen else since
    return Standing(up=up, down=down, unseen=max(until - begins_at - up - down, timedelta()), due=due)


def outages(looks: Sequence[Look], until: datetime) -> list[Outage]:
    """Oldest first. An unknown look neither begins nor ends one; nor does a warning begin one: it is up."""
    found: list[Outage] = []
    run: list[Look] = []
    for look in looks:
        if look.status is Status.CRITICAL and look.cause not in DATES:
            run.append(look)
        elif run and look.status is not Status.UNKNOWN:
            found.append(_outage(run, look.observed_at, lasts=False))
            run = []
    if run:
        holds = _holds([look.observed_at for look in looks])
        found.append(_outage(run, None, lasts=run[-1].observed_at + holds >= until))
    return found


def _outage(run: Sequence[Look], ended_at: datetime | None, *, lasts: bool) -> Outage:
    cause, _ = Counter(look.cause for look in run).most_common(1)[0]
    began_at, last_at = run[0].observed_at, run[-1].observed_at
    return Outage(began_at=began_at, ended_at=ended_at, last_at=last_at, lasts=lasts, cause=cause)


def _holds(times: Sequence[datetime]) -> timedelta:
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    usual = timedelta(seconds=median(gaps)) if gaps else timedelta()
    return max(HOLDS_FOR_GAPS * usual, HOLDS_AT_LEAST)
