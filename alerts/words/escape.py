"""Texts from outside, made safe to show: nothing in them breaks a line, turns the reading direction or moves a
cursor, and personal numbers are masked.

What a control character was stays readable, as the escape a programmer would write. A backslash is left alone:
a text is for reading, and file paths should look like file paths.
"""

import re
import textwrap
import unicodedata

#: Unicode general categories that act instead of showing: controls, formats (bidi marks among them), surrogates
#: (which no encoding takes), private use, line and paragraph separators.
_ACTING = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})

#: ZERO WIDTH NON-JOINER and JOINER: formats without which Urdu is spelt wrongly; they move nothing.
_SPELLING = frozenset("\u200c\u200d")

#: A CNIC: 5, 7 and 1 digits, apart or together; digits of any script, dashes of any kind. It stands alone, so that 13
#: digits within the number of a bill ("7000007DI1747119701593") stay, and begins with the digit of a province, 1 to 8.
#: An amount ("Rs 1234567890123", "1234567890123.00 PKR") and a number named as STRN are none.
_CNIC = re.compile(
    r"(?<!\w)(?<!\d[.,])(?<!\bRs )(?<!\bRs\. )(?<!\bPKR )(?<!\bSTRN )(?<!\bSTRN: )"
    r"[1-8\u0661-\u0668\u06f1-\u06f8\u0967-\u096e]\d{4}[-\u2010-\u2015\u2212 ]?\d{7}[-\u2010-\u2015\u2212 ]?\d"
    r"(?!\w)(?![.,]\d)(?! (?:PKR|rupees)\b)"
)
MASKED_CNIC = "XXXXX-XXXXXXX-X"

_CUT = "…"


def masked(text: str) -> str:
    """`text` without personal numbers."""
    return _CNIC.sub(MASKED_CNIC, text)


def visible(text: str) -> str:
    r"""`text` with every acting character written as its escape: \x1b, \r, \u202e."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(mark) if _acts(mark) else mark for mark in text)


def one_line(text: str, max_chars: int = 200) -> str:
    """`text` masked and escaped, on one line of at most `max_chars`; what is cut off shows as "…"."""
    return _cut(visible(masked(text.strip())), max_chars)


def quoted_lines(text: str, *, max_lines: int, max_chars: int, line_chars: int) -> list[str]:
    """`text` masked and escaped line by line, cut in every direction; the last line says what is missing."""
    lines = [_cut(visible(line), line_chars) for line in _split(text)]
    kept: list[str] = []
    room = max_chars
    for line in lines[:max_lines]:
        if len(line) > room:
            break
        kept.append(line)
        room -= len(line)
    if missing := len(lines) - len(kept):
        kept.append(f"{_CUT} {missing} more {'line' if missing == 1 else 'lines'}")
    return kept


def wrapped_lines(text: str, line_chars: int) -> list[str]:
    """`text` masked and escaped, nothing left out: longer lines go on in the next one."""
    wrapped: list[str] = []
    for line in _split(text):
        wrapped += textwrap.wrap(visible(line), line_chars, break_on_hyphens=False) or [""]
    return wrapped


def _split(text: str) -> list[str]:
    body = masked(text).replace("\r\n", "\n").strip("\n")
    return [line.rstrip(" ") for line in body.split("\n")] if body.strip() else []


def _cut(text: str, max_chars: int) -> str:
    return text if len(text) <= max_chars else text[: max_chars - len(_CUT)].rstrip() + _CUT


def _acts(mark: str) -> bool:
    return mark not in _SPELLING and unicodedata.category(mark) in _ACTING


#: Those of controls that have a short one.
_SHORT_ESCAPES = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}
#: The largest number that each form holds.
_BYTE, _PLANE = 0xFF, 0xFFFF


def _escape(mark: str) -> str:
    """Without Python's own codec, which is read from a file when it is first asked for: there may be no descriptor."""
    number = ord(mark)
    if mark in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[mark]
    if number <= _BYTE:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= _PLANE else f"\\U{number:08x}"
