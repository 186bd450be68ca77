"""How lists of bills come in: layouts by name, and the places that are looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from checks.billing.intake.request import Layout
from checks.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSource:
    """Finished files are taken in and moved away."""

    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlSource:
    database: Secret
    """URL as SQLAlchemy takes it."""
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSource:
    url: Secret | str
    token: Secret | None = None
    rows: str = ""
    """JSON pointer (RFC 6901) to the list of rows."""


Place: TypeAlias = FolderSource | SqlSource | ApiSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Somewhere bills come from by themselves."""

    id: str
    place: Place
    every: timedelta
    layout: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeSettings:
    layouts: Mapping[str, Layout] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    def layout_of(self, source: Source) -> Layout:
        return Layout() if source.layout is None else self.layouts[source.layout]
