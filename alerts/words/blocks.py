"""What a message is made of before any medium: blocks in the order a person needs them.

Texts in blocks come as they are; each layout (alerts.words.plain, alerts.words.html) masks and escapes them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from alerts.words.escape import one_line

Row: TypeAlias = tuple[str, str]
"""A label and what it says."""

EVIDENCE_LINES = 20
EVIDENCE_CHARS = 1500
EVIDENCE_LINE_CHARS = 160
MAX_LABEL_CHARS = 24
MAX_VALUE_CHARS = 1000
MAX_PARAGRAPH_CHARS = 2000


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs that stand close together."""

    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Titled:
    """A heading and what stands under it, in the lines somebody wrote it in."""

    title: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Labels and values side by side."""

    rows: tuple[Row, ...]
    is_footnote: bool = False
    """The ids at the end: for whoever looks things up."""
    link: str = ""
    """A value among them that is an address of our own pages."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What a machine said, word for word; cut to EVIDENCE_LINES."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. Every row has as many cells as `head`."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    stressed: frozenset[int] = frozenset()
    """Places of the rows that press most."""
    links: Mapping[int, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """By place of a row, what can be pressed there: what is read, and the whole address."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Links of our own under a heading: what is read, and the whole address. Addresses are never broken or cut."""

    title: str
    links: tuple[tuple[str, str], ...]


Block: TypeAlias = Text | Titled | Rows | Quote | Grid | Choices


def text(*paragraphs: str) -> Text | None:
    """Each paragraph on one line, cut to MAX_PARAGRAPH_CHARS. None where there is nothing to say."""
    kept = tuple(one_line(one, MAX_PARAGRAPH_CHARS) for one in paragraphs if one)
    return Text(kept) if kept else None


def titled(title: str, *texts: str) -> Titled | None:
    """None where nothing would stand under the title."""
    kept = tuple(one for one in texts if one.strip())
    return Titled(title, kept) if kept else None


def quote(title: str, said: str) -> Quote | None:
    return Quote(title, said) if said.strip() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One message in one audience's words, for every medium."""

    subject: str
    blocks: Sequence[Block]
    short: tuple[str, ...]
    """Most important first: what does not fit into two SMS is left out from the end."""
