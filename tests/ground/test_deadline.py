"""Ladders: which rung falls when, what it means, and that time alone moves none of them."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from alerts.judging.rungs import due_rungs
from checks.calendars import MONDAY_TO_FRIDAY
from checks.deadline import (
    CERTIFICATE_LADDER,
    DOMAIN_LADDER,
    INVOICE_LADDER,
    OVERDUE_AHEAD,
    OVERDUE_BEHIND,
    After,
    Ladder,
    LeadLadder,
    grade,
    parse_ladder,
    resolve,
)
from checks.estate import Holiday, Office
from checks.model import Deadline, Rung, Status
from checks.workdays import WorkCalendar

KARACHI = ZoneInfo("Asia/Karachi")
HQ = WorkCalendar(MONDAY_TO_FRIDAY, KARACHI)
TUESDAY = date(2026, 12, 1)
DUE = HQ.end_of_day(TUESDAY)
NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


class Options(BaseModel):
    ladder: Ladder = CERTIFICATE_LADDER


class BillOptions(BaseModel):
    ladder: LeadLadder = INVOICE_LADDER


def bill_rungs(at: datetime = DUE, now: datetime = NOW, calendar: WorkCalendar = HQ) -> tuple[Rung, ...]:
    return resolve(INVOICE_LADDER, at, calendar=calendar, after=After.EVERY_WORKING_DAY, now=now)


def rung(rungs: tuple[Rung, ...], name: str) -> Rung:
    return next(each for each in rungs if each.name == name)


def opening(day: date) -> datetime:
    return datetime.combine(day, time(9), KARACHI).astimezone(UTC)


def test_a_bill_is_told_when_the_office_opens_so_many_working_days_before() -> None:
    rungs = bill_rungs()
    assert rung(rungs, "5wd").at == opening(date(2026, 11, 24))
    assert rung(rungs, "1wd").at == opening(date(2026, 11, 30))
    assert rung(rungs, "0wd").at == opening(TUESDAY)


def test_a_bill_due_on_a_sunday_is_told_last_on_the_friday() -> None:
    sunday = HQ.end_of_day(date(2026, 12, 6))
    named = [each.name for each in bill_rungs(sunday) if each.at == opening(date(2026, 12, 4))]
    assert named == ["0wd"]


def test_a_holiday_nobody_has_confirmed_makes_reminders_earlier() -> None:
    eid = Holiday(date=date(2026, 11, 27), name="Eid", estimated=True)
    unsure = WorkCalendar(Office(id="hq", week=MONDAY_TO_FRIDAY.week, holidays=(eid,)), KARACHI)
    assert rung(bill_rungs(calendar=unsure), "3wd").at == opening(date(2026, 11, 24))


def test_far_rungs_warn_and_near_rungs_are_critical() -> None:
    statuses = {each.name: each.status for each in bill_rungs()}
    assert [statuses[name] for name in ("20wd", "15wd", "10wd", "5wd")] == [Status.WARNING] * 4
    assert [statuses[name] for name in ("3wd", "1wd", "0wd")] == [Status.CRITICAL] * 3


def test_the_last_rung_of_any_ladder_is_critical() -> None:
    rungs = resolve(parse_ladder(["60d", "30d"]), DUE, now=NOW)
    assert [each.status for each in rungs] == [Status.WARNING, Status.CRITICAL]


def test_an_overdue_bill_is_told_every_working_day_from_the_first_one_behind() -> None:
    late = [each for each in bill_rungs() if each.at > DUE]
    assert [each.name for each in late[:4]] == [
        "overdue 2026-12-02",
        "overdue 2026-12-03",
        "overdue 2026-12-04",
        "overdue 2026-12-07",
    ]
    assert late[3].at == opening(date(2026, 12, 7))
    assert {each.status for each in late} == {Status.CRITICAL}


def test_reminders_of_an_old_debt_stay_few() -> None:
    late = [each for each in bill_rungs(now=DUE + timedelta(days=3000)) if each.at > DUE]
    assert len(late) == OVERDUE_AHEAD + OVERDUE_BEHIND
    assert sum(each.at <= DUE + timedelta(days=3000) for each in late) == OVERDUE_BEHIND


def test_nothing_follows_the_end_of_a_domain() -> None:
    assert [each.name for each in resolve(DOMAIN_LADDER, DUE, now=NOW)] == ["60d", "30d", "14d", "7d", "3d", "1d", "0d"]


def test_a_certificate_is_told_by_shares_of_its_lifetime_and_by_days() -> None:
    rungs = resolve(CERTIFICATE_LADDER, DUE, lifetime=timedelta(days=90), now=NOW)
    assert [(each.name, DUE - each.at) for each in rungs] == [
        ("1/3", timedelta(days=30)),
        ("1/6", timedelta(days=15)),
        ("1/12", timedelta(days=7, hours=12)),
        ("7d", timedelta(days=7)),
        ("3d", timedelta(days=3)),
        ("1d", timedelta(days=1)),
        ("0d", timedelta()),
    ]


def test_a_certificate_of_six_days_is_not_late_at_birth() -> None:
    rungs = resolve(CERTIFICATE_LADDER, DUE, lifetime=timedelta(days=6), now=NOW)
    assert [each.name for each in rungs] == ["1/3", "1d", "1/12", "0d"]
    assert rungs[0].at == DUE - timedelta(days=2)


def test_a_rung_in_working_days_is_never_after_a_deadline_before_opening() -> None:
    dawn = opening(TUESDAY) - timedelta(hours=5)
    assert rung(bill_rungs(dawn), "0wd").at == dawn


def test_a_ladder_in_working_days_needs_an_office() -> None:
    with pytest.raises(ValueError, match="needs the calendar of an office"):
        resolve(INVOICE_LADDER, DUE, now=NOW)


def test_a_ladder_by_shares_needs_a_lifetime() -> None:
    with pytest.raises(ValueError, match="needs the lifetime"):
        resolve(CERTIFICATE_LADDER, DUE, now=NOW)


def test_a_deadline_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="at must be aware UTC"):
        resolve(DOMAIN_LADDER, DUE.replace(tzinfo=None), now=NOW)


def test_a_ladder_in_settings_is_a_list_in_any_order() -> None:
    options = Options.model_validate({"ladder": ["5d", "1/3", "20wd", "15wd"]})
    assert options.ladder.texts() == ["1/3", "20wd", "15wd", "5d"]
    assert options.model_dump_json() == '{"ladder":["1/3","20wd","15wd","5d"]}'
    assert Options.model_json_schema()["properties"]["ladder"]["type"] == "array"


@pytest.mark.parametrize(
    ("ladder", "says"),
    [
        ([], "1 to 30 steps"),
        (["5d", "120h"], "each step of a ladder stands once"),
        (["1/3", "2/6"], "each step of a ladder stands once"),
        (["5d", "soon"], "step 2: expected a lead time"),
        (["3/1"], "step 1: expected a share of the lifetime"),
        (["1/0"], "step 1: expected a share of the lifetime"),
        (["0/3"], "step 1: expected a share of the lifetime"),
        (["\u00b2/3"], "step 1: expected a share of the lifetime"),
        (["1/3/4"], "step 1: expected a share of the lifetime"),
        ("5d", "expected a list of lead times"),
        ([5], "expected a list of lead times"),
        ([f"{days}d" for days in range(1, 32)], "1 to 30 steps"),
    ],
)
def test_any_other_ladder_is_refused(ladder: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Options.model_validate({"ladder": ladder})


def test_a_bill_has_no_lifetime_to_take_shares_of() -> None:
    with pytest.raises(ValidationError, match="need a lifetime"):
        BillOptions.model_validate({"ladder": ["1/3"]})


def test_before_the_first_rung_all_is_well() -> None:
    deadline = Deadline(at=DUE, rungs=bill_rungs())
    assert grade(deadline, rung(deadline.rungs, "20wd").at - timedelta(microseconds=1)) is Status.OK
    assert grade(deadline, rung(deadline.rungs, "20wd").at) is Status.WARNING
    assert grade(deadline, DUE + timedelta(days=400)) is Status.CRITICAL


def test_a_deadline_without_rungs_is_ok() -> None:
    assert grade(Deadline(at=DUE), DUE + timedelta(days=1)) is Status.OK


leads = st.one_of(
    st.integers(0, 60).map(lambda days: f"{days}d"),
    st.integers(1, 600).map(lambda hours: f"{hours}h"),
    st.integers(1, 60).map(lambda days: f"{days}wd"),
    st.integers(2, 50).map(lambda part: f"1/{part}"),
)


def _ladder(texts: list[str]) -> Ladder | None:
    try:
        return parse_ladder(texts)
    except ValueError:
        return None


ladders = st.lists(leads, min_size=1, max_size=8).map(_ladder).filter(lambda ladder: ladder is not None)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds are naive by hypothesis' rule
lifetimes = st.integers(1, 900).map(lambda days: timedelta(days=days))


def worked_out(ladder: Ladder, at: datetime, lifetime: timedelta, now: datetime) -> dict[str, Rung]:
    rungs = resolve(ladder, at, calendar=HQ, lifetime=lifetime, after=After.EVERY_WORKING_DAY, now=now)
    assert len({each.name for each in rungs}) == len(rungs)
    return {each.name: each for each in rungs}


@given(ladders, moments, lifetimes, moments)
def test_rungs_follow_each_other_and_never_become_milder(
    ladder: Ladder, at: datetime, lifetime: timedelta, now: datetime
) -> None:
    rungs = list(worked_out(ladder, at, lifetime, now).values())
    assert all(one.at < next_.at for one, next_ in pairwise(rungs))
    critical = [each.status is Status.CRITICAL for each in rungs]
    assert critical == sorted(critical)
    assert all(each.at <= at or each.name.startswith("overdue ") for each in rungs)


@given(ladders, moments, lifetimes, moments, moments)
def test_rungs_never_move_with_the_time_of_asking(
    ladder: Ladder, at: datetime, lifetime: timedelta, now: datetime, later: datetime
) -> None:
    one, other = worked_out(ladder, at, lifetime, now), worked_out(ladder, at, lifetime, later)
    assert all(one[name] == other[name] for name in one.keys() & other.keys())
    ahead = {name for name in one if not name.startswith("overdue ")}
    assert ahead == {name for name in other if not name.startswith("overdue ")}


@given(ladders, moments, lifetimes, st.integers(0, 400))
def test_a_deadline_moved_later_has_no_rung_earlier(
    ladder: Ladder, at: datetime, lifetime: timedelta, days: int
) -> None:
    before = worked_out(ladder, at, lifetime, at)
    after = worked_out(ladder, at + timedelta(days=days), lifetime, at)
    assert all(after[name].at >= before[name].at for name in before.keys() & after.keys())


@given(moments, st.lists(st.integers(1, 9 * 24), min_size=1, max_size=60))
def test_no_rung_is_lost_between_looks_nine_days_apart(at: datetime, gaps_h: list[int]) -> None:
    now = at - timedelta(days=40)
    looked_at = now
    told: set[str] = set()
    for gap_h in [*gaps_h, 0]:
        told |= {each.name for each in due_rungs(bill_rungs(at, now), told, now)}
        looked_at = now
        now += timedelta(hours=gap_h)
    days = [HQ.local_date(at) + timedelta(days=past) for past in range(1, 700)]
    late = {f"overdue {day}" for day in days if HQ.is_working_day(day) and opening(day) <= looked_at}
    early = {each.name for each in bill_rungs(at, at) if each.at <= min(looked_at, at)}
    assert told == late | early


@pytest.mark.parametrize("zone", ["Asia/Karachi", "America/New_York"])
def test_what_never_lapses_has_a_ladder_in_working_days_too(zone: str) -> None:
    """RFC 5280 §4.1.2.5: a certificate without an end says 31 December 9999."""
    end = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    office = WorkCalendar(MONDAY_TO_FRIDAY, ZoneInfo(zone))
    rungs = resolve(parse_ladder(["20wd", "0wd"]), end, calendar=office, after=After.EVERY_WORKING_DAY, now=NOW)
    assert [each.name for each in rungs] == ["20wd", "0wd"]
    assert grade(Deadline(at=end, rungs=rungs), NOW) is Status.OK
    assert all(each.at <= end for each in rungs)
