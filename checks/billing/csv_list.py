"""A list of bills in a file, read within the time of a run."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from checks.billing.csv_records import MAX_BYTES
from checks.billing.csv_rows import KnownIds, parse_bills
from checks.billing.refusal import WHOLE_FILE, refused
from checks.invoice import Invoice
from checks.plugin import CheckContext
from checks.regular_file import open_regular

#: Of the run's time, so that what is on record is judged before the run is cut.
_READING_SHARE = 0.75


async def read_within_time(path: Path, ctx: CheckContext) -> Sequence[Invoice]:
    """A list on a share that hangs is one that cannot be read, so its bills go on to be judged. The thread stays.

    Raises BillsRefusedError.
    """
    patience_s = ctx.timeout_s * _READING_SHARE
    try:
        async with asyncio.timeout(patience_s):
            return await asyncio.to_thread(_read_list, path, ctx)
    except TimeoutError:
        raise refused(1, WHOLE_FILE, f"not read within {patience_s:g} s") from None


def _read_list(path: Path, ctx: CheckContext) -> Sequence[Invoice]:
    estate = ctx.estate
    known = KnownIds(vendors=set(estate.vendors), services=set(estate.services), offices=set(estate.offices))
    return parse_bills(_read_file(path), today=ctx.calendars.of(None).local_date(ctx.now), known=known)


def _read_file(path: Path) -> bytes:
    """The bytes of a regular file, one more than allowed at most. Raises BillsRefusedError."""
    try:
        with open_regular(path) as handle:
            before = os.fstat(handle.fileno())
            raw = handle.read(MAX_BYTES + 1)
            after = os.fstat(handle.fileno())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise refused(1, WHOLE_FILE, f"cannot be read: {reason}") from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise refused(1, WHOLE_FILE, "being written just now; put a finished file in its place")
    return raw
