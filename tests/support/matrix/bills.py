"""Lists of bills that are no lists: what may lie at a path."""

import os
from collections.abc import Callable
from pathlib import Path

from tests.support.matrix import faces
from tests.support.matrix.grid import Face, Grid, Peer, Place, Row, Stage

_HEADER = b"vendor,number,amount,due\n"
_BILL = b"acme,INV-%d,134000.00 PKR,2090-12-01\n"
_GIB = 1 << 30


def _at(make: Callable[[Path], object]) -> Peer:
    """What `make` puts at a path of its own."""

    def put_up(stage: Stage, _face: Face) -> Place:
        path = stage.folder / f"bills-{len(list(stage.folder.iterdir()))}.csv"
        make(path)
        return str(path)

    return put_up


def _holding(content: bytes) -> Peer:
    return _at(lambda path: path.write_bytes(content))


def _hole(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(_GIB)


BILLS = Grid(
    title="What lies where the bills should be",
    faces=[faces.BILLS],
    rows=[
        Row("a list", _holding(_HEADER + _BILL % 7)),
        Row("nothing", _at(lambda _path: None)),
        Row("an empty file", _holding(b"")),
        Row("a folder", _at(Path.mkdir)),
        Row("a named pipe nobody writes to", _at(os.mkfifo)),
        Row("a device", _at(lambda path: path.symlink_to("/dev/zero"))),
        Row("a link to itself", _at(lambda path: path.symlink_to(path))),
        Row("a file of 1 GB", _at(_hole)),
        Row("binary", _holding(bytes(range(256)) * 1000)),
        Row("another encoding", _holding((_HEADER + _BILL % 7).decode().encode("utf-16"))),
        Row("a page of HTML", _holding(b"<!doctype html><title>Sign in</title>")),
        Row("60,000 rows", _holding(_HEADER + b"".join(_BILL % number for number in range(60_000)))),
        Row("a cell of 4 MB", _holding(_HEADER + b"acme," + b"x" * (4 << 20) + b",5 PKR,2090-12-01\n")),
        Row("a quotation mark that is not closed", _holding(_HEADER + b'acme,"1' + _BILL % 7 * 10_000)),
        Row("50,000 rows that are all wrong", _holding(_HEADER + b"acme,,5,x\n" * 50_000)),
        Row("commas without end", _holding(b"," * (4 << 20))),
    ],
)
