"""Bills as people write them down and speak of them over the daemon's socket."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from checks.ledger.rules import BillingRules
from tests.support.asgi import request
from tests.support.desks import Scene, scene, watching
from tests.support.virtual_loop import run_virtual

BILL = {"vendor": "acme", "number": "INV-7", "amount": "1,34,000", "due": "2017-12-01", "service": "mail"}


async def add(here: Scene, **said: str) -> Any:  # noqa: ANN401  # an answer as JSON
    told = await request(here.app, "POST", "/v1/bills", body=json.dumps({**BILL, **said}).encode())
    await asyncio.sleep(60)  # nobody says the next thing in the same instant
    return told


async def say(here: Scene, event: str, *bills: str, **said: str) -> Any:  # noqa: ANN401  # an answer as JSON
    body = {"bills": list(bills or ("INV-7",)), "event": event, **said}
    told = await request(here.app, "POST", "/v1/bills/events", body=json.dumps(body).encode())
    await asyncio.sleep(60)
    return told


async def listed(here: Scene, query: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await request(here.app, "GET", "/v1/bills", query=query)).json["items"]
    return items


async def shown(here: Scene, query: str) -> dict[str, Any]:
    (one,) = (await request(here.app, "GET", "/v1/bill", query=query)).json["items"]
    assert isinstance(one, dict)
    return one


def test_a_bill_that_is_written_down_stands_in_the_list_with_what_hangs_on_it() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            told = (await add(here)).json
            assert told["is_new"]
            assert told["text"] == "acme/INV-7: open at verification, Rs 134,000, due Fri 1 Dec 2017, service mail"
            (one,) = await listed(here)
            assert (one["bill"], one["remaining"], one["users"]) == ("acme/INV-7", "134000.00 PKR", 1200)
            assert one["services"] == ["mail"]

    run_virtual(play())


def test_whoever_asks_is_the_author() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            (event,) = (await shown(here, "word=INV-7"))["history"]
            assert event["author"] == "root"

    run_virtual(play())


def test_a_bill_that_comes_in_twice_is_one_bill() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            again = (await add(here, number="inv 7")).json
            assert again["error"].startswith("acme/INV-7 is on record already")
            assert not (await add(here)).json["is_new"]
            assert len(await listed(here)) == 1

    run_virtual(play())


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"vendor": "amce"}, "vendor: no vendor is called so; there are acme"),
        ({"amount": "134,00"}, 'amount: must be an amount such as "134000"'),
        ({"due": "01/12/2017"}, 'due: must be a day such as "2026-12-01": year, month, day'),
        ({"due": "0202-12-01"}, "due: the year must lie between 1990 and 2100"),
        ({"due": "2017-02-30"}, "due: there is no such day in the calendar"),
        ({"suspends": "2017-11-30"}, "suspends: lies before the day it is due"),
        ({"received": "2018-01-01"}, "received: lies in the future"),
        ({"number": " - "}, "number: say the number printed on the bill"),
    ],
)
def test_what_is_wrong_with_a_bill_is_said_by_name(said: dict[str, str], why: str) -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            told = await add(here, **said)
            assert told.status == 400
            assert told.json["problems"][0].startswith(why)
            assert await listed(here) == []

    run_virtual(play())


def test_only_the_vendor_s_word_pays_a_bill() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            for event in ("verified", "submitted", "authorised", "credited"):
                assert (await say(here, event)).json["text"].startswith("acme/INV-7: open")
            told = (await say(here, "acknowledged", evidence="receipt 4711")).json
            assert told["text"] == "acme/INV-7: paid"
            assert await listed(here) == []
            assert [one["standing"] for one in await listed(here, "which=all")] == ["paid"]

    run_virtual(play())


def test_a_part_leaves_a_remainder_open() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            told = (await say(here, "acknowledged", amount="100000", evidence="receipt 1")).json
            assert told["text"] == "acme/INV-7: open at verification, Rs 34,000 left to pay"

    run_virtual(play())


def test_one_payment_covers_several_bills_or_none_of_them() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            await add(here, number="INV-8")
            missing = await say(here, "acknowledged", "INV-7", "INV-9", payment="P1", evidence="receipt 2")
            assert missing.status == 404
            assert len(await listed(here)) == 2
            await say(here, "acknowledged", "INV-7", "INV-8", payment="P1", evidence="receipt 2")
            assert await listed(here) == []

    run_virtual(play())


@pytest.mark.parametrize(
    ("event", "said", "why"),
    [
        ("payed", {}, "event: no event is called so; there are"),
        ("received", {}, "event: a bill that comes in is written down by"),
        ("blocked", {}, "blocked: say block"),
        ("blocked", {"block": "attached"}, "block: no block is called so; there are account-attached"),
        ("moved", {"stage": "audit"}, "stage: no stage is called so; there are"),
        ("held", {}, "held: say until"),
        ("verified", {"at": "2017-01-01"}, "at: lies before the bill was received"),
        ("verified", {"at": "2018-01-01"}, "at: lies in the future"),
        ("credited", {"amount": "10 USD"}, "amount: this bill is in PKR"),
        ("corrected", {"reason": "typing"}, "event: corrected changes nothing"),
        ("verified", {"due": "2017-12-02"}, "due: belongs to an event `corrected`"),
    ],
)
def test_what_is_wrong_with_an_event_is_said_by_name(event: str, said: dict[str, str], why: str) -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            told = await say(here, event, **said)
            assert told.status == 400
            assert told.json["problems"][0].startswith(why)

    run_virtual(play())


def test_a_payee_who_cannot_be_paid_shows_on_its_bills() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            told = (await say(here, "blocked", "acme", block="account-attached", evidence="s.140 notice")).json
            assert told["text"] == "acme: cannot be paid: account-attached"
            (one,) = await listed(here, "which=blocked")
            assert [block["reason"] for block in one["blocks"]] == ["account-attached"]

    run_virtual(play())


def test_what_is_paid_takes_no_second_payment_but_a_credit_may_come_back() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            await say(here, "acknowledged", evidence="receipt 3")
            again = await say(here, "acknowledged", amount="5", evidence="receipt 3")
            assert again.status == 409
            assert "is paid since" in again.json["error"]
            told = (await say(here, "credit-returned", reason="account closed")).json
            assert told["text"].startswith("acme/INV-7: open")

    run_virtual(play())


def test_a_correction_keeps_what_was_written_before() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            await say(here, "corrected", amount="143000", reason="digits swapped")
            one = await shown(here, "word=acme/inv7")
            assert one["amount"] == "143000.00 PKR"
            assert [event["details"]["terms"]["amount"] for event in one["history"]] == [
                "134000.00 PKR",
                "143000.00 PKR",
            ]

    run_virtual(play())


def test_a_bill_is_shown_as_it_was_known_at_a_time() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            before = here.desk.clock().isoformat()[:19] + "Z"
            await asyncio.sleep(60)
            await say(here, "verified")
            told = await request(here.app, "GET", "/v1/bill", query="word=INV-7&known_at=2017-01-01")
            assert told.status == 404
            assert (await shown(here, f"word=INV-7&known_at={before}"))["stage"] == "verification"
            assert (await shown(here, "word=INV-7"))["stage"] == "payee-check"

    run_virtual(play())


def test_the_head_of_the_chain_moves_with_every_word() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            heads = []
            for step in (add(here), say(here, "verified")):
                await step
                heads.append((await request(here.app, "GET", "/v1/bills/head")).json)
            assert [head["events"] for head in heads] == [1, 2]
            assert heads[0]["head"] != heads[1]["head"]

    run_virtual(play())


def test_what_needs_a_second_person_waits_and_says_so() -> None:
    settings = watching()
    two = replace(settings, estate=replace(settings.estate, billing=BillingRules(two_persons=True)))

    async def play() -> None:
        async with scene(two) as here:
            await add(here)
            told = (await say(here, "acknowledged", evidence="receipt 5")).json
            assert not told["is_new"]
            assert told["proposal"] in told["text"]
            assert "what closes a bill needs a second person" in told["text"]
            assert [one["standing"] for one in await listed(here)] == ["open"]

    run_virtual(play())
