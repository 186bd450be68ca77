"""Names of the hosts file, and the spelling of names."""

import ipaddress
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import idna

from checks.model import Cause
from checks.network.errors import ProbeError

SYSTEM_HOSTS = Path("/etc/hosts")

#: Files that block advertising reach some megabytes; beyond this it is no hosts file.
_MAX_HOSTS_BYTES = 16 * 1024 * 1024

# Underscores are no host name (RFC 952), yet they occur in real ones.
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
_MAX_NAME = 253

# Every probe spells its target the same way; parsing it anew would cost a tenth of the probe.
_KEPT_SPELLINGS = 20_000

_Names: TypeAlias = Mapping[str, tuple[str, ...]]


class HostsFile:
    """Addresses by name, read again whenever the file has changed. A missing file is an empty one."""

    def __init__(self, path: Path = SYSTEM_HOSTS) -> None:
        self._path = path
        self._stamp: tuple[int, int, int] | None = None
        self._names: _Names = {}

    def addresses(self, name: str) -> tuple[str, ...]:
        """The addresses of `name` (in the form of `host_name`) in the file's order; () where it is not listed."""
        self._refresh()
        return self._names.get(name, ())

    def _refresh(self) -> None:
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if stamp != self._stamp:
                self._names = _parse(self._path)
                self._stamp = stamp
        except OSError:
            self._names, self._stamp = {}, None


def _parse(path: Path) -> _Names:
    with path.open(encoding="utf-8", errors="replace") as file:
        text = file.read(_MAX_HOSTS_BYTES)
    names: dict[str, list[str]] = {}
    for line in text.splitlines():
        address, *aliases = line.partition("#")[0].split() or [""]
        literal = address_literal(address)
        for alias in aliases if literal else ():
            listed = names.setdefault(alias.lower().rstrip("."), [])
            if literal and literal not in listed:
                listed.append(literal)
    return {name: tuple(addresses) for name, addresses in names.items()}


@lru_cache(_KEPT_SPELLINGS)
def address_literal(host: str) -> str | None:
    """`host` in canonical form if it is an address ("[::1]" too), else None. Scoped addresses are none."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return None
    return None if "%" in bare else str(address)


@lru_cache(_KEPT_SPELLINGS)
def host_name(host: str) -> str:
    """`host` as it is asked for: lower case A-labels without the final dot.

    Raises ProbeError(NAME_NOT_FOUND) for what no name server can know, and for addresses in disguise ("127.1",
    "0x7f000001", "2130706433"), which some libraries dial all the same.
    """
    name = host.strip().rstrip(".").lower()
    if not name.isascii():
        name = _a_labels(name)
    labels = name.split(".")
    if len(name) > _MAX_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise ProbeError(Cause.NAME_NOT_FOUND, f"{host!r} is not a host name")
    if _NUMERIC.fullmatch(labels[-1]):
        raise ProbeError(Cause.NAME_NOT_FOUND, f"{host!r} is neither a host name nor an address in its usual form")
    return name


def _a_labels(name: str) -> str:
    try:
        return idna.encode(name, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise ProbeError(Cause.NAME_NOT_FOUND, f"{name!r} is not a valid internationalised name") from None
