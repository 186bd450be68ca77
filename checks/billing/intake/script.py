"""Text of cells in one script: digits of any, full-width letters, invisible marks and odd spaces made plain."""

from functools import lru_cache
from typing import Final
from unicodedata import normalize

#: Arabic-Indic and Urdu digits; the Arabic marks of decimals and thousands; letters that Arabic keyboards have for
#: the Urdu ones; dashes; and what sets the direction of text, which nobody sees.
_PLAIN: Final = {
    **{0x0660 + digit: str(digit) for digit in range(10)},
    **{0x06F0 + digit: str(digit) for digit in range(10)},
    0x066B: ".",
    0x066C: ",",
    0x064A: "ی",
    0x0643: "ک",
    0x06C3: "\u06c1",
    **dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-"),
    **dict.fromkeys((0x200B, 0x200E, 0x200F, 0x061C, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A))),
}

#: Lists name the same vendors and stages in every row; so many different cells are kept.
_KEPT_WORDS: Final = 256


def plain(text: str) -> str:
    """As it would be typed on a plain keyboard, with single spaces. Text of ASCII alone costs next to nothing."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(normalize("NFKC", text).translate(_PLAIN).split())


@lru_cache(maxsize=_KEPT_WORDS)
def folded(text: str) -> str:
    """What makes two spellings one word: letters and digits alone, small."""
    return "".join(letter for letter in plain(text).casefold() if letter.isalnum())
