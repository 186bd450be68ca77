"""When a registry is asked again. Pure: the same domain, the same instant, the same answer."""

import zlib
from datetime import datetime, timedelta

from checks.domains.known import Known, is_faulty
from checks.domains.outcome import Failed
from checks.domains.sources import MAX_REST_S
from checks.model import Cause

#: While something is wrong: people wait to hear that it is over.
FAULTY_EVERY = timedelta(minutes=15)
#: Once a date is near enough for anybody to have been told: renewals are looked for.
NEAR_EVERY = timedelta(hours=1)

_FIRST_RETRY_S = 60.0
_LAST_RETRY_S = 3600.0
_FIRST_LIMITED_S = 900.0
#: Of a pause, how much shorter or longer it is from domain to domain, so that they do not all ask at once.
_SPREAD = 0.1
_MAX_DOUBLINGS = 20


def next_question(known: Known, every: timedelta, *, asked_of: str, is_near: bool, domain: str) -> datetime | None:
    """From when on a look asks; None: at once. Answers alone serve until then."""
    if known.asked_at is None or known.asked_of != asked_of:
        return None
    trouble = known.trouble
    if known.failure is None and not known.is_settled and (trouble is None or is_faulty(known.last)):
        return None
    if trouble is not None:
        return known.asked_at + timedelta(seconds=backoff_s(trouble, known.failures, domain))
    if is_faulty(known.last):
        every = min(every, FAULTY_EVERY)
    elif is_near:
        every = min(every, NEAR_EVERY)
    return known.asked_at + every * (1 + _SPREAD * (2 * _share(domain) - 1))


def backoff_s(failure: Failed, failures: int, domain: str) -> float:
    """How long to wait after the `failures`-th failure in a row: as long as the registry said, else doubling.

    One that limits us is left alone for a quarter of an hour to a day; one that fails, for one minute to an hour.
    """
    doubled = 2.0 ** min(failures - 1, _MAX_DOUBLINGS)
    if failure.cause is not Cause.RATE_LIMITED:
        wait_s = min(_FIRST_RETRY_S * doubled, _LAST_RETRY_S)
    elif failure.retry_after_s is None:
        wait_s = min(_FIRST_LIMITED_S * doubled, MAX_REST_S)
    else:
        wait_s = min(max(failure.retry_after_s, _FIRST_RETRY_S), MAX_REST_S)
    # Never earlier than asked for.
    return wait_s * (1 + _SPREAD * _share(f"{domain} {failures}"))


def _share(text: str) -> float:
    """A number from 0 to 1 that hangs on `text` alone."""
    return zlib.crc32(text.encode()) / 0xFFFFFFFF
