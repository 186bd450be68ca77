"""Windows of planned work as written: one-off, recurring, or from a calendar."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, WithJsonSchema

from alerts.mutes.maintenance import Calendar, Once, Recurring, Span, When, Window, longest_refusal
from alerts.mutes.matcher import Matcher, MatcherError, matchers_of, may_hold
from alerts.mutes.standing import check_labels
from checks.calendar_feed import CalendarError, CalendarSpan, read_calendar, read_spans, refuse_without_reader
from checks.recurrence import FIRST_YEAR, LAST_YEAR, Recurrence, RecurrenceError
from checks.secret import Secret
from checks.spec import CheckSpec
from checks.units import duration_text, parse_duration
from watchdog.settings.fields import Entry, Id, LabelName, Line, Text, Zone
from watchdog.settings.problems import TreePath
from watchdog.settings.reader import Reader
from watchdog.settings.telling_entries import webhook_url
from watchdog.settings.values import ConfiguredCheck

ValueT = TypeVar("ValueT")

#: Windows that recur more often are no windows: whoever needs more silences what is meant.
MAX_STEPS: Final = 100_000

#: A calendar is read this far ahead to see whether it can be.
_LOOKED_AT: Final = timedelta(days=90)

_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_PATTERN: Final = frozenset("*?[")
_EXAMPLE: Final = "2026-12-05 22:00"


def _moment(value: object) -> datetime:
    """What the clock of a zone shows."""
    wanted = f'must be a day and a time, say "{_EXAMPLE}"'
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError(wanted)  # pydantic makes a problem of ValueError alone
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"there is no such time; {wanted}") from None


def _rule(value: object) -> Recurrence:
    if not isinstance(value, str):
        raise ValueError('must be a rule, say "FREQ=WEEKLY;BYDAY=SU"')  # noqa: TRY004  # as above
    try:
        return Recurrence(value.removeprefix("RRULE:"))
    except RecurrenceError as error:
        raise ValueError(str(error)) from None


Moment: TypeAlias = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "examples": [_EXAMPLE]})
]
Rule: TypeAlias = Annotated[
    Recurrence, BeforeValidator(_rule), WithJsonSchema({"type": "string", "examples": ["FREQ=WEEKLY;BYDAY=SU"]})
]
Lasts: TypeAlias = Annotated[
    timedelta,
    BeforeValidator(lambda value: parse_duration(value) if isinstance(value, str) else value),
    WithJsonSchema({"type": "string", "examples": ["2h"]}),
]


class MaintenanceEntry(Entry):
    id: Id = Field(description="stable name")
    title: Line = Field(description="what is done, for those who wonder at the silence")
    match: dict[LabelName, Line] = Field(min_length=1, description="labels, as of routes; values may hold * and ?")
    begins: Moment | None = Field(None, alias="from", description="of a window that comes once")
    ends: Moment | None = Field(None, alias="to", description="its end")
    rrule: Rule | None = Field(None, description="how it recurs: RFC 5545, FREQ=DAILY or longer")
    starts: Moment | None = Field(None, description="its first beginning; the hour of all of them")
    lasts: Lasts | None = Field(None, description="how long each one takes")
    ical: Secret | Text | None = Field(None, description="an iCalendar file, or a URL; each event is a window")
    time_zone: Zone | None = Field(None, description="left out: the estate's")

    def matchers(self) -> tuple[Matcher, ...]:
        """A value with signs of a pattern is one. Raises MatcherError, also for what would match everything."""
        signs = {label: "=~" if _PATTERN & set(value) else "=" for label, value in self.match.items()}
        return matchers_of(f"{label}{signs[label]}{value}" for label, value in self.match.items())


def read_maintenance(
    reader: Reader, checks: Sequence[ConfiguredCheck], zone: ZoneInfo, now: datetime
) -> tuple[Window, ...]:
    """Every window that can come; what is wrong is noted at its place."""
    found: dict[str, Window] = {}
    for index, entry in reader.listing("maintenance", MaintenanceEntry):
        path: TreePath = ("maintenance", index)
        folder = reader.sources.file_of(path).parent.absolute()
        if entry.id in found:
            reader.refuse((*path, "id"), "another window has this id")
        try:
            matchers = _matchers(entry, [check.spec for check in checks])
            when = _Reading(entry, folder, entry.time_zone or zone, now).when()
        except _RefusedError as error:
            reader.refuse((*path, *error.inner), str(error))
        else:
            found[entry.id] = Window(id=entry.id, title=entry.title, matchers=matchers, when=when)
    return tuple(found.values())


def _matchers(entry: MaintenanceEntry, specs: Sequence[CheckSpec]) -> tuple[Matcher, ...]:
    try:
        matchers = entry.matchers()
    except MatcherError as error:
        raise _RefusedError(("match",), str(error)) from None
    if not any(may_hold(matchers, check_labels(spec)) for spec in specs):
        raise _RefusedError(("match",), "no check matches this, so it would keep nothing quiet")
    return matchers


class _RefusedError(Exception):
    """What is wrong, and where within the entry."""

    def __init__(self, inner: TreePath, text: str) -> None:
        super().__init__(text)
        self.inner = inner


class _Reading:
    """One entry, and the folder its files are named from."""

    def __init__(self, entry: MaintenanceEntry, folder: Path, zone: ZoneInfo, now: datetime) -> None:
        self._entry, self._folder, self._zone, self._now = entry, folder, zone, now

    def when(self) -> When:
        """Raises _RefusedError."""
        entry = self._entry
        ways: Mapping[str, tuple[tuple[str, ...], Callable[[], When]]] = {
            "from": (("from", "to"), self._once),
            "rrule": (("rrule", "starts", "lasts"), self._recurring),
            "ical": (("ical",), self._calendar),
        }
        given = {
            name for name, value in entry.model_dump(by_alias=True, exclude_unset=True).items() if value is not None
        }
        named = [name for name in ways if name in given]
        if len(named) != 1:
            raise _RefusedError((), "say when by one of: from and to; rrule, starts and lasts; ical")
        keys, read = ways[named[0]]
        if missing := [key for key in keys if key not in given]:
            raise _RefusedError((), f"{named[0]} needs {' and '.join(missing)} beside it")
        if strange := sorted(given & {"from", "to", "rrule", "starts", "lasts", "ical"} - set(keys)):
            raise _RefusedError((strange[0],), f"does not go with {named[0]}")
        return read()

    def _once(self) -> Once:
        starts, ends = self._instant("from", self._entry.begins), self._instant("to", self._entry.ends)
        if (why := longest_refusal(ends - starts)) is not None:
            raise _RefusedError(("to",), why)
        return Once(starts, ends)

    def _instant(self, key: str, wall: datetime | None) -> datetime:
        given = _given(wall)
        if not FIRST_YEAR <= given.year <= LAST_YEAR:
            raise _RefusedError((key,), f"must lie in the years {FIRST_YEAR} to {LAST_YEAR}")
        return given.replace(tzinfo=self._zone).astimezone(UTC)

    def _recurring(self) -> Recurring:
        rule, starts, lasts = _given(self._entry.rrule), _given(self._entry.starts), _given(self._entry.lasts)
        if (why := longest_refusal(lasts)) is not None:
            raise _RefusedError(("lasts",), why)
        if "UNTIL" in rule.text.upper() and rule.text.upper().endswith("Z"):
            raise _RefusedError(("rrule",), "UNTIL goes by the window's own zone; write it without Z")
        try:
            rule.rule(starts)
        except RecurrenceError as error:
            raise _RefusedError(("rrule",), str(error)) from None
        if rule.steps(starts, self._now.replace(tzinfo=None) + _LOOKED_AT) > MAX_STEPS:
            raise _RefusedError(("starts",), "so long ago that its times cannot be worked out; name a later one")
        return Recurring(rule, starts, lasts, self._zone)

    def _calendar(self) -> Calendar:
        source = self._entry.ical
        if source is None:
            raise _RefusedError((), "is not whole")
        try:
            refuse_without_reader()
        except CalendarError as error:
            raise _RefusedError(("ical",), str(error)) from None
        if isinstance(source, str) and "://" not in source:
            return self._file(self._folder / source)
        try:
            return Calendar(webhook_url(source), self._zone)
        except ValueError as error:
            raise _RefusedError(("ical",), str(error)) from None

    def _file(self, file: Path) -> Calendar:
        try:
            refuse_long(read_spans(read_calendar(file), self._now, self._now + _LOOKED_AT, self._zone.key))
        except (CalendarError, OSError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise _RefusedError(("ical",), f"{file.name}: {why}") from None
        return Calendar(file, self._zone)


def _given(value: ValueT | None) -> ValueT:
    """What was seen to be there."""
    if value is None:
        raise _RefusedError((), "is not whole")
    return value


def refuse_long(spans: Sequence[CalendarSpan]) -> Sequence[Span]:
    """What of a calendar can be windows. Raises CalendarError."""
    for span in spans:
        if (why := longest_refusal(span.ends - span.starts)) is not None:
            raise CalendarError(f"event {span.summary!r} of {span.starts:%d %b %Y}: {why}")
    return [(span.starts, span.ends) for span in spans]


def window_shown(window: Window) -> dict[str, Any]:
    """As in a settings file."""
    when = window.when
    tree: dict[str, Any] = {
        "id": window.id,
        "title": window.title,
        "match": {matcher.label: matcher.value for matcher in window.matchers},
    }
    match when:
        case Once():
            return tree | {"from": when.starts.isoformat(), "to": when.ends.isoformat()}
        case Recurring():
            recurs = {"rrule": when.recurrence.text, "starts": f"{when.starts:%Y-%m-%d %H:%M}"}
            return tree | recurs | {"lasts": duration_text(when.lasts), "time_zone": when.zone.key}
        case Calendar():
            return tree | {"ical": _source_shown(when.source), "time_zone": when.zone.key}


def _source_shown(source: Path | Secret | str) -> Secret | str:
    """Even a URL written in clear may hold a token in its path."""
    return source if isinstance(source, Secret) else re.sub(r"(://[^/]+/).*", r"\1...", str(source))
