"""The name server that is probed: a private BIND on loopback, authoritative for one zone."""

import http.client
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import NAMED
from benchmarks.process import cpu_s, running
from benchmarks.target import HOST, free_ports, wait_for_port

NAME, ADDRESS = "mail.example.org", "192.0.2.25"

_CONFIGURATION = """
options {{
  directory "{folder}"; pid-file none; session-keyfile none; recursion no; minimal-responses yes;
  listen-on port {port} {{ {host}; }}; listen-on-v6 {{ none; }};
}};
controls {{ }};
statistics-channels {{ inet {host} port {status_port} allow {{ {host}; }}; }};
zone "example.org" {{ type primary; file "{folder}/zone"; }};
"""

_ZONE = f"""$TTL 3600
@ IN SOA ns1 hostmaster 1 3600 600 86400 300
@ IN NS ns1
ns1 IN A {HOST}
mail IN A {ADDRESS}
"""


@dataclass(frozen=True, slots=True)
class NameServer:
    """A target (see benchmarks.rounds.Target): one query per probe."""

    pid: int
    port: int
    status_port: int

    @property
    def place(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def taken_by_asking(self) -> int:
        return 0

    def taken(self) -> int:
        asking = http.client.HTTPConnection(HOST, self.status_port, timeout=10)
        try:
            asking.request("GET", "/json/v1/server")
            told = json.load(asking.getresponse())
        finally:
            asking.close()
        return int(told["opcodes"]["QUERY"])

    def cpu_s(self) -> float:
        return cpu_s(self.pid)


@contextmanager
def running_name_server(folder: Path, cores: Sequence[int]) -> Iterator[NameServer]:
    port, status_port = free_ports(2)
    folder.mkdir()
    (folder / "zone").write_text(_ZONE)
    configuration = folder / "named.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder, host=HOST, port=port, status_port=status_port))
    command: list[str | Path] = [NAMED.require(), "-f", "-n", "1", "-c", configuration]
    with running(command, cores, folder / "named.log") as process:
        wait_for_port(status_port)
        yield NameServer(process.pid, port, status_port)
