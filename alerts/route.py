"""Who hears about what: labels to receivers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from checks.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSpec:
    """A channel as configured. `to` holds addresses for mail; `url` is a secret, since URLs carry tokens."""

    name: str
    kind: str
    """"mail", "webhook" or "apprise"."""
    to: tuple[str, ...] = ()
    url: Secret | str | None = None

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The first route whose every label matches wins. An empty match takes all."""

    match: Mapping[str, str] = field(default_factory=dict)
    to: tuple[str, ...]


def receivers_for(labels: Mapping[str, str], routes: Sequence[Route]) -> tuple[str, ...]:
    """Receiver ids of the first matching route; () where none matches."""
    for route in routes:
        if all(labels.get(name) == value for name, value in route.match.items()):
            return route.to
    return ()
