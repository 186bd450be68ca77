"""Messages that carry the dates of a clock that was believed, and was wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.backoff import LONGEST_ASKED_S

#: A clock that is slewed may lose so much between planning a message and looking at it again.
TOLERANCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Believable:
    """What a row that waits may carry, as of `now`. One beyond it would wait until the wrong time comes true."""

    now: datetime
    created_until: datetime
    """Planned later than this: by another clock, so that every date in it is worthless."""
    retried_until: datetime
    """Put off to later than this: the last try was made by another clock."""


def believable(now: datetime) -> Believable:
    return Believable(now, now + TOLERANCE, now + timedelta(seconds=LONGEST_ASKED_S) + TOLERANCE)
