"""Reads one list in a process of its own, which may use little memory and time, and nothing outside itself.

On standard input comes what is asked (JSON), as a number the descriptor of the file; on standard output goes one JSON
object a line: what is to be known of the list, bills, their number; or the list of problems alone.
"""

import json
import os
import resource
import sys
from collections.abc import Iterator, Sequence

# Whatever decoding needs is imported now: afterwards nothing can be opened any more.
from encodings import cp437, cp1252, cp1256, utf_8_sig, utf_16, utf_16_be, utf_16_le
from typing import Any, Final

from checks.billing.intake.limits import MAX_FILE_BYTES
from checks.billing.intake.reading import read_bills
from checks.billing.intake.request import ReadList, asked_of, bill_json
from checks.billing.refusal import WHOLE_FILE, BillsRefusedError

MEMORY_BYTES: Final = 256 * 1024 * 1024
CPU_S: Final = 25
OUTPUT_BYTES: Final = 128 * 1024 * 1024

_CODECS: Final = (cp437, cp1252, cp1256, utf_8_sig, utf_16, utf_16_be, utf_16_le)
_CHUNK_BYTES: Final = 1024 * 1024


def main(arguments: Sequence[str]) -> int:
    """0 read, or refused in words; anything else is trouble of the process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = json.load(sys.stdin)
    raw = _whole(int(arguments[0]))
    # No file, no socket, no process from here on: every one of them needs a descriptor.
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    for line in _answer(asked, raw):
        sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
    sys.stdout.flush()
    return 0


def _whole(descriptor: int) -> bytes:
    """At most one byte more than a list may have."""
    with os.fdopen(descriptor, "rb") as handle:
        handle.seek(0)
        return handle.read(MAX_FILE_BYTES + 1)


def _answer(asked: dict[str, Any], raw: bytes) -> Iterator[dict[str, Any]]:
    try:
        found = read_bills(raw, *asked_of(asked))
    except BillsRefusedError as error:
        yield {"refused": [[one.row, one.column, one.problem] for one in error.problems]}
        return
    except MemoryError:
        yield {
            "refused": [
                [1, WHOLE_FILE, "takes more memory to read than a list of bills may; split it, or save it as CSV"]
            ]
        }
        return
    yield _begin(found)
    yield from map(bill_json, found.bills)
    yield {"end": len(found.bills)}


def _begin(found: ReadList) -> dict[str, Any]:
    exported = None
    if found.exported is not None:
        exported = {"head": found.exported.head, "stages": dict(found.exported.stages)}
    return {"unread": list(found.unread), "exported": exported}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
