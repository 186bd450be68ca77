"""The command line of the benchmark, as whoever repeats it meets it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.quality.line import main
from tests.support.tree import ROOT

KEYS = {
    "false_pages_per_month",
    "own_uplink_pages",
    "pages_per_incident",
    "missed",
    "delay_p50_s",
    "delay_p95_s",
    "precision",
    "messages_per_flap",
}

SMALL = {
    "days": 1,
    "checks": [{"id": "s1-http", "site": "s1", "parents": ["s1-link"]}],
    "down": [{"check": "s1-http", "from_s": 4000, "to_s": 9000, "incident": "i7"}],
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.json"
    file.write_text(json.dumps(SMALL), encoding="utf-8")
    return file


def test_scores_are_printed_as_the_format_has_them(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--estate", str(small), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert set(printed) == {"nigehban", "rivals", "ablations"}
    assert set(printed["nigehban"]) == KEYS
    assert {frozenset(scores) for part in ("rivals", "ablations") for scores in printed[part].values()} == {
        frozenset(KEYS)
    }
    assert printed["nigehban"]["missed"] == 0


def test_a_drawn_estate_can_be_saved_and_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "drawn.json"
    assert main(["--generate", "hostile", "--seed", "3", "--days", "1", "--write", str(file)]) == 0
    assert main(["--estate", str(file), "--ours-only"]) == 0
    assert "Nigehban" in capsys.readouterr().out


def test_a_bad_estate_gets_a_sentence_and_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.json"
    file.write_text('{"days": 1, "checks": [{"id": 7}]}', encoding="utf-8")
    assert main(["--estate", str(file)]) == 2
    assert capsys.readouterr().err == f"alert_quality: {file}: checks[0].id: must be a text\n"


@pytest.mark.parametrize("how", [["benchmarks/alert_quality.py"], ["-m", "benchmarks.alert_quality"]])
def test_it_can_be_run_by_its_path_and_by_its_name(how: list[str]) -> None:
    done = subprocess.run([sys.executable, *how, "--help"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--estate FILE" in done.stdout
