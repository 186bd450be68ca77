"""Numbers as bytes: those of one look, as they wait in the tail, and what they were in a whole hour or day.

Both name their measures by the small numbers of the table `measures`. Of an hour, whole numbers and dates are exact;
others are kept as binary32 (within 0.00001 %), or as they are where that would cost more than 0.004.
"""

import math
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from watchdog.store.errors import StoreUnreadableError
from watchdog.store.varint import CutShortError, Reader, put, put_signed

VERSION: Final = 1
#: A plugin that measures more than this in one look has the rest left out of history.
MAX_MEASURES: Final = 100
_EXACT_WHOLE: Final = 2.0**53
_BEST_AS_BINARY32: Final = 2.0**16
_DOUBLE: Final = struct.Struct("<d")
_FLOAT: Final = struct.Struct("<f")
_FOUR_FLOATS: Final = struct.Struct("<4f")
_FOUR_DOUBLES: Final = struct.Struct("<4d")


class _Form(IntEnum):
    SAME_WHOLE = 0
    SAME = 1
    WHOLE = 2
    FLOATS = 3
    DOUBLES = 4


@dataclass(frozen=True, slots=True)
class Extent:
    """What one number was in a span of time."""

    count: int
    minimum: float
    mean: float
    maximum: float
    last: float

    def and_then(self, later: "Extent") -> "Extent":
        """Both spans as one."""
        count = self.count + later.count
        return Extent(
            count,
            min(self.minimum, later.minimum),
            self.mean * (self.count / count) + later.mean * (later.count / count),
            max(self.maximum, later.maximum),
            later.last,
        )


Extents = Mapping[int, Extent]
"""By the measure's number."""


# Of one look ----------------------------------------------------------------------------------------------------------


def head_of(measures: Sequence[int]) -> bytes:
    """What stands before the values of a look: which measures they are of. At most MAX_MEASURES."""
    out = bytearray((VERSION, len(measures)))
    for measure in measures:
        put(out, measure)
    return bytes(out)


def of_look(head: bytes, values: Sequence[float]) -> bytes | None:
    """None where a value is no number at all, or one too large to be kept."""
    try:
        return head + _doubles(len(values)).pack(*values)
    except (struct.error, OverflowError, TypeError):
        return None


def extents_of(looks: Iterable[bytes]) -> dict[int, Extent]:
    """What the looks of one span measured, given oldest first. Raises StoreUnreadableError."""
    by_head: dict[bytes, list[tuple[float, ...]]] = {}
    head, size = b"", -1
    for look in looks:
        if len(look) != size or not look.startswith(head):
            head, size = _head(look), len(look)
        rows = by_head.pop(head, [])  # so that the head seen last stands last
        rows.append(_doubles((size - len(head)) // _DOUBLE.size).unpack_from(look, len(head)))
        by_head[head] = rows
    found: dict[int, Extent] = {}
    for used, rows in by_head.items():
        for measure, values in zip(_measures(used), zip(*rows, strict=True), strict=True):
            _add(found, measure, values)
    return found


def _add(found: dict[int, Extent], measure: int, values: Sequence[float]) -> None:
    total = math.fsum(values) if math.isfinite(sum(values)) else math.nan
    if math.isnan(total):
        values = [value for value in values if math.isfinite(value)]
        if not values:
            return
        total = sum(value / len(values) for value in values) * len(values)
    smallest, largest = min(values), max(values)
    mean = min(max(total / len(values), smallest), largest)
    extent = Extent(len(values), smallest, mean, largest, values[-1])
    found[measure] = found[measure].and_then(extent) if measure in found else extent


def _head(look: bytes) -> bytes:
    try:
        reader = Reader(look)
        version, count = reader.byte(), reader.byte()
        for _ in range(count):
            reader.number()
    except CutShortError as error:
        raise _damaged(error) from error
    if version != VERSION or reader.rest != count * _DOUBLE.size:
        raise _damaged("not of a form this program knows")
    return look[: reader.at]


@lru_cache(maxsize=1024)
def _measures(head: bytes) -> tuple[int, ...]:
    reader = Reader(head, 2)
    return tuple(reader.number() for _ in range(head[1]))


@lru_cache(maxsize=MAX_MEASURES + 1)
def _doubles(count: int) -> struct.Struct:
    return struct.Struct(f"<{count}d")


# Of a span ------------------------------------------------------------------------------------------------------------


def pack(extents: Extents) -> bytes:
    out = bytearray((VERSION,))
    put(out, len(extents))
    for measure, extent in sorted(extents.items()):
        put(out, measure)
        put(out, extent.count)
        _put_values(out, extent)
    return bytes(out)


def unpack(blob: bytes) -> dict[int, Extent]:
    """What was packed. Raises StoreUnreadableError for anything that `pack` does not make."""
    try:
        reader = Reader(blob)
        if reader.byte() != VERSION:
            raise _damaged("not of a form this program knows")
        found = dict(_entry(reader) for _ in range(_at_most(reader.number(), reader.rest)))
    except CutShortError as error:
        raise _damaged(error) from error
    if reader.rest:
        raise _damaged("longer than it says")
    return found


def _put_values(out: bytearray, extent: Extent) -> None:
    smallest, largest, last = extent.minimum, extent.maximum, extent.last
    is_whole = all(value.is_integer() and abs(value) < _EXACT_WHOLE for value in map(float, (smallest, largest, last)))
    if smallest == largest and is_whole:
        out.append(_Form.SAME_WHOLE)
        put_signed(out, int(smallest))
    elif smallest == largest:
        out.append(_Form.SAME)
        out += _DOUBLE.pack(smallest)
    elif is_whole:
        out.append(_Form.WHOLE)
        put_signed(out, int(smallest))
        put(out, int(largest) - int(smallest))
        put(out, int(last) - int(smallest))
        out += _FLOAT.pack(extent.mean - smallest)
    elif max(abs(smallest), abs(largest)) < _BEST_AS_BINARY32:
        out.append(_Form.FLOATS)
        out += _FOUR_FLOATS.pack(smallest, extent.mean, largest, last)
    else:
        out.append(_Form.DOUBLES)
        out += _FOUR_DOUBLES.pack(smallest, extent.mean, largest, last)


def _entry(reader: Reader) -> tuple[int, Extent]:
    measure, count, form = reader.number(), reader.number(), reader.byte()
    if not count:
        raise CutShortError("holds a number that nobody measured")
    match form:
        case _Form.SAME_WHOLE:
            value = float(reader.signed())
            return measure, Extent(count, value, value, value, value)
        case _Form.SAME:
            (value,) = _DOUBLE.unpack(reader.take(_DOUBLE.size))
            return measure, Extent(count, value, value, value, value)
        case _Form.WHOLE:
            smallest, width, last = reader.signed(), reader.number(), reader.number()
            (above,) = _FLOAT.unpack(reader.take(_FLOAT.size))
            mean = smallest + min(above, float(width))
            return measure, Extent(count, float(smallest), mean, float(smallest + width), float(smallest + last))
        case _Form.FLOATS:
            return measure, Extent(count, *_FOUR_FLOATS.unpack(reader.take(_FOUR_FLOATS.size)))
        case _Form.DOUBLES:
            return measure, Extent(count, *_FOUR_DOUBLES.unpack(reader.take(_FOUR_DOUBLES.size)))
        case _:
            raise CutShortError("holds numbers in a form this program does not know")


def _at_most(number: int, limit: int) -> int:
    if number > limit:
        raise CutShortError("says that it holds more than it has room for")
    return number


def _damaged(why: object) -> StoreUnreadableError:
    return StoreUnreadableError(f"kept numbers cannot be read: {why}")
