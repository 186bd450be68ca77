"""Estates as the benchmark reads and writes them: what is watched, and what really happens to it."""

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class EstateError(Exception):
    """What is wrong with an estate, where, and what would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    id: str
    service: str = ""
    site: str = ""
    parents: tuple[str, ...] = ()
    """Ids of checks it depends on. One that nobody listed is watched as well, see `Estate.with_implied`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    """The check fails at every look from `from_s` up to, not including, `to_s`."""

    check: str
    from_s: float
    to_s: float
    incident: str | None = None
    """None: a blip, or work that was announced, that nobody should be paged for."""
    flapping: bool = False
    """One spell of an episode of coming and going."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Each look fails by itself with probability `p`."""

    check: str
    from_s: float
    to_s: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorLoss:
    """Like Loss, of one of the three hosts outside by which we know whether we see."""

    anchor: int
    from_s: float
    to_s: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    checks: tuple[str, ...]
    from_s: float
    to_s: float


Span = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    days: float
    interval_s: float = 60.0
    noise: float = 0.0
    """The probability that a look at something healthy fails."""
    checks: tuple[Check, ...] = ()
    down: tuple[Down, ...] = ()
    loss: tuple[Loss, ...] = ()
    uplink_down: tuple[Span, ...] = ()
    channel_down: tuple[Span, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    anchor_loss: tuple[AnchorLoss, ...] = ()
    """Ours: a reader that does not know it ignores it."""


ANCHORS = 3


def load_estate(path: Path) -> Estate:
    """Raises EstateError with a sentence where the file cannot be read or means nothing."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EstateError(f"{path}: cannot be read: {error}") from None
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EstateError(f"{path}: is not JSON: {error}") from None
    try:
        return read_estate(tree)
    except EstateError as error:
        raise EstateError(f"{path}: {error}") from None


def read_estate(tree: object) -> Estate:
    """The estate that a JSON document describes; keys nobody knows are ignored."""
    document = _mapping(tree, "the estate")
    estate = Estate(
        days=_number(document, "days", "the estate", least=1e-3),
        interval_s=_number(document, "interval_s", "the estate", default=60.0, least=1.0),
        noise=_chance(document, "noise", "the estate", default=0.0),
        checks=_rows(document, "checks", _check),
        down=_rows(document, "down", _down),
        loss=_rows(document, "loss", _loss),
        uplink_down=_rows(document, "uplink_down", _span),
        channel_down=_rows(document, "channel_down", _span),
        maintenance=_rows(document, "maintenance", _maintenance),
        anchor_loss=_rows(document, "anchor_loss", _anchor_loss),
    )
    _refuse_strangers(estate)
    _refuse_circles(estate)
    return estate


def _rows(document: Mapping[str, object], key: str, read: Callable[[object, str], T]) -> tuple[T, ...]:
    found = document.get(key, [])
    if not isinstance(found, list):
        raise EstateError(f"{key}: must be a list")
    return tuple(read(one, f"{key}[{number}]") for number, one in enumerate(found))


def _check(value: object, at: str) -> Check:
    row = _mapping(value, at)
    return Check(
        id=_text(row, "id", at),
        service=_text(row, "service", at, default=""),
        site=_text(row, "site", at, default=""),
        parents=_texts(row.get("parents", []), f"{at}.parents"),
    )


def _down(value: object, at: str) -> Down:
    row = _mapping(value, at)
    incident, (from_s, to_s) = row.get("incident"), _times(row, at)
    if incident is not None and (isinstance(incident, bool) or not isinstance(incident, (str, int))):
        raise EstateError(f"{at}.incident: must be the incident's id, or null for a blip")
    flapping = row.get("flapping", False)
    if not isinstance(flapping, bool):
        raise EstateError(f"{at}.flapping: must be true or false")
    name = None if incident is None else str(incident)
    return Down(check=_text(row, "check", at), from_s=from_s, to_s=to_s, incident=name, flapping=flapping)


def _loss(value: object, at: str) -> Loss:
    row = _mapping(value, at)
    from_s, to_s = _times(row, at)
    return Loss(check=_text(row, "check", at), from_s=from_s, to_s=to_s, p=_chance(row, "p", at))


def _anchor_loss(value: object, at: str) -> AnchorLoss:
    row = _mapping(value, at)
    from_s, to_s = _times(row, at)
    anchor = _number(row, "anchor", at)
    if anchor not in range(ANCHORS):
        raise EstateError(f"{at}.anchor: must be a number from 0 to {ANCHORS - 1}")
    return AnchorLoss(anchor=int(anchor), from_s=from_s, to_s=to_s, p=_chance(row, "p", at))


def _maintenance(value: object, at: str) -> Maintenance:
    row = _mapping(value, at)
    from_s, to_s = _times(row, at)
    return Maintenance(checks=_texts(row.get("checks", []), f"{at}.checks"), from_s=from_s, to_s=to_s)


def _span(value: object, at: str) -> Span:
    if not isinstance(value, list) or len(value) != 2:
        raise EstateError(f"{at}: must be two numbers of seconds, from and to, say [5, 400]")
    return _times({"from_s": value[0], "to_s": value[1]}, at)


def _times(row: Mapping[str, object], at: str) -> Span:
    from_s, to_s = _number(row, "from_s", at), _number(row, "to_s", at)
    if to_s < from_s:
        raise EstateError(f"{at}: ends before it begins: from {from_s:g} s to {to_s:g} s")
    return from_s, to_s


def _mapping(value: object, at: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise EstateError(f"{at}: must be an object with keys, not {type(value).__name__}")
    return value


def _text(row: Mapping[str, object], key: str, at: str, default: str | None = None) -> str:
    value = row.get(key, default)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or (default is None and not value):
        raise EstateError(f"{at}.{key}: must be a text")
    return value


def _texts(value: object, at: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise EstateError(f"{at}: must be a list of check ids")
    return tuple(dict.fromkeys(value))


def _number(
    row: Mapping[str, object], key: str, at: str, default: float | None = None, least: float | None = None
) -> float:
    value = row.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise EstateError(f"{at}.{key}: must be a number")
    if least is not None and value < least:
        raise EstateError(f"{at}.{key}: must be at least {least:g}, not {value:g}")
    return float(value)


def _chance(row: Mapping[str, object], key: str, at: str, default: float | None = None) -> float:
    value = _number(row, key, at, default)
    if not 0 <= value <= 1:
        raise EstateError(f"{at}.{key}: must be a probability from 0 to 1, not {value:g}")
    return value


def _refuse_strangers(estate: Estate) -> None:
    twice = [name for name, count in Counter(one.id for one in estate.checks).items() if count > 1]
    if twice:
        raise EstateError(f"checks: the id {twice[0]!r} is there more than once; each check needs its own")
    known = {one.id for one in estate.checks} | {parent for one in estate.checks for parent in one.parents}
    rows: Sequence[tuple[str, int, str]] = [
        *(("down", number, row.check) for number, row in enumerate(estate.down)),
        *(("loss", number, row.check) for number, row in enumerate(estate.loss)),
        *(("maintenance", number, name) for number, row in enumerate(estate.maintenance) for name in row.checks),
    ]
    for key, number, name in rows:
        if name not in known:
            raise EstateError(f"{key}[{number}]: there is no check {name!r} in checks")


def _refuse_circles(estate: Estate) -> None:
    """Raises where a check depends on itself."""
    parents = {one.id: one.parents for one in estate.checks}
    done: set[str] = set()
    for start, direct in parents.items():
        way = [start]
        branches = [iter(direct)]
        while branches:
            step = next(branches[-1], None)
            if step is None:
                branches.pop()
                done.add(way.pop())
            elif step in way:
                circle = [*way[way.index(step) :], step]
                raise EstateError("parents go in a circle: " + ", ".join(f"{a} on {b}" for a, b in pairwise(circle)))
            elif step not in done:
                way.append(step)
                branches.append(iter(parents.get(step, ())))
