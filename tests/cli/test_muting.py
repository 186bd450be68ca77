"""`nigehban silence` and `maintenance`: what is asked of the daemon, and what is shown without one."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind
from tests.support.answering_socket import saying, server
from tests.support.kept_state import NOW, Kept, kept_state
from tests.support.stored import at
from watchdog.cli.listing import status
from watchdog.cli.main import execute
from watchdog.cli.mute_asking import shown
from watchdog.store.store import open_store


@pytest.fixture
def state() -> Iterator[Path]:
    with TemporaryDirectory(prefix="nb") as name:
        yield Path(name)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """The daemon has ended; two silences and a window stand, of which one silence is over."""
    kept = kept_state(tmp_path)
    with closing(open_store(kept.state)) as store:
        store.keep_mute(mute("s1", "service=official-email"))
        store.keep_mute(mute("s0", "check=mx", ends_s=1200))
        store.keep_mute(mute("m1", "kind=smtp", kind=MuteKind.MAINTENANCE, starts_s=7200))
    return kept


def mute(
    id_: str, matcher: str, *, kind: MuteKind = MuteKind.SILENCE, starts_s: float = 600, ends_s: float = 9000
) -> Mute:
    return Mute(
        id=id_,
        kind=kind,
        matchers=matchers_of([matcher]),
        author="asma",
        reason="the switch is replaced",
        starts_at=at(starts_s),
        ends_at=at(ends_s),
    )


def listed(kept: Kept, path: str, *, over: bool = False, as_json: bool = False) -> int:
    return shown(path, over=over, config=kept.config, state=kept.state, environ={}, as_json=as_json, clock=lambda: NOW)


@pytest.mark.parametrize("verb", ["silence", "maintenance"])
@pytest.mark.parametrize("ends", [(), ("--for", "1h", "--until", "17:00")])
def test_no_end_or_two_are_wrong_usage_and_nobody_is_asked(
    state: Path, capsys: pytest.CaptureFixture[str], verb: str, ends: tuple[str, ...]
) -> None:
    assert execute(["--state", str(state), verb, "add", "service=mail", "-m", "why", *ends]) == 2
    assert "say when it ends" in capsys.readouterr().err


def test_a_silence_without_a_reason_is_wrong_usage(state: Path) -> None:
    assert execute(["--state", str(state), "silence", "add", "service=mail", "--for", "1h"]) == 2


@pytest.mark.parametrize("word", ["", "../../v1/reload", "x" * 101, "a b"])
def test_what_is_no_id_is_wrong_usage_and_nobody_is_asked(state: Path, word: str) -> None:
    assert execute(["--state", str(state), "silence", "end", word]) == 2


def test_what_the_daemon_says_is_said_with_its_notes(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = json.dumps({"is_new": True, "text": "in force", "mute": {}, "notes": ["it matches nothing now"]})
    with server(state, saying(b"HTTP/1.1 200 X\r\n\r\n", body.encode())):
        assert execute(["--state", str(state), "silence", "add", "service=mail", "--for", "1h", "-m", "why"]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("in force\n", "nigehban: it matches nothing now\n")


def test_what_cannot_be_understood_names_the_option(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = json.dumps({"error": "not understood", "problems": ["lasts: must be a duration"]})
    with server(state, saying(b"HTTP/1.1 400 X\r\n\r\n", body.encode())):
        assert execute(["--state", str(state), "silence", "add", "service=mail", "--for", "x", "-m", "why"]) == 2
    assert "--for: must be a duration" in capsys.readouterr().err


def test_without_a_daemon_nothing_can_be_silenced(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["--state", str(state), "silence", "add", "service=mail", "--for", "1h", "-m", "why"]) == 1
    assert "start it first" in capsys.readouterr().err


def test_without_a_daemon_silences_are_listed_as_they_were_written(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listed(kept, "silences") == 0
    head, line = capsys.readouterr().out.splitlines()
    assert head.split() == ["ID", "STATE", "FROM", "UNTIL", "WHAT", "MATCHES", "BY", "WHY"]
    assert line.startswith("s1  in force  09:10 on Mon 2 Nov 2026  11:30 on Mon 2 Nov 2026  service=official-email")


def test_those_that_are_over_are_listed_when_asked_for(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(kept, "silences", over=True, as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(one["id"], one["state"], one["matches_nothing"]) for one in found] == [
        ("s1", "in force", None),
        ("s0", "over", None),
    ]


def test_windows_are_no_silences(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(kept, "maintenance", as_json=True) == 0
    assert [(one["id"], one["state"]) for one in json.loads(capsys.readouterr().out)] == [("m1", "to come")]


def test_status_says_what_is_not_told_for_now(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(config=kept.config, state=kept.state, environ={}, as_json=False, clock=lambda: NOW) == 0
    text = capsys.readouterr().out
    assert text.endswith(
        "\n\nNot told for now:\n  silence s1 by asma until 11:30 on Mon 2 Nov 2026: service=official-email"
        " (the switch is replaced); matches 2 open\n"
    )


def test_nothing_is_said_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(kept_state(tmp_path), "silences") == 0
    assert capsys.readouterr().out == "no silence is in force or to come\n"
