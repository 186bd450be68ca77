"""`nigehban config validate|schema|show|example`, as a person or a script calls them."""

import json
from pathlib import Path

import pytest

from tests.support.settings_files import HEAD
from watchdog.cli.main import execute

ROOT = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "nigehban.yaml"


def test_valid_settings_are_summed_up_in_one_line_and_warned_about(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text((ROOT / "config" / "nigehban.yaml").read_text("utf-8"))
    assert execute(["config", "validate", "-c", str(file)]) == 0
    told = capsys.readouterr().out.splitlines()
    brought = "1 outage_forecast, 1 payee, 1 payment_cut_off, 1 payment_stage"
    kinds = f"1 bookkeeping, 1 contract, 2 invoice_due, {brought}, 2 smtp, 1 tcp"
    assert told[0] == f"{file}: valid: 11 checks ({kinds}), 3 receivers, 1 bill"
    assert [line.split(":")[0] for line in told[1:]] == ["warning"] * 3
    assert any("secrets/relay_password" in line for line in told)


def test_a_confirmer_who_is_nobody_is_warned_about(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(HEAD + "billing: {confirmers: [ops, root, finanze-of-nowhere]}\n")
    assert execute(["config", "validate", "-c", str(file)]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if "confirmers" in line]
    assert told == ["warning: billing.confirmers: finanze-of-nowhere is no receiver, and no account of this machine"]


def test_every_problem_is_told_on_standard_error(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(HEAD + "listen: 1\nanchors: 2\n")
    assert execute(["config", "validate", "-c", str(file)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert [line.split(" ")[1] for line in captured.err.splitlines()] == ["listen:", "anchors:"]


def test_problems_have_their_parts_in_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(HEAD + "anchors: 2\n")
    assert execute(["config", "validate", "-c", str(file), "--json"]) == 2
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    text = "must be a list of hosts, say [192.0.2.1:443], or {hosts: [...], needed: 2}"
    assert problem == {"file": str(file), "line": 4, "column": 10, "path": "anchors", "text": text}


def test_valid_settings_are_counted_in_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(HEAD + "checks: [{id: a, kind: tcp, host: a.example, port: 1}]\n")
    assert execute(["config", "validate", "-c", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["valid"], told["checks"], told["receivers"]) == (True, {"tcp": 1}, 1)


def test_a_readable_secret_that_is_no_known_service_is_warned_about_by_name_only(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(HEAD.replace("kind: webhook, url: https://hooks.example.org/x", "kind: apprise, url: !secret chat"))
    (file.parent / "secrets").mkdir()
    secret = file.parent / "secrets" / "chat"
    secret.write_text("canary://token")
    secret.chmod(0o600)
    assert execute(["config", "validate", "-c", str(file)]) == 0
    told = capsys.readouterr().out
    assert "channel ops-1-apprise: !secret chat is no URL of an Apprise service used here" in told
    assert "canary" not in told


def test_shown_settings_have_their_defaults_and_no_secret(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(HEAD + "mail: {relay: smtp.example.org, user: u, password: !secret p, from: n@example.org}\n")
    assert execute(["config", "show", "-c", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["mail"]["port"], told["mail"]["password"], told["listen"]) == (587, "!secret p", "127.0.0.1:9417")


def test_the_schema_is_json_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["config", "schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False


def test_the_example_is_printed_as_it_stands_in_config(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["config", "example"]) == 0
    assert capsys.readouterr().out == (ROOT / "config" / "nigehban.yaml").read_text("utf-8")


def test_the_examples_are_written_out_and_overwrite_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["config", "example", str(tmp_path / "new")]) == 0
    assert (tmp_path / "new" / "nigehban.yaml").exists()
    assert (tmp_path / "new" / "prometheus" / "nigehban.rules.yml").exists()
    assert (tmp_path / "new" / "grafana" / "dashboards" / "nigehban-overview.json").exists()
    assert execute(["config", "example", str(tmp_path / "new")]) == 1
    assert "exists already" in capsys.readouterr().err
