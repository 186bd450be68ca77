"""Text of a notice made comparable, and the passages around what is found in it. Pure."""

import re
from typing import Final
from unicodedata import category

from checks.billing.intake.script import plain

#: More is no notice. So many are read, and it is said that there were more.
MAX_NOTICE_CHARS: Final = 20_000

MAX_PASSAGE_CHARS: Final = 160

#: Where one statement ends: an empty line, a full stop before a capital or Urdu, a line that begins with a label.
_ENDS: Final = re.compile(
    r"\n[ \t]*\n"
    r"|(?<![ .\n][A-Za-z])(?<!\bNo)(?<!\bRs)(?<!\bLtd)(?<!\bPvt)(?<!\bDec)(?<!\bNov)(?<!\bOct)"
    r"[.!?](?=\s+[A-Z\u0600-\u06ff])"
    r"|[\u06d4\u061f;]"
    r"|\n(?=[^\n:]{1,40}:)"
    r"|(?<=[^:\s])\n(?=(?:[-*\u2022]|[0-9]{1,2}[.)]) )"
    r"|,(?=\s+(?:(?:the|your|our|all)\s+)?\w{1,20}\s+(?:shall|will)\b)"
    r"|(?i:\b(?:failing which|otherwise|or else|in case of (?:default|non-payment))\b)"
    r"|بصورت دیگر|ورنہ"
)


def lines_of(text: str) -> str:
    """`text` as it would be typed on a plain keyboard, line by line; of a text that is too long its beginning."""
    seen = (plain(line) for line in text[:MAX_NOTICE_CHARS].splitlines())
    return "\n".join("".join(char for char in line if category(char)[0] != "C") for line in seen)


def statement(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the statement begins and ends that text[start:end] stands in."""
    before = [found.end() for found in _ENDS.finditer(text, max(start - 400, 0), start)]
    after = _ENDS.search(text, end, end + 400)
    return (before[-1] if before else max(start - 400, 0)), (after.start() if after else min(end + 400, len(text)))


def passage(text: str, start: int, end: int) -> str:
    """The words around text[start:end], on one line."""
    room = max((MAX_PASSAGE_CHARS - (end - start)) // 2, 0)
    first, last = max(start - room, 0), min(end + room, len(text))
    while 0 < first < start and not text[first - 1].isspace():
        first += 1
    while end < last < len(text) and not text[last].isspace():
        last -= 1
    return " ".join(text[first:last].split())[:MAX_PASSAGE_CHARS]
