"""Searching a page for an administrator's pattern without letting a hostile page stop the daemon.

Python's `re` backtracks: a pattern like "a.*b.*c" over a page made for it takes hours, and no thread helps, since the
search holds the interpreter. It does look for signals now and then, so a timer of CPU time ends it; the smaller the
text, the more often it looks, and the less it keeps to come back to. So a pattern that repeats goes over the page
part by part, and what it finds may be no longer than the parts overlap.
"""

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import FrameType

#: CPU time one search may take; a well-made pattern takes a few milliseconds.
SEARCH_LIMIT_S = 0.1
#: Characters of a page that a pattern that repeats ("*", "+", "{") is searched in at once.
PART = 32 * 1024
#: How much of a part belongs to the next one too.
OVERLAP = 8 * 1024
#: Outside the main thread no timer can be set; then this much of the page is looked at.
_UNTIMED_BYTES = 16 * 1024
_MAX_PATTERN = 1000
#: What looks at what comes behind: ends, word boundaries, "not followed by".
_HEEDS_END = re.compile(r"\$|\\[ZbB]|\(\?!")


class SearchGaveUpError(Exception):
    """The pattern needs too long on this page."""


def check_pattern(pattern: str) -> None:
    """Raise ValueError unless `pattern` compiles."""
    if len(pattern) > _MAX_PATTERN:
        raise ValueError(f"is longer than {_MAX_PATTERN} characters")
    try:
        _compiled(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"is no regular expression Python understands: {error}") from None


def contains(pattern: str, body: bytes) -> bool:
    """Whether `pattern` is found in `body`, read as UTF-8. Raises SearchGaveUpError soon after SEARCH_LIMIT_S."""
    if threading.current_thread() is not threading.main_thread():
        return _found(pattern, body[:_UNTIMED_BYTES])
    with _cpu_timer():
        return _found(pattern, body)


def _found(pattern: str, body: bytes) -> bool:
    text = body.decode("utf-8", "replace")
    if set(pattern) & set("*+{"):
        return any(
            _found_between(pattern, text, start) for start in range(0, max(1, len(text) - OVERLAP), PART - OVERLAP)
        )
    return _compiled(pattern).search(text) is not None


def _found_between(pattern: str, text: str, start: int) -> bool:
    """Whether it is found in the part from `start` on; what only the part's own end makes fit does not count."""
    end = min(start + PART, len(text))
    found = _compiled(pattern).search(text, start, end)
    return found is not None and (end == len(text) or found.end() < end or not _HEEDS_END.search(pattern))


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@contextmanager
def _cpu_timer() -> Iterator[None]:
    def give_up(_signal: int, _frame: FrameType | None) -> None:
        raise SearchGaveUpError(
            f"the pattern takes more than {SEARCH_LIMIT_S:g} s on this page; write it more narrowly"
        )

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, SEARCH_LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
