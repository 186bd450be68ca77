"""Old observations go, a chunk at a time, and a failing store is left alone."""

import asyncio
from datetime import datetime, timedelta

from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.housekeeping import BREATH_S, KEEP_OBSERVATIONS, PRUNE_EVERY_S, prune_forever
from watchdog.store.errors import StoreBusyError
from watchdog.store.executor import Inline


class Attic:
    """Has `chunks` chunks of old things; notes each visit, and fails on those named in `locked`."""

    def __init__(self, chunks: int, locked: tuple[int, ...] = ()) -> None:
        self.chunks = chunks
        self.locked = locked
        self.visits: list[tuple[float, datetime]] = []

    def prune(self, older_than: datetime) -> int:
        self.visits.append((asyncio.get_running_loop().time(), older_than))
        if len(self.visits) in self.locked:
            raise StoreBusyError("locked")
        self.chunks -= 1
        return 5_000 if self.chunks > 0 else 0


def visits(attic: Attic, for_s: float) -> list[float]:
    async def scene() -> None:
        pruning = asyncio.create_task(prune_forever(attic, Inline(), virtual_clock()))
        await asyncio.sleep(for_s)
        assert not pruning.done()
        pruning.cancel()

    run_virtual(scene())
    return [at for at, _ in attic.visits]


def test_chunks_follow_each_other_with_a_breath_between() -> None:
    assert visits(Attic(chunks=3), 60) == [0, BREATH_S, 2 * BREATH_S]


def test_an_empty_attic_is_visited_every_ten_minutes() -> None:
    assert visits(Attic(chunks=0), 2 * PRUNE_EVERY_S + 1) == [0, PRUNE_EVERY_S, 2 * PRUNE_EVERY_S]


def test_a_locked_store_is_tried_again_later() -> None:
    assert visits(Attic(chunks=0, locked=(1,)), PRUNE_EVERY_S + 1) == [0, PRUNE_EVERY_S]


def test_a_week_is_kept() -> None:
    attic = Attic(chunks=0)
    visits(attic, 1)
    assert attic.visits[0][1] == EPOCH - KEEP_OBSERVATIONS
    assert timedelta(days=7) == KEEP_OBSERVATIONS
