"""Bills that may miss the cut-off of June."""

from datetime import date
from importlib.resources import files

import pytest

from checks.billing import payment_cut_off
from checks.billing.path import cut_offs as cut_offs_module
from checks.billing.path.cut_offs import CutOffFileError, cut_offs_around, read_cut_offs, shipped
from checks.ledger.event import LedgerEventKind
from checks.ledger.rules import BillingRules, CutOff, Stage
from checks.model import Cause, Finding, Status
from tests.support.bills import morning
from tests.support.on_record import happened, received, terms
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
    assert cut_offs_around(BillingRules(path=path, jurisdiction="kp"), date(2027, 3, 1)) == []


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
    assert facts(ahead)["Latest safe start"] == "Thu 1 May 2025; the last call is Thu 29 May 2025"
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
    assert found["acme/INV-7 kp-2025-cheques"].status is Status.WARNING


def test_a_bill_of_the_new_fiscal_year_asks_for_new_money() -> None:
    assert set(check(on=date(2025, 7, 2)).look(morning(date(2025, 7, 3)))) == {"cut-offs"}


def test_a_paid_bill_is_near_no_cut_off() -> None:
    one = check(on=date(2025, 6, 2))
    one.say(happened(K.ACKNOWLEDGED, date(2025, 6, 5)))
    assert set(one.look(morning(date(2025, 6, 6)))) == {"cut-offs"}


def test_where_no_cut_off_is_known_the_count_says_what_to_do() -> None:
    found = check(rules=BillingRules(is_watched=True)).look(morning(date(2025, 6, 2)))
    assert "name yours in billing.cut_offs" in found["cut-offs"].summary
