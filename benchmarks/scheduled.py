"""An estate on its minute, as it is in use: 10,000 checks, beside blackbox_exporter asked as often at the same time."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.blackbox import Blackbox
from benchmarks.facts import Fact
from benchmarks.figures import histogram_quantile
from benchmarks.ours import Nigehban, lateness_buckets, scrape_now_and_then, scraped, starts
from benchmarks.process import Cores, cpu_s, resident_mib
from benchmarks.target import Target

CHECKS = 10_000
MINUTE_S = 60.0
SCRAPES = 5
BAR = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """What both did in the same time."""

    looks: int
    ours_s: float
    peer_probes: int
    peer_s: float

    @property
    def ours_us(self) -> float:
        return self.ours_s / self.looks * 1e6

    @property
    def peer_us(self) -> float:
        return self.peer_s / self.peer_probes * 1e6

    @property
    def ratio(self) -> float:
        return self.ours_us / self.peer_us


async def scheduled_facts(target: Target, cores: Cores, minutes: float) -> Sequence[Fact]:
    """The second half of `minutes` is measured: by then every check has had its first look."""
    daemon = Nigehban("http", {"url": target.http_url}, checks=CHECKS, interval="60s")
    with tempfile.TemporaryDirectory(prefix="nigehban-bench-") as folder:
        async with daemon.watching(Path(folder), [cores.prober]) as (pid, port):
            async with _beside(target, Path(folder), cores) as peer_cpu_s, scrape_now_and_then(port):
                await asyncio.sleep(minutes * MINUTE_S / 2)
                measured = await _measure(target, pid, port, peer_cpu_s, minutes * MINUTE_S / 2)
            page = await scraped(port)
            resident = resident_mib(pid)
            took_s, scrape_cpu_s = await _scrapes(pid, port)
    p99_s = histogram_quantile(0.99, lateness_buckets(page))
    return (
        Fact(
            what=f"{CHECKS:,} HTTP checks at 60 s, {minutes:g} min: lateness p99",
            figure=f"{p99_s * 1e3:.0f} ms",
            bar="≤ 250 ms",
            holds=p99_s <= 0.25,
        ),
        Fact(what="the same: VmRSS at the end", figure=f"{resident:.0f} MiB", bar="≤ 200 MiB", holds=resident <= 200),
        Fact(
            what="the same: CPU beside blackbox_exporter, asked as often in the same minutes on the same core",
            figure=f"{measured.ours_us:.0f} µs by {measured.peer_us:.0f} µs a check: {measured.ratio:.2f}x",
            bar=f"≤ {BAR:.2f}x",
            holds=measured.ratio <= BAR,
        ),
        Fact(
            what=f"one scrape of /metrics, {page.count(chr(10).encode()):,} lines",
            figure=f"{took_s * 1e3:.0f} ms, {scrape_cpu_s * 1e3:.0f} ms CPU, {len(page) / 1e6:.1f} MB",
        ),
    )


@asynccontextmanager
async def _beside(target: Target, folder: Path, cores: Cores) -> AsyncIterator[Callable[[], float]]:
    peer = Blackbox("http_2xx", target.http_url, target.ca_file)
    (folder / "peer").mkdir()
    async with peer.probing_at(CHECKS / MINUTE_S, folder / "peer", [cores.prober]) as peer_cpu_s:
        yield peer_cpu_s


async def _measure(target: Target, pid: int, port: int, peer_cpu_s: Callable[[], float], window_s: float) -> Minutes:
    """Probes of both are counted at the target; those of ours also by itself, the rest is the peer's."""
    before, taken = starts(await scraped(port)), target.taken()
    ours_s, peer_s = cpu_s(pid), peer_cpu_s()
    await asyncio.sleep(window_s)
    ours_s, peer_s = cpu_s(pid) - ours_s, peer_cpu_s() - peer_s
    looks = starts(await scraped(port)) - before
    both = target.taken() - taken - target.taken_by_asking
    return Minutes(looks=looks, ours_s=ours_s, peer_probes=both - looks, peer_s=peer_s)


async def _scrapes(pid: int, port: int) -> tuple[float, float]:
    """Median seconds of a scrape, and the mean of its CPU."""
    took, used_s = [], cpu_s(pid)
    for _ in range(SCRAPES):
        began = time.perf_counter()
        await scraped(port)
        took.append(time.perf_counter() - began)
    return statistics.median(took), (cpu_s(pid) - used_s) / SCRAPES
