"""Where a bill is on its way, told by its events."""

from dataclasses import replace
from datetime import date

import pytest

from checks.billing.path.position import position, stays
from checks.ledger.event import LedgerEventKind
from checks.ledger.rules import DEFAULT_PATH, BillingRules, Stage
from tests.support.on_record import bill_of, happened, received

K = LedgerEventKind
RULES = BillingRules()
MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, day) for day in (2, 3, 4, 5))


def test_a_bill_just_received_waits_for_verification() -> None:
    at = position(bill_of(received(MONDAY)), RULES)
    assert (at.stage.id, at.index, at.objections, at.is_back) == ("verification", 1, 0, False)


@pytest.mark.parametrize("place", range(1, len(DEFAULT_PATH) - 1))
def test_every_milestone_moves_a_bill_to_the_stage_behind_it(place: int) -> None:
    ends_with = DEFAULT_PATH[place].ends_with
    assert ends_with is not None
    at = position(bill_of(received(MONDAY), happened(ends_with, TUESDAY)), RULES)
    assert (at.index, at.entered_at.date()) == (place + 1, TUESDAY)


def test_paperwork_that_comes_late_moves_no_bill_back() -> None:
    bill = bill_of(received(MONDAY), happened(K.SUBMITTED, TUESDAY), happened(K.VERIFIED, WEDNESDAY))
    at = position(bill, RULES)
    assert (at.stage.id, at.entered_at.date()) == ("pre-audit", TUESDAY)


def test_an_objection_sends_it_where_the_stage_says() -> None:
    bill = bill_of(received(MONDAY), happened(K.SUBMITTED, TUESDAY), happened(K.RETURNED, THURSDAY, reason="no order"))
    at = position(bill, RULES)
    assert (at.stage.id, at.objections, at.is_back) == ("preparation", 1, True)


def test_an_objection_that_names_a_stage_sends_it_there() -> None:
    objection = happened(K.RETURNED, THURSDAY, reason="no order", stage="sanction")
    bill = bill_of(received(MONDAY), happened(K.SUBMITTED, TUESDAY), objection)
    assert position(bill, RULES).stage.id == "sanction"


def test_a_bill_that_has_made_up_for_its_objection_is_back_no_longer() -> None:
    bill = bill_of(
        received(MONDAY),
        happened(K.SUBMITTED, TUESDAY),
        happened(K.RETURNED, WEDNESDAY, reason="no order"),
        happened(K.SUBMITTED, THURSDAY),
    )
    at = position(bill, RULES)
    assert (at.stage.id, at.objections, at.is_back) == ("pre-audit", 1, False)


def test_a_credit_that_came_back_waits_for_authorisation_anew() -> None:
    bill = bill_of(received(MONDAY), happened(K.CREDITED, TUESDAY), happened(K.CREDIT_RETURNED, THURSDAY))
    at = position(bill, RULES)
    assert (at.stage.id, at.entered_at.date(), at.is_back) == ("authorisation", THURSDAY, True)


def test_what_is_left_of_a_bill_paid_in_part_waits_for_authorisation() -> None:
    bill = bill_of(
        received(MONDAY), happened(K.CREDITED, TUESDAY), happened(K.ACKNOWLEDGED, THURSDAY, amount="100000.00 PKR")
    )
    assert position(bill, RULES).stage.id == "authorisation"


def test_a_part_payment_ahead_of_its_way_moves_nothing() -> None:
    bill = bill_of(received(MONDAY), happened(K.ACKNOWLEDGED, TUESDAY, amount="1000.00 PKR"))
    assert position(bill, RULES).stage.id == "verification"


def test_a_bill_can_be_moved_by_name_to_and_fro() -> None:
    there, back = happened(K.MOVED, TUESDAY, stage="pre-audit"), happened(K.MOVED, WEDNESDAY, stage="budget")
    assert position(bill_of(received(MONDAY), there), RULES).stage.id == "pre-audit"
    assert position(bill_of(received(MONDAY), there, back), RULES).is_back


def test_a_move_to_a_stage_that_the_settings_have_lost_changes_nothing() -> None:
    bill = bill_of(received(MONDAY), happened(K.MOVED, TUESDAY, stage="legal-opinion"))
    assert position(bill, RULES).stage.id == "verification"


def test_a_path_of_ones_own_counts_the_events_it_knows() -> None:
    path = (
        Stage(id="desk", title="desk", p50_wd=1, p90_wd=2),
        Stage(id="treasury", title="treasury", p50_wd=3, p90_wd=9, ends_with=K.CREDITED),
        Stage(id="bank", title="bank", p50_wd=1, p90_wd=2, ends_with=K.ACKNOWLEDGED),
    )
    own = replace(RULES, path=path)
    verified = bill_of(received(MONDAY), happened(K.VERIFIED, TUESDAY))
    assert position(verified, own).stage.id == "desk"
    assert position(bill_of(received(MONDAY), happened(K.CREDITED, TUESDAY)), own).stage.id == "bank"


def test_stays_tell_how_long_each_desk_had_it() -> None:
    bill = bill_of(
        received(MONDAY),
        happened(K.SUBMITTED, TUESDAY),
        happened(K.RETURNED, WEDNESDAY, reason="no order"),
        happened(K.SUBMITTED, THURSDAY),
    )
    told = [
        (stay.index, stay.entered_at.day, stay.left_at and stay.left_at.day, stay.is_objected)
        for stay in stays(bill, RULES)
    ]
    assert told == [(1, 2, 3, False), (6, 3, 4, True), (5, 4, 5, False), (6, 5, None, False)]
