"""How many SMS a text takes, and what is left of one that takes too many."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.words.sms import MAX_PARTS, fitted, is_gsm, parts

GSM = "abcXYZ 0123456789@£$è{}[]€~^|\\\nÄÖ"
ANY = st.text(st.characters(codec="utf-8"), max_size=400)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("a" * 152 + "€" + "a" * 151, 2),
        ("ب" * 70, 1),
        ("ب" * 71, 2),
        ("ب" * 134, 2),
        ("ب" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 67, 3),
    ],
)
def test_a_text_takes_as_many_sms_as_networks_count(text: str, count: int) -> None:
    assert parts(text) == count


@given(st.text(GSM, max_size=400))
def test_no_part_of_a_gsm_text_holds_more_than_its_septets(text: str) -> None:
    septets = sum(2 if mark in "{}[]€~^|\\\f" else 1 for mark in text)
    assert is_gsm(text)
    least = 1 if septets <= 160 else -(-septets // 153)
    # An escape that would be torn apart moves on whole, which costs at most one septet of each part.
    most = 1 if septets <= 160 else -(-septets // 152)
    assert least <= parts(text) <= most


@given(st.lists(ANY, max_size=6))
def test_what_is_sent_never_takes_more_than_two(pieces: list[str]) -> None:
    assert parts(fitted(pieces)) <= MAX_PARTS


DAYS = [
    "Mon 6 Nov 2017", "02:13 on Sat 14 Oct 2017", "Rs 134,000", "Rs 1.34 lakh", "4,600 users", "14 min",
    "پیر 6 نومبر 2017", "134,000 روپے", "\u2066mx1.example.gov.pk:25 says no\u2069",
]  # fmt: skip
WORDS = st.sampled_from(["the", "bill", "of", "Acme", "کی", "سروس", "1,200", "INV-7"])


@given(st.lists(st.one_of(st.sampled_from(DAYS[:1] + DAYS[2:]), WORDS), min_size=30, max_size=90))
def test_a_cut_never_goes_through_a_day_an_amount_or_an_isolate(words: list[str]) -> None:
    said = fitted([" ".join(words)])
    kept = said.removesuffix("..").split()
    whole = " ".join(words).split()
    assert kept == whole[: len(kept)]
    ends, place = set(), 0
    for word in words:
        place += len(word.split())
        ends.add(place)
    assert len(kept) in ends


def test_the_most_important_stays_and_the_rest_goes() -> None:
    said = fitted(["DOWN Official e-mail.", "x " * 200, "4,600 users."])
    assert said == "DOWN Official e-mail. 4,600 users."


def test_typographic_marks_do_not_halve_the_room() -> None:
    said = fitted(["DOWN Citizens\u2019 portal \u2013 \u201cslow\u201d\u2026"])
    assert said == 'DOWN Citizens\' portal - "slow"..'
    assert is_gsm(said)
    assert not re.search(r"[^\x00-\x7f]", said)
