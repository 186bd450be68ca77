"""Whether a tree of routes holds: everything in it exists, is reached, and tells somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from alerts.incident import Nature
from watchdog.own_checks import RESOLVER_CHECK, RESOLVER_KIND
from watchdog.settings.checks_section import ChecksSection
from watchdog.settings.problems import TreePath, did_you_mean
from watchdog.settings.reader import Reader
from watchdog.settings.telling_entries import RouteEntry

SEVERITIES: Final = ("critical", "warning", "unknown")
_NATURES: Final = tuple(nature.value for nature in Nature)
#: Every check has all of their values, in time.
_CHANGING: Final = frozenset({"severity", "nature"})
_ROUTED_LABELS: Final = frozenset({"kind", "service", "site", "check"}) | _CHANGING
#: What the daemon checks of its own accord may be routed as well.
_OWN_CHECK: Final = {"kind": RESOLVER_KIND, "check": RESOLVER_CHECK}

_Placed: TypeAlias = tuple[TreePath, RouteEntry]


def check_routes(reader: Reader, routes: Sequence[tuple[int, RouteEntry]], section: ChecksSection) -> None:
    """References of every route, and that the last one takes whatever is left."""
    tree = _Tree(reader, section)
    tree.check([(("routes", index), route) for index, route in routes], _ABOVE_ALL)
    if routes and routes[-1][1].match:
        path = ("routes", routes[-1][0])
        reader.refuse(path, "the last route must match everything; add below it: - {match: {}, to: [a receiver]}")


@dataclass(frozen=True, slots=True)
class _Above:
    """What routes take from the one they stand below."""

    match: Mapping[str, str]
    has_receivers: bool


_ABOVE_ALL: Final = _Above({}, has_receivers=False)


@dataclass(slots=True)
class _Tree:
    reader: Reader
    section: ChecksSection
    carried: list[Mapping[str, str]] = field(default_factory=list)
    """Labels of each check, but for those that change."""
    values: dict[str, dict[str, None]] = field(default_factory=dict)
    """Labels that checks carry of their own, with the values they have."""

    def __post_init__(self) -> None:
        self.carried.append(_OWN_CHECK)
        for check in self.section.checks:
            spec = check.spec
            fixed = {**spec.labels, "kind": spec.kind.name, "check": spec.id}
            self.carried.append(fixed if spec.service is None else {**fixed, "service": spec.service})
            for name, value in spec.labels.items():
                self.values.setdefault(name, {})[value] = None

    def check(self, routes: Sequence[_Placed], above: _Above) -> None:
        """Routes that stand side by side."""
        for position, (path, route) in enumerate(routes):
            self._check_references(path, route)
            whole = {**above.match, **route.match}
            reached = self._is_reached(routes[:position], path, route)
            if not route.match and not route.goes_on and position < len(routes) - 1:
                text = "matches everything, so the routes below are never reached; put it last"
                self.reader.refuse(path, text)
            elif reached and self._agrees(path, route, above) and not self._matches(whole):
                self.reader.refuse((*path, "match"), "no check carries all of these labels; take out what is wrong")
            has_receivers = bool(route.to) or above.has_receivers
            if not has_receivers and (not route.routes or route.routes[-1].match):
                text = "tells nobody: give it `to`, or routes of its own of which the last one matches everything"
                self.reader.refuse(path, text)
            below = [((*path, "routes", number), one) for number, one in enumerate(route.routes)]
            self.check(below, _Above(whole, has_receivers))

    def _check_references(self, path: TreePath, route: RouteEntry) -> None:
        for label, value in route.match.items():
            self._check_label((*path, "match", label), label, value)
        for number, receiver in enumerate(route.to):
            self._refer((*path, "to", number), "receiver", "receivers", receiver)
        if route.escalation is not None:
            self._refer((*path, "escalation"), "escalation", "escalations", route.escalation)

    def _refer(self, path: TreePath, what: str, section: str, word: str) -> None:
        known = self.reader.keys(section)
        if word not in known:
            self.reader.refuse_reference(path, what, word, known)

    def _check_label(self, path: TreePath, name: str, value: str) -> None:
        names = _ROUTED_LABELS | self.values.keys()
        if name not in names:
            self.reader.refuse(path, f"no check carries this label; {did_you_mean(name, names)}", at_key=True)
            return
        if _OWN_CHECK.get(name) == value:
            return
        known: Mapping[str, object] = {
            "kind": self.section.known.kinds,
            "service": self.reader.keys("services"),
            "site": self.reader.keys("sites"),
            "check": self.section.places or self.section.ids,
            "severity": dict.fromkeys(SEVERITIES),
            "nature": dict.fromkeys(_NATURES),
        }.get(name, self.values.get(name, {}))
        if value in known:
            return
        if name in _ROUTED_LABELS:
            self.reader.refuse_reference(path, name, value, known)
        elif self._is_whole:
            self.reader.refuse(path, f"no check has this value of the label; {did_you_mean(value, known)}")

    def _is_reached(self, before: Sequence[_Placed], path: TreePath, route: RouteEntry) -> bool:
        """Whether no route before it takes all that this one would."""
        for other_path, other in before:
            if other.match and not other.goes_on and other.match.items() <= route.match.items():
                place = self.reader.sources.place(other_path)
                self.reader.refuse(path, f"never reached: the route at {place} takes all that this one would")
                return False
        return True

    def _agrees(self, path: TreePath, route: RouteEntry, above: _Above) -> bool:
        for name, value in route.match.items():
            if above.match.get(name, value) != value:
                text = "never reached: the route above it matches another value of this label"
                self.reader.refuse((*path, "match", name), text)
                return False
        return True

    def _matches(self, match: Mapping[str, str]) -> bool:
        """Whether any check carries `match`; True where that cannot be said, or is said of one label already."""
        fixed = {name: value for name, value in match.items() if name not in _CHANGING}
        if len(fixed) < 2 or not self._is_whole:  # noqa: PLR2004  # one label alone is looked up by itself
            return True
        return any(fixed.items() <= labels.items() for labels in self.carried)

    @property
    def _is_whole(self) -> bool:
        """Whether every check could be read."""
        reader = self.reader
        return reader.sources.is_whole and not any(problem.path[:1] == ("checks",) for problem in reader.problems)
