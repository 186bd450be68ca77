"""Mass logout, seen through the whole kind: counts in, findings out, memory kept as JSON in between."""

from datetime import UTC, datetime, timedelta

import pytest

from checks.model import Cause, Finding, Status
from tests.support.eoffice_day import EofficeDay

MINUTE = timedelta(minutes=1)
#: Office hours in Karachi are 09:00 to 17:00, so 04:00 to 12:00 UTC. 20 November 2026 is a Friday.
CLOSING = datetime(2026, 11, 20, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 20, 20, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 6, tzinfo=UTC)


def cause(finding: Finding) -> Cause:
    return finding.cause


def test_sessions_that_fall_by_most_within_two_minutes_are_a_mass_logout() -> None:
    finding = EofficeDay().count(60, 62, 61, 4)
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.MASS_LOGOUT)
    assert finding.summary == "e-office: mass logout: 62 sessions fell to 4 within two minutes"


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ((60, 25), "more than two fifths are left"),
        ((19, 0), "less than a fifth of the seats were taken"),
        ((60, 50, 40, 30, 25, 20, 15, 10), "they leave one after another"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_is_none_when(counts: tuple[float, ...], why: str) -> None:
    assert why
    assert EofficeDay().count(*counts).status is Status.OK


def test_a_small_office_loses_ten_people_and_that_counts() -> None:
    assert cause(EofficeDay(options={"users": 40}).count(10, 1)) is Cause.MASS_LOGOUT
    assert cause(EofficeDay(options={"users": 40}).count(9, 0)) is not Cause.MASS_LOGOUT


@pytest.mark.parametrize(
    "begins",
    [NIGHT, SUNDAY, CLOSING - 10 * MINUTE, CLOSING - MINUTE],
    ids=["night", "Sunday", "soon closed", "closing"],
)
def test_outside_of_office_hours_a_counter_may_be_reset(begins: datetime) -> None:
    assert EofficeDay(now=begins).count(70, 70, 0).status is Status.OK


def test_half_an_hour_before_closing_it_is_still_one() -> None:
    assert cause(EofficeDay(now=CLOSING - 30 * MINUTE).count(70, 70, 0)) is Cause.MASS_LOGOUT


def test_two_looks_far_apart_prove_nothing() -> None:
    assert EofficeDay(every=timedelta(minutes=5)).count(70, 0).status is Status.OK


def test_it_stands_while_it_is_confirmed() -> None:
    day = EofficeDay()
    day.count(70, 70)
    day.every = timedelta(seconds=10)
    found = day.counts([3, 3, 4, 5, 6, 8, 10, 12, 20, 30])
    assert {finding.cause for finding in found} == {Cause.MASS_LOGOUT}
    assert found[-1].summary.endswith("70 sessions fell to 3 within two minutes, now 30")


def test_it_ends_when_half_are_back() -> None:
    assert EofficeDay().count(70, 70, 3, 20, 36).status is Status.OK


def test_it_ends_after_half_an_hour() -> None:
    found = EofficeDay().counts([70, 70, *[3.0] * 40])
    standing = [finding.cause is Cause.MASS_LOGOUT for finding in found]
    assert standing == [False] * 2 + [True] * 31 + [False] * 9


def test_it_can_happen_again_after_it_ended() -> None:
    found = EofficeDay().counts([70, 70, 3, 40, 60, 4])
    assert [cause(finding) for finding in found][2:] == [Cause.MASS_LOGOUT, Cause.NONE, Cause.NONE, Cause.MASS_LOGOUT]


def test_a_second_one_tells_how_many_were_there_before_it() -> None:
    day = EofficeDay(every=timedelta(seconds=30))
    assert cause(day.count(97, 97, 3)) is Cause.MASS_LOGOUT
    assert day.count(85).cause is not Cause.MASS_LOGOUT
    assert day.count(3).summary == "e-office: mass logout: 85 sessions fell to 3 within two minutes"


def test_one_unreadable_look_in_between_hides_nothing() -> None:
    day = EofficeDay()
    day.count(70, 70)
    assert day.nonsense().status is Status.UNKNOWN
    assert cause(day.count(3)) is Cause.MASS_LOGOUT


def test_counts_of_another_source_are_no_fall() -> None:
    day = EofficeDay()
    day.count(70, 70)
    day.options["url"] = "https://eoffice.example/other"
    assert day.count(3).status is Status.OK
