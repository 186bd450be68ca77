"""How many lines a text takes on paper, in the widest font that a browser may print it with. Pure."""

import re
import unicodedata
from bisect import bisect_right
from math import ceil
from typing import Final

from alerts.words.bidi import FIRST_STRONG, LEFT_TO_RIGHT, POP

_PT_PER_MM: Final = 72 / 25.4
_FONT_PT: Final = 8
_BOLD: Final = 1.13
_CUT: Final = "…"
#: What begins no word and ends none: what stood before a text was cut.
_LOOSE: Final = " ,;:-،؛"

#: Widths in parts of the font's size, as DejaVu Sans has them: no other font that note.css names is wider.
_NARROW: Final = (("'ijlIJ .,", 0.33), ("f:;|-/\\", 0.38), ('rt!()[]"', 0.45), ("sz_*cL?", 0.55))
_BROAD: Final = (("GDHNUOQ", 0.8), ("w&M#+=<>", 0.86), ("m%W@…", 1.0), ("اآل،؛۔", 0.36), ("سشصض", 0.9))
_WIDTHS: Final = {mark: width for marks, width in (*_NARROW, *_BROAD) for mark in marks}
_SMALL, _CAPITAL, _ARABIC, _OTHER = 0.64, 0.71, 0.53, 1.0
_OPENING: Final = re.compile(f"[{LEFT_TO_RIGHT}{FIRST_STRONG}]")
_ARABIC_BLOCKS: Final = "\u0600", "\u08ff"


def lines_of(text: str, width_mm: float, *, bold: bool = False) -> int:
    """At least one. Lines break at spaces alone, and within a word only where it is longer than a line; a browser that
    breaks elsewhere too needs no more of them.
    """
    room = width_mm * _PT_PER_MM / _FONT_PT / (_BOLD if bold else 1.0)
    space, lines, used = _width(" "), 1, 0.0
    for word in text.split():
        width = sum(map(_width, word))
        if used and used + space + width <= room:
            used += space + width
            continue
        lines += 1 if used else 0
        further = max(0, ceil(width / room) - 1)
        lines += further
        used = width - further * room
    return lines


def whole_words(text: str, max_chars: int) -> str:
    """`text`, cut behind a word where it is longer."""
    if len(text) <= max_chars:
        return text
    kept = text[: max_chars - len(_CUT) + 1].rpartition(" ")[0] or text[: max_chars - len(_CUT)]
    return kept.rstrip(_LOOSE) + _CUT


def shortened(text: str, width_mm: float, lines: int, *, bold: bool = False) -> str:
    """As many whole words of `text` as `lines` hold. Isolates that are cut open are closed."""
    if lines_of(text, width_mm, bold=bold) <= lines:
        return text
    lengths = range(1, len(text))
    fits = bisect_right(lengths, lines, key=lambda length: lines_of(whole_words(text, length), width_mm, bold=bold))
    kept = whole_words(text, lengths[max(0, fits - 1)])
    return kept + POP * (len(_OPENING.findall(kept)) - kept.count(POP))


def _width(mark: str) -> float:
    if mark in _WIDTHS:
        return _WIDTHS[mark]
    if mark.isascii():
        return _CAPITAL if mark.isupper() else _SMALL
    if unicodedata.category(mark) in {"Mn", "Cf"}:
        return 0.0
    return _ARABIC if _ARABIC_BLOCKS[0] <= mark <= _ARABIC_BLOCKS[1] else _OTHER
