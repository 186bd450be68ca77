"""Vendors' notices over the daemon's socket: proposed with what is doubtful, on record once somebody has confirmed."""

import hashlib
import json
from datetime import date
from typing import Any

import pytest

from checks.billing.intake.notice_lines import MAX_NOTICE_CHARS
from tests.api.test_bills import add, listed, shown
from tests.support.asgi import Told, request
from tests.support.desks import Scene, scene, watching
from tests.support.virtual_loop import run_virtual

FINAL = "Acme Mail: final notice. Invoice no. INV-7, Rs 1,34,000/-. It will be disconnected on 15 December 2017."
NEW = "Acme Mail: invoice no. INV-9, amount due Rs 20,000. Due date: 4 December 2017."
UNSURE = "Acme Mail: invoice no. INV-9, amount due Rs 20,000. Due date: 04/12/2017."


async def post(here: Scene, path: str, **said: object) -> Told:
    return await request(here.app, "POST", path, body=json.dumps(said).encode())


async def hand_in(here: Scene, text: str, **given: str) -> Any:  # noqa: ANN401  # an answer as JSON
    file_hash = hashlib.sha256(text.encode()).hexdigest()
    return (await post(here, "/v1/notices", text=text, file_hash=file_hash, source="notice a.txt", **given)).json


async def waiting(here: Scene) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await request(here.app, "GET", "/v1/proposals")).json["items"]
    return items


async def decide(here: Scene, id_: str, verb: str, **said: str) -> Told:
    return await post(here, f"/v1/proposals/{id_}/{verb}", **said)


def test_a_notice_about_a_bill_on_record_proposes_the_day_it_names_and_puts_nothing_on_record() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            told = await hand_in(here, FINAL)
            (event,) = told["proposal"]["events"]
            assert (event["about"], event["event"]) == ("acme/inv7", "suspension-announced")
            assert event["details"]["until"] == "2017-12-15"
            assert event["evidence"].startswith(f"sha256:{hashlib.sha256(FINAL.encode()).hexdigest()} ")
            assert "disconnected on 15 December 2017" in event["evidence"]
            assert [one["event"] for one in (await shown(here, "word=INV-7"))["history"]] == ["received"]

    run_virtual(play())


def test_once_confirmed_it_is_on_record_with_both_names_and_moves_the_forecast() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            told = await hand_in(here, FINAL)
            done = (await decide(here, told["proposal"]["id"], "confirm")).json
            assert done["is_new"]
            one = await shown(here, "word=INV-7")
            assert one["cut_off"]["earliest"] == "2017-12-15"
            assert one["history"][-1]["author"] == "root, confirmed by root"
            assert await waiting(here) == []
            again = (await decide(here, told["proposal"]["id"], "confirm")).json
            assert (again["is_new"], again["events"]) == (False, [])
            assert "confirmed already, by root" in again["text"]

    run_virtual(play())


def test_the_same_notice_handed_in_twice_waits_once() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            first, second = await hand_in(here, FINAL), await hand_in(here, FINAL)
            assert first["proposal"]["id"] == second["proposal"]["id"]
            assert len(await waiting(here)) == 1

    run_virtual(play())


def test_a_new_bill_is_proposed_only_where_nothing_of_it_is_doubtful() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            sure, unsure = await hand_in(here, NEW), await hand_in(here, UNSURE)
            assert [one["event"] for one in sure["proposal"]["events"]] == ["received"]
            assert sure["proposal"]["events"][0]["details"]["terms"]["due"] == "2017-12-04"
            assert [one["event"] for one in unsure["proposal"]["events"]] == ["noted"]
            assert any("it can be 2017-04-12 or 2017-12-04; settle it by --due" in one for one in unsure["doubts"])

    run_virtual(play())


def test_whoever_hands_it_in_may_settle_what_is_doubtful() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            told = await hand_in(here, UNSURE, due="2017-12-04", service="mail")
            (event,) = told["proposal"]["events"]
            assert (event["event"], event["details"]["terms"]["due"]) == ("received", "2017-12-04")
            assert event["details"]["terms"]["service"] == "mail"
            assert told["doubts"] == []

    run_virtual(play())


def test_what_waits_can_be_put_right_as_it_is_confirmed() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            told = await hand_in(here, NEW)
            done = await decide(here, told["proposal"]["id"], "confirm", due="2017-12-08", suspends="2017-12-20")
            assert done.status == 200
            (one,) = await listed(here)
            assert (one["due"], one["cut_off"]["earliest"]) == ("2017-12-08", "2017-12-20")
            assert await waiting(here) == []
            former = (await request(here.app, "GET", f"/v1/proposals/{told['proposal']['id']}")).json["items"][0]
            assert (former["standing"], former["decided_by"]) == ("replaced", "root")
            assert former["reason"] == f"see {done.json['proposal']['id']}"

    run_virtual(play())


def test_of_a_bill_on_record_terms_are_corrected_and_its_number_is_not() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            told = await hand_in(here, FINAL)
            refused = await decide(here, told["proposal"]["id"], "confirm", number="INV-8")
            assert refused.status == 400
            await decide(here, told["proposal"]["id"], "confirm", due="2017-12-02", suspends="2017-12-18")
            one = await shown(here, "word=INV-7")
            assert (one["due"], one["cut_off"]["earliest"]) == ("2017-12-02", "2017-12-18")
            assert sorted(event["event"] for event in one["history"]) == [
                "corrected",
                "received",
                "suspension-announced",
            ]

    run_virtual(play())


def test_what_is_not_so_is_refused_with_the_reason_and_leaves_no_trace_on_the_bill() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            told = await hand_in(here, FINAL)
            done = (await decide(here, told["proposal"]["id"], "refuse", reason="not from them")).json
            assert (done["proposal"]["standing"], done["proposal"]["reason"]) == ("refused", "not from them")
            assert (await decide(here, told["proposal"]["id"], "confirm")).json["is_new"] is False
            assert len((await shown(here, "word=INV-7"))["history"]) == 1

    run_virtual(play())


def test_a_notice_of_nobody_known_waits_for_nothing_and_says_what_is_missing() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            told = await hand_in(here, "Pay Rs 5,000 by 4 December 2017.")
            assert told["proposal"] is None
            assert "say whose it is: --vendor" in told["doubts"][0]

    run_virtual(play())


@pytest.mark.parametrize(
    "said",
    [
        {"text": "x" * (MAX_NOTICE_CHARS + 1)},
        {"file_hash": "not a hash"},
        {"due": "04/12/2017"},
        {"amount": "a lot"},
        {"vendor": "nobody"},
        {"strange": "key"},
    ],
    ids=["too long", "hash", "day", "amount", "vendor", "key"],
)
def test_what_cannot_be_understood_is_refused(said: dict[str, str]) -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            body = {"text": NEW, "file_hash": "0" * 64, "source": "a", **said}
            told = await post(here, "/v1/notices", **body)
            assert told.status == 400
            assert told.json["error"] == "this cannot be understood"
            assert await waiting(here) == []

    run_virtual(play())


@pytest.mark.parametrize("path", ["/v1/proposals/nothing/confirm", "/v1/proposals/nothing/refuse"])
def test_a_proposal_that_is_not_there_is_not_decided(path: str) -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            told = await post(here, path)
            assert (told.status, "there is no proposal" in told.json["error"]) == (404, True)

    run_virtual(play())


def test_a_letter_is_drafted_and_a_calendar_made_of_what_is_on_record() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here)
            (draft,) = (await request(here.app, "GET", "/v1/letter", query="word=INV-7&kind=notice")).json["items"]
            assert "Subject: Bill INV-7: the payment cannot be received" in draft["text"]
            assert date.fromisoformat(draft["until"]) > date(2017, 12, 1)
            (made,) = (await request(here.app, "GET", "/v1/calendar", query="lang=ur")).json["items"]
            assert made["bills"] == 1
            assert made["text"].startswith("BEGIN:VCALENDAR\r\n")

    run_virtual(play())


def test_without_links_in_the_settings_no_feed_has_an_address() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            told = await request(here.app, "GET", "/v1/calendar/address", query="receiver=on-call")
            assert (told.status, "`links`" in told.json["error"]) == (409, True)

    run_virtual(play())
