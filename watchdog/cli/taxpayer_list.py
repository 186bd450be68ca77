"""`nigehban vendors import-list`: a downloaded list is read in a process of its own and handed to the daemon in pieces.

Nothing of it counts before all of it has come; whatever goes wrong meanwhile leaves the former list in force.
"""

import hashlib
import json
import subprocess
import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from checks.billing.payee.list_reading import ListRefusedError
from checks.ledger.taxpayers import ListKind
from checks.regular_file import open_regular
from watchdog.api.client import Answer, Question
from watchdog.cli.asking import DONE, REFUSED, USAGE, put, refused, say
from watchdog.cli.asking import show as show_answer

#: A body may have 64 KiB.
_PIECE_BYTES: Final = 48_000
_PIECE_ROWS: Final = 4_000
_BLOCK_BYTES: Final = 1024 * 1024
_WITHIN_S: Final = 40.0
#: The rows of the list before it go meanwhile.
_END_WITHIN_S: Final = 120.0
_CHILD: Final = "checks.billing.payee.list_child"
_OPTIONS: Final = {"listed_on": "--list-date", "kind": "--kind", "force": "--force"}


@dataclass(frozen=True, slots=True)
class _Stopped(Exception):  # noqa: N818  # an answer, not a failure
    """The daemon does not take it."""

    answer: Answer | None


def import_list(
    file: Path,
    list_date: str,
    kind: str,
    *,
    force: bool = False,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    as_json: bool,
) -> int:
    """0 in force; 1 refused, and the former list stays; 2 wrong usage."""
    del config  # the daemon has its own
    if kind not in {one.value for one in ListKind}:
        return say(f"--kind: must be one of {', '.join(one.value for one in ListKind)}", USAGE)
    daemon = _Daemon(environ, state)
    try:
        with open_regular(file) as handle:
            digest = _digest(handle)
            body: dict[str, object] = {"kind": kind, "listed_on": list_date, "sha256": digest, "force": force}
            body["source"] = file.name[:300]
            id_ = str(daemon.told("/v1/taxpayers", body).body["id"])
            for piece in _pieces(_read_apart(handle, kind)):
                daemon.told(f"/v1/taxpayers/{id_}/rows", {"rows": piece})
            answer = daemon.told(f"/v1/taxpayers/{id_}/end", {"force": force}, within_s=_END_WITHIN_S)
    except OSError as error:
        return say(f"{file} cannot be read: {error.strerror or type(error).__name__}", USAGE)
    except ListRefusedError as error:
        return say(f"{file}: {error}; the list before it stays in force", REFUSED)
    except _Stopped as error:
        return refused(error.answer, as_json=as_json, options=_OPTIONS)
    return show_answer(answer, as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Daemon:
    environ: Mapping[str, str]
    state: Path

    def told(self, path: str, body: Mapping[str, object] | None, within_s: float = _WITHIN_S) -> Answer:
        """Raises _Stopped."""
        answer = put(Question(method="POST", path=path, body=body, within_s=within_s), self.environ, self.state)
        if answer is None or not answer.is_ok:
            raise _Stopped(answer)
        return answer


def _digest(handle: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := handle.read(_BLOCK_BYTES):
        digest.update(block)
    return digest.hexdigest()


def _read_apart(handle: IO[bytes], kind: str) -> Iterator[tuple[str, str]]:
    """Numbers and names. The process is gone when this ends, however it ends. Raises ListRefusedError."""
    command = [sys.executable, "-I", "-m", _CHILD, str(handle.fileno()), kind]
    with subprocess.Popen(  # noqa: S603  # our own reader, by the interpreter that runs
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(handle.fileno(),),
        env={},
    ) as child:
        try:
            end = yield from _heard(child.stdout)
        finally:
            child.kill()
    if end is None:
        raise ListRefusedError("could not be read within 60 s and 256 MB; save it as CSV")
    if "refused" in end:
        raise ListRefusedError(str(end["refused"]))
    if end["inactive"]:
        say(f"{end['inactive']:,} rows are not active by their status: left out", DONE)
    if end["unread"]:
        say(f"{end['unread']:,} rows have no number, the first is row {end['first_unread']}: left out", DONE)


def _heard(lines: IO[bytes] | None) -> Generator[tuple[str, str], None, dict[str, Any] | None]:
    """Answers how it ended; None where it broke off."""
    for line in lines or ():
        found: Any = json.loads(line)
        if isinstance(found, dict):
            return found
        yield found[0], found[1]
    return None


def _pieces(rows: Iterator[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    """As much as one body holds."""
    piece: list[tuple[str, str]] = []
    size = 0
    for row in rows:
        cost = len(json.dumps(row)) + 2
        if piece and (size + cost > _PIECE_BYTES or len(piece) >= _PIECE_ROWS):
            yield piece
            piece, size = [], 0
        piece.append(row)
        size += cost
    if piece:
        yield piece
