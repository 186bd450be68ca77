"""A cut-off that came nearer, and a bill that will be paid too late: told at once, and said in every list."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.concern import spared
from alerts.digests.bills import PRESSING, BillState, bills_of
from alerts.digests.morning import morning_list
from alerts.incident import EventKind
from alerts.route import Audience, Language
from checks.billing import invoice_due, labels
from checks.billing.path.schedule import TOO_LATE
from checks.ledger.event import LedgerEventKind
from checks.model import Finding
from tests.alerts.test_digests import NOW, bill, record
from tests.support.audiences import told
from tests.support.bills import morning
from tests.support.on_record import happened, received, terms
from tests.support.telling import BILL, CALENDAR, FINANCE, directory, event, local
from tests.support.way_checks import WayCheck

K = LedgerEventKind
ZONE = ZoneInfo("Asia/Karachi")
WAS = (labels.CUT_OFF_CHANGED, "was Wed 20 Dec 2017 until Mon 6 Nov 2017")
RUNG = f"{labels.SOONER_RUNG} 2017-12-16"


def looked(*announced: date, suspends: date | None = date(2017, 10, 20)) -> Finding:
    one = WayCheck(invoice_due.KIND)
    one.say(received(date(2017, 7, 24), asks=terms(due=date(2017, 9, 29), suspends=suspends)))
    for number, day in enumerate(announced):
        one.say(happened(K.SUSPENSION_ANNOUNCED, date(2017, 8, 15 + number), until=day))
    return one.look(morning(date(2017, 8, 17)))["acme/INV-7"]


def steps(finding: Finding) -> list[str]:
    assert finding.deadline is not None
    return [rung.name for rung in finding.deadline.rungs if rung.name.startswith(labels.SOONER_RUNG)]


def test_a_notice_that_puts_the_cut_off_forward_has_a_step_of_its_own() -> None:
    finding = looked(date(2017, 10, 16))
    assert steps(finding) == [f"{labels.SOONER_RUNG} 2017-10-16"]
    assert dict(finding.facts)[labels.CUT_OFF_CHANGED] == "was Fri 20 Oct 2017 until Tue 15 Aug 2017"


def test_a_day_that_is_put_off_or_no_nearer_than_usual_has_none() -> None:
    assert steps(looked(date(2017, 10, 25))) == []
    assert steps(looked(date(2017, 10, 16), date(2017, 10, 25))) == []
    assert steps(looked(date(2018, 6, 1), suspends=None)) == []


def test_a_day_named_before_the_usual_one_counts_as_nearer() -> None:
    finding = looked(date(2017, 10, 2), suspends=None)
    assert steps(finding) == [f"{labels.SOONER_RUNG} 2017-10-02"]
    assert "by its usual terms" in dict(finding.facts)[labels.CUT_OFF_CHANGED]


@pytest.mark.parametrize("rung", [RUNG, TOO_LATE])
def test_whoever_reads_the_list_every_morning_is_told_of_it_at_once(rung: str) -> None:
    known = replace(directory(), digested=frozenset({FINANCE.id}))
    assert spared(event(BILL, EventKind.REMINDER, local("2017-10-20 11:00"), rung=rung), known) == frozenset()


def test_it_says_the_new_day_and_the_old_one_first() -> None:
    assert BILL.deadline is not None
    cut = replace(BILL.deadline, cuts_off_at=local("2017-12-16 23:59"))
    moved = replace(BILL, deadline=cut, facts=(*BILL.facts, ("Vendor cuts off", "Sat 16 Dec 2017"), WAS))
    news = event(moved, EventKind.REMINDER, local("2017-11-06 11:00"), rung=RUNG)
    subject = told(news, Audience.FINANCE).subject
    assert subject.startswith("CUT OFF SOONER Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7: now Sat 16 Dec 2017")
    assert subject.endswith("no longer Wed 20 Dec 2017")
    assert told(news, Audience.SECRETARY).subject.startswith("CUT OFF SOONER Rs 134,000")
    assert "پہلے کر دی" in told(news, Audience.FINANCE, Language.URDU).subject


@pytest.mark.parametrize(("day", "word"), [("2017-11-06", "CUT OFF SOONER"), ("2017-11-28", "OVERDUE")])
def test_what_is_told_first_of_a_bill_nobody_heard_of_is_what_presses_most(day: str, word: str) -> None:
    assert BILL.deadline is not None
    cut = replace(BILL.deadline, cuts_off_at=local("2017-12-16 23:59"))
    moved = replace(BILL, deadline=cut, facts=(*BILL.facts, ("Vendor cuts off", "Sat 16 Dec 2017"), WAS))
    subject = told(event(moved, EventKind.OPENED, local(f"{day} 11:00"), rung=RUNG), Audience.FINANCE).subject
    assert subject.startswith(f"{word} Rs 134,000")
    assert "Sat 16 Dec 2017" in subject


def test_a_correction_that_a_look_itself_writes_down_has_its_step_at_once() -> None:
    """It is recorded while the look goes on, a moment after the look began."""
    one = WayCheck(invoice_due.KIND)
    one.say(received(date(2017, 7, 24), asks=terms(due=date(2017, 9, 29), suspends=date(2017, 10, 20))))
    began = morning(date(2017, 8, 17))
    nearer = terms(due=date(2017, 9, 29), suspends=date(2017, 10, 16))
    one.say(happened(K.CORRECTED, began + timedelta(milliseconds=3), asks=nearer, reason="a list"))
    deadline = one.look(began)["acme/INV-7"].deadline
    assert deadline is not None
    assert [rung.at <= began for rung in deadline.rungs if rung.name.startswith(labels.SOONER_RUNG)] == [True]


def test_the_day_to_begin_by_is_said_to_be_counted_from_the_cut_off() -> None:
    assert BILL.deadline is not None
    cut = replace(BILL.deadline, cuts_off_at=local("2017-12-16 23:59"))
    news = event(replace(BILL, deadline=cut), EventKind.OPENED, local("2017-11-06 11:00"), rung="10wd")
    text = " ".join(told(news, Audience.FINANCE).text.split())
    assert "to be settled before the cut-off on Sat 16 Dec 2017. It is due on Mon 27 Nov 2017." in text


def test_the_list_says_too_late_by_which_day_it_had_to_be_and_what_the_day_was() -> None:
    late = {labels.TOO_LATE: "Tue 26 Dec 2017", "Vendor cuts off": "Sat 16 Dec 2017", WAS[0]: WAS[1]}
    (found,) = bills_of([record(NOW, bill("D-4", "2017-11-27"), None, **late)], CALENDAR, local(NOW))
    assert BillState.TOO_LATE in found.states
    assert BillState.TOO_LATE in PRESSING
    text = " ".join(morning_list([found], language=Language.ENGLISH, zone=ZONE, now=local(NOW)).text.split())
    assert "TOO LATE by usual times (paid Tue 26 Dec 2017, had to be before Sat 16 Dec 2017)" in text
    assert "Sat 16 Dec 2017 (was Wed 20 Dec 2017)" in text
    urdu = morning_list([found], language=Language.URDU, zone=ZONE, now=local(NOW)).text
    assert "معمول کے مطابق رقم دیر سے پہنچے گی" in urdu
