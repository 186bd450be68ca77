"""What the daemon answers of bills is how they stand: days in force, sums paid too much, blocks, what waits."""

from dataclasses import replace

from checks.ledger.rules import BillingRules
from tests.api.test_bills import add, listed, say, shown
from tests.api.test_notices import decide, hand_in, waiting
from tests.support.asgi import Told, request
from tests.support.desks import Scene, scene, watching
from tests.support.virtual_loop import run_virtual
from watchdog.api.peer import Peer
from watchdog.settings.values import Settings

FINAL = "Acme Mail: final notice. Invoice no. INV-7, Rs 1,34,000/-. It will be disconnected on 15 December 2017."

#: Another account that every system has.
DAEMON = Peer(pid=2, uid=1)


def two_persons() -> Settings:
    whole = watching()
    return replace(whole, estate=replace(whole.estate, billing=BillingRules(two_persons=True)))


async def text_of(here: Scene, path: str, query: str = "") -> str:
    return str((await request(here.app, "GET", path, query=f"{query}&width=400")).json["text"])


async def decide_as(here: Scene, id_: str, peer: Peer) -> Told:
    return await request(here.app, "POST", f"/v1/proposals/{id_}/confirm", body=b"{}", peer=peer)


def test_an_answer_names_the_day_of_cutting_off_that_is_in_force() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here, suspends="2017-12-20")
            told = (await say(here, "suspension-announced", until="2017-12-16")).json["text"]
            assert "cut off on Sat 16 Dec 2017 (the bill says Wed 20 Dec 2017)" in told
            assert "Sat 16 Dec 2017, as the vendor said later; the bill says Wed 20 Dec 2017" in " ".join(
                (await text_of(here, "/v1/bill", "word=INV-7")).split()
            )

    run_virtual(play())


def test_an_export_has_the_day_in_force_beside_that_of_the_bill() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here, suspends="2017-12-20")
            await say(here, "suspension-announced", until="2017-12-16")
            row = (await request(here.app, "GET", "/v1/exports")).json["items"][1]
            assert (row["suspends"], row["cuts_off"]) == ("2017-12-20", "2017-12-16")

    run_virtual(play())


def test_an_answer_names_the_block_that_was_just_recorded() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            told = (await say(here, "blocked", block="account-attached", evidence="letter 17")).json["text"]
            assert told.endswith("service mail, blocked: account-attached")

    run_virtual(play())


def test_what_was_paid_too_much_is_shown_listed_and_said_to_whoever_recorded_it() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            await say(here, "withheld", amount="4000", evidence="challan 1")
            told = (await say(here, "acknowledged", amount="134000", evidence="receipt 4711")).json["text"]
            assert told == "acme/INV-7: paid, and Rs 4,000 more than the bill: look at the amounts"
            assert (await shown(here, "word=INV-7"))["overpaid"] == "4000.00 PKR"
            assert "Rs 4,000 more than the bill" in await text_of(here, "/v1/bill", "word=INV-7")
            assert "Rs 4,000 too much" in await text_of(here, "/v1/bills", "which=all")
            assert [one["overpaid"] for one in await listed(here, "which=all")] == ["4000.00 PKR"]

    run_virtual(play())


def test_what_waits_of_a_bill_stands_with_the_bill_and_in_the_list_with_its_amount() -> None:
    async def play() -> None:
        async with scene(two_persons()) as here:
            await add(here)
            await say(here, "withheld", amount="4000", evidence="challan 1")
            (waits,) = await waiting(here)
            assert [one["id"] for one in (await shown(here, "word=INV-7"))["waiting"]] == [waits["id"]]
            assert f"withheld Rs 4,000: proposal {waits['id']}" in await text_of(here, "/v1/bill", "word=INV-7")
            assert "acme/inv7 withheld Rs 4,000" in await text_of(here, "/v1/proposals")

    run_virtual(play())


def test_a_word_confirmed_late_that_pays_too_much_is_told_so() -> None:
    async def play() -> None:
        async with scene(two_persons()) as here:
            await add(here)
            await say(here, "acknowledged", evidence="receipt 4711")
            await say(here, "withheld", amount="4000", evidence="challan 1")
            paid, taxed = [one["id"] for one in await waiting(here)]
            told = [(await decide_as(here, one, DAEMON)).json["text"] for one in (taxed, paid)]
            assert "more than the bill" not in told[0]
            assert told[1].endswith("; acme/INV-7: paid, and Rs 4,000 more than the bill: look at the amounts")

    run_virtual(play())


def test_what_a_notice_was_put_right_to_stands_in_the_record_beside_what_was_read() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            told = await hand_in(here, FINAL)
            await decide(here, told["proposal"]["id"], "confirm", suspends="2017-12-16")
            reason = (await shown(here, "word=INV-7"))["history"][-1]["details"]["reason"]
            assert reason.endswith("cuts off 2017-12-15; put right: cuts off 2017-12-16")

    run_virtual(play())


def test_another_day_of_receipt_of_a_bill_on_record_is_not_dropped_in_silence() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here, received="2017-10-01")
            told = await add(here, received="2017-09-01")
            assert told.status == 409
            assert told.json["error"] == (
                "acme/INV-7 is on record already, as received on 2017-10-01; if 2017-09-01 is right: "
                "nigehban invoices record acme/INV-7 corrected --received 2017-09-01 --reason TEXT"
            )
            assert (await add(here, received="2017-10-01")).json["is_new"] is False
            assert (await add(here)).json["is_new"] is False

    run_virtual(play())


def test_money_sent_above_the_bill_is_said_to_whoever_recorded_it() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            told = (await say(here, "credited", amount="1340000")).json["text"]
            assert told.endswith(", and Rs 1,340,000 sent, more than the bill: look at the amounts")

    run_virtual(play())
