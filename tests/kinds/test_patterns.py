import asyncio
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from checks.web.patterns import SearchGaveUpError, contains


@pytest.mark.parametrize(
    ("pattern", "body"),
    [("(a+)+$", b"a" * 40 + b"b"), ("x.*x.*y", b"x" * 2**20), ("x.*y", b"x" * 2**20), ("(a|a)*b", b"a" * 2**20)],
)
def test_a_pattern_that_would_take_for_ever_is_given_up(pattern: str, body: bytes) -> None:
    started_s = time.process_time()
    with pytest.raises(SearchGaveUpError, match="more narrowly"):
        contains(pattern, body)
    assert time.process_time() - started_s < 2


def test_the_timer_is_gone_after_a_search() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    assert contains("b", b"abc")
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGVTALRM) is before


def test_a_plain_word_is_found_at_the_very_end_of_a_big_page() -> None:
    assert contains("ready", b"x" * (2**20 - 5) + b"ready")


def test_other_threads_search_too() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(contains, "b+", b"abc").result()


_WORDS = st.text(st.characters(codec="utf-8"), max_size=20)


@given(_WORDS, _WORDS)
def test_plain_words_are_found_where_they_stand(text: str, word: str) -> None:
    assert contains(re.escape(word), text.encode()) is (word in text)


def test_a_search_is_given_up_on_the_daemon_s_own_loop_and_the_loop_goes_on() -> None:
    async def scene() -> str:
        with pytest.raises(SearchGaveUpError):
            contains("(a+)+$", b"a" * 40 + b"b")
        return await asyncio.wait_for(asyncio.sleep(0.01, "still here"), 5)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(scene()) == "still here"
