"""Our whole daemon as it ships: schedule, probe, judge, store, metrics; more checks due than its core can run."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.figures import RefusedWindowError
from benchmarks.process import cpu_s, running
from benchmarks.target import HOST, free_ports, wait_for_port

#: Due every second, so that one core is always behind.
SATURATING_CHECKS = 10_000

_STARTS = re.compile(rb"^nigehban_scheduler_lateness_seconds_count (\S+)$", re.MULTILINE)
_BUCKET = re.compile(rb'^nigehban_scheduler_lateness_seconds_bucket\{le="([^"]+)"\} (\S+)$', re.MULTILINE)
_NOT_OK = re.compile(rb'^nigehban_check_status\{check="c[0-9].*\} [123](?:\.0)?$', re.MULTILINE)


def settings_text(kind: str, options: Mapping[str, object], *, checks: int, interval: str, port: int) -> str:
    """Settings of `checks` equal checks. JSON is YAML."""
    head = {
        "estate": {"name": "Benchmark", "time_zone": "Asia/Karachi"},
        "listen": f"{HOST}:{port}",
        "receivers": {"on-call": {"channels": [{"kind": "mail", "to": ["noc@example.org"]}]}},
        "mail": {"relay": "127.0.0.2", "port": 9, "tls": "none", "from": "nigehban@example.org"},
        "routes": [{"match": {}, "to": ["on-call"]}],
        "defaults": {"interval": interval, "timeout": "1s" if interval == "1s" else "10s", "retry_every": "1s"},
    }
    lines = [f"{name}: {json.dumps(value)}" for name, value in head.items()]
    rows = (f"  - {json.dumps({'id': f'c{number}', 'kind': kind, **options})}" for number in range(checks))
    return "\n".join([*lines, "checks:", *rows, ""])


async def scraped(port: int) -> bytes:
    """The page of /metrics, head and all."""
    reader, writer = await asyncio.open_connection(HOST, port, limit=1 << 26)
    try:
        writer.write(f"GET /metrics HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        return await reader.read()
    finally:
        writer.close()


def starts(page: bytes) -> int:
    """How many runs were started since the daemon began."""
    found = _STARTS.search(page)
    return 0 if found is None else int(float(found[1]))


def lateness_buckets(page: bytes) -> list[tuple[float, float]]:
    return [(float(found[1]), float(found[2])) for found in _BUCKET.finditer(page)]


@dataclass(frozen=True, slots=True)
class Nigehban:
    """A prober (see benchmarks.rounds.Prober): many checks of one kind with the same options."""

    kind: str
    options: Mapping[str, object]
    checks: int = SATURATING_CHECKS
    interval: str = "1s"
    name: str = "nigehban"
    environ: Mapping[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def probing(self, folder: Path, cores: Sequence[int]) -> AsyncIterator[Callable[[], float]]:
        async with self.watching(folder, cores) as (pid, port):
            await self._every_check_has_looked(port)
            async with scrape_now_and_then(port):
                yield partial(cpu_s, pid)
            if bad := _NOT_OK.search(await scraped(port)):
                raise RefusedWindowError(f"a check went wrong: {bad[0].decode()}")

    async def _every_check_has_looked(self, port: int) -> None:
        while starts(await scraped(port)) < 1.2 * self.checks:  # noqa: ASYNC110  # another process is waited for
            await asyncio.sleep(1)

    @asynccontextmanager
    async def watching(self, folder: Path, cores: Sequence[int]) -> AsyncIterator[tuple[int, int]]:
        """The daemon with a fresh state: its process and the port of its metrics."""
        (port,) = free_ports(1)
        config, state = folder / "nigehban.yaml", folder / "state"
        state.mkdir()
        text = settings_text(self.kind, self.options, checks=self.checks, interval=self.interval, port=port)
        config.write_text(text)
        command: list[str | Path] = [
            Path(sys.executable).parent / "nigehban",
            "run",
            "--config",
            config,
            "--state",
            state,
        ]
        with running(command, cores, folder / "nigehban.log", self.environ) as process:
            wait_for_port(port, 60)
            yield process.pid, port


@asynccontextmanager
async def scrape_now_and_then(port: int) -> AsyncIterator[None]:
    """As Prometheus does: its cost is part of ours, like blackbox's answers are part of its own."""

    async def forever() -> None:
        while True:
            await scraped(port)
            await asyncio.sleep(15)

    scraping = asyncio.create_task(forever())
    try:
        yield
    finally:
        scraping.cancel()
        await asyncio.gather(scraping, return_exceptions=True)
