"""The peer: Debian's blackbox_exporter, asked for probes over kept connections as fast as its core allows."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import quote

import httptools

from benchmarks.figures import RefusedWindowError
from benchmarks.peers import BLACKBOX
from benchmarks.process import cpu_s, running
from benchmarks.target import HOST, free_ports, wait_for_port

#: Probes asked for at once: more than its core can work on, so that it never waits.
CONCURRENCY = 16

#: JSON is YAML. HTTP/2 is off, since ours speaks 1.1; blackbox dials anew for every probe by itself.
_MODULES = """
{{"modules": {{
  "http_2xx": {{"prober": "http", "timeout": "5s", "http": {{
    "preferred_ip_protocol": "ip4", "enable_http2": false, "tls_config": {{"ca_file": "{ca_file}"}} }} }},
  "tcp_tls": {{"prober": "tcp", "timeout": "5s", "tcp": {{
    "preferred_ip_protocol": "ip4", "tls": true, "tls_config": {{"ca_file": "{ca_file}"}} }} }},
  "smtp_starttls": {{"prober": "tcp", "timeout": "5s", "tcp": {{
    "preferred_ip_protocol": "ip4", "tls_config": {{"ca_file": "{ca_file}"}}, "query_response": [
      {{"expect": "^220 "}}, {{"send": "EHLO prober.example.org\\r"}}, {{"expect": "^250[ -]STARTTLS"}},
      {{"send": "STARTTLS\\r"}}, {{"expect": "^220 "}}, {{"starttls": true}},
      {{"send": "EHLO prober.example.org\\r"}}, {{"expect": "^250 "}}, {{"send": "QUIT\\r"}} ] }} }},
  "dns_a": {{"prober": "dns", "timeout": "5s", "dns": {{
    "preferred_ip_protocol": "ip4", "query_name": "mail.example.org", "query_type": "A",
    "validate_answer_rrs": {{"fail_if_not_matches_regexp": ["192.0.2.25"]}} }} }}
}} }}
"""


@dataclass(slots=True)
class Tally:
    """What the answers said."""

    good: int = 0
    bad: list[bytes] = field(default_factory=list)


class Asking(asyncio.Protocol):
    """One kept connection that asks again as soon as it has its answer."""

    def __init__(self, request: bytes, tally: Tally) -> None:
        self._request = request
        self._tally = tally
        self._parser = httptools.HttpResponseParser(self)
        self._body = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # a TCP transport writes
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, data: bytes) -> None:
        self._body += data

    def on_message_complete(self) -> None:
        if b"\nprobe_success 1\n" in self._body:
            self._tally.good += 1
        else:
            self._tally.bad.append(bytes(self._body))
        self._body.clear()
        self._parser = httptools.HttpResponseParser(self)
        self._ask()

    def _ask(self) -> None:
        if self._transport is not None:
            self._transport.write(self._request)


@dataclass(frozen=True, slots=True)
class Blackbox:
    """A prober (see benchmarks.rounds.Prober): one module of blackbox_exporter against one target."""

    module: str
    target: str
    ca_file: Path
    name: str = "blackbox_exporter"

    @asynccontextmanager
    async def probing(self, folder: Path, cores: Sequence[int]) -> AsyncIterator[Callable[[], float]]:
        (port,) = free_ports(1)
        config = folder / "blackbox.yml"
        config.write_text(_MODULES.format(ca_file=self.ca_file))
        command: list[str | Path] = [
            BLACKBOX.require(),
            f"--config.file={config}",
            f"--web.listen-address={HOST}:{port}",
            "--log.level=error",
        ]
        with running(command, cores, folder / "blackbox.log") as process:
            wait_for_port(port)
            async with self._asked(port):
                await asyncio.sleep(1)
                yield partial(cpu_s, process.pid)

    @asynccontextmanager
    async def _asked(self, port: int) -> AsyncIterator[None]:
        tally = Tally()
        path = f"/probe?module={self.module}&target={quote(self.target, safe='')}"
        request = f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\n\r\n".encode()
        loop = asyncio.get_running_loop()
        opened = [await loop.create_connection(lambda: Asking(request, tally), HOST, port) for _ in range(CONCURRENCY)]
        try:
            yield
        finally:
            for transport, _ in opened:
                transport.abort()
        if tally.bad:
            raise RefusedWindowError(f"{len(tally.bad)} probes of {self.target} failed: {tally.bad[0].decode()[-500:]}")
