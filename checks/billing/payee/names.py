"""Whether two spellings may be one vendor's name. Advice for people; nothing is decided by it."""

import re
import unicodedata
from typing import Final

#: Words that say what a firm is, and not which.
_FORMS: Final = frozenset(
    ("pvt", "private", "ltd", "limited", "smc", "co", "company", "corp", "inc", "llp", "and", "the", "m", "s", "ms")
)
#: Of the words of the shorter name, so much must stand in the other.
_SHARE: Final = 0.5


def is_like(one: str, other: str) -> bool:
    """True where either says nothing but its legal form: then there is nothing to compare."""
    left, right = _words(one), _words(other)
    if not left or not right:
        return True
    shared = len(left & right) / min(len(left), len(right))
    return shared >= _SHARE or "".join(sorted(left)) == "".join(sorted(right))


def _words(name: str) -> frozenset[str]:
    flat = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(sign for sign in flat if not unicodedata.combining(sign))
    return frozenset(re.findall(r"\w+", plain)) - _FORMS
