"""The archive that a sheet is: looked over before anything in it is unpacked."""

import io
import struct
import zipfile
import zlib
from typing import IO, Final

from checks.billing.intake.limits import (
    MAX_ENTRIES,
    MAX_FILE_BYTES,
    MAX_PART_BYTES,
    MAX_RATIO,
    MAX_UNPACKED_BYTES,
    RATIO_FROM_BYTES,
)
from checks.billing.refusal import WHOLE_FILE, BillsRefusedError, refused

ZIP_START: Final = b"PK\x03\x04"
#: Old Excel files and encrypted sheets (MS-CFB, 2.2).
COMPOUND_START: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: What a damaged archive makes the standard library raise (NotImplementedError is a RuntimeError).
UNPACK_ERRORS: Final = (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, RuntimeError, struct.error)
_ENCRYPTED: Final = 0x1
_MIB: Final = 1024 * 1024


class SheetZip:
    """Parts of a sheet by name. Raises BillsRefusedError for one that is over a limit or does what no list needs."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) > MAX_FILE_BYTES:
            raise _no(f"larger than {MAX_FILE_BYTES // _MIB} MiB; split it")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        except UNPACK_ERRORS:
            raise _no("damaged: the sheet cannot be unpacked; save it anew") from None
        self._sizes: dict[str, int] = {}
        infos = self._zip.infolist()
        if len(infos) > MAX_ENTRIES:
            raise _no(f"more than {MAX_ENTRIES:,} parts; a list of bills has a dozen")
        for info in infos:
            self._look_over(info)
        if sum(self._sizes.values()) > MAX_UNPACKED_BYTES:
            raise _no(f"unpacks to more than {MAX_UNPACKED_BYTES // _MIB} MiB; split it, or save it as CSV")

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._sizes)

    def part(self, name: str) -> bytes:
        """A small part, whole; nothing where there is none."""
        if name not in self._sizes:
            return b""
        if self._sizes[name] > MAX_PART_BYTES:
            raise _no(f"its {name.rpartition('/')[2]} is larger than {MAX_PART_BYTES // _MIB} MiB")
        with self.opened(name) as handle:
            return self._read(handle, MAX_PART_BYTES)

    def opened(self, name: str) -> IO[bytes]:
        if name not in self._sizes:
            raise _no("damaged: a part that it names is not there; save it anew")
        try:
            return self._zip.open(name)
        except UNPACK_ERRORS:
            raise damaged() from None

    def _look_over(self, info: zipfile.ZipInfo) -> None:
        name = info.filename
        if info.flag_bits & _ENCRYPTED:
            raise _no("protected by a password; save it without")
        if name in self._sizes:
            raise _no("damaged: it has a part twice; save it anew")
        if "vbaproject" in name.lower():
            raise _no("holds macros; save it as a plain workbook (.xlsx) or as CSV")
        if "externallinks/" in name.lower():
            raise _no("holds links to other workbooks; paste the values alone, then save it anew")
        if info.file_size > RATIO_FROM_BYTES and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise _no(f"unpacks to more than {MAX_RATIO} times its size, as no list of bills does")
        self._sizes[name] = info.file_size

    @staticmethod
    def _read(handle: IO[bytes], most: int) -> bytes:
        try:
            return handle.read(most)
        except UNPACK_ERRORS:
            raise damaged() from None


def damaged() -> BillsRefusedError:
    return _no("damaged: the sheet cannot be unpacked; save it anew")


def _no(problem: str) -> BillsRefusedError:
    return refused(1, WHOLE_FILE, problem)
