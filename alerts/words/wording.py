"""Days, spans and counts as people say them."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from checks.estate import Department
from checks.model import Cause
from checks.wording import day_of, local, moment

#: Departments named one by one; the rest are counted.
MAX_DEPARTMENTS = 8

#: What a cause means to somebody who has just been woken.
CAUSES: dict[Cause, str] = {
    Cause.NONE: "nothing in particular",
    Cause.REFUSED: "the connection was refused",
    Cause.TIMEOUT: "no answer in time",
    Cause.UNREACHABLE: "no way through the network",
    Cause.NAME_NOT_FOUND: "the name does not exist in DNS",
    Cause.NAME_FAILED: "DNS did not answer",
    Cause.TLS_MISSING: "no encryption offered",
    Cause.TLS_HANDSHAKE: "encryption could not be agreed",
    Cause.TLS_UNTRUSTED: "the certificate is not trusted",
    Cause.TLS_NAME_MISMATCH: "the certificate is for another name",
    Cause.TLS_WEAK: "the encryption is too weak",
    Cause.TLS_REVOKED: "the certificate was revoked",
    Cause.NOT_YET_VALID: "the certificate is not valid yet",
    Cause.EXPIRED: "expired",
    Cause.PROTOCOL: "the answer breaks the protocol",
    Cause.REJECTED: "the server said no",
    Cause.AUTH_FAILED: "the login was refused",
    Cause.GREYLISTED: "asked to try again later",
    Cause.SUSPENDED: "the account is suspended",
    Cause.MISMATCH: "the answer is not the expected one",
    Cause.SLOW: "too slow",
    Cause.REDIRECT_LOOP: "redirected in a circle",
    Cause.TOO_LARGE: "the answer is too large",
    Cause.NOT_REGISTERED: "the domain is not registered",
    Cause.ON_HOLD: "the registry holds the domain",
    Cause.RATE_LIMITED: "asked too often",
    Cause.UNPARSABLE: "the answer cannot be understood",
    Cause.OVER_CAPACITY: "more users than it can hold",
    Cause.MASS_LOGOUT: "users were logged out in a mass",
    Cause.DUE: "due",
    Cause.OVERDUE: "overdue",
    Cause.BLOCKED: "the payment is blocked",
    Cause.WITHDRAWN: "no longer listed",
    Cause.STALE: "not judged for too long",
    Cause.BLIND: "we cannot see out",
    Cause.BUG: "an error in the check itself",
}


def day(at: datetime, zone: tzinfo) -> str:
    return day_of(local(at, zone).date())


def period(since: datetime, until: datetime, zone: tzinfo) -> str:
    """Like "from 02:14 to 02:28 on Sat 14 Oct 2017"."""
    same_day = local(since, zone).date() == local(until, zone).date()
    start = f"{local(since, zone):%H:%M}" if same_day else moment(since, zone)
    return f"from {start} to {moment(until, zone)}"


def span(length: timedelta) -> str:
    """The two largest units of `length`: "45 s", "14 min", "2 h 5 min", "10 days 4 h"."""
    seconds = max(0, int(length.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if not minutes:
        return f"{seconds} s"
    if not hours:
        return f"{minutes} min"
    if not days:
        return _two(f"{hours} h", minutes % 60, "min")
    return _two(count(days, "day"), hours % 24, "h")


def count(number: int, noun: str) -> str:
    """Like "1 user", "1,200 users"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(items: Sequence[str]) -> str:
    """Like "a, b and c"."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def untitled(text: str, title: str) -> str:
    """`text` as it goes behind `title` and a colon: a kind may have begun with the same name ("e-office: full")."""
    name, colon, rest = text.partition(": ")
    return rest if colon and name.casefold() == title.casefold() else text


def people(departments: Sequence[Department]) -> str:
    """Like "Health Department (1,200 users) and Police (300 users), 1,500 users in all"; "" for nobody."""
    by_size = sorted(departments, key=lambda department: -department.users)
    names = [_department(department) for department in by_size[:MAX_DEPARTMENTS]]
    if rest := by_size[MAX_DEPARTMENTS:]:
        names.append(count(len(rest), "other department"))
    total = sum(department.users for department in departments)
    in_all = f", {count(total, 'user')} in all" if total and len(departments) > 1 else ""
    return listed(names) + in_all


def _department(department: Department) -> str:
    return f"{department.name} ({count(department.users, 'user')})" if department.users else department.name


def _two(whole: str, rest: int, unit: str) -> str:
    return f"{whole} {rest} {unit}" if rest else whole
