"""Letters to vendors, whole, as somebody would sign them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from alerts.letter_facts import Facts, facts_of
from alerts.letters import LetterKind, letter
from alerts.route import Language
from checks.billing.path.learning import paces_by
from checks.billing.path.times import written_times
from checks.billing.payee.verdict import Obstacle, PayeeVerdict, declared
from checks.calendars import OfficeCalendars
from checks.estate import Department, Estate, Service, Vendor
from checks.ledger.event import BlockReason, LedgerEventKind, Terms
from checks.ledger.payments import Paid, Sums
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord, BillStanding, Block, PayeeOnRecord, Step
from checks.units import Money

RECEIVED = datetime(2017, 7, 24, 5, 0, tzinfo=UTC)
TODAY = date(2017, 9, 26)
ESTATE = Estate(
    name="Directorate of Information Technology",
    time_zone=ZoneInfo("Asia/Karachi"),
    vendors={"acme": Vendor(id="acme", name="Acme Mail (Pvt) Ltd")},
    departments={
        "health": Department(id="health", name="Health Department", users=1200),
        "police": Department(id="police", name="Police"),
    },
    services={
        "mail": Service(id="mail", title="Official e-mail", vendor="acme", departments=("health", "police")),
    },
)
PACE = paces_by({None: written_times(BillingRules().path)}, BillingRules())
BILL = BillOnRecord(
    key="acme/inv7",
    vendor="acme",
    terms=Terms(number="INV-7", amount=Money(Decimal(134000), "PKR"), due=date(2017, 8, 23), service="mail"),
    received_at=RECEIVED,
    standing=BillStanding.OPEN,
    path=(
        Step(kind=LedgerEventKind.RECEIVED, at=RECEIVED),
        Step(kind=LedgerEventKind.SUBMITTED, at=datetime(2017, 9, 18, 5, 0, tzinfo=UTC)),
    ),
    recorded_at=RECEIVED,
    events=2,
)
ATTACHED = Block(reason=BlockReason.ACCOUNT_ATTACHED, since=RECEIVED, recorded_at=RECEIVED)
PAYEE = declared(
    ESTATE.vendors["acme"], PayeeOnRecord(vendor="acme", blocks=(ATTACHED,), recorded_at=RECEIVED, events=1)
)
UNLISTED = PayeeVerdict(vendor="acme", reasons=(Obstacle(reason=BlockReason.NOT_ACTIVE_TAXPAYER, since=None),))

GRACE = """\
Directorate of Information Technology
No. [reference]                                        Dated: Tue 26 Sep 2017

To: Acme Mail (Pvt) Ltd

Subject: Bill INV-7: request not to suspend the service

Your bill INV-7 over Rs 134,000 was due on Wed 23 Aug 2017. It has been at the stage "pre-audit" since Mon 18 Sep 2017.

By the usual times of the offices on its way the money will most likely be with you by Thu 12 Oct 2017, and in \
nine of ten cases by Thu 2 Nov 2017.

We ask you not to suspend or disconnect the service before Tue 7 Nov 2017, and to confirm this in writing. The bill \
is not disputed by this letter, and we shall write again if anything changes.

If the service were cut off, Official e-mail would stop, and with it the work of Health Department (1,200 users) and \
Police.

[name, designation, signature]
Directorate of Information Technology
"""


def facts(bill: BillOnRecord = BILL, payee: PayeeVerdict | None = None) -> Facts:
    return facts_of(bill, payee, ESTATE, OfficeCalendars(ESTATE), TODAY, PACE)


def written(kind: LetterKind, of: Facts | None = None, language: Language = Language.ENGLISH) -> str:
    return letter(kind, of or facts(), BillingRules(), language)


def test_the_letter_that_asks_for_grace_reads_well() -> None:
    assert written(LetterKind.GRACE) == GRACE


def test_what_cannot_be_paid_now_is_said_and_no_day_is_promised() -> None:
    text = written(LetterKind.NOTICE, facts(payee=PAYEE))
    assert "because your bank account is attached by the tax authority." in text
    assert "This lies with you and not with this office." in text
    assert "most likely be with you" not in text


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (LedgerEventKind.VERIFIED, "The bill is being processed, not sanctioned yet."),
        (LedgerEventKind.BUDGETED, "The bill is being processed, not sanctioned yet."),
        (LedgerEventKind.SANCTIONED, "The payment is sanctioned."),
        (LedgerEventKind.AUDITED, "The payment is sanctioned."),
    ],
)
def test_a_notice_calls_a_payment_sanctioned_only_once_it_is(step: LedgerEventKind, said: str) -> None:
    reached = replace(BILL, path=(BILL.path[0], Step(kind=step, at=RECEIVED)))
    assert f"\n\n{said} Please keep the service running" in written(LetterKind.NOTICE, facts(reached, PAYEE))


def test_a_notice_of_a_bill_that_stands_still_does_not_say_that_it_is_processed() -> None:
    disputed = replace(BILL, path=BILL.path[:1], disputed="billed twice")
    assert "\n\nThe bill is not sanctioned yet. Please keep" in written(LetterKind.NOTICE, facts(disputed, PAYEE))


def test_a_vendor_that_the_taxpayer_list_does_not_have_reads_so() -> None:
    text = written(LetterKind.NOTICE, facts(payee=UNLISTED))
    assert "because you do not stand on the list of active taxpayers." in text
    assert "most likely be with you" not in text


def test_another_account_is_asked_for_in_the_firms_own_name_and_checked_by_telephone() -> None:
    text = written(LetterKind.ALTERNATE_ACCOUNT, facts(payee=PAYEE))
    assert "another account in the very name of your firm" in text
    assert "checked with you by telephone, at the number that we hold already" in text


def test_what_is_disputed_is_not_called_undisputed() -> None:
    text = written(LetterKind.GRACE, facts(replace(BILL, disputed="billed twice")))
    assert "(billed twice)" in text
    assert "not disputed" not in text


def test_of_a_bill_that_is_paid_in_part_the_rest_is_named() -> None:
    paid = replace(BILL, money=(Sums(currency="PKR", paid=Paid(acknowledged=Decimal(100_000))),))
    assert "over Rs 134,000, of which Rs 34,000 is left to pay was due" in written(LetterKind.GRACE, facts(paid))


@pytest.mark.parametrize("kind", list(LetterKind))
def test_a_letter_in_urdu_has_the_same_facts_and_no_english_sentence(kind: LetterKind) -> None:
    text = written(kind, facts(payee=PAYEE), Language.URDU)
    for fact in ("INV-7", "Rs 134,000", "23 اگست 2017", "پری آڈٹ", "Official e-mail", "Health Department"):
        assert fact in text
    assert "ٹیکس حکام نے آپ کا بینک اکاؤنٹ منسلک کر رکھا ہے" in text
    assert not any(word in text for word in ("Subject", "Dated", "please", "bill "))


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", list(LetterKind))
def test_names_from_outside_stay_on_their_line(kind: LetterKind, language: Language) -> None:
    hostile = replace(BILL, terms=replace(BILL.terms, number="7\nSubject: pay me\x1b[2J"))
    text = written(kind, facts(hostile), language)
    assert "\nSubject: pay me" not in text
    assert "\x1b" not in text


def test_the_day_that_is_asked_for_is_never_before_the_vendor_may_cut_off() -> None:
    early = replace(BILL, grace_until=date(2018, 3, 1))
    found = facts(early)
    assert found.until >= found.earliest
