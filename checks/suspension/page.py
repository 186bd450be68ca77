"""Whether a web page is the one that a hosting provider shows in place of a customer it has cut off.

Told from the beginning of a page alone, and cheaply where there is nothing to find: every look at a page asks.
"""

import html
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
_IN_PAGES = {Place.HEADING, Place.TEXT}


def find_suspended_place(url: str) -> Signature | None:
    """What says that `url`, where a page ended or a redirect leads, is a provider's notice; it may be relative."""
    try:
        path = urlsplit(url).path
    except ValueError:  # brackets that hold no address, in what a server wrote
        return None
    return shipped().find(Layer.HTTP, path, place=Place.PATH)


def find_suspended_status(status: int) -> Signature | None:
    """What says that the mere status means it."""
    return shipped().find(Layer.HTTP, "", str(status), Place.WHOLE)


def find_suspended_page(beginning: bytes, page_bytes: int, status: int) -> Signature | None:
    """What says that a page of `page_bytes`, beginning like this, is such a notice. Never raises.

    Judged are its title, its first heading and, of a short page, all of its text. Costs 1 to 4 µs where it is not.
    """
    if page_bytes > MAX_PAGE_BYTES or not _may_be(beginning, is_short=page_bytes <= MAX_SHORT_BYTES):
        return None
    text = beginning[: caps.BEGINNING_BYTES].decode("utf-8", "replace")
    code, library = str(status), shipped()
    for tag in _HEADINGS:
        if found := library.find(Layer.HTTP, heading(text, tag), code, Place.HEADING):
            return found
    sentences = visible(text) if page_bytes <= MAX_SHORT_BYTES else ""
    if not sentences or len(sentences) > MAX_SENTENCES:
        return None
    return library.find(Layer.HTTP, sentences, code, Place.TEXT)


def heading(page: str, tag: str) -> str:
    """The text of the first element `tag` of `page`, "" where there is none."""
    low = page.translate(_LOWER)
    start = low.find(f"<{tag}")
    opened = low.find(">", start) + 1
    end = low.find(f"</{tag}", opened)
    return visible(page[opened:end]) if 0 <= start < opened <= end else ""


def visible(page: str) -> str:
    """What a reader sees of `page`, roughly: no tags, comments, scripts, and nothing behind one that never ends."""
    low, parts, place = page.translate(_LOWER), [], 0
    while (start := low.find("<", place)) >= 0:
        parts.append(page[place:start])
        end = _end_of_markup(low, start)
        place = end if end > start else len(page)
    return " ".join(html.unescape(" ".join((*parts, page[place:]))).split())


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
    low = (beginning if start < 0 else beginning[start : start + _TITLE_BYTES]).lower()
    for stem in _stems():  # noqa: SIM110  # any() makes a generator, which costs as much as the search
        if stem in low:
            return True
    return False


@lru_cache(maxsize=1)
def _stems() -> tuple[bytes, ...]:
    """The last words of all signatures: a notice holds one of them at least."""
    asked = (one for one in shipped().signatures if one.layer is Layer.HTTP and one.place in _IN_PAGES)
    return tuple(sorted({words.split()[-1].encode() for one in asked for words in one.words}))
