"""Vendors over the daemon's socket: blocks that people declare, and lists of active taxpayers they hand over."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from tests.support.asgi import request
from tests.support.desks import Scene, scene, watching
from tests.support.virtual_loop import run_virtual

A_LIST = {"kind": "income-tax", "listed_on": "2017-10-01", "source": "atl.csv", "sha256": "ab" * 32}


async def tell(here: Scene, path: str, **body: object) -> Any:  # noqa: ANN401  # an answer
    return await request(here.app, "POST", path, body=json.dumps(body).encode())


async def acme(here: Scene) -> dict[str, Any]:
    (one,) = (await request(here.app, "GET", "/v1/vendor", query="vendor=acme")).json["items"]
    assert isinstance(one, dict)
    return one


async def hand_over(here: Scene, rows: Sequence[tuple[str, str]], **said: object) -> Any:  # noqa: ANN401  # an answer
    begun = await tell(here, "/v1/taxpayers", **{**A_LIST, **said})
    await tell(here, f"/v1/taxpayers/{begun.json['id']}/rows", rows=rows)
    return await tell(here, f"/v1/taxpayers/{begun.json['id']}/end")


def test_a_block_that_is_declared_stands_with_its_evidence_until_it_is_over() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            said = {"vendor": "acme", "block": "account-attached"}
            told = await tell(here, "/v1/vendors/events", event="blocked", evidence="letter 12", **said)
            assert (told.status, told.json["is_new"]) == (200, True)
            (reason,) = (await acme(here))["reasons"]
            assert (reason["reason"], reason["evidence"]) == ("account-attached", "letter 12")
            assert (await acme(here))["is_payable"] is False
            await asyncio.sleep(60)
            await tell(here, "/v1/vendors/events", event="unblocked", **said)
            assert (await acme(here))["reasons"] == []

    run_virtual(play())


def test_a_block_of_a_vendor_never_hits_a_bill_whose_number_is_the_vendors_id() -> None:
    """Vendors choose the numbers of their bills."""

    async def play() -> None:
        async with scene(watching()) as here:
            bill = {"vendor": "acme", "number": "ACME", "amount": "5000", "due": "2017-12-01"}
            assert (await tell(here, "/v1/bills", **bill)).status == 200
            told = await tell(here, "/v1/vendors/events", vendor="acme", event="blocked", block="account-attached")
            assert told.json["text"] == "acme: cannot be paid: account-attached"
            assert (await acme(here))["is_payable"] is False

    run_virtual(play())


def test_a_word_that_may_mean_a_vendor_or_a_bill_is_refused_with_both() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await tell(here, "/v1/bills", vendor="acme", number="ACME", amount="5000", due="2017-12-01")
            said = {"bills": ["acme"], "event": "blocked", "block": "account-attached"}
            told = await tell(here, "/v1/bills/events", **said)
            assert told.status == 409
            assert "nigehban vendors block acme, of the bill acme/ACME" in told.json["error"]

    run_virtual(play())


def test_a_vendor_that_is_none_is_refused_with_those_there_are() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            told = await tell(here, "/v1/vendors/events", vendor="acm", event="blocked", block="no-budget")
            assert told.status == 404
            assert "acme" in told.json["error"]

    run_virtual(play())


def test_a_reason_that_is_none_is_refused() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            told = await tell(here, "/v1/vendors/events", vendor="acme", event="blocked", block="lost")
            assert told.status == 400

    run_virtual(play())


def test_a_list_counts_once_all_of_it_has_come() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            begun = await tell(here, "/v1/taxpayers", **A_LIST)
            await tell(here, f"/v1/taxpayers/{begun.json['id']}/rows", rows=[("1234567", "ACME")])
            assert here.month.store.taxpayers.lists() == []
            ended = await tell(here, f"/v1/taxpayers/{begun.json['id']}/end")
            assert (ended.json["list"]["rows"], ended.json["list"]["author"]) == (1, "root")
            assert [one.rows for one in here.month.store.taxpayers.lists()] == [1]

    run_virtual(play())


def test_a_new_list_takes_the_place_of_the_one_before_it_and_nothing_is_left_of_that() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await hand_over(here, [("1234567", "ACME"), ("7654321", "ZETA")])
            await hand_over(here, [("1111111", "NEW")])
            assert [one.rows for one in here.month.store.taxpayers.lists()] == [1]
            assert not here.month.store.taxpayers.sweep(here.desk.clock())

    run_virtual(play())


def test_a_list_that_is_too_old_is_taken_and_that_is_said() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            told = await hand_over(here, [("1234567", "ACME")], listed_on="2016-01-01")
            assert "too old to say anything" in told.json["text"]

    run_virtual(play())


def test_an_older_list_takes_the_place_of_a_newer_one_only_by_force() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await hand_over(here, [("1234567", "ACME")])
            older = {**A_LIST, "listed_on": "2017-09-01"}
            refused = await tell(here, "/v1/taxpayers", **older)
            assert refused.status == 409
            assert "list of Sun 1 Oct 2017 is in force" in refused.json["error"]
            begun = await tell(here, "/v1/taxpayers", **older, force=True)
            await tell(here, f"/v1/taxpayers/{begun.json['id']}/rows", rows=[("7654321", "ZETA")])
            assert (await tell(here, f"/v1/taxpayers/{begun.json['id']}/end")).status == 409
            assert (await tell(here, f"/v1/taxpayers/{begun.json['id']}/end", force=True)).status == 200

    run_virtual(play())


def test_a_list_of_a_day_to_come_or_with_odd_rows_is_refused() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            assert (await tell(here, "/v1/taxpayers", **{**A_LIST, "listed_on": "2099-01-01"})).status == 400
            begun = await tell(here, "/v1/taxpayers", **A_LIST)
            odd = await tell(here, f"/v1/taxpayers/{begun.json['id']}/rows", rows=[("12", "ACME")])
            assert odd.status == 400

    run_virtual(play())


def test_rows_of_a_list_that_nobody_began_are_refused() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            assert (await tell(here, "/v1/taxpayers/none/rows", rows=[("1234567", "ACME")])).status == 409
            assert (await tell(here, "/v1/taxpayers/none/end")).status == 409

    run_virtual(play())


def test_an_empty_list_replaces_none() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await hand_over(here, [("1234567", "ACME")])
            assert (await hand_over(here, [])).status == 409
            assert [one.rows for one in here.month.store.taxpayers.lists()] == [1]

    run_virtual(play())
