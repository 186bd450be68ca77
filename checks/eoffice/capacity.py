"""From a count of sessions and what was seen before to how the e-office stands. Pure: nothing is asked here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import assert_never

from checks.eoffice.history import History, Logout, Peak, Sample
from checks.eoffice.limits import Level, Limits, next_level, recovery
from checks.eoffice.logout import WINDOW_S, next_logout
from checks.eoffice.pace import HOUR_S, time_to_full
from checks.fault import Fault
from checks.model import Cause, Status
from checks.wording import local, moment
from checks.workdays import WorkCalendar

#: Below it minutes are told one by one, from there on in fives: it is a guess.
_FEW_MINUTES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the e-office stands after one more count. `history` is to be kept for the next look."""

    sessions: float
    limits: Limits
    level: Level
    full_in_s: float | None
    peak: Peak
    logout: Logout | None
    history: History

    @property
    def share(self) -> float:
        """Of the seats; over 1 above the limit."""
        return self.sessions / self.limits.seats


def judge(
    history: History, sessions: float, limits: Limits, *, now: datetime, zone: tzinfo, office: WorkCalendar
) -> Standing:
    """`office` says when a mass logout can be one, `zone` when a day begins for the peak."""
    seats = limits.seats
    hour = (*history.within(now, HOUR_S), Sample(int(now.timestamp()), sessions))
    level = next_level(history.level, sessions / seats, limits)
    recent = [sample for sample in history.within(now, WINDOW_S) if sample.at_s >= history.fell_at_s]
    logout = next_logout(history.logout, recent, sessions, seats=seats, now=now, office=office)
    after = history.with_count(sessions, now, local(now, zone).date())
    return Standing(
        sessions=sessions,
        limits=limits,
        level=level,
        full_in_s=time_to_full(hour, seats),
        peak=after.peak or Peak(local(now, zone).date(), sessions, int(now.timestamp())),
        logout=logout,
        history=replace(
            after, level=level, logout=logout, fell_at_s=history.fell_at_s if logout is None else logout.at_s
        ),
    )


def faults(standing: Standing) -> Sequence[Fault]:
    """All that is wrong, to stand behind the e-office's name; mass logout first."""
    found: list[Fault] = []
    if standing.logout is not None:
        found.append(Fault(Cause.MASS_LOGOUT, Status.CRITICAL, _logout_words(standing.logout, standing.sessions)))
    match standing.level:
        case Level.FREE:
            pass
        case Level.FILLING:
            found.append(Fault(Cause.OVER_CAPACITY, Status.WARNING, f"filling up: {use(standing)}"))
        case Level.FULL:
            found.append(Fault(Cause.OVER_CAPACITY, Status.CRITICAL, f"{_fullness(standing)}: {use(standing)}"))
        case _:
            assert_never(standing.level)
    return found


def _fullness(standing: Standing) -> str:
    free = standing.limits.seats - standing.sessions
    if free < 0:
        return "over its limit"
    return "nearly full" if free else "at its limit"


def use(standing: Standing) -> str:
    """Like "87 of 100 seats in use, full in about 40 min at this pace"."""
    limits = standing.limits
    text = f"{number(standing.sessions)} of {limits.seats:,} seats in use"
    if limits.is_by_users:
        text += f" (it bears {limits.users_share:.0%} of {limits.users:,} registered users)"
    if standing.full_in_s is not None:
        text += f", full {about(standing.full_in_s)} at this pace"
    return text


def facts(standing: Standing, zone: tzinfo) -> tuple[tuple[str, str], ...]:
    limits, peak = standing.limits, standing.peak
    peak_at = moment(datetime.fromtimestamp(peak.at_s, UTC), zone)
    told = [("Sessions", f"{number(standing.sessions)}, {standing.share:.0%} of {limits.seats:,} seats")]
    if limits.users is not None:
        told.append(("Logged in", f"{standing.sessions / limits.users:.0%} of {limits.users:,} registered users"))
    told.append(("Peak of the day", f"{number(peak.sessions)} at {peak_at}"))
    if standing.level is not Level.FREE:
        told.append(("Eases", f"below {recovery(standing.level, limits):,} sessions"))
    if standing.logout is not None:
        told.append(("Mass logout", f"seen at {moment(datetime.fromtimestamp(standing.logout.at_s, UTC), zone)}"))
    return tuple(told)


def number(sessions: float) -> str:
    """Whole where it is; a query may answer an average."""
    return f"{sessions:,.0f}" if sessions == round(sessions) else f"{sessions:,.1f}"


def about(span_s: float) -> str:
    """Like "in about 40 min"."""
    minutes = span_s / 60
    if minutes < 1:
        return "within a minute"
    shown = round(minutes) if minutes < _FEW_MINUTES else 5 * round(minutes / 5)
    return f"in about {shown} min"


def _logout_words(logout: Logout, sessions: float) -> str:
    fell = f"{number(logout.before)} sessions fell to {number(logout.after)} within two minutes"
    now = "" if sessions == logout.after else f", now {number(sessions)}"
    return f"mass logout: {fell}{now}"
