"""Reading a count of sessions out of whatever a source answers; nonsense stays nonsense, and is told in words."""

import math
import re
from datetime import datetime, timedelta
from typing import NamedTuple

from checks.json_pointer import NotJsonError, NotThereError, TooLargeError, value_at
from checks.model import Cause
from checks.plugin import Json

#: More sessions than any country has officers: a number beyond it counts something else, say bytes.
MAX_SESSIONS = 100_000_000

#: How far the time of an answer may be from ours. Prometheus itself looks back as far (--query.lookback-delta).
MAX_AGE = timedelta(minutes=5)

#: As Prometheus writes numbers; NaN and the infinities are not among them.
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?")

_SHOWN_CHARACTERS = 120
_MINUTES_A_DAY = 1440
#: Of the year 9999; a number beyond it is no time.
_LAST_SECOND = 253_402_300_800


class UnreadableError(Exception):
    """There is no count in the answer; `text` says why, to stand behind "the count cannot be read: "."""

    def __init__(self, text: str, cause: Cause = Cause.UNPARSABLE) -> None:
        super().__init__(text)
        self.text = text
        self.cause = cause


class Reading(NamedTuple):
    sessions: float
    warnings: tuple[str, ...] = ()
    """What the source itself said against its answer."""


def read_pointed(body: bytes, pointer: str) -> Reading:
    """The number at `pointer`. Raises UnreadableError."""
    return Reading(_sessions(_value(body, pointer), f"at {pointer!r}" if pointer else "as its whole answer"))


def read_instant(body: bytes, now: datetime) -> Reading:
    """The one number that Prometheus answers to an instant query (its HTTP API, "Instant queries").

    Raises UnreadableError, also where the answer is older than MAX_AGE: then with Cause.STALE.
    """
    document = _object(_value(body, ""), "an answer")
    if document.get("status") != "success":
        kind, words = document.get("errorType"), document.get("error")
        raise UnreadableError(f"Prometheus answers an error: {_shown(kind)}: {_shown(words)}")
    data = _object(document.get("data"), "data")
    at, text = _sample(data)
    _require_recent(at, now)
    return Reading(_sessions(_number(text), "in Prometheus' answer"), _warnings(document.get("warnings")))


def _value(body: bytes, pointer: str) -> Json:
    try:
        return value_at(body, pointer)
    except TooLargeError as error:
        raise UnreadableError(f"the answer is too much JSON: {error}", Cause.TOO_LARGE) from None
    except NotJsonError as error:
        raise UnreadableError(f"the answer is no JSON: {_shown(str(error))}") from None
    except NotThereError as error:
        raise UnreadableError(f"nothing at {pointer!r}: {_shown(str(error))}") from None


def _sessions(value: Json, where: str) -> float:
    match value:
        case bool() | str() | None | list() | dict():
            raise UnreadableError(f"{_kind(value)} {where}, where a number belongs")
        case int() | float() if math.isfinite(value) if isinstance(value, float) else abs(value) < 10**300:
            number = float(value) + 0.0  # of -0.0 it makes 0.0
        case _:
            raise UnreadableError(f"a number beyond all measure {where}")
    if number < 0:
        raise UnreadableError(f"a negative number {where}")
    if number > MAX_SESSIONS:
        raise UnreadableError(f"{number:.3g} {where}: nobody has so many sessions")
    return number


def _kind(value: Json) -> str:
    match value:
        case bool():
            return "true or false"
        case str():
            return f"the text {_shown(value)!r}"
        case None:
            return "null"
        case list():
            return "a list"
        case _:
            return "an object"


def _object(value: Json, what: str) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise UnreadableError(f"not an answer of Prometheus: {_kind(value)} where {what} belongs")
    return value


def _sample(data: dict[str, Json]) -> tuple[float, str]:
    """Time and value of a scalar, or of a vector's only series."""
    result = data.get("result")
    match data.get("resultType"), result:
        case "scalar", _:
            pair = result
        case "vector", []:
            raise UnreadableError("the query finds nothing: no such series, or none within the last five minutes")
        case "vector", [{"value": found}]:
            pair = found
        case "vector", [_, _, *_] as several:
            raise UnreadableError(f"the query gives {len(several)} series; sum() or a label makes it one")
        case "matrix" | "string" as kind, _:
            raise UnreadableError(f"the query gives a {kind}; an instant vector or a scalar is wanted")
        case _:
            raise UnreadableError("not an answer of Prometheus: no result in it")
    match pair:
        case [int() | float() as at, str() as text] if not isinstance(at, bool) and abs(at) < _LAST_SECOND:
            return at, text
        case _:
            raise UnreadableError("not an answer of Prometheus: no time and value in it")


def _require_recent(at: float, now: datetime) -> None:
    age_s = now.timestamp() - at
    if abs(age_s) <= MAX_AGE.total_seconds():
        return
    minutes = abs(age_s) / 60
    if minutes >= _MINUTES_A_DAY:
        raise UnreadableError("the answer is of another day", Cause.STALE)
    way = "old" if age_s > 0 else "ahead of our clock"
    raise UnreadableError(f"the answer is {minutes:.0f} min {way}", Cause.STALE)


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise UnreadableError(f"{_shown(text)!r} in Prometheus' answer, where a number belongs")
    return float(text)


def _warnings(value: Json) -> tuple[str, ...]:
    return tuple(_shown(one) for one in value[:3]) if isinstance(value, list) else ()


def _shown(value: Json) -> str:
    text = value if isinstance(value, str) else "(no text)"
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
