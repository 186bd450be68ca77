"""What was confirmed and is overruled by what was said since: the answer says what holds, why, and what to do."""

import asyncio

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


def test_a_day_of_cutting_off_behind_later_grace_is_told_as_not_in_force() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            proposal = await handed_in_before(here)
            await say(here, "grace", until="2017-12-28", evidence="letter 118")
            text = (await decide(here, proposal, "confirm")).json["text"]
            assert "acme/INV-7 is still cut off on Thu 28 Dec 2017" in text

    run_virtual(play())


def test_terms_put_right_that_a_later_correction_overrules_are_told() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            proposal = await handed_in_before(here)
            await say(here, "corrected", amount="140000", reason="misread")
            text = (await decide(here, proposal, "confirm", due="2017-12-08")).json["text"]
            assert "; but acme/INV-7 still asks for Rs 140,000, due Fri 1 Dec 2017: " in text
            assert "if Rs 140,000, due Fri 8 Dec 2017, is right" in text

    run_virtual(play())


def test_a_cancellation_that_a_later_correction_overrules_is_told() -> None:
    async def play() -> None:
        async with scene(two_persons()) as here:
            await add(here)
            await say(here, "cancelled", reason="withdrawn")
            (waits,) = await waiting(here)
            await say(here, "corrected", amount="140000", reason="misread")
            text = (await decide_as(here, waits["id"], DAEMON)).json["text"]
            assert "; but acme/INV-7 is not cancelled, it is open: " in text
            assert "nigehban invoices record acme/INV-7 cancelled --reason TEXT" in text

    run_virtual(play())


def test_a_receipt_of_money_that_came_back_meanwhile_is_told_with_a_bill_that_is_open() -> None:
    async def play() -> None:
        async with scene(two_persons()) as here:
            await add(here)
            await say(here, "acknowledged", payment="P9", amount="134000")
            (waits,) = await waiting(here)
            await say(here, "credit-returned", payment="P9", amount="134000")
            text = (await decide_as(here, waits["id"], DAEMON)).json["text"]
            assert "on record: acme/inv7 acknowledged; acme/INV-7: open at payment authorised, Rs 134,000" in text

    run_virtual(play())
