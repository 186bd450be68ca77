"""Reads one list of active taxpayers in a process of its own, which may use little memory and time, and nothing else.

Arguments are the descriptor of the file and the kind of list; on standard output goes one JSON value a line: pairs of
number and name, then an object that ends the list or says why it is refused.
"""

import codecs
import io
import json
import os
import resource
import sys
from collections.abc import Iterator, Sequence

# Whatever decoding needs is imported now: afterwards nothing can be opened any more.
from encodings import cp437, utf_8_sig, utf_16, utf_16_be, utf_16_le
from typing import IO, Final

from checks.billing.intake.sheet_table import SheetBook
from checks.billing.intake.sheet_zip import COMPOUND_START, ZIP_START
from checks.billing.payee.list_reading import ListRefusedError, ListRows, Row, csv_rows
from checks.billing.refusal import BillsRefusedError
from checks.ledger.taxpayers import ListKind

MEMORY_BYTES: Final = 256 * 1024 * 1024
CPU_S: Final = 60
MAX_FILE_BYTES: Final = 256 * 1024 * 1024
#: A workbook is read from memory.
MAX_BOOK_BYTES: Final = 32 * 1024 * 1024

#: Behind standard input, output and error.
_PLACE: Final = 3
_CODECS: Final = (cp437, utf_8_sig, utf_16, utf_16_be, utf_16_le)
_LONGEST_LINE: Final = 64 * 1024


def main(arguments: Sequence[str]) -> int:
    """0 read, or refused in words; anything else is trouble of the process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    descriptor, kind = int(arguments[0]), ListKind(arguments[1])
    with os.fdopen(os.dup2(descriptor, _PLACE), "rb") as handle:
        # No file, no socket, no process from here on: every one of them needs a descriptor.
        resource.setrlimit(resource.RLIMIT_NOFILE, (_PLACE + 1, _PLACE + 1))
        for line in _answer(handle, kind):
            sys.stdout.write(json.dumps(line, separators=(",", ":"), ensure_ascii=True) + "\n")
        sys.stdout.flush()
    return 0


def _answer(handle: IO[bytes], kind: ListKind) -> Iterator[object]:
    try:
        found = ListRows(_rows(handle), kind)
        yield from found
    except ListRefusedError as error:
        yield {"refused": str(error)}
    except BillsRefusedError as error:
        yield {"refused": str(error.problems[0])}
    except MemoryError:
        yield {"refused": "takes more memory to read than 256 MB; save it as CSV"}
    else:
        yield {
            "read": found.read,
            "unread": found.unread,
            "first_unread": found.first_unread,
            "inactive": found.inactive,
        }


def _rows(handle: IO[bytes]) -> Iterator[Row]:
    size = os.fstat(handle.fileno()).st_size
    handle.seek(0)
    start = handle.read(512)
    handle.seek(0)
    if start.startswith(ZIP_START):
        if size > MAX_BOOK_BYTES:
            raise ListRefusedError(f"a workbook of over {MAX_BOOK_BYTES // 2**20} MiB; save it as CSV")
        book = SheetBook(handle.read())
        return book.rows(book.chosen(None))
    if size > MAX_FILE_BYTES:
        raise ListRefusedError(f"larger than {MAX_FILE_BYTES // 2**20} MiB")
    _refuse_strange(start)
    encoding = "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    # Names are advice; a damaged letter in one must not keep the numbers out.
    return csv_rows(_lines(io.TextIOWrapper(handle, encoding, errors="replace", newline="")))


def _refuse_strange(start: bytes) -> None:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(COMPOUND_START):
        raise ListRefusedError("an old Excel file (.xls), or one with a password; save it as .xlsx or CSV")
    if text.startswith(b"%PDF"):
        raise ListRefusedError("a PDF; download the list as a sheet")
    if text.startswith(b"<"):
        raise ListRefusedError("a web page or XML, whatever it is called; open it and save it as .xlsx or CSV")
    if not text:
        raise ListRefusedError("empty")


def _lines(handle: io.TextIOWrapper) -> Iterator[str]:
    """A file without line ends is none of lines."""
    while line := handle.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE and not line.endswith("\n"):
            raise ListRefusedError(f"a line of over {_LONGEST_LINE:,} characters; is this a list?")
        yield line


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
