"""Which name servers this machine asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from checks.network.hosts import address_literal
from checks.target import host_and_port

SYSTEM_RESOLV_CONF = Path("/etc/resolv.conf")
_MAX_BYTES = 64 * 1024
_MAX_SERVERS = 8
_DNS_PORT = 53
_MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class NameServer:
    address: str
    port: int = _DNS_PORT

    @property
    def shown(self) -> str:
        return self.address if self.port == _DNS_PORT else host_and_port(self.address, self.port)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameServers:
    """Whom to ask, in order, and what to append to names without a dot."""

    servers: tuple[NameServer, ...]
    search: tuple[str, ...] = ()


class ResolvConf:
    """The system's name servers, read again whenever the file has changed. A missing file names none."""

    def __init__(self, path: Path = SYSTEM_RESOLV_CONF) -> None:
        self._path = path
        self._stamp: tuple[int, int, int] | None = None
        self._known = NameServers(servers=())

    def servers(self) -> NameServers:
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if stamp != self._stamp:
                with self._path.open(encoding="utf-8", errors="replace") as file:
                    self._known = parse_resolv_conf(file.read(_MAX_BYTES))
                self._stamp = stamp
        except OSError:
            self._known, self._stamp = NameServers(servers=()), None
        return self._known


def parse_resolv_conf(text: str) -> NameServers:
    """`nameserver` and `search` lines of resolv.conf(5); the last `search` or `domain` counts. Nothing else is read."""
    servers: list[NameServer] = []
    search: tuple[str, ...] = ()
    for line in text.splitlines():
        match line.split():
            case ["nameserver", address, *_] if literal := address_literal(address):
                servers.append(NameServer(literal))
            case ["search" | "domain", *domains]:
                search = tuple(domain.lower().strip(".") for domain in domains if domain.strip("."))
            case _:
                pass
    return NameServers(servers=tuple(servers[:_MAX_SERVERS]), search=search)


def parse_servers(texts: Sequence[str]) -> NameServers:
    """Servers written "192.0.2.1", "192.0.2.1:5353", "2001:db8::1" or "[2001:db8::1]:5353".

    Raises ValueError for anything else, a name above all: who would look it up?
    """
    return NameServers(servers=tuple(_parse_server(text) for text in texts))


def split_server(text: str, port: int = _DNS_PORT) -> tuple[str, int]:
    """Host and port of "ns1.example.org", "192.0.2.1:5353", "2001:db8::1" or "[2001:db8::1]:5353".

    `port` where none is written. Raises ValueError for a port that is none; the host is judged by whoever looks it up.
    """
    if literal := address_literal(text.removeprefix("[").removesuffix("]")):
        return literal, port
    host, colon, digits = text.rpartition(":")
    if not colon:
        return text, port
    if not digits.isascii() or not digits.isdigit() or not 0 < int(digits) <= _MAX_PORT:
        raise ValueError(f"{text!r} is no server: write host, or host:port")
    return host.removeprefix("[").removesuffix("]"), int(digits)


def _parse_server(text: str) -> NameServer:
    if literal := address_literal(text):
        return NameServer(literal)
    host, _, port = text.rpartition(":")
    literal = address_literal(host)
    if literal is None or not port.isascii() or not port.isdigit() or not 0 < int(port) <= _MAX_PORT:
        raise ValueError(f"{text!r} is not a name server: write an address, or address:port")
    return NameServer(literal, int(port))
