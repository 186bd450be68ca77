"""Whether a web page is the one that a hosting provider shows in place of a customer it has cut off.

Told from the beginning of a page alone, and cheaply where there is nothing to find: every look at a page asks.
"""

import html
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase
from urllib.parse import urlsplit

from checks.network import caps
from checks.suspension.library import shipped
from checks.suspension.signature import Layer, Place, Signature

#: A larger page is no notice of a provider, whatever its title.
MAX_PAGE_BYTES = 32 * 1024
#: In a larger page, or one of more words, a sentence proves nothing.
MAX_SHORT_BYTES = 2 * 1024
MAX_SENTENCES = 600
_TITLE_BYTES = 300

_HEADINGS = ("title", "h1")
_UNSEEN = ("script", "style", "title")
#: ASCII only, so that folding moves no character.
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_IN_PAGES = {Place.HEADING, Place.SENTENCE, Place.PATH}
#: A page that is no notice has more to say, and nobody to turn to.
_MARKS = ("hosting provider", "web host", "billing", "support", "contact", "administrator", "/cgi-sys/", "cpanel")
#: Where a page sends its reader on, or what it shows within itself.
_LEADS = re.compile(
    r"""(?:url\s{0,9}=|location(?:\.[a-z]{1,9})?\s{0,9}[=(]|<i?frame\s[^>]{0,200}?src\s{0,9}=)"""
    r"""\s{0,9}["']?\s{0,9}([^"'\s>)]{1,300})"""
)
_MAX_LEADS = 8


def find_suspended_place(url: str) -> Signature | None:
    """What says that `url`, where a page ended or a redirect leads, is a provider's notice; it may be relative."""
    try:
        path = urlsplit(url).path
    except ValueError:  # brackets that hold no address, in what a server wrote
        return None
    return shipped().find(Layer.HTTP, path, place=Place.PATH)


def suspended_paths() -> frozenset[str]:
    """The paths that `find_suspended_place` knows."""
    asked = (one for one in shipped().signatures if one.layer is Layer.HTTP and one.place is Place.PATH)
    return frozenset(path for one in asked for path in one.words)


def find_suspended_status(status: int) -> Signature | None:
    """What says that the mere status means it."""
    return shipped().find(Layer.HTTP, "", str(status), Place.WHOLE)


def find_suspended_page(beginning: bytes, page_bytes: int, status: int) -> Signature | None:
    """What says that a page of `page_bytes`, beginning like this, is such a notice. Never raises.

    Judged are its title, its first heading and, of a short page, all of its text and where it leads. Costs 1 to 4 µs
    where it is not, and less where the page is as it was: its verdict is kept.
    """
    return None if page_bytes > MAX_PAGE_BYTES else _find(beginning, status, is_short=page_bytes <= MAX_SHORT_BYTES)


#: At most 1 MiB of pages.
@lru_cache(maxsize=256)
def _find(beginning: bytes, status: int, *, is_short: bool) -> Signature | None:
    if not _may_be(beginning, is_short=is_short):
        return None
    text = beginning[: caps.BEGINNING_BYTES].decode("utf-8", "replace")
    if text.lstrip()[:1] in {"{", "["}:  # JSON speaks of others
        return None
    found = _found_in_headings(text, str(status))
    return _found_in_short(text, str(status)) if found is None and is_short else found


def _found_in_headings(text: str, code: str) -> Signature | None:
    for tag in _HEADINGS:
        found = shipped().find(Layer.HTTP, heading(text, tag), code, Place.HEADING)
        if found is not None and _says_little_else(text):
            return found
    return None


def _says_little_else(text: str) -> bool:
    seen = visible(text)
    low = text.lower()
    return len(seen) <= MAX_SENTENCES or any(mark in low for mark in _MARKS)


def _found_in_short(text: str, code: str) -> Signature | None:
    for _, lead in zip(range(_MAX_LEADS), _LEADS.finditer(text.lower()), strict=False):
        if found := find_suspended_place(lead[1]):
            return found
    parts = list(_seen_parts(text))
    sentences = _joined(parts)
    if not sentences or len(sentences) > MAX_SENTENCES:
        return None
    # A tag may stand within a sentence, or be all that ends one.
    both = f"{sentences} . {' . '.join(map(html.unescape, parts))}"
    return shipped().find(Layer.HTTP, both, code, Place.SENTENCE)


def heading(page: str, tag: str) -> str:
    """The text of the first element `tag` of `page` that is not a picture's (SVG has titles too), "" for none."""
    low, place = page.translate(_LOWER), 0
    while (start := low.find(f"<{tag}", place)) >= 0:
        opened = low.find(">", start) + 1
        end = low.find(f"</{tag}", opened)
        if not start < opened <= end:
            return ""
        if low.rfind("<svg", 0, start) <= low.rfind("</svg", 0, start):
            return visible(page[opened:end])
        place = end
    return ""


def visible(page: str) -> str:
    """What a reader sees of `page`, roughly: no tags, comments, scripts, and nothing behind one that never ends."""
    return _joined(_seen_parts(page))


def _joined(parts: Iterable[str]) -> str:
    return " ".join(html.unescape(" ".join(parts)).split())


def _seen_parts(page: str) -> Iterator[str]:
    """The text between tags."""
    low, place = page.translate(_LOWER), 0
    while (start := low.find("<", place)) >= 0:
        yield page[place:start]
        end = _end_of_markup(low, start)
        place = end if end > start else len(page)
    yield page[place:]


def _end_of_markup(low: str, start: int) -> int:
    """Behind the tag, comment or unseen element that begins at `start`; 0 where it never ends."""
    if low.startswith("<!--", start):
        end = low.find("-->", start)
        return end + 3 if end >= 0 else 0
    for tag in _UNSEEN:
        if low.startswith(f"<{tag}", start):
            start = low.find(f"</{tag}", start)
            return low.find(">", start) + 1 if start >= 0 else 0
    return low.find(">", start) + 1


def _may_be(beginning: bytes, *, is_short: bool) -> bool:
    start = -1 if is_short else beginning.find(b"<title")
    if start > 0 and beginning.find(b"<svg", 0, start) >= 0:  # a picture's title
        start = -1
    low = (beginning if start < 0 else beginning[start : start + _TITLE_BYTES]).lower()
    for stem in _stems():  # noqa: SIM110  # any() makes a generator, which costs as much as the search
        if stem in low:
            return True
    return False


@lru_cache(maxsize=1)
def _stems() -> tuple[bytes, ...]:
    """Words of which every notice holds one at least: of each signature's the longest, unless it holds one already."""
    asked = (one for one in shipped().signatures if one.layer is Layer.HTTP and one.place in _IN_PAGES)
    stems: list[str] = []
    for words in sorted((words for one in asked for words in one.words), key=len):
        if not any(stem in words for stem in stems):
            stems.append(max(re.split(r"[ /.]", words), key=len))
    return tuple(stem.encode() for stem in stems)
