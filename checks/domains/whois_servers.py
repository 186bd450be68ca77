"""Which WHOIS server answers for a suffix, and what it is known to write."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from importlib import resources
from typing import Any

from checks.domains.dates import DayOrder, Layout

PORT = 43


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoisServer:
    host: str
    port: int = PORT
    query: str = "{domain}"
    """What is sent, without its line ending; "{domain}" stands for the name in A-label form."""
    layout: Layout = field(default_factory=Layout)

    def question(self, domain: str) -> str:
        return self.query.replace("{domain}", domain)


def server_for(domain: str) -> WhoisServer | None:
    """The server for `domain` (A-label form) by its longest suffix listed; None where none is known."""
    labels = domain.split(".")
    suffixes = (".".join(labels[start:]) for start in range(1, len(labels)))
    return next((found for suffix in suffixes if (found := shipped_servers().get(suffix))), None)


@lru_cache(maxsize=1)
def shipped_servers() -> Mapping[str, WhoisServer]:
    """Servers by suffix, from whois_servers.json, where each stands with its source. Read once."""
    entries = json.loads(resources.files(__package__).joinpath("whois_servers.json").read_bytes())
    return {suffix: _server(entry) for entry in entries for suffix in entry["suffixes"]}


def _server(entry: Mapping[str, Any]) -> WhoisServer:
    order, hours = entry.get("order"), entry.get("offset_hours")
    return WhoisServer(
        host=entry["host"],
        query=entry.get("query", "{domain}"),
        layout=Layout(
            order=DayOrder(order) if order else None,
            offset=timedelta(hours=hours) if hours is not None else None,
            is_renewal_expiry=entry.get("renewal_date") == "expiry",
        ),
    )
