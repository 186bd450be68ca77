"""A notice that leaves open on which day it cuts off is not confirmed before somebody says which."""

import pytest

from tests.api.test_bills import add, listed, shown
from tests.api.test_notices import decide, hand_in, waiting
from tests.support.desks import scene, watching
from tests.support.virtual_loop import run_virtual

KNOWN = "Acme Mail: final notice. Invoice no. INV-7, Rs 1,34,000/-. It will be disconnected on 04/12/2017."
UNKNOWN = (
    "Acme Mail: invoice no. INV-9, amount due Rs 20,000. Due date: 1 December 2017. "
    "The service will be disconnected on 04/12/2017."
)


@pytest.mark.parametrize("text", [KNOWN, UNKNOWN], ids=["of a bill on record", "of a new bill"])
@pytest.mark.parametrize("said", [{}, {"due": "2017-12-02"}], ids=["bare", "with another day"])
def test_a_notice_with_a_doubtful_cut_off_is_not_confirmed_without_a_word_on_it(
    text: str, said: dict[str, str]
) -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            id_ = (await hand_in(here, text))["proposal"]["id"]
            told = await decide(here, id_, "confirm", **said)
            assert told.status == 409
            assert f"nigehban invoices confirm {id_} --suspends DAY" in told.json["error"]
            assert "--suspends none" in told.json["error"]
            assert [one["id"] for one in await waiting(here)] == [id_]

    run_virtual(play())


@pytest.mark.parametrize("text", [KNOWN, UNKNOWN], ids=["of a bill on record", "of a new bill"])
def test_the_day_that_is_said_goes_on_record(text: str) -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            id_ = (await hand_in(here, text))["proposal"]["id"]
            assert (await decide(here, id_, "confirm", suspends="2017-12-04")).status == 200
            assert "2017-12-04" in {one["cut_off"]["earliest"] for one in await listed(here)}

    run_virtual(play())


def test_that_the_paper_names_no_day_can_be_said() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            id_ = (await hand_in(here, KNOWN))["proposal"]["id"]
            assert (await decide(here, id_, "confirm", suspends="none")).status == 200
            assert (await shown(here, "word=INV-7"))["history"][-1]["event"] == "noted"

    run_virtual(play())


def test_a_notice_with_a_doubtful_cut_off_is_refused_without_a_word_on_it() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            id_ = (await hand_in(here, KNOWN))["proposal"]["id"]
            assert (await decide(here, id_, "refuse", reason="not theirs")).status == 200

    run_virtual(play())
