"""Column types of our own: SQLite keeps what it is given, so what it is given must have one form."""

import json
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, Dialect, SmallInteger, Text
from sqlalchemy.types import TypeDecorator

from checks.model import Status, require_utc
from checks.plugin import Json

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S = 86_400
_SECOND_US = 1_000_000

EnumT = TypeVar("EnumT", bound=Enum)


def to_us(instant: datetime) -> int:
    """Whole microseconds since 1970 UTC. Raises ValueError unless `instant` is aware and in UTC."""
    if instant.tzinfo is not UTC:
        require_utc("an instant to store", instant)
    since = instant - _EPOCH
    return (since.days * _DAY_S + since.seconds) * _SECOND_US + since.microseconds


def from_us(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def whole_us(duration_s: float) -> int:
    """Raises ValueError or OverflowError for what is no number of seconds."""
    return round(duration_s * _SECOND_US)


class Instant(TypeDecorator[datetime]):
    """Integer µs UTC. SQLite's own DateTime drops the zone silently; this refuses naive and foreign zones."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002  # its shape
        return None if value is None else to_us(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # its shape
        return None if value is None else from_us(value)


class Seconds(TypeDecorator[float]):
    """A duration, in Python in seconds, in the table in whole µs."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: Dialect) -> int | None:  # noqa: ARG002  # its shape
        return None if value is None else whole_us(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> float | None:  # noqa: ARG002  # its shape
        return None if value is None else value / _SECOND_US


class Words(TypeDecorator[str]):
    """Text of any origin. A lone surrogate has no UTF-8 and would fail a whole transaction: it is escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # its shape
        if value is None or value.isascii():
            return value
        return value.encode("utf-8", "backslashreplace").decode("utf-8")


class Member(TypeDecorator[EnumT], Generic[EnumT]):
    """A member of a closed enum, kept by its value."""

    impl = Text
    cache_ok = True

    def __init__(self, members: type[EnumT]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: EnumT | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # its shape
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> EnumT | None:  # noqa: ARG002  # its shape
        return None if value is None else self.members(value)


#: The same numbers as the metric nigehban_check_status.
STATUS_CODES = {Status.OK: 0, Status.WARNING: 1, Status.CRITICAL: 2, Status.UNKNOWN: 3}
STATUS_BY_CODE = {code: status for status, code in STATUS_CODES.items()}


class StatusCode(TypeDecorator[Status]):
    """A status as 0..3: one byte or none in a row that exists by the million."""

    impl = SmallInteger
    cache_ok = True

    def process_bind_param(self, value: Status | None, dialect: Dialect) -> int | None:  # noqa: ARG002  # its shape
        return None if value is None else STATUS_CODES[value]

    def process_result_value(self, value: int | None, dialect: Dialect) -> Status | None:  # noqa: ARG002  # its shape
        return None if value is None else STATUS_BY_CODE[value]


class JsonText(TypeDecorator[Json]):
    """JSON as text. A column declared JSON has NUMERIC affinity in SQLite, which turns large integers into floats."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Json, dialect: Dialect) -> str:  # noqa: ARG002  # its shape
        return json.dumps(value, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002  # JSON
        return None if value is None else json.loads(value)
