"""Bars of history: a slice per hour or day, each outcome with a shape of its own, so that colour is never alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from checks.model import Status
from watchdog.store.past_views import Slice


class Shape(Enum):
    """What a slice of time looks like: the worst that was seen in it, or that nobody looked."""

    CRITICAL = "critical"
    WARNING = "warning"
    UNKNOWN = "unknown"
    OK = "ok"
    NOBODY = "nobody looked"


_OF_STATUS = {
    Status.CRITICAL: Shape.CRITICAL,
    Status.WARNING: Shape.WARNING,
    Status.UNKNOWN: Shape.UNKNOWN,
    Status.OK: Shape.OK,
}

#: A slice is this wide in the drawing, a gap after it included.
WIDTH = 8
HEIGHT = 24

# Shapes within 7 x 24: full, three quarters with a notch, a hollow frame, half, and a line on the ground.
_SHAPES = {
    Shape.CRITICAL: "v24h7v-24z",
    Shape.WARNING: "m0 7v17h7v-17l-3.5 6z",
    Shape.UNKNOWN: "m0 8v16h7v-16zm2 2h3v12h-3z",
    Shape.OK: "m0 12v12h7v-12z",
    Shape.NOBODY: "m0 22v2h7v-2z",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """All slices of one shape, as one drawing."""

    shape: Shape
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row of slices, oldest on the left."""

    width: int
    strokes: Sequence[Stroke]
    words: str
    """The same for who cannot see it."""


def merged(rows: Sequence[Sequence[Slice]]) -> Sequence[Slice]:
    """One row of several, slice by slice: what was seen by any of them. All rows cover the same time."""
    return [_together(group) for group in zip(*rows, strict=False)]


def bar(slices: Sequence[Slice], unit: str) -> Bar:
    """The drawing of `slices`, each of one `unit`: "hours" or "days"."""
    places: dict[Shape, list[str]] = {}
    for place, one in enumerate(slices):
        shape = shape_of(one)
        places.setdefault(shape, []).append(f"M{place * WIDTH} 0{_SHAPES[shape]}")
    strokes = [Stroke(shape=shape, path="".join(places[shape])) for shape in Shape if shape in places]
    return Bar(width=len(slices) * WIDTH, strokes=strokes, words=_words(slices, unit))


def shape_of(one: Slice) -> Shape:
    return Shape.NOBODY if one.worst is None else _OF_STATUS[one.worst]


def _words(slices: Sequence[Slice], unit: str) -> str:
    """Like "critical in 2, ok in 21, nobody looked in 1 of 24 hours"."""
    shapes = [shape_of(one) for one in slices]
    said = [f"{shape.value} in {number}" for shape in Shape if (number := shapes.count(shape))]
    return f"{', '.join(said)} of {len(slices)} {unit}" if said else "no history yet"


def _together(group: Sequence[Slice]) -> Slice:
    return Slice(
        begins_at=group[0].begins_at,
        ends_at=group[0].ends_at,
        ok=sum(one.ok for one in group),
        warning=sum(one.warning for one in group),
        critical=sum(one.critical for one in group),
        unknown=sum(one.unknown for one in group),
    )
