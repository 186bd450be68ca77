"""The way of labels through the tree of routes: where each receiver comes from. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from alerts.route import Hearer, Route


@dataclass(frozen=True, slots=True)
class Turn:
    """One route on the way. `number` counts the routes beside it from 1, as they stand in the settings."""

    number: int
    match: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return "{" + ", ".join(f"{name}: {value}" for name, value in self.match) + "}"


@dataclass(frozen=True, slots=True)
class Way:
    """From the outermost route that matched to the innermost, which named the receivers."""

    turns: tuple[Turn, ...]
    hearers: tuple[Hearer, ...]

    @property
    def place(self) -> str:
        """Like "2.1": the first route below the second one."""
        return ".".join(str(turn.number) for turn in self.turns)


def ways_through(labels: Mapping[str, str], routes: Sequence[Route]) -> tuple[Way, ...]:
    """All ways, in the order of the routes; their hearers together are those of alerts.route.hearers_of."""
    return tuple(_ways(labels, routes, Route(), ()))


def _ways(labels: Mapping[str, str], routes: Sequence[Route], above: Route, before: tuple[Turn, ...]) -> Iterator[Way]:
    for number, route in enumerate(routes, start=1):
        if any(labels.get(name) != value for name, value in route.match.items()):
            continue
        whole = replace(route, to=route.to or above.to, escalation=route.escalation or above.escalation)
        turns = (*before, Turn(number, tuple(route.match.items())))
        below = [way for way in _ways(labels, route.routes, whole, turns) if way.hearers]
        yield from below or [Way(turns, tuple(Hearer(one, whole.escalation) for one in whole.to))]
        if not route.goes_on:
            return
