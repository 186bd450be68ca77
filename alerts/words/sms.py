"""What fits into an SMS: septets and UTF-16 units as networks count them, and texts cut where nothing breaks.

A message of one part holds 160 septets of the GSM 7-bit alphabet or 70 UTF-16 units, of several parts 153 or 67
each, since a header of six octets joins them (3GPP TS 23.038 §6.2.1, TS 23.040 §9.2.3.24.1).
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

GSM_ALONE, GSM_JOINED = 160, 153
UCS2_ALONE, UCS2_JOINED = 70, 67
MAX_PARTS: Final = 2

# TS 23.038 §6.2.1: the default alphabet, and §6.2.1.1: its extension, each mark of which takes two septets.
_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")

#: Typographic marks that one Word file puts into a title, and that would halve the room of the whole text.
_PLAINER: Final = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-", "\u2026": "..",
        "\u00a0": " ", "\u202f": " ", "\u2022": "-", "\u2212": "-", "\u00d7": "x", "`": "'",
    }
)  # fmt: skip

_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|پیر|منگل|بدھ|جمعرات|جمعہ|ہفتہ|اتوار)"
_MONTH = (
    "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
    "|جنوری|فروری|مارچ|اپریل|مئی|جون|جولائی|اگست|ستمبر|اکتوبر|نومبر|دسمبر)"
)
#: What is left whole or left out: a day with all its words, an amount with its currency, an isolate, any other word.
_ATOM: Final = re.compile(
    rf"(?:{_WEEKDAY} )?\d{{1,2}} {_MONTH}(?: \d{{4}})?[^\s]*"
    r"|(?:Rs|[A-Z]{3}) [\d,.]+(?: (?:lakh|crore))?[^\s]*"
    r"|[\d,.]+ (?:lakh|crore|users?|days?|h|min|s|روپے|لاکھ|کروڑ|ہزار|دن|گھنٹے|منٹ|صارفین)[^\s]*"
    r"|\S*[\u2066\u2068][^\u2069]*\u2069\S*"
    r"|\S+"
)


def is_gsm(text: str) -> bool:
    return all(mark in _BASIC or mark in _EXTENDED for mark in text)


def plainer(text: str) -> str:
    """`text` with typographic marks in their plain form."""
    return text.translate(_PLAINER)


def parts(text: str) -> int:
    """How many SMS `text` takes; 1 for the empty text."""
    sizes, alone, joined = _sizes(text)
    if sum(sizes) <= alone:
        return 1
    count, room = 1, joined
    for size in sizes:  # a mark is never split over two parts
        if size > room:
            count, room = count + 1, joined
        room -= size
    return count


def _sizes(text: str) -> tuple[Sequence[int], int, int]:
    if is_gsm(text):
        return [2 if mark in _EXTENDED else 1 for mark in text], GSM_ALONE, GSM_JOINED
    return [2 if ord(mark) > 0xFFFF else 1 for mark in text], UCS2_ALONE, UCS2_JOINED  # noqa: PLR2004  # end of the basic plane


def fitted(pieces: Iterable[str], max_parts: int = MAX_PARTS) -> str:
    """As many of `pieces` as fit, in their order; one that does not fit is left out and a later one may still go in.

    Only the first is ever cut, and then between words, never inside a number, an amount, a day or an isolate.
    """
    first, *rest = [" ".join(plainer(one).split()) for one in pieces if one.strip()] or [""]
    said = first if parts(first) <= max_parts else _cut(first, max_parts)
    for piece in rest:
        longer = f"{said} {piece}"
        if parts(longer) <= max_parts:
            said = longer
    return said


def _cut(text: str, max_parts: int) -> str:
    atoms = _ATOM.findall(text)
    while atoms and parts(f"{' '.join(atoms)}..") > max_parts:
        atoms.pop()
    return f"{' '.join(atoms)}.."
