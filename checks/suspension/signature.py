"""How services that were cut off look: one value per signature, and the pure search for it."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from checks.suspension.notice_words import has_sentence, is_heading

#: More of a text is not looked at: providers say it at once, and hostile texts have no end.
MAX_TEXT = 8 * 1024
#: What stands further before some words says nothing of them.
_SENTENCE = 200
_SENTENCE_END = re.compile(r"[.;!] ")


class Layer(Enum):
    """Where it shows."""

    SMTP = "smtp"
    """The text of a refusal; as code the enhanced status code, "5.2.1"."""
    IMAP = "imap"
    """The text of a NO or BYE; as code the response code (RFC 5530), "CONTACTADMIN"."""
    POP3 = "pop3"
    """The text of an -ERR; as code the response code (RFC 2449, RFC 3206), "SYS/PERM"."""
    HTTP = "http"
    """A page; as code the status, "402". Ask checks.suspension.page."""
    DNS = "dns"
    """The name of a name server that a zone is delegated to."""
    REGISTRY = "registry"
    """A status of a domain, as EPP ("clientHold") or as RDAP ("client hold") writes it."""


class Place(Enum):
    """What of an answer the words of a signature are looked for in."""

    TEXT = "text"
    """Anywhere."""
    SENTENCE = "sentence"
    """A sentence of what a reader sees of a short page is the words, or begins with them and gives a reason."""
    HEADING = "heading"
    """A page's title or first heading is the words, maybe beside a host or a site's name: "- Acme Hosting"."""
    PATH = "path"
    """A URL's path is one of the words."""
    NAME = "name"
    """A host name is one of the words or stands below it; "*" stands for any characters."""
    WHOLE = "whole"
    """The text is one of the words and nothing else."""


class Meaning(Enum):
    """What it most likely means. Only a person who asks the provider knows."""

    BILLING = "billing"
    ABUSE = "abuse"
    HOLD = "hold"
    EXPIRED = "expired"
    PARKED = "parked"
    UNCLEAR = "unclear"

    @property
    def in_words(self) -> str:
        """For people, to stand behind "likely reason:"; what to ask the provider about."""
        return _IN_WORDS[self]


_IN_WORDS = {
    Meaning.BILLING: "an unpaid bill",
    Meaning.ABUSE: "abuse, or more mail than the provider allows",
    Meaning.HOLD: "a hold by the registrar or registry, often for an unpaid bill or a missing document",
    Meaning.EXPIRED: "a subscription or domain that has lapsed",
    Meaning.PARKED: "a domain that is parked: lapsed, sold, or never set up",
    Meaning.UNCLEAR: "not told; begin with unpaid bills",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One way in which it shows: any of `codes` (none: any code) and any of `words` (none: any text), none of `unless`.

    Codes are compared without case, words folded as `folded` does, and whole: "blocked" does not hold "locked".
    """

    id: str
    layer: Layer
    meaning: Meaning
    place: Place
    codes: frozenset[str]
    words: tuple[str, ...]
    unless: tuple[str, ...]
    not_of: tuple[str, ...] = ()
    """Standing before the words in their sentence, they say that it was not the customer: our address, a list."""
    source: str
    """Who says so: an RFC and its clause, a provider's page, a public collection."""

    def fits(self, text: str, code: str) -> bool:
        """Whether `text`, folded, and `code`, in lower case, are what it looks for."""
        if self.codes and code not in self.codes:
            return False
        if any(_holds(text, no) for no in self.unless):
            return False
        return not self.words or _is_in(self.place, text, self.words, self.not_of)


def folded(text: str) -> str:
    """`text` in lower case, compatibility forms resolved, every run of white space one blank; its beginning only."""
    return " ".join(unicodedata.normalize("NFKC", text[:MAX_TEXT]).lower().split())


def find(
    signatures: Iterable[Signature], layer: Layer, text: str, code: str | None = None, place: Place | None = None
) -> Signature | None:
    """The first of `signatures` that fits; with `place` only of those that look there. Linear in the text's length."""
    wanted, given = folded(text), (code or "").lower()
    for signature in signatures:
        is_asked = signature.layer is layer and place in {None, signature.place}
        if is_asked and signature.fits(wanted, given):
            return signature
    return None


def _is_in(place: Place, text: str, words: Sequence[str], not_of: Sequence[str]) -> bool:
    match place:
        case Place.TEXT:
            return any(_holds(text, word, not_of) for word in words)
        case Place.HEADING:
            return any(is_heading(text, word) for word in words)
        case Place.SENTENCE:
            return any(has_sentence(text, word) for word in words)
        case Place.PATH | Place.WHOLE:
            return text in words
        case Place.NAME:
            return any(_is_below(text.removesuffix("."), word) for word in words)


def _holds(text: str, words: str, not_of: Sequence[str] = ()) -> bool:
    """Whether `text` has `words` as whole words, and nowhere before them in their sentence one of `not_of`."""
    start = text.find(words)
    while start >= 0:
        end = start + len(words)
        is_whole = not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
        if is_whole and not (not_of and _is_of(text[max(0, start - _SENTENCE) : start], not_of)):
            return True
        start = text.find(words, end)
    return False


def _is_of(before: str, others: Sequence[str]) -> bool:
    sentence = _SENTENCE_END.split(before)[-1]
    return any(_holds(sentence, other) for other in others)


def _is_below(name: str, pattern: str) -> bool:
    before, star, after = pattern.partition("*")
    if star:
        return name.startswith(before) and name.endswith(after) and len(name) >= len(before) + len(after)
    return name == pattern or name.endswith(f".{pattern}")
