"""Which RDAP servers a registry has published at IANA (RFC 9224): the shipped copy, or a fresh one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

#: The published file has some 70 KiB.
MAX_BYTES = 1024 * 1024


class BadBootstrapError(ValueError):
    """The bytes are not a bootstrap file that can be relied on; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    published_at: datetime
    servers: Mapping[str, Sequence[str]]
    """Base addresses with a final slash, https only, by suffix in A-label form."""

    def servers_for(self, domain: str) -> Sequence[str]:
        """Base addresses for `domain` (A-label form) by its longest suffix listed; () where the registry has none."""
        labels = domain.split(".")
        suffixes = (".".join(labels[start:]) for start in range(len(labels)))
        return next((self.servers[suffix] for suffix in suffixes if suffix in self.servers), ())


def domain_url(base: str, domain: str) -> str:
    """Where `domain` is asked for at a base address (RFC 9082 §3.1.3)."""
    return f"{base.rstrip('/')}/domain/{domain}"


@lru_cache(maxsize=1)
def shipped() -> Bootstrap:
    """The copy that comes with the program. Read once; `published_at` says how old it is."""
    return parse_bootstrap(resources.files(__package__).joinpath("bootstrap.json").read_bytes())


def parse_bootstrap(body: bytes) -> Bootstrap:
    """A bootstrap file of RFC 9224 §3. Entries that are not https are left out. Raises BadBootstrapError."""
    document = _document(body)
    services = document.get("services")
    if document.get("version") != "1.0" or not isinstance(services, list):
        raise BadBootstrapError('expected a bootstrap file of version "1.0" with "services"')
    servers: dict[str, Sequence[str]] = {}
    for service in services:
        suffixes, addresses = _service(service)
        servers |= dict.fromkeys(suffixes, addresses) if addresses else {}
    if not servers:
        raise BadBootstrapError("no service has an https address")
    return Bootstrap(published_at=_published(document), servers=servers)


def _document(body: bytes) -> Mapping[str, Any]:
    if len(body) > MAX_BYTES:
        raise BadBootstrapError(f"larger than {MAX_BYTES // 1024} KiB")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise BadBootstrapError("not JSON") from None
    if not isinstance(document, dict):
        raise BadBootstrapError("not a JSON object")
    return document


def _service(service: object) -> tuple[Sequence[str], Sequence[str]]:
    match service:
        case [list(suffixes), list(addresses), *_] if all(isinstance(text, str) for text in [*suffixes, *addresses]):
            # The labels stand as A-labels; case does not matter (RFC 9224 §4).
            return [suffix.lower().strip(".") for suffix in suffixes], [url for url in addresses if _is_base(url)]
        case _:
            raise BadBootstrapError("a service is not [[suffixes], [addresses]]")


def _is_base(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and parts.username is None and not parts.query
    except ValueError:
        return False


def _published(document: Mapping[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(str(document.get("publication"))).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadBootstrapError('"publication" is not an instant (RFC 3339)') from None
