"""Every pair is looked at through the runner, by several child processes side by side."""

import queue
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.support.certificates import Authority
from tests.support.dns_peers import dns_host
from tests.support.hostile import HEALTHY, hostile_host
from tests.support.look_child import Cost, Looker
from tests.support.matrix.grid import Face, Grid, Place, Stage

TIMEOUT_S = 1.0
_UNHURRIED_S = 5.0

#: Most looks wait for their deadline.
_LOOKERS = 8


class Cell(NamedTuple):
    """A peer that is up, and who is to look at it."""

    grid: Grid
    peer: str
    face: Face
    place: Place

    def __str__(self) -> str:
        return f"{self.grid.title}: {self.face.title} at {self.peer}"


class Pair(NamedTuple):
    """A cell, and what came of a look."""

    cell: Cell
    cost: Cost

    @property
    def verdict(self) -> str:
        """As the table shows it: "ok", a cause where the status is critical, or "unknown: cause"; where findings of
        one look differ, all of them, with " / " between.
        """
        own = (self.cost.status, self.cost.cause)
        return " / ".join(dict.fromkeys(_shown(status, cause) for status, cause in (own, *self.cost.others)))

    @property
    def excess(self) -> str:
        return self.cost.excess


def _shown(status: str, cause: str) -> str:
    match status:
        case "ok":
            return "ok"
        case "critical":
            return cause
        case _:
            return f"{status}: {cause}"


class Onlookers:
    """Children that look, each at one peer at a time, so that time and memory are those of that pair."""

    def __init__(self, stage: Stage, lookers: Sequence[Looker]) -> None:
        self._stage = stage
        self._lookers = lookers
        self._idle: queue.Queue[Looker] = queue.Queue()
        for looker in lookers:
            self._idle.put(looker)

    def look(self, grids: Sequence[Grid]) -> Sequence[Pair]:
        """At every pair."""
        cells = [
            Cell(grid, row.peer, face, row.put_up(self._stage, face)) for grid in grids for row, face in grid.pairs()
        ]
        with ThreadPoolExecutor(len(self._lookers)) as pool:
            list(pool.map(lambda looker: self._warm(looker, cells), self._lookers))
            return [Pair(cell, cost) for cell, cost in zip(cells, pool.map(self._cost, cells), strict=True)]

    def look_again(self, pairs: Sequence[Pair], peers: Collection[str]) -> Sequence[Pair]:
        """At what went over its bounds, and unhurried at these peers, with no look beside it."""
        return [
            Pair(pair.cell, self._cost(pair.cell, _UNHURRIED_S if pair.cell.peer in peers else TIMEOUT_S))
            if pair.excess or pair.cell.peer in peers
            else pair
            for pair in pairs
        ]

    def _warm(self, looker: Looker, cells: Sequence[Cell]) -> None:
        """Let it import and build all that the columns need, by a look at each peer that is well."""
        for cell in cells:
            if cell.peer == cell.grid.rows[0].peer:
                self._look(looker, cell, TIMEOUT_S)

    def _cost(self, cell: Cell, timeout_s: float = TIMEOUT_S) -> Cost:
        looker = self._idle.get()
        try:
            return self._look(looker, cell, timeout_s)
        finally:
            self._idle.put(looker)

    def _look(self, looker: Looker, cell: Cell, timeout_s: float) -> Cost:
        return looker.look(cell.face.kind, cell.face.options(cell.place, self._stage), timeout_s)


@contextmanager
def onlookers(folder: Path) -> Iterator[Onlookers]:
    """`folder` takes certificates and files that peers need."""
    with ExitStack() as stack:
        host, names = stack.enter_context(hostile_host()), stack.enter_context(dns_host())
        healthy = host.serve(HEALTHY)
        lookers = [stack.enter_context(Looker(healthy)) for _ in range(_LOOKERS)]
        stage = Stage(host=host, names=names, authority=Authority.root(folder), folder=folder, kept=stack)
        yield Onlookers(stage, lookers)
