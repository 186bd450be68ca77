"""Locks and full disks are waited out, poison is isolated, a broken store is told and raised."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import pytest

from alerts.record import SubjectRecord
from checks.model import CheckId
from tests.support.virtual_loop import EPOCH, run_virtual
from watchdog.engine.writer import BUSY_PAUSE_S, POISON_TRIES, StoreWriter
from watchdog.store.changes import Changes
from watchdog.store.errors import StoreBrokenError, StoreBusyError, StoreError, StoreFullError, StoreRefusedError
from watchdog.store.executor import Inline


def record(check_id: str, at: datetime = EPOCH) -> SubjectRecord:
    return SubjectRecord(check_id=CheckId(check_id), subject=check_id, seen_at=at, judged_at=at)


def changes(*check_ids: str) -> Changes:
    return Changes(records=tuple(record(check_id) for check_id in check_ids))


class Disk:
    """Takes changes, but for what `refuse` says of them at a given try."""

    def __init__(self, refuse: Callable[[int, Changes], StoreError | None]) -> None:
        self.taken: list[str] = []
        self.tries = 0
        self._refuse = refuse

    def commit(self, given: Changes) -> None:
        self.tries += 1
        error = self._refuse(self.tries, given)
        if error is not None:
            raise error
        self.taken += [one.check_id for one in given.records]


def write(disk: Disk, given: Changes) -> tuple[float, list[str]]:
    troubles: list[str] = []

    async def scene() -> float:
        await StoreWriter(disk, Inline(), lambda key, _text: troubles.append(key)).commit(given)
        return asyncio.get_running_loop().time()

    return run_virtual(scene()), troubles


def poisoned(given: Changes) -> StoreError | None:
    return StoreRefusedError("poison") if any(one.check_id == "bad" for one in given.records) else None


def test_a_locked_database_is_waited_for_in_silence() -> None:
    disk = Disk(lambda tries, _given: StoreBusyError("locked") if tries < 4 else None)
    assert write(disk, changes("mx")) == (3 * BUSY_PAUSE_S, [])
    assert disk.taken == ["mx"]


def test_a_full_disk_is_told_and_waited_for() -> None:
    disk = Disk(lambda tries, _given: StoreFullError("full") if tries < 3 else None)
    _, troubles = write(disk, changes("mx"))
    assert (disk.taken, set(troubles)) == (["mx"], {"disk full"})


def test_a_broken_store_is_told_and_raised() -> None:
    disk = Disk(lambda _tries, _given: StoreBrokenError("EIO"))
    troubles: list[str] = []

    async def scene() -> None:
        await StoreWriter(disk, Inline(), lambda key, _text: troubles.append(key)).commit(changes("mx"))

    with pytest.raises(StoreBrokenError):
        run_virtual(scene())
    assert (troubles, disk.tries) == (["store"], 1)


def test_poison_of_one_check_is_left_out_and_said_and_the_others_are_written() -> None:
    disk = Disk(lambda _tries, given: poisoned(given))
    _, troubles = write(disk, changes("mx", "bad", "web"))
    assert (disk.taken, troubles) == (["mx", "web"], ["refused bad"])


def test_poison_alone_is_tried_a_few_times_before_it_is_left_out() -> None:
    disk = Disk(lambda _tries, given: poisoned(given))
    write(disk, changes("bad"))
    assert disk.tries == POISON_TRIES


def test_what_was_refused_once_by_chance_is_written() -> None:
    disk = Disk(lambda tries, given: poisoned(given) if tries < 3 else None)
    _, troubles = write(disk, changes("bad", "mx"))
    assert (sorted(disk.taken), troubles) == (["bad", "mx"], [])
