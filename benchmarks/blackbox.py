"""The peer: Debian's blackbox_exporter, asked for probes over kept connections as fast as its core allows."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from subprocess import Popen
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
    """One kept connection that asks again as soon as it has its answer, unless it is to wait for its turn."""

    def __init__(self, request: bytes, tally: Tally, turns: "deque[Asking] | None" = None) -> None:
        """With `turns` a connection that is free puts itself there, to be asked by whoever sets the pace."""
        self._request = request
        self._tally = tally
        self._turns = turns
        self._parser = httptools.HttpResponseParser(self)
        self._body = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # a TCP transport writes
        self._next()

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
        self._next()

    def _next(self) -> None:
        if self._turns is None:
            self.ask()
        else:
            self._turns.append(self)

    def ask(self) -> None:
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
        with self._serving(folder, cores) as (process, port):
            async with self._asked(port, None):
                await asyncio.sleep(1)
                yield partial(cpu_s, process.pid)

    @asynccontextmanager
    async def probing_at(self, rate: float, folder: Path, cores: Sequence[int]) -> AsyncIterator[Callable[[], float]]:
        """The same, asked `rate` times a second, evenly: as Prometheus asks for so many targets."""
        turns: deque[Asking] = deque()
        with self._serving(folder, cores) as (process, port):
            async with self._asked(port, turns):
                pacing = asyncio.create_task(_set_pace(turns, rate))
                try:
                    yield partial(cpu_s, process.pid)
                finally:
                    pacing.cancel()
                    await asyncio.gather(pacing, return_exceptions=True)

    @contextmanager
    def _serving(self, folder: Path, cores: Sequence[int]) -> Iterator[tuple[Popen[bytes], int]]:
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
            yield process, port

    @asynccontextmanager
    async def _asked(self, port: int, turns: "deque[Asking] | None") -> AsyncIterator[None]:
        tally = Tally()
        path = f"/probe?module={self.module}&target={quote(self.target, safe='')}"
        request = f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\n\r\n".encode()
        loop = asyncio.get_running_loop()
        opened = [
            await loop.create_connection(lambda: Asking(request, tally, turns), HOST, port) for _ in range(CONCURRENCY)
        ]
        try:
            yield
        finally:
            for transport, _ in opened:
                transport.abort()
        if tally.bad:
            raise RefusedWindowError(f"{len(tally.bad)} probes of {self.target} failed: {tally.bad[0].decode()[-500:]}")


async def _set_pace(turns: "deque[Asking]", rate: float) -> None:
    """Ask `rate` times a second; what is missed while all connections are busy is made up for."""
    loop = asyncio.get_running_loop()
    began_s, asked = loop.time(), 0
    while True:
        await asyncio.sleep(1 / rate)
        while turns and asked < (loop.time() - began_s) * rate:
            turns.popleft().ask()
            asked += 1
