"""Nobody waits for the host that failed to hear of it; and what nothing goes by is said."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from checks.registry import load_registry
from tests.support.settings_files import own_registry
from watchdog.cli.config import warnings_of
from watchdog.settings.load import load
from watchdog.settings.problems import SettingsError
from watchdog.settings.values import Settings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PORTAL = """\
estate: {name: Office of A, time_zone: Asia/Karachi}
checks: [{id: portal, kind: http, url: "https://portal.example.gov.pk/login"}]
mail: {relay: smtp.elsewhere.example, from: n@elsewhere.example}
receivers:
  hook: {channels: [{kind: webhook, url: "https://Portal.example.gov.pk:8443/hook"}]}
  hidden: {channels: [{kind: webhook, url: !secret hook}]}
  lasting: {channels: [{kind: alertmanager, url: "https://portal.example.gov.pk/alerts"}]}
  chat: {channels: [{kind: apprise, url: "jsons://portal.example.gov.pk/x"}]}
  both: {channels: [{kind: webhook, url: "https://portal.example.gov.pk/hook"}, {kind: mail, to: [a@b.example]}]}
  other: {channels: [{kind: webhook, url: "https://hooks.example.org/x"}]}
  noc: {rota: noc}
rotas: {noc: {members: [other, hook], hand_off: "mon 09:00", starts: 2026-11-02}}
"""
LADDER = "escalations: {further: {steps: [{after: 10m, to: [other]}]}}\n"


def loaded(folder: Path, text: str) -> Settings:
    (folder / "secrets").mkdir(exist_ok=True)
    (folder / "secrets/hook").write_text("https://portal.example.gov.pk/SEKRIT", "utf-8")
    (folder / "secrets/hook").chmod(0o600)
    file = folder / "nigehban.yaml"
    file.write_text(text, "utf-8")
    environ = {"CREDENTIALS_DIRECTORY": str(folder / "secrets")}
    return load(file, own_registry(), environ, clock=lambda: NOW)


def refused(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        loaded(folder, text)
    return str(caught.value).removeprefix(f"{folder}/nigehban.yaml:")


@pytest.mark.parametrize("receiver", ["hook", "hidden", "lasting", "chat", "noc"])
def test_a_host_does_not_carry_the_news_of_its_own_failure(tmp_path: Path, receiver: str) -> None:
    told = refused(tmp_path, f"{PORTAL}routes: [{{match: {{}}, to: [{receiver}]}}]\n")
    wanted = f"2:10: checks[0]: watches the host by which alone {receiver} would hear of its failure; "
    assert told.startswith(wanted)
    assert "SEKRIT" not in told


@pytest.mark.parametrize(
    "routes",
    [
        pytest.param("[{match: {}, to: [both]}]", id="a second channel elsewhere"),
        pytest.param("[{match: {}, to: [hook], escalation: further}]", id="a step that goes another way"),
        pytest.param("[{match: {kind: http}, to: [other]}, {match: {}, to: [hook]}]", id="this check goes elsewhere"),
    ],
)
def test_there_is_another_way_past_the_host_that_failed(tmp_path: Path, routes: str) -> None:
    ladder = LADDER if "further" in routes else ""
    assert loaded(tmp_path, f"{PORTAL}{ladder}routes: {routes}\n").routes


def test_our_own_machine_may_carry_what_is_told_of_it(tmp_path: Path) -> None:
    """Without it nobody is told of anything, whatever the channel is."""
    text = PORTAL.replace("portal.example.gov.pk", "127.0.0.1").replace("Portal.example.gov.pk", "localhost")
    assert loaded(tmp_path, f"{text}routes: [{{match: {{}}, to: [chat]}}]\n").routes


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("noc, both", []),
        ("other", ["rota noc: nobody is told by it; name noc in a route or an escalation"]),
    ],
)
def test_a_rota_that_nothing_goes_by_is_said(tmp_path: Path, to: str, said: list[str]) -> None:
    text = PORTAL.replace("members: [other, hook]", "members: [other, both]")
    settings = loaded(tmp_path, f"{text}routes: [{{match: {{}}, to: [{to}]}}]\n")
    assert [one for one in warnings_of(settings, load_registry()) if "rota" in one] == said


def test_a_rota_that_no_receiver_stands_for_is_said(tmp_path: Path) -> None:
    text = PORTAL.replace("  noc: {rota: noc}\n", "")
    settings = loaded(tmp_path, f"{text}routes: [{{match: {{}}, to: [other]}}]\n")
    (said,) = [one for one in warnings_of(settings, load_registry()) if "rota" in one]
    assert said == "rota noc: nobody is told by it; add a receiver with rota: noc, and a route to that receiver"


def test_a_target_is_not_quoted_where_its_check_takes_the_mail_of_a_contact(tmp_path: Path) -> None:
    text = Path(__file__).with_name("bad").joinpath("mailbox_of_a_contact.yaml").read_text("utf-8")
    told = refused(
        tmp_path, text.replace("host: mx1.example.gov.pk", "targets: [sekrit.example.gov.pk, example.gov.pk]")
    )
    assert "whose mail checks[0] watches" in told
    assert "sekrit" not in told
