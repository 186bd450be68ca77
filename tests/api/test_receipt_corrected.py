"""Somebody typed the wrong day on which a bill came in: it is put right, and both days can be read afterwards."""

from collections.abc import Callable, Coroutine

import pytest

from tests.api.test_bills import add, say, shown
from tests.api.test_said_of_bills import text_of, two_persons
from tests.support.desks import Scene, scene, watching
from tests.support.virtual_loop import run_virtual
from watchdog.settings.values import Settings

WHY = "August was typed for July"


def at_the_desk(body: Callable[[Scene], Coroutine[None, None, None]], settings: Settings | None = None) -> None:
    """On Wed 18 Oct 2017, with a bill on record that came in on 24 August, as somebody wrote."""

    async def play() -> None:
        async with scene(settings or watching()) as here:
            await add(here, received="2017-08-24")
            await body(here)

    run_virtual(play())


async def correct(here: Scene, day: str, **more: str) -> dict[str, object]:
    answer: dict[str, object] = (await say(here, "corrected", received=day, reason=WHY, **more)).json
    return answer


def test_the_answer_names_both_days() -> None:
    async def body(here: Scene) -> None:
        text = (await correct(here, "2017-07-24"))["text"]
        assert str(text).endswith("service mail, received on Mon 24 Jul 2017 (was Thu 24 Aug 2017)")

    at_the_desk(body)


def test_a_bill_that_came_in_after_it_was_due_is_taken_with_a_word_of_doubt() -> None:
    async def body(here: Scene) -> None:
        await say(here, "corrected", due="2017-09-15", reason="misread")
        text = str((await correct(here, "2017-09-20"))["text"])
        assert "received on Wed 20 Sep 2017, after the day it is due: look at the days (was " in text

    at_the_desk(body)


def test_the_bill_shows_who_corrected_what_from_what_to_what() -> None:
    async def body(here: Scene) -> None:
        await correct(here, "2017-07-24")
        text = " ".join((await text_of(here, "/v1/bill", "word=INV-7")).split())
        assert "Received: 00:00 on Mon 24 Jul 2017" in text
        was = "received 00:00 on Thu 24 Aug 2017, until 09:06 on Wed 18 Oct 2017"
        assert f"Was before: {was}: {WHY} (root)" in text
        assert f"corrected root received 2017-07-24; {WHY}" in text

    at_the_desk(body)


def test_scripts_read_the_same() -> None:
    async def body(here: Scene) -> None:
        await correct(here, "2017-07-24")
        one = await shown(here, "word=INV-7")
        assert (one["received_at"], one["stage_since"]) == ("2017-07-23T19:00:00Z", "2017-07-23T19:00:00Z")
        (before,) = one["received_before"]
        assert (before["was"], before["by"], before["reason"]) == ("2017-08-23T19:00:00Z", "root", WHY)

    at_the_desk(body)


def test_before_it_was_corrected_the_first_day_was_known() -> None:
    async def body(here: Scene) -> None:
        await correct(here, "2017-07-24")
        then = await shown(here, "word=INV-7&known_at=2017-10-18%2009:05:30")
        assert (then["received_at"], then["received_before"]) == ("2017-08-23T19:00:00Z", [])

    at_the_desk(body)


def test_a_day_before_anything_else_happened_may_then_be_said_to_have_seen_it() -> None:
    async def body(here: Scene) -> None:
        refused = (await say(here, "verified", at="2017-08-01")).json
        way = "nigehban invoices record acme/INV-7 corrected --received DAY --reason TEXT"
        assert refused["problems"] == [
            f"at: lies before the bill was received (2017-08-24); if it came in earlier, first: {way}"
        ]
        await correct(here, "2017-07-24")
        assert (await say(here, "verified", at="2017-08-01")).json["is_new"]

    at_the_desk(body)


def test_a_day_behind_what_happened_to_the_bill_is_refused_with_the_last_day_it_can_be() -> None:
    async def body(here: Scene) -> None:
        await say(here, "withheld", at="2017-09-04", amount="4000")
        await say(here, "verified", at="2017-09-01")
        told = await correct(here, "2017-09-02")
        assert told["error"] == (
            "received: acme/INV-7 was there by 2017-09-01: verified is on record of that day; give 2017-09-01 or an "
            "earlier day, or say what is wrong with it: nigehban invoices record acme/INV-7 noted --reason TEXT"
        )
        assert (await correct(here, "2017-09-01"))["is_new"]

    at_the_desk(body)


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        ("2017-10-19", "received: 2017-10-19 lies in the future; today is 2017-10-18"),
        ("24-07-2017", 'received: must be a day such as "2026-12-01": year, month, day'),
        ("2017-08-24", "event: corrected changes nothing: the day of receipt is 2017-08-24 already"),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_what_would_be_right(day: str, problem: str) -> None:
    async def body(here: Scene) -> None:
        assert (await correct(here, day))["problems"] == [problem]

    at_the_desk(body)


def test_it_asks_for_a_reason_as_any_correction() -> None:
    async def body(here: Scene) -> None:
        assert (await say(here, "corrected", received="2017-07-24")).json["problems"] == ["corrected: say reason"]

    at_the_desk(body)


def test_only_a_correction_names_a_day_of_receipt() -> None:
    async def body(here: Scene) -> None:
        told = (await say(here, "verified", received="2017-07-24")).json
        assert told["problems"] == ["received: belongs to an event `corrected`"]

    at_the_desk(body)


def test_a_day_needs_no_second_person_and_less_money_in_the_same_breath_does() -> None:
    async def body(here: Scene) -> None:
        assert (await correct(here, "2017-07-24"))["proposal"] is None
        assert (await correct(here, "2017-07-20", amount="9000"))["proposal"]
        assert (await shown(here, "word=INV-7"))["received_at"] == "2017-07-23T19:00:00Z"

    at_the_desk(body, two_persons())
