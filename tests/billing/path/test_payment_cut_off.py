"""Bills that may miss the cut-off of June."""

from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest

from checks.billing import payment_cut_off
from checks.billing.path import cut_offs as cut_offs_module
from checks.billing.path.cut_offs import CutOffFileError, cut_offs_around, read_cut_offs, shipped
from checks.billing.path.forecast import chance_by, forecast
from checks.billing.path.pace import usual_pace
from checks.calendars import OfficeCalendars
from checks.ledger.event import LedgerEventKind
from checks.ledger.rules import BillingRules, CutOff, Stage
from checks.model import Cause, Finding, Status
from tests.support.bills import ESTATE, morning
from tests.support.on_record import bill_of, happened, received, terms
from tests.support.way_checks import WayCheck

K = LedgerEventKind
KP = BillingRules(jurisdiction="kp", is_watched=True)
#: Of 2025: bills 16 June, cheques 23 June, encashment 30 June.
SUBJECT = "acme/INV-7 kp-2025-bills"


def check(on: date = date(2025, 4, 14), rules: BillingRules = KP) -> WayCheck:
    one = WayCheck(payment_cut_off.KIND, rules=rules)
    one.say(received(on, asks=terms(due=date(2025, 7, 31), suspends=None)))
    return one


def facts(finding: Finding) -> dict[str, str]:
    return dict(finding.facts)


def test_what_is_shipped_is_dated_and_sourced() -> None:
    assert {name: [one.id for one in where.cut_offs] for name, where in shipped().items()} == {
        "federal": ["claims"],
        "kp": ["bills", "cheques", "encashment"],
    }
    assert all(one.source for where in shipped().values() for one in where.cut_offs)


def test_the_circular_of_a_year_counts_as_it_stands() -> None:
    days = {one.id: (one.day, one.stage, one.is_assumed) for one in cut_offs_around(KP, date(2025, 3, 1))}
    assert days["kp-2025-bills"] == (date(2025, 6, 16), "pre-audit", False)
    assert days["kp-2025-cheques"] == (date(2025, 6, 23), "credit", False)
    assert days["kp-2025-encashment"] == (date(2025, 6, 30), "confirmation", False)


def test_a_year_without_a_circular_takes_the_days_of_the_last_and_says_so() -> None:
    found = {one.id: one for one in cut_offs_around(KP, date(2027, 3, 1))}
    assert (found["kp-2027-bills"].day, found["kp-2027-bills"].is_assumed) == (date(2027, 6, 16), True)
    assert found["kp-2027-bills"].source.startswith("assumed, as in 2025")
    between = {one.id: one for one in cut_offs_around(KP, date(2017, 3, 1))}
    assert between["kp-2017-bills"].day == date(2017, 6, 17)


def test_a_cut_off_of_the_estate_replaces_the_shipped_one_of_its_id() -> None:
    own = CutOff(
        id="kp-2027-bills", title="bills", day=date(2027, 6, 11), stage="sanction", money_returns=date(2027, 9, 1)
    )
    rules = BillingRules(jurisdiction="kp", cut_offs=(own,))
    found = {one.id: one for one in cut_offs_around(rules, date(2027, 3, 1))}
    assert found["kp-2027-bills"] is own


def test_a_path_without_the_asked_event_has_no_such_cut_off() -> None:
    path = (Stage(id="a", title="a", p50_wd=1, p90_wd=2), Stage(id="b", title="b", p50_wd=1, p90_wd=2))
    assert not cut_offs_around(BillingRules(path=path, jurisdiction="kp"), date(2027, 3, 1))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("06-16", "06-31"),
        ("06-16", "2025-06-16"),
        ("after: submitted", "after: posted"),
        ("  federal:", "  atlantis:"),
        ("version: 1", "version: one"),
        ("id: cheques", "id: bills"),
        ("title: cheques encashed", "headline: cheques encashed"),
        ("version: 1", "version: ["),
    ],
)
def test_a_file_that_is_wrong_is_refused(was: str, now: str) -> None:
    text = files(cut_offs_module.__package__).joinpath("cut_offs.yaml").read_text("utf-8")
    assert was in text
    with pytest.raises(CutOffFileError):
        read_cut_offs(text.replace(was, now, 1))


def test_a_bill_far_from_its_safe_start_is_not_told_of() -> None:
    assert set(check().look(morning(date(2025, 2, 3)))) == {"cut-offs"}


def test_a_bill_is_shown_ahead_and_warned_of_from_its_latest_safe_start() -> None:
    one = check(on=date(2025, 4, 1))
    ahead = one.look(morning(date(2025, 4, 23)))[SUBJECT]
    assert (ahead.status, ahead.cause) == (Status.OK, Cause.NONE)
    assert facts(ahead)["Latest safe start"] == "Thu 1 May 2025; the last call is Wed 28 May 2025"
    late = one.look(morning(date(2025, 5, 2)))[SUBJECT]
    assert (late.status, late.cause) == (Status.WARNING, Cause.DUE)
    assert late.summary.endswith("may miss the cut-off (bills to the Accountant General or District Accounts Office)")


def test_a_bill_that_will_miss_is_critical_now_and_says_when_money_returns() -> None:
    found = check(on=date(2025, 6, 2)).look(morning(date(2025, 6, 2)))[SUBJECT]
    assert (found.status, found.cause) == (Status.CRITICAL, Cause.DUE)
    assert "will miss the cut-off" in found.summary
    told = facts(found)
    assert told["Money returns"] == "Fri 1 Aug 2025"
    assert told["Must have reached"] == "pre-audit"
    assert told["Last day"] == "Mon 16 Jun 2025"


def test_a_bill_that_will_miss_stays_critical_on_each_day_that_it_is_told_again() -> None:
    deadline = check(on=date(2025, 6, 2)).look(morning(date(2025, 6, 2)))[SUBJECT].deadline
    assert deadline is not None
    assert {rung.status for rung in deadline.rungs if rung.at >= morning(date(2025, 6, 2), 9)} == {Status.CRITICAL}


def test_a_bill_that_is_held_beyond_the_cut_off_is_critical_on_the_day_that_is_said() -> None:
    one = check(on=date(2025, 4, 1))
    assert one.look(morning(date(2025, 4, 23)))[SUBJECT].status is Status.OK
    one.say(happened(K.HELD, date(2025, 4, 24), until=date(2025, 7, 15), reason="no budget yet"))
    found = one.look(morning(date(2025, 4, 24)))[SUBJECT]
    assert (found.status, found.cause) == (Status.CRITICAL, Cause.DUE)
    assert found.summary.endswith("Office), money returns Fri 1 Aug 2025")


def test_a_bill_that_is_held_and_has_time_enough_is_judged_as_before() -> None:
    one = check(on=date(2025, 4, 1))
    before = one.look(morning(date(2025, 4, 23)))[SUBJECT]
    one.say(happened(K.HELD, date(2025, 4, 23), until=date(2025, 4, 25)))
    assert one.look(morning(date(2025, 4, 23)))[SUBJECT].deadline == before.deadline


def test_a_bill_that_nobody_can_move_is_critical_from_its_safe_start_on() -> None:
    one = check(on=date(2025, 4, 1))
    one.say(happened(K.DISPUTED, date(2025, 4, 24), reason="not delivered"))
    assert one.look(morning(date(2025, 4, 24)))[SUBJECT].status is Status.OK
    assert one.look(morning(date(2025, 5, 1), 9))[SUBJECT].status is Status.CRITICAL


def test_a_bill_that_stays_too_long_is_critical_before_it_would_have_to_leave() -> None:
    """What is left of its stay counts as well: pre-audit takes days from the day it is looked at, too."""
    first, verification, *rest = KP.path
    slow = replace(KP, path=(first, replace(verification, p50_wd=25, p90_wd=30), *rest))
    found = check(on=date(2025, 5, 1), rules=slow).look(morning(date(2025, 5, 2)))[SUBJECT]
    assert found.status is Status.CRITICAL


def test_what_misses_the_cut_off_is_forecast_behind_the_day_on_which_money_returns() -> None:
    bill, calendar = bill_of(received(date(2025, 6, 14))), OfficeCalendars(ESTATE).of(None)
    for today in (date(2025, 6, 15), date(2025, 6, 18), date(2025, 7, 30)):
        told = forecast(bill, KP, calendar, today, usual_pace(KP))
        assert told.quantiles[0][1] >= date(2025, 8, 1)
        assert told.cut_off is not None
        assert told.cut_off.money_returns == date(2025, 8, 1)
        assert chance_by(bill, KP, calendar, today, date(2025, 7, 31), usual_pace(KP)) < 0.001


def test_no_money_of_the_old_year_comes_before_it_returns() -> None:
    """A bill that is through pre-audit in time, and not at the bank by the end of June."""
    bill = bill_of(received(date(2025, 6, 2)), happened(K.SUBMITTED, date(2025, 6, 27)))
    told = forecast(bill, KP, OfficeCalendars(ESTATE).of(None), date(2025, 7, 2), usual_pace(KP))
    assert told.p50 >= date(2025, 8, 1)


def test_a_bill_in_good_time_has_no_cut_off_in_its_way() -> None:
    bill = bill_of(received(date(2024, 9, 2)))
    told = forecast(bill, KP, OfficeCalendars(ESTATE).of(None), date(2024, 9, 3), usual_pace(KP))
    assert told.cut_off is None
    assert told.p90 < date(2025, 1, 1)


def test_an_assumed_day_is_called_so() -> None:
    found = check(on=date(2026, 6, 1)).look(morning(date(2026, 6, 2)))["acme/INV-7 kp-2026-bills"]
    assert facts(found)["Last day"] == "Tue 16 Jun 2026 (assumed)"


def test_a_bill_that_missed_stays_until_its_money_returns() -> None:
    one = check(on=date(2025, 6, 2))
    missed = one.look(morning(date(2025, 7, 1)))[SUBJECT]
    assert (missed.status, missed.cause) == (Status.CRITICAL, Cause.OVERDUE)
    assert "missed the cut-off" in missed.summary
    over = one.look(morning(date(2025, 8, 1)))[SUBJECT]
    assert (over.status, over.deadline) == (Status.OK, None)


def test_a_bill_that_got_there_is_judged_by_the_next_cut_off() -> None:
    one = check(on=date(2025, 4, 14))
    one.look(morning(date(2025, 6, 10)))
    one.say(happened(K.SUBMITTED, date(2025, 6, 11)))
    found = one.look(morning(date(2025, 6, 12)))
    assert found[SUBJECT].deadline is None
    cheques = found["acme/INV-7 kp-2025-cheques"]
    assert cheques.status is Status.CRITICAL
    assert "will miss the cut-off" in cheques.summary


def test_a_bill_of_the_new_fiscal_year_asks_for_new_money() -> None:
    assert set(check(on=date(2025, 7, 2)).look(morning(date(2025, 7, 3)))) == {"cut-offs"}


def test_a_paid_bill_is_near_no_cut_off() -> None:
    one = check(on=date(2025, 6, 2))
    one.say(happened(K.ACKNOWLEDGED, date(2025, 6, 5)))
    assert set(one.look(morning(date(2025, 6, 6)))) == {"cut-offs"}


def test_where_no_cut_off_is_known_the_count_says_what_to_do() -> None:
    found = check(rules=BillingRules(is_watched=True)).look(morning(date(2025, 6, 2)))
    assert "name yours in billing.cut_offs" in found["cut-offs"].summary
