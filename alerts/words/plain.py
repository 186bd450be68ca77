"""Blocks as plain text, which any reader shows the same."""

from collections.abc import Iterable
from typing import assert_never

from alerts.route import Language
from alerts.words.bidi import LEFT_TO_RIGHT, POP, shown
from alerts.words.blocks import (
    EVIDENCE_CHARS,
    EVIDENCE_LINE_CHARS,
    EVIDENCE_LINES,
    MAX_LABEL_CHARS,
    MAX_VALUE_CHARS,
    Block,
    Choices,
    Grid,
    Quote,
    Row,
    Rows,
    Text,
    Titled,
)
from alerts.words.escape import one_line, quoted_lines, wrapped_lines

#: No line of a message is longer; longer paragraphs go on in the next line.
LINE_CHARS = 400
VALUE_LINE_CHARS = 100

_INDENT = "  "


def plain(blocks: Iterable[Block], language: Language = Language.ENGLISH) -> str:
    """The whole text. In English no line of it is longer than LINE_CHARS; a line of Urdu is never broken, since a
    break inside an isolate would scramble it.
    """
    sheet = _Sheet(language)
    laid_out = [sheet.lines(block) for block in blocks]
    return "\n\n".join("\n".join(lines) for lines in laid_out if lines)


def quoted(said: str) -> list[str]:
    """Evidence line by line, masked, escaped and cut."""
    return quoted_lines(said, max_lines=EVIDENCE_LINES, max_chars=EVIDENCE_CHARS, line_chars=EVIDENCE_LINE_CHARS)


class _Sheet:
    def __init__(self, language: Language) -> None:
        self._isolates = language is Language.URDU

    def lines(self, block: Block) -> list[str]:
        match block:
            case Text(paragraphs):
                return [line for one in paragraphs for line in self._wrapped(one, LINE_CHARS)]
            case Titled(title, texts):
                lines = [line for one in texts for line in self._wrapped(one, LINE_CHARS - len(_INDENT))]
                return [self._line(title), *(f"{_INDENT}{line}".rstrip() for line in lines)]
            case Rows():
                return self._rows(block)
            case Quote(title, said):
                return [self._line(title), *(f"{_INDENT}| {self._machine(line)}".rstrip() for line in quoted(said))]
            case Grid():
                return self._grid(block)
            case Choices(title, links):
                return [self._line(f"{title}:"), *(line for one in links for line in self._choice(*one))]
            case _:
                assert_never(block)

    def _rows(self, block: Rows) -> list[str]:
        indent = "" if block.is_footnote else _INDENT
        if self._isolates:
            return [f"{indent}{self._line(label)}: {self._line(value)}" for label, value in block.rows]
        return _columns(block.rows, indent)

    def _grid(self, block: Grid) -> list[str]:
        """Each row as a small list of its own: a table wider than a phone is no table there."""
        lines: list[str] = []
        for place, row in enumerate(block.rows):
            first, *rest = map(self._line, row)
            lines.append(f"{place + 1}. {first}")
            labelled = zip(map(self._line, block.head[1:]), rest, strict=True)
            lines += [f"   {label}: {cell}" for label, cell in labelled if cell]
            lines += [f"   {line}" for one in block.links.get(place, ()) for line in self._choice(*one)]
        return lines

    def _choice(self, words: str, url: str) -> list[str]:
        return [f"{_INDENT}{self._line(words)}:", f"{_INDENT}{url}"]

    def _line(self, text: str) -> str:
        return shown(text.strip()) if self._isolates else one_line(text, MAX_VALUE_CHARS)

    def _wrapped(self, text: str, chars: int) -> list[str]:
        if self._isolates:
            return [shown(line.rstrip()) for line in text.strip("\n").split("\n")]
        return wrapped_lines(text, chars)

    def _machine(self, line: str) -> str:
        return f"{LEFT_TO_RIGHT}{line}{POP}" if self._isolates and line else line


def _columns(rows: Iterable[Row], indent: str) -> list[str]:
    """Labels in a column of their own, values beside them; a long value goes on below itself."""
    safe = [(one_line(label, MAX_LABEL_CHARS), one_line(value, MAX_VALUE_CHARS)) for label, value in rows]
    width = len(indent) + max((len(label) for label, _ in safe), default=0) + 2
    lines: list[str] = []
    for label, value in safe:
        first, *rest = wrapped_lines(value, VALUE_LINE_CHARS) or [""]
        lines += [f"{indent + label:<{width}}{first}".rstrip(), *(" " * width + line for line in rest)]
    return lines
