"""The dashboards that users import, as data: panels, queries, and what Grafana would put for their variables."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.tree import ROOT

FOLDER = ROOT / "config" / "grafana" / "dashboards"

#: As Grafana puts them for a scrape five times a second, all services and the last minute.
VARIABLES = {
    "$__rate_interval": "4s",
    "$__range": "60s",
    "$__interval": "5s",
    "$service": ".*",
    "${datasource}": "prometheus",
}


@dataclass(frozen=True, slots=True)
class Panel:
    board: str
    json: Mapping[str, Any]

    @property
    def title(self) -> str:
        return f"{self.board}: {self.json['title']}"

    @property
    def is_row(self) -> bool:
        return bool(self.json["type"] == "row")

    @property
    def queries(self) -> Sequence[str]:
        return [target["expr"] for target in self.json.get("targets", ())]


def boards() -> Mapping[str, Mapping[str, Any]]:
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def panels() -> Iterator[Panel]:
    for name, board in boards().items():
        yield from (Panel(name, panel) for panel in board["panels"])


def resolved(query: str) -> str:
    """What Grafana sends to Prometheus."""
    for name, value in VARIABLES.items():
        query = query.replace(name, value)
    return query


def metrics_in(query: str) -> set[str]:
    return set(re.findall(r"nigehban_\w+", query))
