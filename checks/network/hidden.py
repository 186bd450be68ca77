"""What a run sent but must not show: remembered before anything is heard, taken out of every text that comes back."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from itertools import groupby

from checks.network.quotation import spellings

_MASK = "***"
#: So many characters in a row of a secret, in any of its forms, are taken for it: a quotation may be cut anywhere.
_PIECE = 5
#: A shorter secret would tear ordinary words apart, so it is hidden only where it is a word of its own.
_SHORTEST_INSIDE_WORDS = 4
#: A quotation may be broken over lines, and its blanks may be doubled.
_BLANKS = frozenset(" \t\r\n")
#: Only ASCII, so that folding moves no character: servers quote commands in capitals.
_FOLDED = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class Hidden:
    """The secrets of one run."""

    def __init__(self) -> None:
        self._pieces: frozenset[str] = frozenset()
        self._short: Sequence[str] = ()

    def remember(self, line: str, shown: str) -> None:
        """Hide, from now on, what `line` holds in the place of "***" in `shown`, in the forms it may be quoted in."""
        before, _, after = shown.partition(_MASK)
        if line.startswith(before) and line.endswith(after) and len(line) >= len(before) + len(after):
            self.hide(line[len(before) : len(line) - len(after)])
        else:
            self.hide(line)

    def hide(self, secret: str, user: str = "") -> None:
        """Hide `secret` from now on; with the `user` it belongs to also both together, as logins encode them."""
        forms = {form.translate(_FOLDED) for form in _forms(secret, user)}
        whole = {form: "".join(char for char in form if char not in _BLANKS) for form in forms}
        long = {form for form in whole.values() if len(form) >= _SHORTEST_INSIDE_WORDS}
        short = {form for form, bare in whole.items() if len(bare) < _SHORTEST_INSIDE_WORDS and form}
        self._pieces |= {form[at : at + _PIECE] for form in long for at in range(max(1, len(form) - _PIECE + 1))}
        self._short = sorted({*self._short, *short}, key=len, reverse=True)

    def taken_out(self, text: str) -> str:
        """`text` with "***" in the place of every secret, and of every piece of one that is long enough."""
        for secret in self._short:
            text = _replaced(text, _words(text.translate(_FOLDED), secret))
        return _replaced(text, self._found(text)) if self._pieces else text

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        """Where pieces stand; those that touch or overlap make one place."""
        places = [place for place, char in enumerate(text) if char not in _BLANKS]
        bare = "".join(text[place] for place in places).translate(_FOLDED)
        covered = bytearray(len(bare))
        for length in {len(piece) for piece in self._pieces}:
            for start in range(len(bare) - length + 1):
                if bare[start : start + length] in self._pieces:
                    covered[start : start + length] = b"\1" * length
        for is_covered, run in groupby(range(len(bare)), key=covered.__getitem__):
            if is_covered:
                inside = list(run)
                yield places[inside[0]], places[inside[-1]] + 1


def _forms(secret: str, user: str) -> Iterator[str]:
    """As sent and as it may be written otherwise; where it was base64 itself, also what that holds (RFC 4616)."""
    yield from spellings(secret)
    if user:
        for joined in (f"{user}:{secret}", f"\0{user}\0{secret}", f"{user}\0{user}\0{secret}"):
            yield base64.b64encode(joined.encode()).decode("ascii").rstrip("=")
    try:
        plain = base64.b64decode(secret, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return
    yield from spellings(plain.rpartition("\0")[2])


def _replaced(text: str, places: Iterator[tuple[int, int]]) -> str:
    kept: list[str] = []
    done = 0
    for start, end in places:
        kept += (text[done:start], _MASK)
        done = end
    return "".join((*kept, text[done:]))


def _words(folded: str, secret: str) -> Iterator[tuple[int, int]]:
    """Where a secret stands that is too short to be looked for within words; a long one of blanks is found anywhere."""
    start = 0
    while (start := folded.find(secret, start)) >= 0:
        end = start + len(secret)
        if len(secret) >= _SHORTEST_INSIDE_WORDS or _is_a_word(folded, start, end):
            yield start, end
        start = end


def _is_a_word(text: str, start: int, end: int) -> bool:
    return not text[:start][-1:].isalnum() and not text[end:][:1].isalnum()
