"""A process that has read a script once, and lives it through in a child of its own each time it is asked to.

Usage: strace … -e inject=CALL:signal=KILL:when=LAST mortal_child.py SCRIPT. Each line it reads is what
`Mortal.run` asks (`Asked`); it answers with a line. It has no thread and no open database that a child could inherit.
"""

import gc
import json
import os
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final, NoReturn

#: strace counts the calls of each process on its own and kills at this one. A child that shall die sooner first makes
#: so many calls more which change nothing.
LAST: Final = 1000

_CHANGES_NOTHING: Final[Mapping[str, Callable[[int], object]]] = {
    "fdatasync": os.fdatasync,
    "pwrite64": lambda descriptor: os.pwrite(descriptor, b"", 0),
}

Main = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Asked:
    """A life in this folder, ended as it makes that call for the `dies_at`th time."""

    folder: str
    arguments: Sequence[str]
    call: str
    dies_at: int


def spend(call: str, times: int) -> None:
    nothing = os.memfd_create("nothing")
    for _ in range(times):
        _CHANGES_NOTHING[call](nothing)
    os.close(nothing)


def ended(main: Main, asked: Asked) -> int:
    """The code that a program of its own would have ended with."""
    try:
        spend(asked.call, LAST - asked.dies_at)
        main(Path(asked.folder), *asked.arguments)
    except SystemExit as error:
        return int(error.code or 0)
    except BaseException:  # noqa: BLE001 -- as an interpreter does; nothing may return into the parent's loop
        traceback.print_exc()
        return 1
    return 0


def live(main: Main, asked: Asked, outputs: Sequence[int]) -> NoReturn:
    code = 1
    try:
        for number, output in enumerate(outputs, start=1):
            os.dup2(output, number)
        code = ended(main, asked)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def answer(main: Main, asked: Asked) -> Mapping[str, object]:
    """What became of a child, and all that it had said by then."""
    assert threading.active_count() == 1
    outputs = [os.memfd_create(name) for name in ("said", "error")]
    child = os.fork()
    if child == 0:
        live(main, asked, outputs)
    _, status = os.waitpid(child, 0)
    said, error = map(text_of, outputs)
    return {"code": os.waitstatus_to_exitcode(status), "said": said, "error": error}


def text_of(output: int) -> str:
    with open(output, "rb") as file:
        file.seek(0)
        return file.read().decode()


def serve(script: str) -> None:
    main = import_module(script).main
    gc.freeze()  # so that a child's collector does not copy what it shares with its parent
    for line in sys.stdin:
        sys.stdout.write(f"{json.dumps(answer(main, Asked(**json.loads(line))))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve(sys.argv[1])
