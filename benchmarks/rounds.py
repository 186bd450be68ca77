"""Measuring: one window after the other, peer and ours in turn on the same core."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.figures import RefusedWindowError, Row, Window
from benchmarks.process import Cores, cpu_s
from benchmarks.target import Target

TRIES = 3


class Prober(Protocol):
    @property
    def name(self) -> str: ...

    def probing(self, folder: Path, cores: Sequence[int]) -> AbstractAsyncContextManager[int]:
        """Probes at full speed within; answers the prober's process once it is in its stride."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """One row to be measured."""

    work: str
    peer: Prober
    ours: Prober
    bar: float | None


@dataclass(slots=True)
class Stadium:
    """Where contests are held."""

    target: Target
    cores: Cores
    window_s: float

    async def hold(self, contests: Sequence[Contest], rounds: int) -> AsyncIterator[Row]:
        """All contests once per round, so that rows alternate too; then their rows."""
        windows: list[tuple[list[Window], list[Window]]] = [([], []) for _ in contests]
        for number in range(1, rounds + 1):
            for contest, (theirs, ours) in zip(contests, windows, strict=True):
                theirs.append(await self.window(contest.peer))
                ours.append(await self.window(contest.ours))
                print(f"round {number}, {contest.work}: {_said(contest.peer, theirs)}, {_said(contest.ours, ours)}")
        for contest, (theirs, ours) in zip(contests, windows, strict=True):
            yield Row(work=contest.work, peer=contest.peer.name, peer_windows=theirs, our_windows=ours, bar=contest.bar)

    async def window(self, prober: Prober) -> Window:
        """One window of one prober; again where a busy machine made a probe fail. Raises RefusedWindowError."""
        for _ in range(TRIES - 1):
            try:
                return await self._window(prober)
            except RefusedWindowError as refused:
                print(f"again, since {refused}")
        return await self._window(prober)

    async def _window(self, prober: Prober) -> Window:
        """Probes are counted where they arrive: each is a fresh connection."""
        with tempfile.TemporaryDirectory(prefix="nigehban-bench-") as folder:
            async with prober.probing(Path(folder), [self.cores.prober]) as pid:
                connections, target_cpu_s = self.target.connections(), self.target.cpu_s()
                began_s, used_s = time.monotonic(), cpu_s(pid)
                await asyncio.sleep(self.window_s)
                used_s, wall_s = cpu_s(pid) - used_s, time.monotonic() - began_s
                target_cpu_s = self.target.cpu_s() - target_cpu_s
                probes = self.target.connections() - connections - 1
        return Window(probes=probes, cpu_s=used_s, wall_s=wall_s, target_cpu_s=target_cpu_s)


def _said(prober: Prober, windows: Sequence[Window]) -> str:
    last = windows[-1]
    return (
        f"{prober.name} {last.us_per_probe:.0f} µs at {last.rate:.0f}/s"
        f" (core {last.busy:.0%}, nginx {last.target_busy:.0%})"
    )
