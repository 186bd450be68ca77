"""Two clerks put the same money on record as come back: once is right."""

import asyncio
from typing import Any

import pytest

from tests.api.test_bills import add, say
from tests.support.desks import Scene, scene, watching
from tests.support.virtual_loop import run_virtual

BACK = {"amount": "134000"}
HOUR_S = 3600.0
REFUSED = "acme/inv7 was put on record by "


async def sent_and_back(here: Scene, said: dict[str, Any]) -> None:
    await add(here)
    await say(here, "credited", amount="134000", payment="P9")
    await asyncio.sleep(60)
    await say(here, "credit-returned", **said)


def second(first: dict[str, Any], then: dict[str, Any], after_s: float = HOUR_S) -> tuple[int, str]:
    """What becomes of the second word."""

    async def play() -> tuple[int, str]:
        async with scene(watching()) as here:
            await sent_and_back(here, first)
            await asyncio.sleep(after_s)
            answer = await say(here, "credit-returned", **then)
            return answer.status, str(answer.json)

    return run_virtual(play())


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (BACK, BACK),
        ({}, {}),
        ({}, BACK),
        (BACK, {}),
        ({**BACK, "payment": "P9"}, BACK),
        ({"payment": "P9"}, {"payment": "p 9"}),
        ({**BACK, "reason": "account closed"}, {**BACK, "reason": "the bank says: closed"}),
    ],
)
def test_money_that_came_back_is_not_put_on_record_a_second_time_that_day(
    first: dict[str, Any], then: dict[str, Any]
) -> None:
    status, text = second(first, then)
    assert status == 409
    assert REFUSED in text
    assert "name it by its reference (--payment REF)" in text


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (BACK, {**BACK, "payment": "P10"}),  # another payment
        (BACK, {"amount": "50000"}),  # another amount
        ({"amount": "50000"}, {}),  # what is left of it
    ],
)
def test_what_may_be_other_money_is_put_on_record(first: dict[str, Any], then: dict[str, Any]) -> None:
    status, _ = second(first, then)
    assert status == 200


def test_the_same_amount_may_come_back_on_another_day() -> None:
    status, _ = second(BACK, BACK, after_s=25 * HOUR_S)
    assert status == 200


def test_money_that_was_sent_again_may_come_back_again() -> None:
    async def play() -> int:
        async with scene(watching()) as here:
            await sent_and_back(here, BACK)
            await asyncio.sleep(60)
            await say(here, "credited", amount="134000", payment="P10")
            await asyncio.sleep(60)
            return int((await say(here, "credit-returned", **BACK)).status)

    assert run_virtual(play()) == 200
