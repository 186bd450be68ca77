"""The daily note as text, for a terminal or a line printer."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from alerts.digests.note_fit import Row
from alerts.digests.note_sheet import Sheet
from alerts.digests.note_words import NOTE_WORDS
from alerts.route import Language
from alerts.words.escape import one_line, wrapped_lines

_TEXT_LINE_CHARS: Final = 100
_HANGING: Final = "   "


def sheet_text(sheet: Sheet) -> str:
    """What stands on `sheet`; a line of English is at most 100 characters long."""
    lines = [sheet.estate, sheet.title, *sheet.warnings, *sheet.lead]
    parting = NOTE_WORDS[sheet.language].parting
    for section in sheet.sections:
        numbered = enumerate(section.rows, start=1)
        rows = [line for place, row in numbered for line in _row_lines(place, row, section.head, parting)]
        lines += ["", section.title, *(rows or [f"  {section.nothing}"])]
        lines += [f"  {section.more}"] if section.more else []
    lines += ["", *sheet.foot]
    wrap: Callable[[str], Sequence[str]] = _wrapped if sheet.language is Language.ENGLISH else lambda line: [line]
    return "\n".join(part for line in lines for part in (wrap(line) if line else [""]))


def _row_lines(place: int, row: Row, head: Sequence[str], parting: str) -> Iterator[str]:
    first, *others = row.cells
    named = [f"{label}: {cell}" for label, cell in zip(head[1:], others, strict=True) if cell]
    yield parting.join([f"{place}. {first}", *named])
    if row.under:
        yield f"   {row.under}"


def _wrapped(line: str) -> Sequence[str]:
    """What goes on in the next line stands below the words of a row, not below its number."""
    inner = line.lstrip()
    indent = " " * (len(line) - len(inner))
    first, *rest = wrapped_lines(one_line(inner, 2000), _TEXT_LINE_CHARS - len(indent) - len(_HANGING)) or [""]
    return [f"{indent}{first}", *(f"{indent or _HANGING}{part}" for part in rest)]
