"""How long a message waits for its next try, and when trying ends."""

import random
from datetime import datetime, timedelta

#: The first wait, doubled with each failure up to the longest.
FIRST_S = 5.0
LONGEST_S = 240.0

#: The longest wait the other side may ask for (Retry-After); beyond it we ask again.
LONGEST_ASKED_S = 6 * 3600.0

#: A message nobody took for so long, in so many tries, is buried: what it told of is over, or was told otherwise.
GIVE_UP_AFTER = timedelta(days=3)
GIVE_UP_TRIES = 10


def delay_s(attempts: int, rng: random.Random) -> float:
    """Seconds to wait after `attempts` failures in a row, 1 or more: half of it fixed, half by chance.

    The chance keeps queues that failed together from coming back together.
    """
    if attempts < 1:
        raise ValueError(f"attempts counts the failures so far, 1 or more; got {attempts}")
    # The exponent is capped before the power is taken: 2 to a row's 10,000th attempt is a very long number.
    full_s = min(LONGEST_S, FIRST_S * 2.0 ** min(attempts - 1, 16))
    return full_s / 2 + rng.uniform(0, full_s / 2)


def wait_s(attempts: int, asked_s: float | None, rng: random.Random) -> float:
    """Our own delay, or what the other side asked for where that is longer: never less than our own.

    So a server that says "retry after 0" is not hammered.
    """
    own_s = delay_s(attempts, rng)
    return own_s if asked_s is None else max(own_s, min(asked_s, LONGEST_ASKED_S))


def is_hopeless(first_due: datetime, now: datetime, attempts: int) -> bool:
    """Whether a message that failed again at `now` is given up.

    Waiting for office hours does not count, and one that waited long behind others still gets its tries.
    """
    return attempts >= GIVE_UP_TRIES and now - first_due >= GIVE_UP_AFTER
