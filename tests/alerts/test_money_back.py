"""Money that came back: told at once, to readers of the morning list as well, and marked in that list."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from alerts.concern import spared
from alerts.digests.bills import BillState, bills_of
from alerts.digests.morning import morning_list
from alerts.incident import EventKind
from alerts.route import Audience, Language
from checks.billing import invoice_due, labels
from checks.ledger.event import Draft, LedgerEventKind
from checks.model import Rung, Status
from tests.alerts.test_digests import NOW, bill, record
from tests.support.audiences import told
from tests.support.bills import morning
from tests.support.on_record import happened, received, terms
from tests.support.telling import BILL, CALENDAR, FINANCE, directory, event, local
from tests.support.way_checks import WayCheck

K = LedgerEventKind
WHY = (labels.CAME_BACK, "Mon 6 Nov 2017: account closed")
BACK = replace(BILL, facts=(*BILL.facts, WHY))
ZONE = ZoneInfo("Asia/Karachi")


def rungs_after(*returned_on: date) -> list[Rung]:
    one = WayCheck(invoice_due.KIND)
    one.say(received(date(2017, 7, 24), asks=terms(due=date(2017, 9, 29), suspends=None)))
    for day in returned_on:
        one.say(happened(K.CREDITED, day, amount="134000.00 PKR"), happened(K.CREDIT_RETURNED, day, reason="closed"))
    deadline = one.look(morning(date(2017, 8, 17)))["acme/INV-7"].deadline
    assert deadline is not None
    return [rung for rung in deadline.rungs if rung.name.startswith(labels.CAME_BACK_RUNG)]


def test_a_credit_that_comes_back_has_a_step_of_its_own_that_is_due_at_once() -> None:
    (rung,) = rungs_after(date(2017, 8, 16))
    assert rung.at == happened(K.CREDIT_RETURNED, date(2017, 8, 16)).happened_at
    assert rung.status is Status.WARNING


def facts_after(*said: Draft) -> dict[str, str]:
    one = WayCheck(invoice_due.KIND)
    one.say(received(date(2017, 7, 24), asks=terms(due=date(2017, 9, 29), suspends=None)), *said)
    return dict(one.look(morning(date(2017, 8, 17)))["acme/INV-7"].facts)


def test_of_a_part_that_came_back_the_part_is_named_and_what_is_owed_now() -> None:
    day = date(2017, 8, 16)
    facts = facts_after(
        happened(K.CREDITED, day, amount="134000.00 PKR"),
        happened(K.ACKNOWLEDGED, day, amount="94000.00 PKR"),
        happened(K.CREDIT_RETURNED, day, amount="30000.00 PKR"),
    )
    assert facts[labels.SUM_BACK] == "Rs 30,000"
    assert facts[labels.AMOUNT] == "Rs 40,000 (what is left of Rs 134,000)"
    assert labels.SENT_BEFORE not in facts


def test_a_return_without_an_amount_is_of_all_that_was_sent() -> None:
    day = date(2017, 8, 16)
    facts = facts_after(happened(K.CREDITED, day, amount="40000.00 PKR"), happened(K.CREDIT_RETURNED, day))
    assert facts[labels.SUM_BACK] == "Rs 40,000"


def test_where_all_that_is_owed_came_back_the_sum_is_not_said_twice() -> None:
    day = date(2017, 8, 16)
    facts = facts_after(happened(K.CREDITED, day), happened(K.CREDIT_RETURNED, day, amount="134000.00 PKR"))
    assert labels.SUM_BACK not in facts


def test_a_return_of_what_nobody_sent_by_the_record_says_so() -> None:
    facts = facts_after(happened(K.CREDIT_RETURNED, date(2017, 8, 16), reason="closed"))
    assert facts[labels.CAME_BACK] == "Wed 16 Aug 2017: closed"
    assert (facts[labels.SENT_BEFORE], facts.get(labels.SUM_BACK)) == ("nothing", None)


def test_each_return_is_told_by_itself() -> None:
    first, second = rungs_after(date(2017, 8, 14)), rungs_after(date(2017, 8, 14), date(2017, 8, 16))
    assert first[0].name != second[0].name


def test_a_bill_whose_money_never_came_back_has_no_such_step() -> None:
    assert rungs_after() == []


def test_it_stands_first_in_the_subject_of_finance_and_of_a_secretary() -> None:
    news = event(BACK, EventKind.REMINDER, local("2017-11-06 11:00"), rung=f"{labels.CAME_BACK_RUNG} 1")
    subject = told(news, Audience.FINANCE).subject
    assert subject.startswith("MONEY CAME BACK Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7: owed again, due ")
    assert "The money came back on Mon 6 Nov 2017: account closed" in told(news, Audience.FINANCE).text
    secretary = told(news, Audience.SECRETARY)
    assert secretary.subject.startswith("MONEY CAME BACK Rs 134,000")
    assert "the money that was sent came back on Mon 6 Nov 2017: account closed" in " ".join(secretary.text.split())
    assert told(news, Audience.FINANCE, Language.URDU).subject.startswith("رقم واپس آ گئی")


def test_the_sum_that_came_back_stands_before_the_one_that_is_owed() -> None:
    part = replace(BACK, facts=(*BACK.facts, (labels.SUM_BACK, "Rs 40,000")))
    news = event(part, EventKind.REMINDER, local("2017-11-06 11:00"), rung=f"{labels.CAME_BACK_RUNG} 1")
    finance, secretary = told(news, Audience.FINANCE), told(news, Audience.SECRETARY)
    for told_to in (finance, secretary):
        assert told_to.subject.startswith("MONEY CAME BACK Rs 40,000, open now Rs 134,000 to Acme Mail (Pvt) Ltd, bill")
    assert "Of the money that was sent Rs 40,000 came back on Mon 6 Nov 2017: account closed" in finance.text
    assert "; Rs 40,000 of the money that was sent came back on" in " ".join(secretary.text.split())
    urdu = told(news, Audience.FINANCE, Language.URDU)
    assert "40,000 روپے، اب واجب الادا" in urdu.subject
    assert "بھیجی گئی رقم میں سے 40,000 روپے پیر 6 نومبر 2017 کو واپس آ گئی" in urdu.text


def test_money_that_nobody_sent_by_the_record_is_not_called_sent() -> None:
    odd = replace(BACK, facts=(*BACK.facts, (labels.SENT_BEFORE, "nothing")))
    news = event(odd, EventKind.REMINDER, local("2017-11-06 11:00"), rung=f"{labels.CAME_BACK_RUNG} 1")
    finance, secretary = told(news, Audience.FINANCE), told(news, Audience.SECRETARY)
    assert finance.subject.startswith("MONEY CAME BACK, none on record as sent, open now Rs 134,000 to Acme")
    said = "Money is said to have come back on Mon 6 Nov 2017: account closed; none is on record as sent."
    assert said in " ".join(finance.text.split())
    assert "though none is on record as sent" in " ".join(secretary.text.split())
    assert "مگر بھیجی گئی کسی رقم کا اندراج نہیں" in told(news, Audience.FINANCE, Language.URDU).text


def test_whoever_reads_the_list_every_morning_is_told_all_the_same() -> None:
    known = replace(directory(), digested=frozenset({FINANCE.id}))
    news = event(BACK, EventKind.REMINDER, local("2017-10-20 11:00"), rung=f"{labels.CAME_BACK_RUNG} 1")
    step = event(BACK, EventKind.REMINDER, local("2017-10-20 11:00"), rung="10wd")
    assert (spared(news, known), spared(step, known)) == (frozenset(), frozenset({FINANCE.id}))


def test_the_morning_list_shows_it_with_its_day_and_why_however_far_it_is_from_due() -> None:
    far = record(NOW, bill("D-4", "2018-11-27"), None, **{labels.CAME_BACK: WHY[1]})
    (found,) = bills_of([far], CALENDAR, local(NOW))
    assert found.states == (BillState.CAME_BACK,)
    text = morning_list([found], language=Language.ENGLISH, zone=ZONE, now=local(NOW)).text
    assert "money came back, owed again (Mon 6 Nov 2017: account closed)" in " ".join(text.split())
    urdu = morning_list([found], language=Language.URDU, zone=ZONE, now=local(NOW)).text
    assert "رقم واپس آ گئی، پھر واجب الادا" in urdu
