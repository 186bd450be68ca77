"""Mass logout: most of the sessions gone within two minutes, in office hours.

The first users of the e-office told of it: with a quarter of the registered users logged in, all were thrown out within
two minutes.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from checks.eoffice.history import Logout, Sample
from checks.workdays import WorkCalendar

#: Two minutes and a little, since looks are not on the second.
WINDOW_S = 130.0
#: What is left at most, of what was.
LEFT_SHARE = 0.4
#: A fall from fewer than these says nothing: a meeting ends.
LEAST_SESSIONS = 10
LEAST_SEATS_SHARE = 0.2

#: Before the office closes people log out together.
_BEFORE_CLOSING = timedelta(minutes=15)
#: It stands until so many are back, or for so long at most.
_BACK_SHARE = 0.5
_STANDS_S = 1800


def next_logout(
    standing: Logout | None,
    recent: Sequence[Sample],
    sessions: float,
    *,
    seats: int,
    now: datetime,
    office: WorkCalendar,
) -> Logout | None:
    """The mass logout that stands after `sessions` were counted; None where there is none.

    `recent` are the counts of the last WINDOW_S. It stands for half an hour, or until half of the sessions are back, so
    that it is still there when re-checks confirm it. Outside of office hours there is none: a counter that is reset at
    night throws nobody out.
    """
    if standing is not None and _still_stands(standing, sessions, now):
        return standing
    high = max(recent, key=lambda sample: sample.sessions, default=None)
    if high is None or high.sessions < max(LEAST_SESSIONS, LEAST_SEATS_SHARE * seats):
        return None
    if sessions > high.sessions * LEFT_SHARE or not _at_work(office, high, now):
        return None
    return Logout(int(now.timestamp()), high.sessions, sessions)


def _still_stands(standing: Logout, sessions: float, now: datetime) -> bool:
    return 0 <= now.timestamp() - standing.at_s <= _STANDS_S and sessions < standing.before * _BACK_SHARE


def _at_work(office: WorkCalendar, high: Sample, now: datetime) -> bool:
    moments = (datetime.fromtimestamp(high.at_s, UTC), now, now + _BEFORE_CLOSING)
    return all(office.next_open(moment) == moment for moment in moments)
