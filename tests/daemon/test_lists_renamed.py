"""A list that is called otherwise from now on is the same list."""

from dataclasses import replace
from datetime import date, time

import pytest

from alerts.digests.rule import DigestKind, DigestRule, event_id, is_list_of
from tests.daemon.test_lists import HOUR, digests, settings
from tests.daemon.test_lists_of_the_unknown import lists_of
from tests.support.virtual_estate import Month
from watchdog.daemon import Daemon
from watchdog.digests import Digests

RULE = DigestRule(
    id="on-call-week", kind=DigestKind.ON_CALL_SUMMARY, to=("finance",), at=time(9, 15), tells_nothing=True
)
RENAMED = replace(RULE, id="summary")
LATER = replace(RULE, id="noon", at=time(12))
DAY = date(2017, 10, 18)


class Renaming:
    """Settings that call the list otherwise, an hour and a half after it went out."""

    def __init__(self, *rules: DigestRule) -> None:
        self._rules = rules

    def __call__(self, daemon: Daemon) -> None:
        daemon.configure(replace(daemon.settings, digests=self._rules))


def test_a_list_that_is_renamed_after_it_went_out_is_not_sent_again_that_day() -> None:
    rows = lists_of(settings(RULE), hours=6, at_s=1.75 * HOUR, then=Renaming(RENAMED))
    assert len(rows) == 2  # one for each recipient


def test_nor_is_one_that_is_renamed_while_the_daemon_starts_anew() -> None:
    """What the chore knew by itself is gone: the rows alone say it."""
    chores: list[Digests] = []

    def forgetful(daemon: Daemon, month: Month) -> Digests:
        chores.append(digests(daemon, month))
        return chores[0]

    def started_anew(daemon: Daemon) -> None:
        Renaming(RENAMED)(daemon)
        chores[0]._done.clear()  # as a start leaves it

    assert len(lists_of(settings(RULE), hours=6, at_s=1.75 * HOUR, then=started_anew, chore_of=forgetful)) == 2


def test_another_list_of_the_same_day_is_sent_though_it_goes_to_the_same_readers() -> None:
    rows = lists_of(settings(RULE), hours=6, at_s=1.75 * HOUR, then=Renaming(RULE, LATER))
    assert len(rows) == 4


@pytest.mark.parametrize(
    ("rule", "names", "is_it"),
    [
        (RULE, {"on-call-week"}, True),
        (replace(RULE, at=time(11)), {"on-call-week"}, True),  # another time is the same list
        (RENAMED, {"summary"}, True),
        (RENAMED, {"summary", "on-call-week"}, False),  # both are there: two lists
        (replace(RENAMED, at=time(11)), {"summary"}, False),
        (replace(RENAMED, kind=DigestKind.BILLS), {"summary"}, False),
    ],
)
def test_what_went_out_counts_by_its_name_or_where_that_is_gone_by_kind_and_time(
    rule: DigestRule,
    names: set[str],
    is_it: bool,  # noqa: FBT001  # a table
) -> None:
    assert is_list_of(event_id(RULE, DAY), rule, DAY, names) is is_it
    assert not is_list_of(event_id(RULE, DAY), rule, date(2017, 10, 19), names)


def test_a_list_that_an_earlier_version_sent_counts_by_its_name() -> None:
    assert is_list_of("digest-on-call-week-2017-10-18", RULE, DAY, {"on-call-week"})
    assert not is_list_of("digest-on-call-week-2017-10-18", RENAMED, DAY, {"summary"})
