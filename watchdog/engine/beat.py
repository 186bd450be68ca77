"""When regular looks are due: pure."""

import math
from hashlib import blake2b

from checks.model import CheckId

#: Regular looks begin on this beat. A loop that wakes for each of 170 looks a second pays for every waking, and runs
#: with cold caches: together they cost three fifths. Longer beats save little more and make measured times worse.
BEAT_S = 0.1


def phase(check_id: CheckId) -> float:
    """Where in its interval a check runs, in [0, 1): the same after every restart."""
    digest = blake2b(check_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def on_beat(at_s: float) -> float:
    """The first beat at or after `at_s`. Intervals of whole seconds stay on it."""
    return math.ceil(at_s / BEAT_S) * BEAT_S


def next_regular_s(regular_s: float, interval_s: float, now_s: float) -> float:
    """The first regular time after `now_s` on the grid of `regular_s`: missed ones are skipped, the phase kept."""
    if regular_s > now_s:
        return regular_s
    return regular_s + interval_s * ((now_s - regular_s) // interval_s + 1)
