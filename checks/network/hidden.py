"""What a run sent but must not show: remembered as it was sent, and taken out of every text that comes back."""

import base64
import binascii
from collections.abc import Iterator

_MASK = "***"
#: A server that quotes us may cut the line off: so much of a secret's beginning is taken for the secret.
_BEGINNING = 6
#: A shorter secret would tear ordinary words apart, so it is hidden only where it is a word of its own.
_SHORTEST_INSIDE_WORDS = 4
#: Only ASCII, so that folding moves no character: servers quote commands in capitals.
_FOLDED = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class Hidden:
    """The secrets of one run."""

    def __init__(self) -> None:
        self._secrets: list[str] = []

    def remember(self, line: str, shown: str) -> None:
        """Hide, from now on, what `line` holds in the place of "***" in `shown`, in the forms it may be quoted in."""
        before, _, after = shown.partition(_MASK)
        if line.startswith(before) and line.endswith(after) and len(line) >= len(before) + len(after):
            secret = line[len(before) : len(line) - len(after)]
        else:
            secret = line
        forms = {_as_received(form).translate(_FOLDED) for form in _forms(secret)}
        self._secrets = sorted({*self._secrets, *filter(None, forms)}, key=len, reverse=True)

    def taken_out(self, text: str) -> str:
        """`text` with "***" in the place of every secret, and of what a secret begins with."""
        for secret in self._secrets:
            text = _masked(text, secret)
        return text


def _forms(secret: str) -> Iterator[str]:
    """As sent; in base64; and, where it was base64 itself, as it was before: the last part of RFC 4616's three."""
    yield secret
    yield _base64(secret)
    try:
        plain = base64.b64decode(secret, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return
    password = plain.rpartition("\0")[2]
    yield password
    yield _base64(password)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii").rstrip("=")


def _as_received(text: str) -> str:
    """As it looks when it comes back: lines are read as latin-1."""
    return text.encode("utf-8").decode("latin-1")


def _masked(text: str, secret: str) -> str:
    """`text` without `secret`, which is folded."""
    folded = text.translate(_FOLDED)
    kept: list[str] = []
    done = 0
    for start, end in _found(folded, secret):
        kept += (text[done:start], _MASK)
        done = end
    return "".join((*kept, text[done:]))


def _found(folded: str, secret: str) -> Iterator[tuple[int, int]]:
    beginning = secret[:_BEGINNING]
    start = 0
    while (start := folded.find(beginning, start)) >= 0:
        end = start + _agreement(folded[start:], secret)
        if len(secret) >= _SHORTEST_INSIDE_WORDS or _is_a_word(folded, start, end):
            yield start, end
        start = end


def _agreement(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def _is_a_word(text: str, start: int, end: int) -> bool:
    return not text[:start][-1:].isalnum() and not text[end:][:1].isalnum()
