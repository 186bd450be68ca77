"""Locks and full disks are waited out, poison is isolated, a broken store is told and raised."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import ParamSpec, TypeVar

import pytest

from alerts.record import SubjectRecord
from checks.model import CheckId
from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.engine.writer import BUSY_PAUSE_S, LOCKED_TOO_LONG_S, POISON_TRIES, LeftOutError, Standstill, StoreWriter
from watchdog.store.changes import Changes
from watchdog.store.errors import StoreBrokenError, StoreBusyError, StoreError, StoreFullError, StoreRefusedError
from watchdog.store.executor import Inline

P = ParamSpec("P")
T = TypeVar("T")


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


def writer_on(disk: Disk, troubles: list[str]) -> StoreWriter:
    return StoreWriter(disk, Inline(), virtual_clock(), lambda key, _text: troubles.append(key))


def write(disk: Disk, given: Changes) -> tuple[float, list[str]]:
    troubles: list[str] = []

    async def scene() -> float:
        with suppress(LeftOutError):
            await writer_on(disk, troubles).commit(given)
        return asyncio.get_running_loop().time()

    return run_virtual(scene()), troubles


def poisoned(given: Changes) -> StoreError | None:
    return StoreRefusedError("poison") if any(one.check_id == "bad" for one in given.records) else None


def test_a_locked_database_is_waited_for_in_silence() -> None:
    disk = Disk(lambda tries, _given: StoreBusyError("locked") if tries < 4 else None)
    assert write(disk, changes("mx")) == (3 * BUSY_PAUSE_S, [])
    assert disk.taken == ["mx"]


def test_a_database_that_is_locked_longer_than_a_backup_takes_is_told() -> None:
    tries = int(LOCKED_TOO_LONG_S / BUSY_PAUSE_S) + 2
    _, troubles = write(
        Disk(lambda number, _given: StoreBusyError("locked") if number < tries else None), changes("mx")
    )
    assert set(troubles) == {"locked"}


def standstills(refuse: Callable[[int, Changes], StoreError | None]) -> list[Standstill | None]:
    """What the writer says of itself before a commit, at each try that is refused, and after the last."""
    found: list[Standstill | None] = []

    async def scene() -> None:
        def look(tries: int, given: Changes) -> StoreError | None:
            found.append(writer.standstill)
            return refuse(tries, given)

        writer = writer_on(Disk(look), [])
        await writer.commit(changes("mx"))
        found.append(writer.standstill)

    run_virtual(scene())
    return found


def test_it_says_since_when_nothing_is_being_written_and_no_more_once_it_is() -> None:
    before, first, second, after = standstills(lambda tries, _given: StoreFullError("full") if tries < 3 else None)
    assert before is after is None
    assert first is not None
    assert second is not None
    assert (first.key, first.since, second.since) == ("disk full", EPOCH, EPOCH)


def test_one_standstill_may_have_two_reasons_one_after_the_other() -> None:
    reasons = {1: StoreBusyError("locked"), 2: StoreFullError("full")}
    _, first, second, _ = standstills(lambda tries, _given: reasons.get(tries))
    assert [one and (one.key, one.since) for one in (first, second)] == [("locked", EPOCH), ("disk full", EPOCH)]


def test_a_full_disk_is_told_and_waited_for() -> None:
    disk = Disk(lambda tries, _given: StoreFullError("full") if tries < 3 else None)
    _, troubles = write(disk, changes("mx"))
    assert (disk.taken, set(troubles)) == (["mx"], {"disk full"})


def test_a_broken_store_is_told_and_raised() -> None:
    disk = Disk(lambda _tries, _given: StoreBrokenError("EIO"))
    troubles: list[str] = []

    async def scene() -> None:
        await writer_on(disk, troubles).commit(changes("mx"))

    with pytest.raises(StoreBrokenError):
        run_virtual(scene())
    assert (troubles, disk.tries) == (["store"], 1)


def test_poison_of_one_check_is_left_out_and_said_and_the_others_are_written() -> None:
    disk = Disk(lambda _tries, given: poisoned(given))
    _, troubles = write(disk, changes("mx", "bad", "web"))
    assert (disk.taken, troubles) == (["mx", "web"], ["refused bad"])


def test_whoever_wrote_learns_what_was_left_out() -> None:
    async def scene() -> None:
        await writer_on(Disk(lambda _tries, given: poisoned(given)), []).commit(changes("mx", "bad", "web"))

    with pytest.raises(LeftOutError) as caught:
        run_virtual(scene())
    assert caught.value.checks == {"bad"}


def test_poison_alone_is_tried_a_few_times_before_it_is_left_out() -> None:
    disk = Disk(lambda _tries, given: poisoned(given))
    write(disk, changes("bad"))
    assert disk.tries == POISON_TRIES


def test_what_was_refused_once_by_chance_is_written() -> None:
    disk = Disk(lambda tries, given: poisoned(given) if tries < 3 else None)
    _, troubles = write(disk, changes("bad", "mx"))
    assert (sorted(disk.taken), troubles) == (["bad", "mx"], [])


def test_a_store_that_says_no_answers_and_one_that_says_nothing_does_not() -> None:
    class Hanging(Inline):
        async def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
            await asyncio.sleep(100)
            return await super().call(function, *args, **kwargs)

    def full(_tries: int, _given: Changes) -> StoreError:
        return StoreFullError("full")

    async def scene(caller: Inline) -> float:
        writer = StoreWriter(Disk(full), caller, virtual_clock(), lambda _key, _text: None)
        writing = asyncio.create_task(writer.commit(changes("mx")))
        await asyncio.sleep(90)
        unanswered_s = writer.unanswered_s
        writing.cancel()
        return unanswered_s

    assert (run_virtual(scene(Inline())), run_virtual(scene(Hanging()))) == (0, 90)


@pytest.mark.parametrize("error", [StoreFullError("state.sqlite3: full"), StoreBusyError("state.sqlite3: locked")])
def test_a_standstill_begins_with_a_sentence_and_says_what_to_do(error: StoreError) -> None:
    async def scene() -> str:
        disk = Disk(lambda tried, _given: error if tried == 1 else None)
        texts: list[str] = []
        writer = StoreWriter(disk, Inline(), virtual_clock(), lambda _key, text: texts.append(text))
        writing = asyncio.create_task(writer.commit(changes("a")))
        await asyncio.sleep(0.1)
        assert writer.standstill is not None
        text = writer.standstill.text
        await writing
        return text

    sentence, _, rest = run_virtual(scene()).partition(" What to do: ")
    assert sentence.endswith("told from memory meanwhile.")
    assert rest.endswith(f"The store says: {error}")
    assert "\n" not in rest
