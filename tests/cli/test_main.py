"""The command line itself: verbs, options, exit codes, one clear line for what a user can mend."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from watchdog.cli.main import execute

VERBS = ["run", "probe", "status", "incidents", "deadlines", "notify", "config", "doctor", "demo", "version"]

#: Packages that cost more than the rest of the command line together.
HEAVY = ["alembic", "apprise", "cryptography", "dns", "pydantic", "requests", "rich", "sqlalchemy", "yaml"]


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["--help"]) == 0
    told = capsys.readouterr().out
    assert [verb for verb in VERBS if f"\n  {verb} " not in told] == []


def test_help_imports_nothing_heavy() -> None:
    script = "import sys, watchdog.cli.main as cli; cli.execute(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert sorted(set(HEAVY) & set(done.stderr.split())) == []


def test_version_is_that_of_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["version"]) == 0
    assert capsys.readouterr().out == f"nigehban {version('nigehban')}\n"


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["prob"], 2, "nigehban: No such command 'prob'. Did you mean 'probe'? Try: nigehban --help\n"),
        (["status", "--jsno"], 2, "nigehban: No such option: --jsno"),
        (["config", "show", "extra"], 2, "nigehban: Got unexpected extra argument"),
        (["probe"], 3, "nigehban: Missing argument 'KIND'. Try: nigehban probe --help\n"),
        (["probe", "tcp", "--explian"], 3, "nigehban: No such option: --explian"),
        (["config", "show", "-c", "/nowhere.yaml"], 2, "/nowhere.yaml:1:1: no such file"),
    ],
)
def test_wrong_usage_is_one_line_and_a_code(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, told: str
) -> None:
    assert execute(arguments) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(told)
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["config"], ["notify"]])
def test_without_a_verb_help_is_shown_and_it_counts_as_wrong_usage(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert execute(arguments) == 2
    assert capsys.readouterr().err.startswith("Usage: nigehban")


def test_settings_may_be_named_before_the_verb_behind_it_or_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["config", "example", str(tmp_path)]) == 0
    file = str(tmp_path / "nigehban.yaml")
    assert execute(["--config", file, "config", "validate"]) == 0
    assert execute(["--config", "/nowhere", "config", "validate", "--config", file]) == 0
    monkeypatch.setenv("NIGEHBAN_CONFIG", file)
    assert execute(["config", "validate"]) == 0
    assert capsys.readouterr().err == ""


def test_a_reader_that_goes_away_is_no_traceback(tmp_path: Path) -> None:
    assert execute(["config", "example", str(tmp_path)]) == 0
    start = "from watchdog.cli.main import main; main()"
    command = f"{sys.executable} -c '{start}' config show -c {tmp_path}/nigehban.yaml | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout == "estate:\n"
    assert done.stderr == ""
