"""Names and ids inside Urdu sentences: isolated, so that neither scrambles the other (UAX #9 §2.4.2).

Isolates of ours come in pairs within one paragraph. Those of others never get this far: alerts.words.escape has
written them as escapes before a text is isolated.
"""

import re

from alerts.words.escape import masked, one_line, visible

LEFT_TO_RIGHT, FIRST_STRONG, POP = "\u2066", "\u2068", "\u2069"

_ISOLATED = re.compile(f"([{LEFT_TO_RIGHT}{FIRST_STRONG}])([^\u2066-\u2069]*){POP}")


def name(text: str, max_chars: int = 200) -> str:
    """`text` from outside, escaped, in the direction of its first letter."""
    shown = one_line(text, max_chars)
    return f"{FIRST_STRONG}{shown}{POP}" if shown else ""


def latin(text: str, max_chars: int = 200) -> str:
    """An id, an address or a machine's words: escaped, and left to right whatever it holds."""
    shown = one_line(text, max_chars)
    return f"{LEFT_TO_RIGHT}{shown}{POP}" if shown else ""


def address(url: str) -> str:
    """A URL. Programs that find links in plain text would take a mark right behind it for a part of it."""
    return f"{LEFT_TO_RIGHT}{one_line(url, 2000)} {POP}"


def shown(text: str) -> str:
    """`text` masked and escaped but for isolates in pairs, which reach nothing outside themselves."""
    parts: list[str] = []
    end = 0
    for found in _ISOLATED.finditer(text):
        parts += [_plain(text[end : found.start()]), found[1], _plain(found[2]), POP]
        end = found.end()
    return "".join([*parts, _plain(text[end:])])


def is_urdu(text: str) -> bool:
    """Whether any of it is written from right to left."""
    return re.search("[\u0600-\u06ff]", text) is not None


def bare(text: str) -> str:
    """`text` without isolates, for counting or comparing."""
    return re.sub("[\u2066-\u2069]", "", text)


def _plain(text: str) -> str:
    return visible(masked(text))
