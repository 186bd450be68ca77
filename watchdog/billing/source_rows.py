"""Rows of a database or of an interface as the list that they are."""

import csv
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import IO, Any, Final, NoReturn

from checks.billing.intake.amounts import DecimalMark
from checks.billing.intake.columns import REQUIRED
from checks.billing.intake.limits import MAX_COLUMNS, MAX_FILE_BYTES
from checks.billing.intake.request import Layout

MAX_SOURCE_ROWS: Final = 100_000
#: Of one number, before and behind the point; written out, "1e999999999" would fill the memory.
_MAX_FIGURES: Final = 40
#: A moment that names its offset (RFC 3339, section 5.6), as interfaces write days.
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)


class SourceError(Exception):
    """Nothing can be taken from a source; the text says why, and holds nothing secret."""


def as_list(
    headings: Sequence[str], rows: Iterable[Sequence[object]], zone: tzinfo, mark: DecimalMark | None = None
) -> IO[bytes]:
    """A real file of CSV. A moment with an offset is the day that it is in `zone`; numbers are written with `mark`, as
    which texts of the source are read. Raises SourceError.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115  # handed out
    text = io.TextIOWrapper(file, "utf-8", errors="backslashreplace", newline="", write_through=True)
    writer = csv.writer(text)
    try:
        writer.writerow(headings)
        writer.writerows([_text(value, zone, mark) for value in row] for row in _capped(rows, file.tell))
    except BaseException:
        text.close()
        raise
    text.flush()
    text.detach()
    return file


def _capped(rows: Iterable[Sequence[object]], written: Callable[[], int]) -> Iterator[Sequence[object]]:
    for number, row in enumerate(rows, start=1):
        if number > MAX_SOURCE_ROWS:
            raise SourceError(f"more than {MAX_SOURCE_ROWS:,} rows; ask for open bills alone")
        if written() > MAX_FILE_BYTES:
            raise SourceError(f"more than {MAX_FILE_BYTES // 2**20} MiB; ask for open bills alone")
        yield row


def rows_of_json(raw: bytes, pointer: str, zone: tzinfo, layout: Layout | None = None) -> IO[bytes]:
    """The list of objects at `pointer` (RFC 6901) of an answer, as a list in `layout`. Raises SourceError."""
    layout = layout or Layout()
    try:
        found = json.loads(raw, parse_float=_figures, parse_int=_figures, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise SourceError("the answer is no JSON") from None
    rows = _at(found, pointer)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SourceError(f"the answer has no list of objects at {pointer or 'its top'}")
    headings = list(dict.fromkeys(str(key) for row in rows for key in row))
    if len(headings) > MAX_COLUMNS:
        raise SourceError(f"rows of more than {MAX_COLUMNS} different keys are no list of bills")
    if not rows:  # nothing is open: such a list has the headings that it would have
        headings = [*layout.mapping, *(name for name in REQUIRED if name not in layout.mapping.values())]
    return as_list(headings, ([row.get(name) for name in headings] for row in rows), zone, layout.mark)


def _figures(text: str) -> Decimal:
    if len(text) > 2 * _MAX_FIGURES:
        raise _too_long()
    return _bounded(Decimal(text))


def _refused(_text: str) -> NoReturn:
    """NaN and the infinities, which RFC 8259 does not have."""
    raise ValueError


def _bounded(number: Decimal) -> Decimal:
    """What can be written out without an exponent. Raises SourceError."""
    _, digits, exponent = number.as_tuple()
    if isinstance(exponent, int) and (len(digits) > 2 * _MAX_FIGURES or abs(exponent) > _MAX_FIGURES):
        raise _too_long()
    return number


def _too_long() -> SourceError:
    return SourceError(f"a row holds a number of more than {_MAX_FIGURES} figures, which is no amount")


def _at(found: Any, pointer: str) -> Any:  # noqa: ANN401  # any JSON
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, Mapping):
            found = found.get(name)
        elif isinstance(found, list) and name.isascii() and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        else:
            return None
    return found


def _text(value: object, zone: tzinfo, mark: DecimalMark | None) -> str:
    """Days as days, numbers with the fewest figures that name them."""
    match value:
        case None:
            return ""
        case date():
            return _day(value, zone) if isinstance(value, datetime) else value.isoformat()
        case Decimal():
            return _written(f"{_bounded(value):f}", mark)
        case bool():
            return str(value).upper()
        case str():
            return _day_of(value, zone) if _MOMENT.fullmatch(value) else value
        case int() if abs(value) >= 10**_MAX_FIGURES:
            raise _too_long()
        case int() | float():
            return _written(str(value), mark)
        case _:
            raise SourceError("a row holds what is neither text nor a number nor a day")


def _written(figures: str, mark: DecimalMark | None) -> str:
    """The point of a number is never a mark of thousands."""
    return figures.replace(".", ",") if mark is DecimalMark.COMMA else figures


def _day(at: datetime, zone: tzinfo) -> str:
    """What names no offset is meant as it stands."""
    try:
        return (at if at.tzinfo is None else at.astimezone(zone)).date().isoformat()
    except OverflowError:
        raise SourceError("a row holds a day that no calendar has") from None


def _day_of(text: str, zone: tzinfo) -> str:
    """What is no moment after all stays as it is, and is refused where a day is wanted."""
    try:
        return _day(datetime.fromisoformat(text.upper()), zone)
    except ValueError:
        return text
