"""docs/cli.md shows what the command line says, to the letter where a listing can be repeated, else to the last key."""

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.kept_state import Kept, kept_state
from tests.support.settings_files import HEAD
from watchdog.cli.config import validate
from watchdog.cli.doctor import doctor
from watchdog.cli.listing import deadlines, incidents, status
from watchdog.cli.notify import test as notify_test
from watchdog.cli.probe import probe

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")
NOBODY: Mapping[str, str] = {}


def examples(verb: str, language: str) -> list[str]:
    """The code blocks of a verb's section."""
    _, found, rest = PAGE.partition(f"\n## `nigehban {verb}`\n")
    assert found
    return re.findall(rf"^```{language}\n(.*?)^```$", rest.partition("\n## ")[0], re.MULTILINE | re.DOTALL)


def shape(value: Any) -> Any:  # noqa: ANN401  # any JSON
    """Keys and kinds of values, of a list those of its first item."""
    match value:
        case dict():
            return {key: shape(held) for key, held in value.items()}
        case list():
            return [shape(value[0])] if value else []
        case int() | float() if not isinstance(value, bool):
            return "number"
        case _:
            return type(value).__name__


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return kept_state(tmp_path)


def listing(verb: str, kept: Kept, *, as_json: bool) -> int:
    match verb:
        case "status":
            return status(config=kept.config, state=kept.state, environ=NOBODY, as_json=as_json, clock=kept.clock)
        case "deadlines":
            return deadlines(config=kept.config, state=kept.state, environ=NOBODY, as_json=as_json, clock=kept.clock)
        case _:
            return incidents(
                config=kept.config, state=kept.state, environ=NOBODY, closed=False, as_json=as_json, clock=kept.clock
            )


@pytest.mark.parametrize("verb", ["status", "incidents", "deadlines"])
def test_a_listing_reads_as_the_page_shows_it(verb: str, kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert listing(verb, kept, as_json=False) == 0
    assert [capsys.readouterr().out] == examples(verb, "text")


@pytest.mark.parametrize("verb", ["status", "incidents", "deadlines"])
def test_a_listing_s_json_begins_as_the_page_shows_it(
    verb: str, kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listing(verb, kept, as_json=True) == 0
    (shown,) = map(json.loads, examples(verb, "json"))
    assert json.loads(capsys.readouterr().out)[: len(shown)] == shown


def test_probe_s_json_has_the_fields_that_the_page_shows(tmp_path: Path) -> None:
    (tmp_path / "bills.csv").write_text("vendor,number,amount,due\nacme,INV-7,134000.00 PKR,2020-11-24\n")
    out = io.StringIO()
    assert probe("invoice_due", [f"csv={tmp_path}/bills.csv"], as_json=True, out=out) == 2
    (shown,) = map(json.loads, examples("probe", "json"))
    assert shape(json.loads(out.getvalue())) == shape(shown)


def test_the_outcome_of_a_test_message_has_the_fields_that_the_page_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "nigehban.yaml"
    config.write_text(HEAD.replace("https://hooks.example.org/x", "!secret oncall_url"))
    assert notify_test(config=config, environ=NOBODY, receivers=(), as_json=True) == 1
    (shown,) = map(json.loads, examples("notify test", "json"))
    told = json.loads(capsys.readouterr().out)
    assert shape(told) == shape(shown)
    assert (told[0]["outcome"], told[0]["reason"]) == (shown[0]["outcome"], shown[0]["reason"])


def test_doctor_s_json_has_the_fields_that_the_page_shows(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    doctor(config=kept.config, state=kept.state, environ=NOBODY, as_json=True, clock=kept.clock)
    (shown,) = map(json.loads, examples("doctor", "json"))
    assert shape(json.loads(capsys.readouterr().out)) == shape(shown)


@pytest.mark.parametrize(
    ("place", "more"), [(0, "anchors: 2\n"), (1, "checks: [{id: a, kind: tcp, host: a, port: 1}]\n")]
)
def test_validate_s_json_is_what_the_page_shows(place: int, more: str, tmp_path: Path) -> None:
    config = tmp_path / "nigehban.yaml"
    config.write_text(HEAD + more)
    out = io.StringIO()
    validate(config=config, environ=NOBODY, as_json=True, out=out)
    told = json.loads(out.getvalue().replace(str(tmp_path), "/etc/nigehban"))
    assert told == json.loads(examples("config validate", "json")[place])
