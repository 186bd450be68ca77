"""A look at very much is judged no faster than it is written: an end waits for what was judged."""

import asyncio

from tests.engine.test_process import Paper, new_process, saw_many
from tests.support.virtual_loop import run_virtual
from watchdog.engine.group_commit import MOST_WAITING, ROOM_WITHIN_S, GroupCommit
from watchdog.store.changes import Changes


class Slow(Paper):
    """Takes as long for each transaction as a disk under load."""

    async def commit(self, changes: Changes) -> None:
        await asyncio.sleep(0.3)
        await super().commit(changes)


class Stuck(Paper):
    async def commit(self, changes: Changes) -> None:
        del changes
        await asyncio.sleep(1e6)


def test_what_waits_to_be_written_stays_short_however_much_a_run_saw() -> None:
    paper, run = Slow(), saw_many(5 * MOST_WAITING, {})

    async def scene() -> None:
        process = new_process(paper)
        writing = asyncio.create_task(process.run())
        await process.take(run.observations[0].check_id, run)
        process.finish()
        await writing

    asyncio.run(scene())
    sizes = [len(changes.records) for _, changes in paper.commits]
    assert sum(sizes) == 5 * MOST_WAITING
    assert max(sizes) < 2 * MOST_WAITING


def test_who_waits_for_room_goes_on_where_nothing_can_be_written_and_waits_once() -> None:
    async def scene() -> list[float]:
        commits = GroupCommit(Stuck(), lambda: None)
        writing = asyncio.create_task(commits.run())
        waited = []
        for _ in range(2):
            commits.pending.observations.extend(saw_many(MOST_WAITING, {}).observations)
            await asyncio.sleep(2)  # the first are under way now
        for _ in range(2):
            began_s = asyncio.get_running_loop().time()
            await commits.room()
            waited.append(asyncio.get_running_loop().time() - began_s)
        writing.cancel()
        return waited

    assert run_virtual(scene()) == [ROOM_WITHIN_S, 0]
