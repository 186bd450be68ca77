"""Commands that are shown to be copied: whatever number a vendor prints, a shell reads one word and runs none."""

import json
import re
import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from checks.pasted import pasted, record_command
from tests.api.test_bills import add, say, shown
from tests.support.asgi import request
from tests.support.desks import Scene, scene, watching
from tests.support.virtual_loop import run_virtual

ROOT = Path(__file__).parents[2]
#: As a vendor may print it.
HOSTILE = "INV 7; touch x $(id) `id` 'q' > y, 8"


async def of_a_letter(here: Scene, kind: str) -> str:
    told = await request(here.app, "GET", "/v1/letter", query=f"word={HOSTILE_QUERY}&kind={kind}")
    return " ".join(told.json["notes"])


HOSTILE_QUERY = "acme/INV%207%3B%20touch%20x%20%24%28id%29%20%60id%60%20%27q%27%20%3E%20y%2C%208"


async def grace(here: Scene) -> str:
    return await of_a_letter(here, "grace")


async def notice(here: Scene) -> str:
    return await of_a_letter(here, "notice")


async def another_day(here: Scene) -> str:
    return str((await add(here, number=HOSTILE, received="2017-10-01")).json["error"])


async def before_it_came(here: Scene) -> str:
    return str((await say(here, "verified", f"acme/{HOSTILE}", at="2017-10-01")).json["problems"][0])


async def behind_what_happened(here: Scene) -> str:
    await say(here, "corrected", f"acme/{HOSTILE}", received="2017-10-01", reason="misread")
    await say(here, "verified", f"acme/{HOSTILE}", at="2017-10-10")
    told = await say(here, "corrected", f"acme/{HOSTILE}", received="2017-10-12", reason="misread")
    return str(told.json["error"])


@pytest.mark.parametrize("shows", [grace, notice, another_day, before_it_came, behind_what_happened])
def test_a_number_of_many_words_is_one_word_to_a_shell(shows: Callable[[Scene], Awaitable[str]]) -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here, number=HOSTILE)
            text = await shows(here)
            (command,) = re.findall(r"nigehban invoices record .+?(?:TEXT|DAY)", text)
            assert shlex.split(command)[:4] == ["nigehban", "invoices", "record", f"acme/{HOSTILE}"]

    run_virtual(play())


def test_a_bill_whose_number_has_commas_is_recorded_by_its_name() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            await add(here, number="PO 12, inv 3")
            body = {"bills": ["acme/PO 12", "inv 3"], "whole": "acme/PO 12, inv 3", "event": "verified"}
            told = await request(here.app, "POST", "/v1/bills/events", body=json.dumps(body).encode())
            assert told.json["text"].startswith("acme/PO 12, inv 3: open at payee check")

    run_virtual(play())


def test_several_bills_with_commas_between_are_several() -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            for number in ("INV-7", "INV-8"):
                await add(here, number=number)
            body = {"bills": ["INV-7", "INV-8"], "whole": "INV-7, INV-8", "event": "verified"}
            await request(here.app, "POST", "/v1/bills/events", body=json.dumps(body).encode())
            for number in ("INV-7", "INV-8"):
                assert (await shown(here, f"word={number}"))["stage"] == "payee-check"

    run_virtual(play())


def test_an_ordinary_name_stays_as_it_is() -> None:
    assert record_command("acme/INV-7", "noted") == "nigehban invoices record acme/INV-7 noted"


def test_what_is_pasted_is_one_line() -> None:
    assert pasted("INV\n7\tb") == "'INV 7 b'"


#: A command with something filled in, that `checks.pasted` did not make.
_FILLED_IN = re.compile(r"nigehban [a-z-]+(?: [a-z-]+)*(?: \w+)? \{(?!pasted\()[^}]*\}")
#: Words that are ours, and ids: of proposals, which are hashes, of incidents, which whoever reads it named.
_OURS = {"{verb}", "{id}", "{one}", "{waiting['id']}", "{incident}"}


def test_no_command_is_filled_in_past_the_quotes() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {text}"
        for storey in ("checks", "alerts", "watchdog")
        for path in (ROOT / storey).rglob("*.py")
        for text in _FILLED_IN.findall(path.read_text(encoding="utf-8"))
        if not text.startswith("nigehban: ") and not any(text.endswith(one) for one in _OURS)
    }
    assert found == set()
