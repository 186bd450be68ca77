"""Values as people write them in settings: days, hours, ids, addresses. Money and durations are in checks.units."""

import ipaddress
import re
from collections.abc import Callable
from datetime import date, time
from typing import Annotated, Any, Final, TypeAlias, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from checks.billing.payee.numbers import parse_iban
from checks.estate import END_OF_DAY
from checks.secret import Secret
from watchdog.settings.problems import did_you_mean

ValueT = TypeVar("ValueT")

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = re.compile(r"[0-9]{2}:[0-9]{2}")
_MIDNIGHT: Final = "24:00"
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LABEL: Final = re.compile(r"[a-z_][a-z0-9_]{0,63}")
_MAILBOX: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")
_ENDPOINT: Final = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::([0-9]{1,5}))?|([^:\[\]]+)(?::([0-9]{1,5}))?")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
#: Outside of these a year is a slip of the pen (0202, 20226).
_YEARS: Final = range(2000, 2101)
_LONGEST_ZONE: Final = 40
_LAST_PORT: Final = 65535
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Entry(BaseModel):
    """One thing in the settings: frozen, unknown keys refused, values never printed in errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True)


def parse_day(text: str) -> date:
    """A day as ISO 8601 writes it."""
    if not _DAY.fullmatch(text):
        raise ValueError("must be a day written year-month-day, say 2026-12-01")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such day in the calendar") from None
    if day.year not in _YEARS:
        raise ValueError(f"the year must lie between {_YEARS[0]} and {_YEARS[-1]}")
    return day


def parse_time(text: str) -> time:
    if not _TIME.fullmatch(text):
        raise ValueError('must be a time of day, say "13:00"')
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such time of day") from None


def parse_hours(text: str) -> tuple[time, time]:
    """Opening and closing time of "09:00-17:00"; "24:00" closes at the end of the day."""
    first, dash, last = text.partition("-")
    if not (dash and _TIME.fullmatch(first) and _TIME.fullmatch(last)):
        raise ValueError('must be opening and closing time, say "09:00-17:00"')
    opens, closes = parse_time(first), END_OF_DAY if last == _MIDNIGHT else parse_time(last)
    if opens >= closes:
        raise ValueError("the office must open before it closes")
    return opens, closes


def closing_text(closes: time) -> str:
    """As `parse_hours` reads it back."""
    return _MIDNIGHT if closes == END_OF_DAY else f"{closes:%H:%M}"


def parse_weekdays(text: str) -> frozenset[int]:
    """ISO weekdays of "fri", "mon-thu" or "mon,wed"; a range may run over Sunday ("sat-wed")."""
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if first not in _WEEKDAYS or (last or first) not in _WEEKDAYS:
            raise ValueError("must be a day or a range of days: mon, mon-thu, sat-wed or mon,wed")
        start, end = _WEEKDAYS.index(first), _WEEKDAYS.index(last or first)
        days.update((start + step) % 7 + 1 for step in range((end - start) % 7 + 1))
    return frozenset(days)


def parse_zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = did_you_mean(text, available_timezones()) if len(text) < _LONGEST_ZONE else ""
        raise ValueError(f"no such time zone; {hint if 'mean' in hint else 'write it like Asia/Karachi'}") from None


def parse_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError("an id is letters, digits, '.', '_' and '-', at most 64, and begins with a letter or digit")
    return text


def parse_label_name(text: str) -> str:
    if not _LABEL.fullmatch(text):
        raise ValueError("a label's name is small letters, digits and '_'")
    return text


def parse_mailbox(text: str) -> str:
    """An address fit for an envelope (RFC 5321, clause 4.1.2, without quoted local parts)."""
    if not _MAILBOX.fullmatch(text):
        raise ValueError("must be one mail address, say noc@example.org")
    return text


def parse_endpoint(text: str, default_port: int | None = None) -> tuple[str, int]:
    """Address and port of "127.0.0.1:9417" or "[::1]:9417"; the port may lack where there is a default."""
    match = _ENDPOINT.fullmatch(text)
    host, port = ((match[1] or match[3]), (match[2] or match[4])) if match else (text, None)
    host = "127.0.0.1" if host == "localhost" else host
    number = default_port if port is None else int(port)
    if not is_address(host) or number is None:
        raise ValueError('must be an address and a port, say "127.0.0.1:9417" or "[::1]:9417"')
    if number > _LAST_PORT:
        raise ValueError(f"a port is a number up to {_LAST_PORT}")
    return host, number


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def is_loopback(host: str) -> bool:
    return host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def _text(value: Any) -> str:  # noqa: ANN401  # whatever stands in the file
    """Text, or a whole number taken as the text it was written as (it cannot have lost a leading zero)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Secret):
        raise ValueError("a secret cannot stand here")  # noqa: TRY004  # pydantic makes a problem of ValueError alone
    if not isinstance(value, str):
        raise ValueError("must be text; put it in quotes")  # noqa: TRY004  # as above
    return value


def _line(value: Any) -> str:  # noqa: ANN401  # whatever stands in the file
    text = _text(value)
    if not text.strip():
        raise ValueError("must not be empty")
    if _CONTROL.search(text):
        raise ValueError("must be one line, without control characters")
    return text


def _parsed(parse: Callable[[str], object]) -> BeforeValidator:
    """Text that `parse` understands; what other text there is pydantic never sees."""
    return BeforeValidator(lambda value: parse(_text(value)))


def _example(text: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [text]})


Day: TypeAlias = Annotated[date, _parsed(parse_day), _example("2026-12-01")]
TimeOfDay: TypeAlias = Annotated[time, _parsed(parse_time), _example("13:00")]
Hours: TypeAlias = Annotated[tuple[time, time], _parsed(parse_hours), _example("09:00-17:00")]
Weekdays: TypeAlias = Annotated[frozenset[int], _parsed(parse_weekdays), _example("mon-thu")]
Zone: TypeAlias = Annotated[ZoneInfo, _parsed(parse_zone), _example("Asia/Karachi")]
Id: TypeAlias = Annotated[str, _parsed(parse_id), _example("official-email")]
LabelName: TypeAlias = Annotated[str, _parsed(parse_label_name), _example("site")]
Mailbox: TypeAlias = Annotated[str, _parsed(parse_mailbox), _example("noc@example.org")]
Iban: TypeAlias = Annotated[str, _parsed(parse_iban), _example("PK36 SCBL 0000 0011 2345 6702")]
Text: TypeAlias = Annotated[str, BeforeValidator(_text)]
Line: TypeAlias = Annotated[str, BeforeValidator(_line)]
