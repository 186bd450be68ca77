import asyncio
from collections.abc import Sequence
from functools import partial

import pytest

from checks.network.race import Attempt, Race
from tests.support.virtual_loop import run_virtual

STAGGER_S = 0.25


async def comes(answer: str, after_s: float) -> str:
    await asyncio.sleep(after_s)
    return answer


async def fails(after_s: float) -> str:
    await asyncio.sleep(after_s)
    raise ConnectionRefusedError


FOREVER_S = 1e6


@pytest.mark.parametrize(
    ("attempts", "won", "at_s"),
    [
        ([partial(comes, "first", 0.2), partial(comes, "second", 0)], "first", 0.2),
        ([partial(comes, "first", FOREVER_S), partial(comes, "second", 0)], "second", STAGGER_S),
        ([partial(comes, "first", 0.4), partial(comes, "second", 0.2)], "first", 0.4),
        ([partial(fails, 0), partial(comes, "second", 0)], "second", 0.0),
        ([partial(fails, 0.1), partial(fails, 0.1), partial(comes, "third", 0)], "third", 0.2),
        ([partial(fails, 0.1), partial(fails, 0.1)], None, 0.2),
        ([], None, 0.0),
    ],
    ids=[
        "the first answers",
        "the first is silent",
        "the first is slow",
        "the first fails at once",
        "two fail one after the other",
        "all fail",
        "nobody runs",
    ],
)
def test_the_next_begins_when_the_last_has_failed_or_kept_silent_for_the_stagger(
    attempts: Sequence[Attempt[str]], won: str | None, at_s: float
) -> None:
    lost: list[str] = []

    async def scene() -> tuple[str | None, float]:
        race = Race(attempts, STAGGER_S, lost.append)
        return await race.winner(), asyncio.get_running_loop().time()

    seen, took_s = run_virtual(scene())
    assert (seen, round(took_s, 6), lost) == (won, at_s, [])


def test_of_two_that_come_in_the_same_instant_one_wins_and_the_other_is_disposed_of() -> None:
    lost: list[str] = []

    async def scene() -> str | None:
        race = Race([partial(comes, "first", 0.3), partial(comes, "second", 0.05)], STAGGER_S, lost.append)
        won = await race.winner()
        await asyncio.sleep(1)
        return won

    assert {run_virtual(scene()), *lost} == {"first", "second"}
