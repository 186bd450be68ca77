"""What README and architecture say is so: settings load, targets and modules exist, commands are ours."""

import re
import shlex
from pathlib import Path

import pytest

from checks.registry import load_registry
from tests.support.tree import ROOT, tracked
from watchdog.cli.main import execute
from watchdog.settings.load import load

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAX_EXAMPLE_LINES = 20


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(page: str) -> list[list[str]]:
    lines = "".join(blocks(page, "sh")).splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def test_twenty_lines_watch_a_mail_server_a_portal_and_a_bill(tmp_path: Path) -> None:
    (example,) = blocks("README.md", "yaml")
    assert len(example.splitlines()) <= MAX_EXAMPLE_LINES
    path = tmp_path / "nigehban.yaml"
    path.write_text(example, encoding="utf-8")
    settings = load(path, load_registry(()), {})
    assert {check.spec.kind.name for check in settings.checks} == {"smtp", "http", "tls_certificate", "invoice_due"}
    assert [invoice.number for invoice in settings.invoices] == ["INV-7"]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/install.md"])
def test_every_make_target_that_is_named_exists(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = {words[1] for words in commands(page) if words[0] == "make"} | set(re.findall(r"`make ([a-z]+)`", text))
    assert named <= targets()
    assert named


@pytest.mark.parametrize("page", ["README.md", "docs/install.md"])
def test_every_command_that_is_named_has_its_help(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    ours = [words for words in commands(page) if words[0].rpartition("/")[2] == "nigehban"]
    assert ours
    for words in ours:
        verb = [word for word in words[1:3] if word.isalpha() and word.islower()]
        verb = verb[:1] if verb[0] in {"probe", "run", "doctor"} else verb
        assert execute([*verb, "--help"]) == 0, words
    assert "Usage" in capsys.readouterr().out


def test_every_option_that_is_shown_is_taken(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`config validate` of the README runs for real, on its own example."""
    path = tmp_path / "nigehban.yaml"
    path.write_text(blocks("README.md", "yaml")[0], encoding="utf-8")
    (shown,) = (words for words in commands("README.md") if words[:3] == ["nigehban", "config", "validate"])
    assert execute([str(path) if word == "nigehban.yaml" else word for word in shown[1:]]) == 0
    capsys.readouterr()


def test_the_look_without_settings_runs_and_answers_like_a_monitoring_plugin(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (shown,) = (words for words in commands("README.md") if words[:2] == ["nigehban", "probe"])
    code = execute(shown[1:])
    told = capsys.readouterr().out
    assert (code, told.partition(":")[0]) in {(0, "OK"), (2, "CRITICAL")}


def test_what_a_newcomer_runs_stands_before_the_settings() -> None:
    assert README.index("make demo") < README.index("make test") < README.index("```yaml")


def test_the_module_map_names_modules_that_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `([a-z_/]+\.py)` \|", text, re.MULTILINE)
    assert len(named) > 20
    assert not set(named) - set(tracked())


def test_the_changelog_keeps_its_form() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in text
    headings = re.findall(r"^### (.+)$", text, re.MULTILINE)
    assert headings
    assert set(headings) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_reports_of_weaknesses_get_times() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert re.findall(r"\d+ (?:working )?days", text)
