"""What was confirmed and is overruled by what was said since: the answer says what holds, why, and what to do."""

import asyncio

import pytest

from tests.api.test_bills import add, say, shown
from tests.api.test_notices import FINAL, decide, hand_in, waiting
from tests.api.test_said_of_bills import DAEMON, decide_as, two_persons
from tests.support.desks import Scene, scene, watching
from tests.support.virtual_loop import run_virtual


async def handed_in_before(here: Scene) -> str:
    """Id of a notice that waits while something else goes on record."""
    told = await hand_in(here, FINAL)
    await asyncio.sleep(60)
    return str(told["proposal"]["id"])


def test_a_day_of_cutting_off_that_does_not_come_into_force_is_told_with_the_one_in_force() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            proposal = await handed_in_before(here)
            await say(here, "corrected", suspends="2017-12-20", reason="by telephone")
            text = (await decide(here, proposal, "confirm")).json["text"]
            assert "; but acme/INV-7 is still cut off on Wed 20 Dec 2017: " in text
            assert text.endswith("nigehban invoices record acme/INV-7 suspension-announced --until 2017-12-15")
            await say(here, "suspension-announced", until="2017-12-15")
            assert (await shown(here, "word=INV-7"))["cut_off"]["earliest"] == "2017-12-15"

    run_virtual(play())


def test_a_day_of_cutting_off_that_comes_into_force_is_told_without_a_but() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here, suspends="2017-12-20")
            text = (await decide(here, await handed_in_before(here), "confirm")).json["text"]
            assert text.endswith(
                "acme/INV-7: open at verification, Rs 134,000, due Fri 1 Dec 2017, "
                "cut off on Fri 15 Dec 2017 (the bill says Wed 20 Dec 2017), service mail"
            )

    run_virtual(play())


@pytest.mark.parametrize(
    ("since", "confirmed", "answer"),
    [
        (
            {"event": "grace", "until": "2017-12-28", "evidence": "letter 118"},
            {},
            ["acme/INV-7 is still cut off on Thu 28 Dec 2017"],
        ),
        (
            {"event": "corrected", "amount": "140000", "reason": "misread"},
            {"due": "2017-12-08"},
            [
                "; but acme/INV-7 still asks for Rs 140,000, due Fri 1 Dec 2017: ",
                "if Rs 140,000, due Fri 8 Dec 2017, is right",
            ],
        ),
    ],
    ids=["a day of cutting off behind later grace", "terms behind a later correction"],
)
def test_what_a_word_said_since_overrules_is_told_with_what_holds(
    since: dict[str, str], confirmed: dict[str, str], answer: list[str]
) -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            proposal = await handed_in_before(here)
            await say(here, **since)
            text = (await decide(here, proposal, "confirm", **confirmed)).json["text"]
            assert [one for one in answer if one not in text] == []

    run_virtual(play())


@pytest.mark.parametrize(
    ("said", "since", "answer"),
    [
        (
            {"event": "cancelled", "reason": "withdrawn"},
            {"event": "corrected", "amount": "140000", "reason": "misread"},
            [
                "; but acme/INV-7 is not cancelled, it is open: ",
                "nigehban invoices record acme/INV-7 cancelled --reason TEXT",
            ],
        ),
        (
            {"event": "acknowledged", "payment": "P9", "amount": "134000"},
            {"event": "credit-returned", "payment": "P9", "amount": "134000"},
            ["on record: acme/inv7 acknowledged; acme/INV-7: open at payment authorised, Rs 134,000"],
        ),
    ],
    ids=["a cancellation behind a later correction", "a receipt of money that came back meanwhile"],
)
def test_what_a_second_person_confirms_too_late_is_told_with_how_the_bill_stands(
    said: dict[str, str], since: dict[str, str], answer: list[str]
) -> None:
    async def play() -> None:
        async with scene(two_persons()) as here:
            await add(here)
            await say(here, **said)
            (waits,) = await waiting(here)
            await say(here, **since)
            text = (await decide_as(here, waits["id"], DAEMON)).json["text"]
            assert [one for one in answer if one not in text] == []

    run_virtual(play())
