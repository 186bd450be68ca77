"""How fast an e-office fills, and when it will be full at that pace. Robust against single odd counts."""

from collections.abc import Sequence
from itertools import combinations
from statistics import median

from checks.eoffice.history import Sample

HOUR_S = 3600.0
#: The morning's rush begins within minutes; an hour that was quiet until then must not hide it.
QUARTER_S = 900.0

_LEAST_SPAN_S = 600.0
_LEAST_SAMPLES = 3
#: A rise counts when the counts grew, over the time looked at, by this many sessions and by this share of the seats.
_LEAST_RISE = 2.0
_LEAST_RISE_SHARE = 0.02
#: Beyond this a guess is worth nothing.
_FARTHEST_S = 7200.0


def slope(samples: Sequence[Sample]) -> float | None:
    """Sessions per second: the median of the slopes of all pairs (Theil and Sen).

    None under ten minutes of samples, or with fewer than three of them. Costs n² / 2 divisions.
    """
    if len(samples) < _LEAST_SAMPLES or samples[-1].at_s - samples[0].at_s < _LEAST_SPAN_S:
        return None
    slopes = [
        (later.sessions - earlier.sessions) / (later.at_s - earlier.at_s)
        for earlier, later in combinations(samples, 2)
        if later.at_s > earlier.at_s
    ]
    return median(slopes)


def time_to_full(hour: Sequence[Sample], seats: int) -> float | None:
    """Seconds until `seats` are taken at the present pace; None where that is over two hours, or it does not rise.

    `hour` are the samples of the last hour in the order of time, the present one last. The pace is that of the hour or
    of its last quarter, whichever is steeper.
    """
    if not hour or hour[-1].sessions >= seats:
        return None
    present = hour[-1]
    quarter = [sample for sample in hour if present.at_s - sample.at_s <= QUARTER_S]
    pace = slope(quarter)
    if pace is None or pace < 0 or present.sessions < median(sample.sessions for sample in quarter):
        return None
    paces = [rise for part in (hour, quarter) if (rise := _marked_rise(part, seats)) is not None]
    if not paces:
        return None
    left_s = (seats - present.sessions) / max(paces)
    return left_s if left_s < _FARTHEST_S else None


def _marked_rise(samples: Sequence[Sample], seats: int) -> float | None:
    """The slope where it stands out of the coming and going of single users."""
    pace = slope(samples)
    if pace is None:
        return None
    rise = pace * (samples[-1].at_s - samples[0].at_s)
    return pace if rise >= max(_LEAST_RISE, _LEAST_RISE_SHARE * seats) else None
