"""Which list goes to whom, on which days and when."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Final

from checks.wording import local
from checks.workdays import WorkCalendar

#: Longer than any run of days off within which a list of a certain weekday is still waited for.
_LONGEST_WAIT_DAYS: Final = 14
#: Ids of all events of lists begin so.
LISTS: Final = "digest-"
#: So many hyphens: of the prefix, of the day, behind the day, the kind and the time.
_NAME_BEHIND: Final = 6


class DigestKind(Enum):
    """What a list holds."""

    BILLS = "bills"
    ON_CALL_SUMMARY = "on_call_summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRule:
    """One list. `at` is a time of day of the reader's zone."""

    id: str
    kind: DigestKind
    to: tuple[str, ...]
    """Receiver ids."""
    at: time
    weekdays: frozenset[int] = frozenset()
    """ISO weekdays; none: every day on which the reader's office works."""
    tells_nothing: bool = False
    """Whether there is a line, too, on a day with nothing to tell."""


def due_day(rule: DigestRule, calendar: WorkCalendar, now: datetime) -> date | None:
    """Today, by the reader's office, where the list is due and its time has come; None else.

    A weekday on which the office is closed passes its list on to the next day on which it is open. What was missed
    is due until midnight: the next day has a list of its own.
    """
    today = calendar.local_date(now)
    if local(now, calendar.zone).time() < rule.at or not is_open(today, calendar):
        return None
    if not rule.weekdays:
        return today
    for days_back in range(_LONGEST_WAIT_DAYS):
        day = today - timedelta(days=days_back)
        if days_back and is_open(day, calendar):
            return None
        if day.isoweekday() in rule.weekdays:
            return today
    return None


def due_at(rule: DigestRule, calendar: WorkCalendar, day: date) -> datetime:
    """The instant from which the list of `day` is due."""
    return datetime.combine(day, rule.at, calendar.zone).astimezone(UTC)


def is_open(day: date, calendar: WorkCalendar) -> bool:
    """Whether the office works on `day`; a holiday that is only estimated is taken as worked: nobody is kept waiting.

    On the last days of the calendar of the world nobody works.
    """
    midnight = datetime.combine(day, time(0), calendar.zone).astimezone(UTC)
    return calendar.local_date(calendar.next_open(midnight)) == day


def event_id(rule: DigestRule, day: date) -> str:
    """The same for one list and day, so that no restart tells it again, nor two receivers at one address."""
    return f"{_identity(rule, day)}{rule.id}"


def is_list_of(event: str, rule: DigestRule, day: date, names: Container[str]) -> bool:
    """Whether the event of that id was the list of `rule` for `day`, where `names` are the ids of all rules there are.

    What has that name was, whenever it was due. What has no name of today's was where kind and time are the same: then
    the rule was called otherwise.
    """
    if event == f"{LISTS}{rule.id}-{day.isoformat()}":  # as versions before wrote it
        return True
    if not event.startswith(f"{LISTS}{day.isoformat()}-"):
        return False
    name = event.split("-", _NAME_BEHIND)[-1]
    return name == rule.id or (name not in names and event.startswith(_identity(rule, day)))


def _identity(rule: DigestRule, day: date) -> str:
    return f"{LISTS}{day.isoformat()}-{rule.kind.value}-{rule.at:%H%M}-"
