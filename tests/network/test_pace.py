"""Turns at servers that many checks ask, in virtual time."""

import asyncio

from checks.network.pace import Pace
from tests.support.virtual_loop import run_virtual

PLACE = "rdap.example.org"


async def turns(pace: Pace, count: int, *, gap_s: float = 2.0, patience_s: float = 60.0) -> list[float]:
    """When each of `count` checks that ask at once gets its turn; those that get none are left out."""
    loop = asyncio.get_running_loop()

    async def one() -> float | None:
        return loop.time() if await pace.turn(PLACE, gap_s, patience_s) else None

    times = await asyncio.gather(*(one() for _ in range(count)))
    return [at for at in times if at is not None]


def test_checks_that_come_at_once_ask_one_after_the_other() -> None:
    assert run_virtual(turns(Pace(), 4)) == [0, 2, 4, 6]


def test_who_would_wait_too_long_gets_no_turn_and_takes_none_from_others() -> None:
    async def scene() -> tuple[list[float], list[float]]:
        pace = Pace()
        return await turns(pace, 9, patience_s=3), await turns(pace, 1)

    assert run_virtual(scene()) == ([0, 2], [4])


def test_other_places_do_not_wait() -> None:
    async def scene() -> float:
        pace = Pace()
        await pace.turn(PLACE, 50, 0)
        await pace.turn("whois.example.org", 50, 0)
        return asyncio.get_running_loop().time()

    assert run_virtual(scene()) == 0


def test_a_place_that_rests_gives_no_turn_before_its_time() -> None:
    async def scene() -> tuple[bool, list[float]]:
        pace = Pace()
        pace.rest(PLACE, 30)
        return await pace.turn(PLACE, 1, 10), await turns(pace, 2)

    assert run_virtual(scene()) == (False, [30, 32])


def test_a_shorter_rest_does_not_end_a_longer_one() -> None:
    async def scene() -> list[float]:
        pace = Pace()
        pace.rest(PLACE, 30)
        pace.rest(PLACE, 5)
        return await turns(pace, 1)

    assert run_virtual(scene()) == [30]


def test_a_rest_that_begins_while_others_wait_holds_for_them() -> None:
    async def scene() -> list[float]:
        pace = Pace()
        waiting = asyncio.create_task(turns(pace, 3))
        await asyncio.sleep(1)
        pace.rest(PLACE, 100)
        return await waiting

    assert run_virtual(scene()) == [0]


def test_places_of_which_nothing_is_owed_are_forgotten() -> None:
    async def scene() -> int:
        pace = Pace()
        for number in range(12_000):
            await pace.turn(f"{number}.example.org", 0.1, 0)
            if number % 1000 == 0:
                await asyncio.sleep(1)
        return len(pace._next_free)

    assert run_virtual(scene()) <= 6_000
