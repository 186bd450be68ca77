"""Every kind has examples of what it says, and they are what the code says."""

from checks.registry import load_registry
from tests.support.kind_messages import PAGE, STORIES, page


def test_the_page_of_messages_by_kind_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "renew it: python -m tests.support.kind_messages"


def test_every_kind_is_shown_going_bad_and_getting_well() -> None:
    assert set(STORIES) == set(load_registry(()).kinds)
    for kind, told in STORIES.items():
        words = [message.subject.partition(" ")[0] for message in told()]
        assert words[0] in {
            "DOWN",
            "DEGRADED",
            "DUE",
            "EXPIRES",
            "LATE",
            "LAPSES",
            "BLOCKED",
            "MISSING",
            "AHEAD",
            "SILENT",
        }, kind
        assert "RESOLVED" in words, kind
