"""What was said of a check by the id that it had goes on once it has another."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts.mutes.former import FormerId
from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind
from alerts.mutes.standing import concerned_by
from checks.model import CheckId

RENAMED_AT = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
PRESENT = CheckId("post")


def mute(*matchers: str, after: timedelta = timedelta(hours=-1)) -> Mute:
    """One that begins an hour before "mx-1" is renamed to "post", or so long after it."""
    return Mute(
        id="s1",
        kind=MuteKind.SILENCE,
        matchers=matchers_of(matchers),
        author="ali",
        reason="the switch is replaced",
        starts_at=RENAMED_AT + after,
        ends_at=RENAMED_AT + timedelta(days=9),
        former_ids={PRESENT: [FormerId(CheckId("mx-1"), RENAMED_AT)]},
    )


@pytest.mark.parametrize(
    ("said", "is_covered"),
    [
        ("check=mx-1", True),
        ("check=post", True),
        ("check=~mx-*", True),
        ("check=~po*", True),
        ("check=mx-2", False),
        ("check=~www-*", False),
        ("check!=mx-1", False),
        ("check!=post", False),
        ("check!=mx-2", True),
    ],
)
def test_a_matcher_that_speaks_of_the_former_id_or_the_present_one_holds(said: str, *, is_covered: bool) -> None:
    assert mute(said, "kind=smtp").covers({"check": PRESENT, "kind": "smtp"}) is is_covered


def test_all_the_others_must_hold_as_before() -> None:
    assert not mute("check=mx-1", "kind=smtp").covers({"check": PRESENT, "kind": "imap"})


def test_a_check_that_was_never_renamed_is_what_it_is_called() -> None:
    assert not mute("check=mx-1").covers({"check": "www", "kind": "smtp"})


def test_other_labels_are_not_taken_for_an_id() -> None:
    assert not mute("site=mx-1").covers({"check": PRESENT, "site": "hq"})


def test_a_pattern_that_begins_after_the_rename_means_what_is_called_so_by_then() -> None:
    assert not mute("check=~mx-*", after=timedelta(hours=1)).covers({"check": PRESENT})


def test_one_to_come_that_names_the_former_id_holds_once_it_begins() -> None:
    assert mute("check=mx-1", after=timedelta(hours=1)).covers({"check": PRESENT})


def test_listings_count_the_renamed_check_as_matched() -> None:
    labels = {PRESENT: {"check": str(PRESENT)}, CheckId("www"): {"check": "www"}}
    assert concerned_by(mute("check=mx-1"), labels, ()).checks == (PRESENT,)
