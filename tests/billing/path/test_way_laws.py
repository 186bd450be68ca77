"""What holds of every calendar, path and history, over some 30,000 made from chance."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.billing import payment_cut_off, payment_stage
from checks.billing.path.forecast import chance_by, forecast
from checks.billing.path.pace import SAFE_PERCENT, Pace, usual_pace
from checks.billing.path.position import position, stays
from checks.billing.path.schedule import schedule
from checks.billing.path.times import below, chances_of, written_times
from checks.ledger.event import LedgerEventKind
from checks.ledger.rules import BillingRules
from checks.model import Finding
from checks.plugin import AnyKind
from tests.support.on_record import bill_of, happened
from tests.support.way_checks import WayCheck
from tests.support.ways import (
    any_day,
    any_history,
    any_office,
    any_rules,
    calendar_of,
    instant,
    with_more_holidays,
)

pytestmark = pytest.mark.slow

K = LedgerEventKind
#: Calendars and paths, each with several bills.
SCENES, BILLS = 45, 60


@pytest.mark.parametrize("seed", range(4))
def test_an_act_by_day_is_worked_in_the_order_of_stages_and_leads_to_the_last_day(seed: int) -> None:
    chance = Random(seed)
    for _ in range(SCENES):
        calendar, rules = calendar_of(any_office(chance)), any_rules(chance)
        pace = usual_pace(rules)
        for _ in range(BILLS):
            day = any_day(chance)
            cuts_off = day + timedelta(days=chance.randrange(200))
            planned = schedule(bill_of(*any_history(chance, day)), rules, calendar, cuts_off, pace)
            days = [act.day for act in planned.acts]
            assert days == sorted(days)
            assert planned.last < cuts_off
            assert planned.acts[-1].day == planned.last
            for act in planned.acts:
                assert calendar.is_working_day(act.day)
                assert act.day <= act.last_call <= planned.last
                if not planned.is_tight:
                    assert calendar.shift(act.day, pace.after_wd(act.index, SAFE_PERCENT)) == planned.last


@pytest.mark.parametrize("seed", range(2))
def test_more_holidays_never_leave_more_time(seed: int) -> None:
    """With time enough: where it is short, holidays push what cannot be pulled forward."""
    chance = Random(seed)
    for _ in range(SCENES):
        office, rules = any_office(chance), any_rules(chance)
        day, pace = any_day(chance), usual_pace(rules)
        more = [day + timedelta(days=chance.randrange(200)) for _ in range(5)]
        usual, fewer = calendar_of(office), calendar_of(with_more_holidays(office, more))
        for _ in range(BILLS):
            bill, cuts_off = bill_of(*any_history(chance, day)), day + timedelta(days=chance.randrange(100, 300))
            before = schedule(bill, rules, usual, cuts_off, pace)
            after = schedule(bill, rules, fewer, cuts_off, pace)
            if not after.is_tight:
                assert all(late.day <= early.day for late, early in zip(after.acts, before.acts, strict=True))
            assert forecast(bill, rules, fewer, day, pace).p90 >= forecast(bill, rules, usual, day, pace).p90


@pytest.mark.parametrize("seed", range(2))
def test_quantiles_are_in_order_and_never_earlier_for_a_bill_that_stays_longer(seed: int) -> None:
    chance = Random(seed)
    for _ in range(SCENES):
        calendar, rules = calendar_of(any_office(chance)), any_rules(chance)
        pace, day = usual_pace(rules), any_day(chance)
        bill = bill_of(*any_history(chance, day))
        today = calendar.local_date(position(bill, rules).entered_at)
        before: list[date] = []
        for _ in range(BILLS):
            told = forecast(bill, rules, calendar, today, pace)
            days = [at for _, at in told.quantiles]
            assert days == sorted(days)
            assert (told.p50, told.p90) == (days[2], days[4])
            assert all(calendar.is_working_day(at) for at in days)
            assert not before or all(now >= then for now, then in zip(days, before, strict=True))
            assert chance_by(bill, rules, calendar, today, told.p90, pace) >= 0.9 - 1e-6
            before, today = days, today + timedelta(days=chance.randrange(1, 3))


@pytest.mark.parametrize("seed", range(2))
def test_a_bill_is_always_somewhere_and_its_stays_follow_one_another(seed: int) -> None:
    chance = Random(seed)
    for _ in range(SCENES * 100):
        rules, history = any_rules(chance), any_history(chance, any_day(chance))
        found = stays(bill_of(*history), rules)
        assert all(one.left_at == later.entered_at for one, later in pairwise(found))
        assert all(one.left_at is None or one.left_at >= one.entered_at for one in found)
        assert found[-1].left_at is None
        assert all(0 <= one.index < len(rules.path) for one in found)


def told(findings: dict[str, Finding], at_day: date, hour: int) -> set[tuple[str, float, str]]:
    """Rungs that are due, by subject and deadline, as the daemon tells them apart."""
    now = instant(at_day, hour)
    return {
        (subject, finding.deadline.at.timestamp(), rung.name)
        for subject, finding in findings.items()
        if finding.deadline is not None
        for rung in finding.deadline.rungs
        if rung.at <= now
    }


@pytest.mark.parametrize("kind", [payment_stage.KIND, payment_cut_off.KIND], ids=lambda kind: kind.name)
def test_no_rung_moves_or_is_lost_by_time_alone_and_none_is_for_a_paid_bill(kind: AnyKind) -> None:
    chance = Random(7)
    for _ in range(60):
        check = WayCheck(kind, rules=BillingRules(jurisdiction="kp"))
        start = date(2025, 4, 1) + timedelta(days=chance.randrange(60))
        check.say(*any_history(chance, start)[:3])
        day = start + timedelta(days=25)
        seen = told(check.look(instant(day, 4)), day, 4)
        for _ in range(9):
            day += timedelta(days=1)
            now = told(check.look(instant(day, 4)), day, 4)
            # Of the many that say a bill is late, only the latest are kept.
            assert {one for one in seen - now if not one[2].startswith("overdue")} == set()
            assert len({one for one in now - seen if one[2].startswith("overdue")}) <= 1
            seen |= now
        check.say(happened(K.ACKNOWLEDGED, instant(day, 5)))
        assert all(finding.deadline is None for finding in check.look(instant(day, 6)).values())


@given(st.integers(0, 250), st.integers(0, 250))
def test_the_times_of_a_stage_have_the_median_and_the_ninetieth_percentile_they_were_made_of(a: int, b: int) -> None:
    p50_wd, p90_wd = sorted((a, b))
    total = below(chances_of(p50_wd, p90_wd))
    assert total[-1] == pytest.approx(1.0)
    assert next(wd for wd, share in enumerate(total) if share >= 0.5 - 1e-9) == p50_wd
    assert next(wd for wd, share in enumerate(total) if share >= 0.9 - 1e-9) == p90_wd


@pytest.mark.parametrize("seed", range(40))
def test_what_is_left_of_a_way_shrinks_from_stage_to_stage(seed: int) -> None:
    rules = any_rules(Random(seed))
    pace = Pace(rules.path, written_times(rules.path))
    for percent in (50, SAFE_PERCENT):
        left = [pace.after_wd(index, percent) for index in range(len(rules.path))]
        assert left == sorted(left, reverse=True)
        assert left[-1] == 0
