import asyncio
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from checks.web.patterns import OVERLAP, PART, SearchGaveUpError, contains


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
        return await asyncio.wait_for(asyncio.sleep(0.01, "still here"), 60)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(scene()) == "still here"


def test_a_pattern_that_repeats_is_found_wherever_on_a_big_page_it_stands() -> None:
    words = b"ready  to serve"
    for place in (0, PART - 7, PART - OVERLAP, 3 * PART, 2**20 - len(words)):
        page = b"x " * (place // 2) + words + b"x " * ((2**20 - place) // 2)
        assert contains(r"ready\s+to", page[: 2**20])


@pytest.mark.parametrize("pattern", [r"x+$", r"x+\Z", r"x{1}(?!_|x)", r"x{9}\b"])
def test_the_end_of_a_part_is_not_taken_for_the_end_of_the_page(pattern: str) -> None:
    assert not contains(pattern, b"." * (PART - 9) + b"x" * (OVERLAP // 2) + b"_" * PART)
    assert contains(pattern, b"." * (3 * PART) + b"x" * 20)


@given(
    st.integers(0, 3 * PART), st.integers(0, 3 * PART), st.sampled_from(["ready +to", r"\bready.{0,9}$", "^.{0,99}r"])
)
def test_parts_find_what_the_whole_would(before: int, behind: int, pattern: str) -> None:
    text = "." * before + "ready  to" + "." * behind
    assert contains(pattern, text.encode()) is (re.search(pattern, text) is not None)


def test_a_search_in_vain_holds_the_loop_for_less_than_a_quarter_of_a_second() -> None:
    for pattern, body in (("x.*y", b"x" * 2**20), ("[^y]*y", b"x" * 2**20), ("(a|a)*b", b"a" * 2**20)):
        started_s = time.process_time()
        with pytest.raises(SearchGaveUpError):
            contains(pattern, body)
        assert time.process_time() - started_s < 0.25
