"""Reads one notice in a process of its own, which may use little memory and time, and nothing outside itself.

On standard input comes the file; on standard output goes one JSON object: {"text": …} or {"refused": …}.
"""

import contextlib
import json
import logging
import resource
import sys
import warnings

# Whatever reading needs is imported now: afterwards nothing can be opened any more.
from encodings import ascii as ascii_codec
from encodings import cp1252, cp1256, idna, iso8859_6, latin_1, punycode, utf_8_sig, utf_16, utf_16_be, utf_16_le
from typing import Final

from checks.billing.intake.notice_text import MAX_FILE_BYTES, NoticeRefusedError, text_of

MEMORY_BYTES: Final = 384 * 1024 * 1024
CPU_S: Final = 10

_CODECS: Final = (
    ascii_codec,
    cp1252,
    cp1256,
    idna,
    iso8859_6,
    latin_1,
    punycode,
    utf_8_sig,
    utf_16,
    utf_16_be,
    utf_16_le,
)


def main() -> int:
    """0 read, or refused in words; anything else is trouble of the process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    raw = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    with contextlib.suppress(ImportError):
        import pypdf  # noqa: F401, PLC0415  # an extra
    # No file, no socket, no process from here on: every one of them needs a descriptor.
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    warnings.simplefilter("ignore")
    logging.disable()
    sys.stdout.write(json.dumps(_answer(raw)))
    return 0


def _answer(raw: bytes) -> dict[str, str]:
    try:
        return {"text": text_of(raw)}
    except NoticeRefusedError as error:
        return {"refused": str(error)}
    except (MemoryError, RecursionError):
        return {"refused": "it takes more to read than a notice may; save it as text"}
    except Exception:  # noqa: BLE001  # whatever a hostile file does to a reader
        return {"refused": "it cannot be read; save it as text, or type what it says"}


if __name__ == "__main__":
    sys.exit(main())
