"""A WHOIS answer as text, and the labelled lines in it (RFC 3912 says no more than that it is text)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from checks.domains.registration import UnreadableError

#: A dialogue receives no more either.
MAX_BYTES = 256 * 1024

#: Labels are short; what stands before the first colon of prose is not one.
MAX_LABEL = 60

_MAX_VALUE = 300
_MAX_BLOCK = 50

_COMMENT = ("%", "#", ">>>", "--", "//")
#: "[Domain Name]  EXAMPLE.JP", "a. [Domain Name]  EXAMPLE.CO.JP".
_BRACKETED = re.compile(r"(?:[a-z]\. ?)?\[([^\][]{1,60})\](.*)")
_BRACKETS = re.compile(r"\([^()]*\)")
_NO_WORD = re.compile(r"[\W_]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


class Line(NamedTuple):
    """A line that says something: not blank, not a comment."""

    indent: int
    text: str
    is_complete: bool
    """False for the last line of an answer that ends without a line ending: it may have been cut."""
    is_after_gap: bool = False
    """Behind an empty line, or the first."""


@dataclass(frozen=True, slots=True)
class Field:
    label: str
    """Lower case, words with single spaces, what stands in brackets left out: "registry expiry date"."""
    label_text: str
    """As it came."""
    values: Sequence[str]
    """What stands behind the label, or else the lines below that are indented deeper; () where there is nothing."""
    is_complete: bool
    line: int
    """The place of its line among those of `lines_of`."""

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""


def text_of(raw: bytes) -> str:
    """The answer as text: UTF-8, else Latin-1, in which old registries write names. Raises UnreadableError."""
    if len(raw) > MAX_BYTES:
        raise UnreadableError(f"the answer is larger than {MAX_BYTES // 1024} KiB", _readable(raw))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    if not text.strip():
        raise UnreadableError("the answer is empty")
    if _CONTROLS.search(text):
        raise UnreadableError("the answer is not text", _readable(raw))
    if text.lstrip()[:15].lower().startswith(("<!doctype", "<html", "<?xml", "http/", "<head", "<body")):
        raise UnreadableError("the answer is a web page", _readable(raw))
    return text


def lines_of(text: str) -> Sequence[Line]:
    found = []
    # Not splitlines: it also breaks at characters that stand within a line.
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    is_after_gap = True
    for number, row in enumerate(rows, 1):
        plain = row.expandtabs().rstrip()
        if plain and not plain.lstrip().startswith(_COMMENT):
            stripped = plain.lstrip()
            found.append(Line(len(plain) - len(stripped), stripped, number < len(rows), is_after_gap))
            is_after_gap = False
        elif not plain:
            is_after_gap = True
    return found


def fields_of(lines: Sequence[Line]) -> Iterator[Field]:
    """The labelled lines, whatever their label."""
    for position, line in enumerate(lines):
        if found := split(line.text):
            label, value = found
            if value:
                yield Field(label_of(label), label, (value[:_MAX_VALUE],), line.is_complete, position)
            else:
                below = _below(lines, position)
                texts = tuple(deeper.text[:_MAX_VALUE] for deeper in below)
                yield Field(label_of(label), label, texts, all(deeper.is_complete for deeper in below), position)


def label_of(text: str) -> str:
    return _NO_WORD.sub(" ", _BRACKETS.sub(" ", text.lower())).strip()


def split(text: str) -> tuple[str, str] | None:
    """Label and value as they came, None where there is no label."""
    if found := _BRACKETED.fullmatch(text):
        return found[1], found[2].lstrip(" :").strip()
    label, colon, value = text.partition(":")
    if not colon or len(label) > MAX_LABEL:
        return None
    return label, value.strip()


def _below(lines: Sequence[Line], position: int) -> Sequence[Line]:
    found = []
    for line in lines[position + 1 : position + 1 + _MAX_BLOCK]:
        if line.indent <= lines[position].indent:
            break
        found.append(line)
    return found


def _readable(raw: bytes) -> str:
    return raw[:500].decode("utf-8", "replace")
