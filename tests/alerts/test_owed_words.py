"""Bills whose way is not the usual one, in both languages: behind a cut-off, blocked, sent back, paid too much."""

from dataclasses import replace

import pytest

from alerts.incident import EventKind, Incident
from alerts.message import Message
from alerts.route import Audience, Language
from checks.billing import labels
from checks.model import Cause
from tests.support.audiences import told
from tests.support.money_matters import LATE, MISSING_JUNE
from tests.support.telling import BILL, event, local

AT = local("2017-11-06 09:00")
LATE_DAY = local("2017-12-05 09:00")
BEHIND = "bills to the Accountant General, Fri 16 Jun 2017: what misses it is paid once money returns, Tue 1 Aug 2017"
ATTACHED = "the vendor's account is attached by the tax authority (said by the company)"


def with_facts(incident: Incident, *facts: tuple[str, str]) -> Incident:
    return replace(incident, facts=(*incident.facts, *facts))


def over(incident: Incident, reason: str) -> Incident:
    return replace(incident, closed_at=AT, close_reason=f"{incident.subject} is over: {reason}")


def last(incident: Incident, audience: Audience, language: Language = Language.ENGLISH) -> Message:
    return told(event(incident, EventKind.RESOLVED, AT), audience, language)


# Cut-offs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        (f"{labels.FAR_ENOUGH}; the bill {labels.LIES_NOW} pre-audit, {labels.NOT_PAID_YET}", "MOVED ON"),
        (
            f"{labels.MONEY_IS_BACK} (Tue 1 Aug 2017); the bill {labels.LIES_NOW} sanction, {labels.NOT_PAID_YET}",
            "PAYABLE AGAIN",
        ),
        (labels.IS_PAID, "RESOLVED"),
    ],
)
def test_the_last_word_of_a_cut_off_names_it_and_what_became_of_the_bill(reason: str, word: str) -> None:
    subject = last(over(MISSING_JUNE, reason), Audience.FINANCE).subject
    assert subject == (
        f"{word} Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7, "
        f"cut-off of Fri 16 Jun 2017 (bills to the Accountant General): {reason}"
    )


def test_the_last_word_of_a_cut_off_names_it_in_urdu() -> None:
    reason = f"{labels.FAR_ENOUGH}; the bill {labels.LIES_NOW} pre-audit, {labels.NOT_PAID_YET}"
    subject = last(over(MISSING_JUNE, reason), Audience.FINANCE, Language.URDU).subject
    assert "جمعہ 16 جون 2017 کی آخری تاریخ" in subject
    assert "bills to the Accountant General" in subject
    assert "اب پری آڈٹ میں ہے، ابھی ادا نہیں ہوا" in subject


def test_a_paid_bill_past_a_cut_off_leaves_a_secretary_nothing_to_do() -> None:
    assert "Nobody has to do anything more" in last(over(MISSING_JUNE, labels.IS_PAID), Audience.SECRETARY).text


@pytest.mark.parametrize("incident", [LATE, BILL], ids=["stage", "bill"])
def test_money_that_waits_behind_a_cut_off_says_which(incident: Incident) -> None:
    behind = with_facts(incident, (labels.TOO_LATE, "Tue 22 Aug 2017"), (labels.CUT_OFF, BEHIND))
    text = " ".join(told(event(behind), Audience.FINANCE).text.split())
    assert (
        "too late, on Tue 22 Aug 2017, since it misses the cut-off of Fri 16 Jun 2017 "
        "(bills to the Accountant General)" in text
    )
    urdu = told(event(behind), Audience.FINANCE, Language.URDU).text
    assert "جمعہ 16 جون 2017 کی آخری تاریخ" in urdu
    assert "رقم منگل 1 اگست 2017 سے دوبارہ ملے گی" in urdu


# Blocked -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [EventKind.OPENED, EventKind.REMINDER])
def test_a_secretary_reads_that_an_overdue_bill_is_blocked_and_by_what(kind: EventKind) -> None:
    held = replace(with_facts(BILL, (labels.BLOCK, ATTACHED)), cause=Cause.BLOCKED)
    message = told(event(held, kind, LATE_DAY), Audience.SECRETARY)
    assert message.subject.startswith("BLOCKED " if kind is EventKind.OPENED else "STILL BLOCKED ")
    assert f"not settled; the payment is blocked: {ATTACHED}" in message.text
    urdu = told(event(held, kind, LATE_DAY), Audience.SECRETARY, Language.URDU)
    assert "ادائیگی رکی ہوئی ہے: ٹیکس ادارے نے اکاؤنٹ روک رکھا ہے" in urdu.text


def test_an_overdue_bill_is_overdue_to_a_secretary_too() -> None:
    assert told(event(BILL, EventKind.REMINDER, LATE_DAY), Audience.SECRETARY).subject.startswith("OVERDUE ")
    assert told(event(BILL), Audience.SECRETARY).subject.startswith("DUE ")


def test_finance_is_not_told_to_pay_today_what_nobody_can_pay() -> None:
    held = replace(with_facts(BILL, (labels.BLOCK, ATTACHED)), cause=Cause.BLOCKED)
    text = told(event(held, EventKind.REMINDER, LATE_DAY), Audience.FINANCE).text
    assert "Pay today" not in text
    assert f"The payment is blocked: {ATTACHED}." in text
    assert "Pay today" in told(event(BILL, EventKind.REMINDER, LATE_DAY), Audience.FINANCE).text


# Back, and too much --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("audience", [Audience.FINANCE, Audience.ON_CALL])
def test_money_that_came_back_is_said_in_urdu_with_the_day_and_why(audience: Audience) -> None:
    back = with_facts(BILL, (labels.CAME_BACK, "Mon 6 Nov 2017: account closed"))
    text = told(event(back, EventKind.REMINDER, AT), audience, Language.URDU).text
    assert "بھیجی گئی رقم پیر 6 نومبر 2017 کو واپس آ گئی" in text
    assert "account closed" in text
    assert "بل پھر واجب الادا ہے" in text
    assert "واپس آ گئی" not in told(event(BILL, EventKind.REMINDER, AT), audience, Language.URDU).text


@pytest.mark.parametrize("audience", [Audience.FINANCE, Audience.ON_CALL])
def test_a_bill_that_was_paid_too_much_says_so_in_urdu(audience: Audience) -> None:
    much = over(with_facts(BILL, (labels.OVERPAID, "Rs 1,000")), "settled")
    text = last(much, audience, Language.URDU).text
    assert "1,000 روپے زیادہ ادا ہوئے" in text
    assert "زیادہ ادا ہوئے" not in last(over(BILL, "settled"), audience, Language.URDU).text


def test_finance_asks_the_vendor_of_what_was_credited_and_is_not_told_to_pay_it_again() -> None:
    credited = with_facts(BILL, ("Paid so far", f"Rs 134,000 {labels.CREDITED}"))
    text = told(event(credited, EventKind.REMINDER, LATE_DAY), Audience.FINANCE).text
    assert "Ask the vendor today whether it has the money" in text
    assert "Pay today" not in text
