"""Debian's monitoring plugins: a process per look, one after the other, as Nagios and its heirs run them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import RefusedWindowError
from benchmarks.process import child_cpu_s


@dataclass(slots=True)
class _Tally:
    used_s: float = 0.0
    is_wanted: bool = True


@dataclass(frozen=True, slots=True)
class Plugin:
    """A prober (see benchmarks.rounds.Prober). What starts the process is left out of its CPU, in its favour."""

    command: Sequence[str | Path]

    @property
    def name(self) -> str:
        return Path(self.command[0]).name

    @asynccontextmanager
    async def probing(self, folder: Path, cores: Sequence[int]) -> AsyncIterator[Callable[[], float]]:
        del folder
        tally = _Tally()
        looking = asyncio.create_task(asyncio.to_thread(self._look_again_and_again, tally, cores[0]))
        try:
            await asyncio.sleep(0.5)
            yield lambda: tally.used_s
        finally:
            tally.is_wanted = False
            await looking

    def _look_again_and_again(self, tally: _Tally, core: int) -> None:
        while tally.is_wanted:
            try:
                tally.used_s += child_cpu_s(self.command, core)
            except RuntimeError as error:
                raise RefusedWindowError(str(error)) from None
