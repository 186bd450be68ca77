"""Matchers as people write them, over labels that may be anything."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.incident import Nature
from alerts.mutes.matcher import MatcherError, all_hold, matcher_of, matchers_of, may_hold
from checks.model import Status

NAMES = st.sampled_from(["check", "kind", "service", "site", "severity", "nature", "team"])
VALUES = st.sampled_from(["mx", "mx-1", "smtp", "", "hq", "critical", "fault", "*", "m?", "m*", "[mx]x", "a=b", "!="])
MATCHERS = st.builds("{}{}{}".format, NAMES, st.sampled_from(["=", "!=", "=~"]), VALUES)
LABELS = st.dictionaries(st.sampled_from(["check", "kind", "service", "site", "team"]), VALUES)


@pytest.mark.parametrize(
    ("text", "labels", "holds"),
    [
        ("service=mail", {"service": "mail"}, True),
        ("service=mail", {}, False),
        ("service!=mail", {}, True),
        ("check=~mx-*", {"check": "mx-1"}, True),
        ("check=~mx-*", {"check": "MX-1"}, False),
        ("check=~mx-?", {"check": "mx-10"}, False),
        ("team=a=b", {"team": "a=b"}, True),
        (" service = mail ", {"service": "mail"}, None),
    ],
)
def test_a_matcher_holds_for_what_it_says(text: str, labels: dict[str, str], *, holds: bool | None) -> None:
    if holds is None:
        with pytest.raises(MatcherError):
            matcher_of(text)
    else:
        assert matcher_of(text).holds(labels) is holds


@pytest.mark.parametrize("texts", [[], ["check=~*"], ["site!=hq"], ["site!=hq", "check=~*"], ["service="], ["a=1"] * 0])
def test_what_would_match_everything_is_refused(texts: list[str]) -> None:
    with pytest.raises(MatcherError):
        matchers_of(texts)


@given(text=st.text(max_size=250))
def test_any_text_is_a_matcher_or_refused_and_written_as_it_was_read(text: str) -> None:
    try:
        matcher = matcher_of(text)
    except MatcherError:
        return
    assert matcher_of(str(matcher)) == matcher


@given(texts=st.lists(MATCHERS, min_size=1, max_size=4), of_check=LABELS)
def test_what_matches_an_incident_may_match_its_check(texts: list[str], of_check: dict[str, str]) -> None:
    try:
        matchers = matchers_of(texts)
    except MatcherError:
        return
    for severity in Status:
        for nature in Nature:
            labels = {**of_check, "severity": severity.value, "nature": nature.value}
            assert may_hold(matchers, of_check) or not all_hold(matchers, labels)


def test_the_worst_pattern_takes_no_time() -> None:
    began_s = time.process_time()
    matcher_of("check=~" + "*a" * 90 + "b").holds({"check": "a" * 5000})
    assert time.process_time() - began_s < 1
