"""A thin client of the daemon's socket: one question, one answer, one deadline. Standard library alone, for speed."""

import errno
import http.client
import io
import json
import os
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlencode

from watchdog.api.place import MAX_PATH_BYTES, SOCKET_NAME
from watchdog.clock import time_since
from watchdog.settings.places import default_state_dir

#: Where the unit of systemd/ has it.
SYSTEM_SOCKET = Path("/run/nigehban", SOCKET_NAME)

#: More than ten thousand checks say.
MAX_ANSWER_BYTES = 256 * 1024 * 1024

READ_WITHIN_S = 10.0
_CHUNK_BYTES = 256 * 1024
_OK = 200

Body: TypeAlias = Mapping[str, Any]


class NobodyAnswersError(Exception):
    """No daemon answers at any place it could be."""


class NotAllowedError(Exception):
    """There is a daemon, and its socket is not for this user."""


class NoAnswerError(Exception):
    """A daemon took the question, and gave no answer that can be used."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Body

    @property
    def is_ok(self) -> bool:
        return self.status == _OK

    @property
    def problems(self) -> list[str]:
        """What is wrong, one by one; the last says what follows from it."""
        error = str(self.body.get("error", f"the daemon answered {self.status}"))
        return [*map(str, self.body.get("problems", ())), error]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: Body | None = None
    within_s: float = READ_WITHIN_S

    def encoded(self) -> bytes:
        target = self.path + (f"?{urlencode(self.query)}" if self.query else "")
        body = (
            b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode("utf-8", "backslashreplace")
        )
        head = [f"{self.method} {target} HTTP/1.1", "Host: nigehban", "Connection: close"]
        if self.body is not None:
            head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*head, "", ""]).encode("ascii") + body


def ask(question: Question, *, environ: Mapping[str, str], state: Path) -> Answer:
    """Put `question` to the daemon of `state`.

    Raises NobodyAnswersError, NotAllowedError (with what would be right) and NoAnswerError.
    """
    refused: NotAllowedError | None = None
    for place in places(environ, state):
        try:
            return _ask_at(place, question)
        except NobodyAnswersError:
            continue
        except NotAllowedError as error:
            refused = refused or error
    raise refused or NobodyAnswersError("the daemon is not running")


def places(environ: Mapping[str, str], state: Path) -> Iterator[Path]:
    """Where a daemon may answer: as NIGEHBAN_SOCKET says, else beside its state, else as a service of the system."""
    if told := environ.get("NIGEHBAN_SOCKET"):
        yield Path(told)
        return
    yield state / SOCKET_NAME
    nobodys = {name: value for name, value in environ.items() if name in {"HOME", "XDG_STATE_HOME"}}
    if state == default_state_dir(nobodys):  # nobody named a state
        yield SYSTEM_SOCKET


def _ask_at(place: Path, question: Question) -> Answer:
    passed_s = time_since()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(question.within_s)
        _connect(sock, place)
        try:
            sock.sendall(question.encoded())
            received = bytearray()
            while chunk := sock.recv(_CHUNK_BYTES):
                received += chunk
                sock.settimeout(max(question.within_s - passed_s(), 0.001))
                if len(received) > MAX_ANSWER_BYTES:
                    raise NoAnswerError("the daemon's answer has no end")
        except TimeoutError:
            raise NoAnswerError(f"the daemon gave no answer within {question.within_s:g} s") from None
        except OSError as error:
            raise NoAnswerError(f"the daemon broke off: {error.strerror or error}") from error
    return _answer(bytes(received))


def _connect(sock: socket.socket, place: Path) -> None:
    if _is_too_long(place) and place.is_symlink():
        place = place.readlink()
    if _is_too_long(place):  # no daemon could listen there
        raise NobodyAnswersError("the daemon is not running")
    try:
        sock.connect(str(place))
    except PermissionError as error:
        raise NotAllowedError(
            f"{place} is for members of its group: join it (sudo usermod -aG nigehban USER, log in anew) or use sudo"
        ) from error
    except TimeoutError:
        raise NoAnswerError("the daemon takes no questions now") from None
    except OSError as error:
        if error.errno == errno.EAGAIN:
            raise NoAnswerError("the daemon takes no questions now: too many ask at once") from None
        raise NobodyAnswersError(str(place)) from error


def _is_too_long(place: Path) -> bool:
    return len(os.fsencode(place)) > MAX_PATH_BYTES


class _Received:
    """As much of a socket as http.client reads an answer from."""

    def __init__(self, received: bytes) -> None:
        self._file = io.BytesIO(received)

    def makefile(self, _mode: str) -> io.BytesIO:
        return self._file


def _answer(received: bytes) -> Answer:
    response = http.client.HTTPResponse(_Received(received))  # type: ignore[arg-type]  # it uses no more of a socket
    try:
        response.begin()
        text = response.read()
    except (http.client.HTTPException, ValueError) as error:
        raise NoAnswerError("the daemon broke off before it had answered") from error
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise NoAnswerError(f"the daemon answered {response.status} {response.reason}")
    return Answer(response.status, body)
