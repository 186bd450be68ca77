"""`nigehban ack`, `unack` and `reload`: what the daemon answers, in the words of the command line."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.answering_socket import saying, server
from watchdog.cli.main import execute
from watchdog.store.lock import StateLock


@pytest.fixture
def state() -> Iterator[Path]:
    with TemporaryDirectory(prefix="nb") as name:
        yield Path(name)


def asked(state: Path, *words: str, body: Mapping[str, object], status: int = 200) -> int:
    """The exit code of a verb that the daemon answers so."""
    with server(state, saying(f"HTTP/1.1 {status} X\r\n\r\n".encode(), json.dumps(body).encode())):
        return execute(["--state", str(state), *words])


def already(note: str, until: str | None) -> dict[str, object]:
    said = {"note": note, "until": until}
    return {"is_new": False, "text": "already acknowledged", "incident": {"acknowledged": said}}


def test_two_ends_of_one_acknowledgement_or_none_are_wrong_usage_and_nobody_is_asked(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["--state", str(state), "ack", "i1", "--for", "1h", "--until", "17:00"]) == 2
    assert execute(["--state", str(state), "ack", "i1"]) == 2, "an end is mandatory"
    assert "say how long you are at it" in capsys.readouterr().err


def test_what_cannot_be_understood_is_wrong_usage_and_names_the_option(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problems = ["lasts: must be a duration", "note: is too long"]
    assert (
        asked(state, "ack", "i1", "--for", "x", status=400, body={"error": "not understood", "problems": problems}) == 2
    )
    told = capsys.readouterr().err.splitlines()
    assert told == ["nigehban: --for: must be a duration", "nigehban: --note: is too long", "nigehban: not understood"]


@pytest.mark.parametrize("status", [403, 404, 409, 500, 503])
def test_what_is_refused_is_no_wrong_usage(state: Path, status: int) -> None:
    assert asked(state, "ack", "i1", "--until-ok", status=status, body={"error": "no", "problems": []}) == 1


def test_a_note_that_was_not_kept_is_said_and_is_no_success(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = already("calling Acme", None)
    assert asked(state, "ack", "i1", "--until-ok", "-m", "mine", body=body) == 1
    told = capsys.readouterr()
    assert told.out == "already acknowledged\n"
    assert told.err == "nigehban: your note was not kept; take it back first: nigehban unack i1\n"


def test_who_says_the_same_again_has_said_it(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = already("calling Acme", None)
    assert asked(state, "ack", "i1", "--until-ok", "-m", " calling  Acme", body=body) == 0
    assert asked(state, "ack", "i1", "--until-ok", body=body) == 0
    assert capsys.readouterr().err == ""


def test_an_end_that_was_not_kept_is_said(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = already("", None)
    assert asked(state, "ack", "i1", "--for", "2h", body=body) == 1
    assert "your end was not kept" in capsys.readouterr().err


def test_a_daemon_that_runs_without_a_socket_is_not_called_stopped(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with StateLock(state):
        assert execute(["--state", str(state), "reload"]) == 1
    told = capsys.readouterr().err
    assert "the daemon runs, but nobody answers" in told
    assert "start it first" not in told
    assert "api: {socket: PATH}" in told


def test_where_no_daemon_runs_it_is_to_be_started(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["--state", str(state), "reload"]) == 1
    assert "start it first" in capsys.readouterr().err


def test_a_socket_elsewhere_is_found_from_a_state_too_deep_for_one(state: Path) -> None:
    deep = state / ("x" * 110)
    deep.mkdir()
    (deep / "nigehban.sock").symlink_to(state / "nigehban.sock")
    answer = json.dumps({"checks": 3, "at_next_start": []}).encode()
    with server(state, saying(b"HTTP/1.1 200 OK\r\n\r\n", answer)):
        assert execute(["--state", str(deep), "reload"]) == 0


@pytest.mark.parametrize(
    "words",
    [["--json", "show", "i1"], ["--closed", "show", "i1"], ["--state", "/a", "show", "i1"], ["-c", "/a", "show", "i1"]],
)
def test_options_of_incidents_before_show_are_refused_and_not_ignored(
    state: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["--state", str(state), "incidents", *words]) == 2
    assert "stands behind show" in capsys.readouterr().err


def test_a_reload_says_what_ended_with_it_and_what_was_perhaps_not_meant(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {
        "checks": 3,
        "at_next_start": [],
        "closed": [{"incident": "i1", "check": "mx", "subject": "mx2"}],
        "warnings": ["secret x: No such file or directory"],
    }
    assert asked(state, "reload", body=body) == 0
    told = capsys.readouterr()
    assert told.out == "the settings are in force: watching 3 checks\n"
    assert told.err.splitlines() == [
        "nigehban: incident i1 of check mx, mx2, is closed: its check was taken out, or looks at something else now",
        "nigehban: warning: secret x: No such file or directory",
    ]
