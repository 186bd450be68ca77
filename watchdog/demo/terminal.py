"""How the story looks: 80 columns, plain sentences with times, and every message as a person would read it."""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TextIO
from zoneinfo import ZoneInfo

from alerts.words.bidi import bare
from alerts.words.escape import visible
from watchdog.demo.inbox import Letter

COLUMNS = 80
_STAMP = " " * 10
_LETTER = _STAMP + "| "
_QUOTE = "  "
QUOTE_COLUMNS = COLUMNS - len(_QUOTE)

#: What is shown of a message's text, whole paragraphs at a time.
_LETTER_LINES = 17

#: Where the value of a two-column row begins, so that a long one goes on below itself.
_ROW = re.compile(r" *\S.*?  +(?=\S)| *")
_DEEPEST_HANG = 40

#: Back to the line's beginning, and the line wiped (ECMA-48, EL).
_CLEARED = "\r\x1b[K"

_BOLD, _RED, _GREEN, _YELLOW = "1", "1;31", "1;32", "1;33"
_INK_OF_WORD = {"DOWN": _RED, "RESOLVED": _GREEN}


@dataclass(slots=True, kw_only=True)
class Terminal:
    """Writes at once, line by line, escaping what could move a cursor.

    `has_colour` and `is_live` (a last line that changes) only where a person looks.
    """

    out: TextIO
    zone: ZoneInfo
    has_colour: bool = False
    is_live: bool = False
    _parted: bool = field(default=False)
    """Whether the last line was blank."""
    _alive: bool = field(default=False)
    """Whether the last line is one that changes."""

    def title(self, text: str) -> None:
        self._part()
        self._lines(_wrapped(text, ""), ink=_BOLD)
        self._part()

    def explain(self, text: str) -> None:
        self._lines(_wrapped(visible(text), ""))

    def say(self, at: datetime, text: str) -> None:
        """A sentence of the story, with its time in the estate's zone."""
        self._lines(_wrapped(f"{at.astimezone(self.zone):%H:%M:%S}  {visible(text)}", _STAMP))

    def live(self, at: datetime, text: str) -> None:
        """A line that the next one takes the place of; none where nobody looks."""
        if self.is_live:
            line = f"{at.astimezone(self.zone):%H:%M:%S}  {visible(text)}"[: COLUMNS - 1]
            print(f"{_CLEARED}{line}", end="", file=self.out, flush=True)
            self._alive = True

    def quote(self, lines: Sequence[str]) -> None:
        """What a file or a program says, as it says it."""
        self._part()
        for line in lines:
            self._lines(_fitted(line, QUOTE_COLUMNS), _QUOTE)
        self._part()

    def letter(self, letter: Letter) -> None:
        """To whom, the subject, and as much of the text as shows what it is about."""
        self._part()
        self.say(letter.at, f"Mail to {letter.recipient}")
        width = COLUMNS - len(_LETTER)
        word = letter.subject.partition(" ")[0]
        self._lines(_fitted(letter.subject, width), _LETTER, _INK_OF_WORD.get(word, _YELLOW))
        text = [part for line in letter.text.strip().split("\n") for part in _fitted(line, width)]
        self._lines(["", *excerpt(text, _LETTER_LINES)], _LETTER)
        self._part()

    def _part(self) -> None:
        if not self._parted:
            self._lines([""])

    def _lines(self, lines: Sequence[str], before: str = "", ink: str = "") -> None:
        if self._alive:
            print(_CLEARED, end="", file=self.out)
            self._alive = False
        encoding = self.out.encoding or "utf-8"
        for line in lines:
            text = line.rstrip().encode(encoding, "replace").decode(encoding)
            inked = f"\x1b[{ink}m{text}\x1b[0m" if ink and self.has_colour else text
            print(f"{before}{inked}".rstrip(), file=self.out, flush=True)
            self._parted = not f"{before}{text}".strip()


def excerpt(lines: Sequence[str], limit: int) -> Sequence[str]:
    """All of `lines`, or as many whole paragraphs as `limit` lines hold and a word on the rest."""
    if len(lines) <= limit:
        return lines
    ends = [place for place, line in enumerate(lines[: limit + 1]) if not line and place]
    kept = lines[: ends[-1] if ends else limit]
    proof = ", the proof among them" if "Proof" in lines[len(kept) :] else ""
    return [*kept, "", f"({len(lines) - len(kept)} more lines{proof})"]


def _fitted(line: str, columns: int) -> list[str]:
    """`line` escaped and cut to the columns, what goes on standing below its beginning or its value."""
    shown = visible(bare(line))
    found = _ROW.match(shown)
    hang = min(len(found[0]) if found else 0, _DEEPEST_HANG)
    return _wrapped(shown, " " * hang, columns) or [""]


def _wrapped(text: str, indent: str, columns: int = COLUMNS) -> list[str]:
    return textwrap.wrap(text, columns, subsequent_indent=indent, break_on_hyphens=False, replace_whitespace=False)
