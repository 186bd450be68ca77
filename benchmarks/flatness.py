"""Whether a check costs the same in a small estate and in a large one, at the same number of looks a second."""

import asyncio
import tempfile
from pathlib import Path

from benchmarks.facts import Fact
from benchmarks.ours import Nigehban, scraped, starts
from benchmarks.process import Cores, cpu_s
from benchmarks.target import HOST, Target

#: A loop that sleeps between looks pays for each wake-up, so that only equal rates can be compared.
LOOKS_A_SECOND = 1_000
SIZES = (1_000, 10_000, 50_000)
BAR = 1.2


async def flatness_fact(target: Target, cores: Cores, window_s: float) -> Fact:
    costs_us = [await _cost_us(target, cores, checks, window_s) for checks in SIZES]
    ratio = max(costs_us) / costs_us[0]
    each = ", ".join(f"{cost:.0f} µs of {checks:,}" for cost, checks in zip(costs_us, SIZES, strict=True))
    return Fact(
        what=f"CPU per look, tcp checks on loopback, {LOOKS_A_SECOND:,} looks a second",
        figure=f"{each}: {ratio:.2f}x",
        bar=f"≤ {BAR:.1f}x",
        holds=ratio <= BAR,
    )


async def _cost_us(target: Target, cores: Cores, checks: int, window_s: float) -> float:
    """After a whole interval, so that every check has been looked at."""
    interval_s = checks // LOOKS_A_SECOND
    options = {"host": HOST, "port": target.http_port}
    daemon = Nigehban("tcp", options, checks=checks, interval=f"{interval_s}s")
    with tempfile.TemporaryDirectory(prefix="nigehban-bench-") as folder:
        async with daemon.watching(Path(folder), [cores.prober]) as (pid, port):
            while starts(await scraped(port)) < checks:  # noqa: ASYNC110  # another process is waited for
                await asyncio.sleep(1)
            before, used_s = starts(await scraped(port)), cpu_s(pid)
            await asyncio.sleep(window_s)
            used_s = cpu_s(pid) - used_s
            return used_s / (starts(await scraped(port)) - before) * 1e6
