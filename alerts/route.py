"""Who hears about what: labels to receivers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from checks.secret import Secret


class Audience(Enum):
    """What a receiver needs to read: the same event in other words."""

    ON_CALL = "on-call"
    FINANCE = "finance"
    DEPARTMENT = "department"
    SECRETARY = "secretary"


class Language(Enum):
    ENGLISH = "en"
    URDU = "ur"


class Medium(Enum):
    """What a channel can show."""

    PLAIN = "plain"
    HTML = "html"
    SHORT = "short"
    """One or two SMS."""


class Order(Enum):
    """How a receiver's channels are used."""

    FIRST = "first"
    """The first; the next one when it fails."""
    ALL = "all"
    """All of them at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSpec:
    """A channel as configured. `to` holds addresses for mail; `url` is a secret, since URLs carry tokens."""

    name: str
    kind: str
    """"mail", "webhook", "apprise" or "alertmanager"."""
    to: tuple[str, ...] = ()
    url: Secret | str | None = None
    medium: Medium | None = None
    """None takes what suits the kind."""
    per_minute: int | None = None
    """At most this many messages a minute; critical ones go first. None: no limit."""
    sign: Secret | None = None
    """Key of a webhook's signature."""

    @property
    def recipients(self) -> tuple[str, ...]:
        return self.to or ("",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A named audience."""

    id: str
    channels: tuple[ChannelSpec, ...]
    office: str | None = None
    hold_for_office_hours: bool = False
    audience: Audience = Audience.ON_CALL
    language: Language = Language.ENGLISH
    order: Order = Order.ALL
    rota: str | None = None
    """Whoever is on duty in this rota is told instead; then it has no channels of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Of routes side by side the first whose every label matches wins, and those that say `goes_on` let others look.

    An empty match takes all. Below a route its `routes` decide further, and take from it what they do not say.
    """

    match: Mapping[str, str] = field(default_factory=dict)
    to: tuple[str, ...] = ()
    """() takes that of the route above."""
    escalation: str | None = None
    """None takes that of the route above."""
    goes_on: bool = False
    """Routes after it are looked at too (`continue` in settings)."""
    routes: "tuple[Route, ...]" = ()


@dataclass(frozen=True, slots=True)
class Hearer:
    """A receiver that a route names, and the escalation that follows where it does not answer."""

    receiver: str
    escalation: str | None = None


def hearers_of(labels: Mapping[str, str], routes: Sequence[Route]) -> tuple[Hearer, ...]:
    """Who hears of what carries `labels`, in the order of the routes, each pair once; () where no route takes it."""
    return tuple(dict.fromkeys(_heard(labels, routes, Route())))


def receivers_for(labels: Mapping[str, str], routes: Sequence[Route]) -> tuple[str, ...]:
    """The same, by receiver id alone; () where no route takes it."""
    return tuple(dict.fromkeys(hearer.receiver for hearer in hearers_of(labels, routes)))


def every_route(routes: Iterable[Route]) -> Iterator[Route]:
    """All of them, each before those below it."""
    for route in routes:
        yield route
        yield from every_route(route.routes)


def _heard(labels: Mapping[str, str], routes: Sequence[Route], above: Route) -> list[Hearer]:
    found: list[Hearer] = []
    for route in routes:
        if all(labels.get(name) == value for name, value in route.match.items()):
            whole = replace(route, to=route.to or above.to, escalation=route.escalation or above.escalation)
            below = _heard(labels, route.routes, whole)
            found += below or [Hearer(receiver, whole.escalation) for receiver in whole.to]
            if not route.goes_on:
                break
    return found
