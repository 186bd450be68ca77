"""Every verb about money answers as JSON, in the shape that docs/cli.md keeps for it."""

import json
import re
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import typer

from checks.ledger.event import LedgerEventKind
from checks.ledger.proposal import proposed
from tests.support.bills_on_record import event, received
from tests.support.kept_state import NOW, Kept, kept_state
from watchdog.cli.main import app, execute
from watchdog.store.store import open_store

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")
MONEY = ("invoices", "vendors", "deadlines", "replay")
EARLY = NOW - timedelta(days=20)

#: Verbs that read, with the words behind each; they answer without a daemon.
READING: Mapping[str, tuple[str, ...]] = {
    "invoices list": (),
    "invoices show": ("INV-1",),
    "invoices forecast": (),
    "invoices digest": (),
    "invoices audit": (),
    "invoices proposals": (),
    "invoices letter": ("INV-1",),
    "invoices calendar": (),
    "invoices export": (),
    "vendors list": (),
    "vendors show": ("acme",),
    "deadlines": (),
    "replay": ("kp-2017",),
}


def verbs_of_money() -> dict[str, set[str]]:
    """Every verb below those of MONEY, with its long options."""
    found: dict[str, set[str]] = {}

    def walk(command: Any, words: str) -> None:  # noqa: ANN401  # click's classes have no public name in Typer
        for name, below in getattr(command, "commands", {}).items():
            walk(below, f"{words} {name}".strip())
        if not hasattr(command, "commands") and words.partition(" ")[0] in MONEY:
            found[words] = {option for parameter in command.params for option in parameter.opts}

    walk(typer.main.get_command(app), "")
    return found


def documented() -> dict[str, tuple[str, set[str]]]:
    """Of docs/cli.md, by verb: whether it is a list or an object, and its names."""
    _, found, rest = PAGE.partition("\n## JSON of verbs about money\n")
    assert found
    rows = re.findall(r"^\| `([a-z -]+)` \| (list|object) \| (.+) \|$", rest.partition("\n## ")[0], re.MULTILINE)
    return {verb: (kind, set(re.findall(r"`([a-z_]+)`", names))) for verb, kind, names in rows}


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Of a daemon that has ended: a bill that is open and of which something waits, and one that is paid."""
    kept = kept_state(tmp_path)
    drafts = [
        received("acme", "INV-1", EARLY, due=NOW.date() + timedelta(days=10), service="official-email"),
        received("acme", "INV-2", EARLY, due=NOW.date() + timedelta(days=10)),
        event("acme/inv2", LedgerEventKind.ACKNOWLEDGED, EARLY + timedelta(days=2), evidence="receipt 1"),
    ]
    with closing(open_store(kept.state)) as store:
        for draft in drafts:
            store.ledger.append([draft], EARLY + timedelta(days=5))
        waits = [event("acme/inv1", LedgerEventKind.VERIFIED, EARLY + timedelta(days=1), evidence="note 12")]
        store.ledger.propose(proposed(waits, "aisha", source="notice a.txt", note="compare it", at=EARLY))
    return kept


def answered(kept: Kept, verb: str, capsys: pytest.CaptureFixture[str], *more: str) -> Any:  # noqa: ANN401  # any JSON
    places = () if verb == "replay" else ("--config", str(kept.config), "--state", str(kept.state))
    assert execute([*places, *verb.split(), *READING[verb], *more, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("verb", verbs_of_money())
def test_every_verb_about_money_takes_json(verb: str) -> None:
    assert "--json" in verbs_of_money()[verb]


def test_every_verb_about_money_that_reads_has_its_shape_on_the_page() -> None:
    assert documented().keys() == READING.keys()


@pytest.mark.parametrize("verb", READING)
def test_what_a_verb_answers_is_what_the_page_says(verb: str, kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    kind, names = documented()[verb]
    told = answered(kept, verb, capsys)
    assert kind == ("list" if isinstance(told, list) else "object")
    assert set(told if isinstance(told, dict) else told[0]) == names


def test_a_file_that_is_written_is_named_beside_what_is_in_it(
    kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet, days = tmp_path / "bills.csv", tmp_path / "bills.ics"
    told = answered(kept, "invoices export", capsys, str(sheet))
    assert (told["file"], [one["key"] for one in told["bills"]]) == (str(sheet), ["acme/inv1"])
    assert sheet.read_text("utf-8-sig").startswith("vendor,number")
    told = answered(kept, "invoices calendar", capsys, str(days))
    assert (told["file"], told["bills"]) == (str(days), 1)
    assert days.read_bytes() == told["text"].encode()


def test_without_json_a_file_must_be_named(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("export", "calendar"):
        assert execute(["--config", str(kept.config), "--state", str(kept.state), "invoices", verb]) == 2
        assert "say where to write" in capsys.readouterr().err
