"""Lists are read in a process of their own: whatever a file does to its reader, the watchdog goes on."""

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any, Final

from checks.billing.intake.request import Exported, Known, Layout, ReadBill, asked_json, bill_of
from checks.billing.refusal import WHOLE_FILE, BadCell, BillsRefusedError, refused

#: Of one list, from the start of its process to its end.
READ_WITHIN_S: Final = 30.0
_CHILD: Final = "checks.billing.intake.child"
_TOO_MUCH: Final = (
    "could not be read within 30 s and 256 MB, which is enough for a list of bills; split it, or save it as CSV"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the reader of a list says. `bills` come one by one, and raise BillsRefusedError where they break off."""

    bills: Iterator[ReadBill]
    unread: Sequence[str]
    """Headings and sheets that nobody reads."""
    exported: Exported | None


@contextlib.asynccontextmanager
async def read_apart(file: IO[bytes], layout: Layout, known: Known, today: date) -> AsyncIterator[IO[bytes]]:
    """What the reader of `file`, a real one, has to say: for `heard`. Raises BillsRefusedError."""
    asked = json.dumps(asked_json(layout, known, today)).encode()
    with tempfile.TemporaryFile() as said:
        if await _run(asked, file, said) != 0:
            raise refused(1, WHOLE_FILE, _TOO_MUCH)
        yield said


def heard(said: IO[bytes]) -> Heard:
    """Raises BillsRefusedError with all that is wrong with the list."""
    said.seek(0)
    lines: Iterator[dict[str, Any]] = map(json.loads, said)
    first: dict[str, Any] = next(lines, {"refused": [[1, WHOLE_FILE, _TOO_MUCH]]})
    if "refused" in first:
        raise BillsRefusedError([BadCell(row, column, problem) for row, column, problem in first["refused"]])
    exported = first["exported"]
    return Heard(
        bills=_bills(lines),
        unread=first["unread"],
        exported=None if exported is None else Exported(head=exported["head"], stages=exported["stages"]),
    )


def _bills(lines: Iterator[dict[str, Any]]) -> Iterator[ReadBill]:
    for found in lines:
        if "end" in found:
            return
        yield bill_of(found)
    raise refused(1, WHOLE_FILE, _TOO_MUCH)


async def _run(asked: bytes, file: IO[bytes], said: IO[bytes]) -> int:
    """Its exit code. It is gone when this returns, however it returns."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-s", "-m", _CHILD, str(file.fileno())),
        stdin=asyncio.subprocess.PIPE,
        stdout=said,
        stderr=asyncio.subprocess.DEVNULL,
        pass_fds=(file.fileno(),),
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    try:
        async with asyncio.timeout(READ_WITHIN_S):
            await process.communicate(asked)
    except TimeoutError:
        return -1
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return process.returncode if process.returncode is not None else -1


def problem_objects(problems: tuple[BadCell, ...]) -> Iterator[dict[str, object]]:
    """For scripts."""
    return ({"row": one.row, "column": one.column, "problem": one.problem} for one in problems)
