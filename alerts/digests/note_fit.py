"""What fits on one sheet of A4: texts go on in the next line, and rows for which no line is left are left off. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from alerts.digests.note_room import lines_of, shortened
from alerts.digests.note_words import Part
from alerts.route import Language

#: Lines of A4 beside title and headings, as watchdog/web/static/note.css sets them.
LINES: Final[Mapping[Language, int]] = {Language.ENGLISH: 56, Language.URDU: 39}
#: Columns in millimetres; None takes the rest.
COLUMNS_MM: Final[Mapping[Part, tuple[int | None, ...]]] = {
    Part.INCIDENTS: (38, 38, None),
    Part.BILLS: (34, None, 56, 26, 30),
    Part.PAYEES: (52, None, 38),
    Part.DEADLINES: (30, None, 30),
    Part.DUTY: (40, 60, None),
}
SHEET_MM: Final = 190
#: The most lines that one cell takes, from generous to mean: the next is tried where a section would have no row.
CAPS: Final = (12, 6, 4, 3, 2, 1)
_PADDING_MM: Final = 1.5
_UNDER_MM: Final = SHEET_MM - 4.5
_FRAME_MM: Final = 6
#: Beside the title.
_ESTATE_MM: Final = 80
_IN_A_TURN: Final[Mapping[Part, int]] = {Part.BILLS: 2}


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[str, ...]
    under: str = ""
    """Below them, across all columns."""
    presses: bool = False
    lines: int = 1
    """The most that a cell may take on paper."""
    under_lines: int = 1
    """The most that `under` may take."""

    @property
    def height(self) -> int:
        return self.lines + (self.under_lines if self.under else 0)


def laid_out(
    rows: Mapping[Part, Sequence[Row]], heads: Mapping[Part, Sequence[str]], lines: int
) -> Mapping[Part, Sequence[Row]]:
    """The rows that fit into `lines`, each with the lines that it takes. What is left off is counted in a line of its
    section; a text is shortened only where a section with rows would have none on the sheet.
    """
    room = lines - sum(_head_lines(part, heads[part]) - 1 for part, found in rows.items() if found)
    sized = {part: [_sized(part, row) for row in found[: max(room, 0)]] for part, found in rows.items()}
    for cap in CAPS[:-1]:
        shown = _shown(sized, rows, cap, room)
        if all(shown[part] for part, found in rows.items() if found):
            return shown
    return _shown(sized, rows, CAPS[-1], room)


def _shown(
    sized: Mapping[Part, Sequence[Row]], rows: Mapping[Part, Sequence[Row]], cap: int, lines: int
) -> Mapping[Part, Sequence[Row]]:
    capped = {part: [_capped(row, cap) for row in found] for part, found in sized.items()}
    given = _given(capped, rows, lines)
    return {part: [_shortened(part, row) for row in found[: given[part]]] for part, found in capped.items()}


def _given(sized: Mapping[Part, Sequence[Row]], rows: Mapping[Part, Sequence[Row]], lines: int) -> Mapping[Part, int]:
    """All rows where they fit; otherwise those for which there is room beside the lines that count the rest."""
    heights = {part: [row.height for row in found] for part, found in sized.items()}
    all_of_them = {part: len(found) for part, found in rows.items()}
    if sum(map(len, sized.values())) == sum(all_of_them.values()) and sum(map(sum, heights.values())) <= lines:
        return all_of_them
    return shares(heights, lines - sum(map(bool, all_of_them.values())))


def frame_lines(estate: str, lead: str, warnings: Sequence[str], foot: Sequence[str]) -> int:
    """Lines of what stands above and below the sections, beside one of the title, which shares it with the estate."""
    framed = sum(1 + lines_of(one, SHEET_MM - _FRAME_MM, bold=True) for one in warnings)
    above = lines_of(estate, _ESTATE_MM, bold=True) - 1 + lines_of(lead, SHEET_MM, bold=True)
    return above + framed + sum(lines_of(one, SHEET_MM) for one in foot)


def shares(heights: Mapping[Part, Sequence[int]], lines: int) -> Mapping[Part, int]:
    """How many rows of each section fit into `lines`. They take turns, so that what was found wrong does not crowd out
    who is on duty; bills have two in a turn.
    """
    given = dict.fromkeys(heights, 0)
    room = lines
    for turn in range(1, 1 + max(map(len, heights.values()), default=0)):
        for part, each in heights.items():
            while given[part] < min(len(each), turn * _IN_A_TURN.get(part, 1)) and each[given[part]] <= room:
                room -= each[given[part]]
                given[part] += 1
    return given


def _sized(part: Part, row: Row) -> Row:
    columns = zip(row.cells, _widths(part), strict=True)
    lines = max(lines_of(cell, width, bold=row.presses) for cell, width in columns)
    return replace(row, lines=lines, under_lines=lines_of(row.under, _UNDER_MM))


def _capped(row: Row, lines: int) -> Row:
    return replace(row, lines=min(lines, row.lines), under_lines=min(lines, row.under_lines))


def _shortened(part: Part, row: Row) -> Row:
    columns = zip(row.cells, _widths(part), strict=True)
    cells = tuple(shortened(cell, width, row.lines, bold=row.presses) for cell, width in columns)
    return replace(row, cells=cells, under=shortened(row.under, _UNDER_MM, row.under_lines))


def _head_lines(part: Part, head: Sequence[str]) -> int:
    return max(lines_of(label, width, bold=True) for label, width in zip(head, _widths(part), strict=True))


def _widths(part: Part) -> Sequence[float]:
    """Of what may stand in each column."""
    rest = SHEET_MM - sum(width or 0 for width in COLUMNS_MM[part])
    return [(width or rest) - _PADDING_MM for width in COLUMNS_MM[part]]
