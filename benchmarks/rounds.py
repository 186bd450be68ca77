"""Measuring: one window after the other, peer and ours in turn on the same core."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.figures import RefusedWindowError, Row, Window
from benchmarks.process import Cores

TRIES = 3


class Target(Protocol):
    """Whom a contest probes, and who counts the probes that arrive."""

    def taken(self) -> int: ...

    @property
    def taken_by_asking(self) -> int:
        """By how much asking for the count raises it."""
        ...

    def cpu_s(self) -> float: ...


class Prober(Protocol):
    @property
    def name(self) -> str: ...

    def probing(self, folder: Path, cores: Sequence[int]) -> AbstractAsyncContextManager[Callable[[], float]]:
        """Probes at full speed within; once in its stride, answers how much CPU the prober has used so far, in s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """One row to be measured."""

    work: str
    peer: Prober
    ours: Prober
    bar: float | None
    target: Target


@dataclass(slots=True)
class Stadium:
    """Where contests are held."""

    cores: Cores
    window_s: float

    async def hold(self, contests: Sequence[Contest], rounds: int) -> AsyncIterator[Row]:
        """All contests once per round, so that rows alternate too; then their rows."""
        windows: list[tuple[list[Window], list[Window]]] = [([], []) for _ in contests]
        for number in range(1, rounds + 1):
            for contest, (theirs, ours) in zip(contests, windows, strict=True):
                theirs.append(await self.window(contest.peer, contest.target))
                ours.append(await self.window(contest.ours, contest.target))
                print(f"round {number}, {contest.work}: {_said(contest.peer, theirs)}, {_said(contest.ours, ours)}")
        for contest, (theirs, ours) in zip(contests, windows, strict=True):
            yield Row(work=contest.work, peer=contest.peer.name, peer_windows=theirs, our_windows=ours, bar=contest.bar)

    async def window(self, prober: Prober, target: Target) -> Window:
        """One window of one prober; again where a busy machine made a probe fail. Raises RefusedWindowError."""
        for _ in range(TRIES - 1):
            try:
                return await self._window(prober, target)
            except RefusedWindowError as refused:
                print(f"again, since {refused}")
        return await self._window(prober, target)

    async def _window(self, prober: Prober, target: Target) -> Window:
        """Probes are counted where they arrive: each is a fresh connection."""
        with tempfile.TemporaryDirectory(prefix="nigehban-bench-") as folder:
            async with prober.probing(Path(folder), [self.cores.prober]) as cpu_s:
                taken, target_cpu_s = target.taken(), target.cpu_s()
                began_s, used_s = time.monotonic(), cpu_s()
                await asyncio.sleep(self.window_s)
                used_s, wall_s = cpu_s() - used_s, time.monotonic() - began_s
                target_cpu_s = target.cpu_s() - target_cpu_s
                probes = target.taken() - taken - target.taken_by_asking
        return Window(probes=probes, cpu_s=used_s, wall_s=wall_s, target_cpu_s=target_cpu_s)


def _said(prober: Prober, windows: Sequence[Window]) -> str:
    last = windows[-1]
    return (
        f"{prober.name} {last.us_per_probe:.0f} µs at {last.rate:.0f}/s"
        f" (core {last.busy:.0%}, target {last.target_busy:.0%})"
    )
