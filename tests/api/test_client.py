"""The thin client: one deadline for all of it, whatever stands at the other end."""

import os
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.answering_socket import saying, server
from watchdog.api.client import (
    SYSTEM_SOCKET,
    NoAnswerError,
    NobodyAnswersError,
    NotAllowedError,
    Question,
    ask,
    places,
)
from watchdog.settings.places import default_state_dir

QUESTION = Question(method="GET", path="/v1/status", within_s=60)


@pytest.fixture
def state() -> Iterator[Path]:
    with TemporaryDirectory(prefix="nb") as name:
        yield Path(name)


def test_an_answer_is_its_status_and_its_object(state: Path) -> None:
    with server(state, saying(b"HTTP/1.1 409 No\r\n\r\n", b'{"error": "no", "problems": ["a"]}')):
        answer = ask(QUESTION, environ={}, state=state)
    assert (answer.status, answer.is_ok, answer.problems) == (409, False, ["a", "no"])


@pytest.mark.parametrize(
    ("pieces", "why"),
    [
        ((), "broke off"),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",), "broke off"),
        ((b"SSH-2.0-OpenSSH\r\n",), "broke off"),
        ((b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 19\r\n\r\nService Unavailable",), "answered 503"),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",), "answered 200 OK"),
    ],
)
def test_what_is_no_answer_is_said(state: Path, pieces: Sequence[bytes], why: str) -> None:
    with server(state, saying(*pieces)), pytest.raises(NoAnswerError, match=why):
        ask(QUESTION, environ={}, state=state)


def test_an_answer_that_drips_is_waited_for_no_longer_than_its_time(state: Path) -> None:
    """It drips for as long as somebody waits."""
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        try:
            while not over.wait(0.1):
                connection.sendall(b"H")
        except OSError:
            pass

    with server(state, drip):
        with pytest.raises(NoAnswerError, match=r"no answer within 0.5 s"):
            ask(replace(QUESTION, within_s=0.5), environ={}, state=state)
        over.set()


def test_without_a_socket_nobody_answers(state: Path) -> None:
    with pytest.raises(NobodyAnswersError):
        ask(QUESTION, environ={}, state=state)


def test_a_dead_daemon_s_socket_answers_nobody(state: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(state / "nigehban.sock"))
    with pytest.raises(NobodyAnswersError):
        ask(QUESTION, environ={}, state=state)


def test_a_state_too_deep_for_a_socket_has_none(state: Path) -> None:
    with pytest.raises(NobodyAnswersError):
        ask(QUESTION, environ={}, state=state / ("x" * 120))


def test_where_a_daemon_may_answer() -> None:
    environ = {"HOME": "/of/aisha", "XDG_STATE_HOME": "/of/aisha/s"}
    default = default_state_dir(environ)
    assert list(places({"NIGEHBAN_SOCKET": "/a/b.sock"}, default)) == [Path("/a/b.sock")]
    assert list(places(environ, Path("/srv/state"))) == [Path("/srv/state/nigehban.sock")]
    assert list(places(environ, default)) == [default / "nigehban.sock", SYSTEM_SOCKET]


def test_a_socket_for_others_says_what_would_be_right(state: Path) -> None:
    place = state / "nigehban.sock"
    state.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        listening.listen()
        place.chmod(0)
        with as_nobody(), pytest.raises(NotAllowedError, match="is for members of its group: join it"):
            ask(QUESTION, environ={}, state=state)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of root, to whom nothing is refused; whoever else runs the tests stays who they are."""
    own = os.geteuid()
    if own == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(own)
