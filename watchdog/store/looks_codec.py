"""The looks of one series in one hour as few bytes: 4.3 a look for a usual check at 60 s, and quick to read.

Layout: version; widths; count; first time; usual gap; the states that occur and their runs; then two columns of fixed
width, how far each gap is from the usual one and how long each look took. Fixed widths read ten times as fast as
numbers of varying length, and what the columns hold is chance, which zlib cannot shorten.

Times are exact to the microsecond. A look's length is a binary16 number (IEEE 754-2019, 3.6): within 0.05 %, and 30 ns
where it is below 60 µs; beyond 65,504 s a whole hour's lengths are binary32.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, groupby
from operator import sub
from typing import Final, NamedTuple

from watchdog.store.errors import StoreUnreadableError
from watchdog.store.spans import HOUR_US
from watchdog.store.varint import CutShortError, Reader, put

VERSION: Final = 1
_GAP_FORMATS: Final = "bhiq"
_GAP_BITS: Final = 3
_LONG_TOOK: Final = 4
_LONGEST_HALF_S: Final = 65_504.0
_STATUSES: Final = 4
MAX_STATES: Final = 255


class State(NamedTuple):
    """How a look ended: a status as in columns.STATUS_CODES, and the cause's value, "" for none."""

    status: int
    cause: str


@dataclass(frozen=True, slots=True)
class LookColumns:
    """Looks of one series, oldest first, no two at one time: column by column."""

    at_us: Sequence[int]
    states: Sequence[State]
    state_of: bytes
    """Per look, which of `states`."""
    took_s: Sequence[float]


def columns_of(looks: Iterable[tuple[int, int, str, float]]) -> LookColumns:
    """Of (time in µs, status, cause, seconds), oldest first."""
    at_us, statuses, causes, took_s = zip(*looks, strict=True)
    known: dict[State, int] = {}
    state_of = bytes(known.setdefault(State(*pair), len(known)) for pair in zip(statuses, causes, strict=True))
    return LookColumns(at_us, tuple(known), state_of, took_s)


def pack(looks: LookColumns, since_us: int) -> bytes:
    """The bytes of at least one look; all are in the hour that begins at `since_us`."""
    at_us = looks.at_us
    gaps = list(map(sub, at_us[1:], at_us[:-1]))
    usual = sorted(gaps)[len(gaps) // 2] if gaps else 0
    off = [gap - usual for gap in gaps]
    width = _width(off)
    is_long = max(map(abs, looks.took_s)) >= _LONGEST_HALF_S
    out = bytearray((VERSION, width | (_LONG_TOOK if is_long else 0)))
    for number in (len(at_us), at_us[0] - since_us, usual):
        put(out, number)
    _put_states(out, looks)
    out += _struct(len(off), _GAP_FORMATS[width]).pack(*off)
    out += _struct(len(at_us), "f" if is_long else "e").pack(*looks.took_s)
    return bytes(out)


def unpack(blob: bytes, since_us: int) -> LookColumns:
    """What was packed; costs what `blob` is long. Raises StoreUnreadableError for what `pack` does not make."""
    try:
        return _unpacked(Reader(blob), since_us)
    except (CutShortError, UnicodeDecodeError) as error:
        raise StoreUnreadableError(f"packed looks of the hour at {since_us} µs cannot be read: {error}") from error


def _width(off: Sequence[int]) -> int:
    """The narrowest of the four widths that holds every number."""
    most, least = max(off, default=0), min(off, default=0)
    reach = max(most, -least - 1)
    return next(width for width in range(4) if reach < 1 << (8 * 2**width - 1))


def _put_states(out: bytearray, looks: LookColumns) -> None:
    put(out, len(looks.states))
    for state in looks.states:
        cause = state.cause.encode("ascii")
        out += bytes((state.status, len(cause))) + cause
    runs = [(state, sum(1 for _ in run)) for state, run in groupby(looks.state_of)]
    put(out, len(runs))
    for state_index, length in runs:
        out.append(state_index)
        put(out, length)


def _unpacked(reader: Reader, since_us: int) -> LookColumns:
    version, widths = reader.byte(), reader.byte()
    if version != VERSION or widths & ~(_GAP_BITS | _LONG_TOOK):
        raise CutShortError("not of a form this program knows")
    count, first, usual = reader.number(), reader.number(), reader.number()
    if not 0 < count <= reader.rest:
        raise CutShortError("says that it holds more looks than it has room for")
    gap = _struct(count - 1, _GAP_FORMATS[widths & _GAP_BITS])
    took = _struct(count, "f" if widths & _LONG_TOOK else "e")
    states, state_of = _states(reader.take(reader.rest - gap.size - took.size), count)
    off = gap.unpack_from(reader.blob, reader.at)
    if min(off, default=1) + usual <= 0:
        raise CutShortError("goes backward in time")
    at_us = list(accumulate(map(usual.__add__, off), initial=since_us + first))
    if at_us[-1] >= since_us + HOUR_US:
        raise CutShortError("goes beyond its hour")
    return LookColumns(at_us, states, state_of, took.unpack_from(reader.blob, reader.at + gap.size))


@lru_cache(maxsize=256)
def _struct(count: int, code: str) -> struct.Struct:
    return struct.Struct(f"<{count}{code}")


@lru_cache(maxsize=256)
def _states(blob: bytes, count: int) -> tuple[tuple[State, ...], bytes]:
    """Remembered, since nearly all hours of a series are alike in this: whoever reads them gets the same objects."""
    reader = Reader(blob)
    states = tuple(_state(reader) for _ in range(_at_most(reader.number(), MAX_STATES)))
    state_of = b""
    for _ in range(_at_most(reader.number(), count)):
        index, length = reader.byte(), reader.number()
        if index >= len(states) or length > count - len(state_of):
            raise CutShortError("names a state that it does not have")
        state_of += bytes((index,)) * length
    if len(state_of) != count:
        raise CutShortError("does not say how every look ended")
    if reader.rest:
        raise CutShortError("is not as long as it says")
    return states, state_of


def _state(reader: Reader) -> State:
    status, length = reader.byte(), reader.byte()
    if status >= _STATUSES:
        raise CutShortError("names a status that there is not")
    return State(status, reader.take(length).decode("ascii"))


def _at_most(number: int, limit: int) -> int:
    if number > limit:
        raise CutShortError("says that it holds more than it can")
    return number
