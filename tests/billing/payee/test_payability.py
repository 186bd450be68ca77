"""A vendor that cannot be paid is an incident before anything is due."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from checks.billing import labels, payability
from checks.estate import Estate, Vendor
from checks.ledger.event import BlockReason
from checks.ledger.rules import Contract
from checks.ledger.taxpayers import ListKind
from checks.model import Cause, Finding, Status
from tests.support.bills import facts
from tests.support.owed import Lists, OwedCheck, acknowledged, blocked, received, unblocked
from tests.support.risky import connected_estate

TODAY = date(2017, 9, 25)
ACME = "payee acme"
TAXPAYER = "taxpayer acme"
LIST = "income-tax list"
ON_LIST = {"1234567": "ACME MAIL PRIVATE LIMITED"}


def estate_of(
    *contracts: Contract,
    ntn: str | None = "1234567-8",
    cnic: str | None = None,
    lists: tuple[ListKind, ...] = (ListKind.INCOME_TAX,),
) -> Estate:
    vendor = Vendor(
        id="acme",
        name="Acme Mail (Pvt) Ltd",
        ntn=ntn,
        cnic=cnic,
        iban="PK36SCBL0000001123456702",
        taxpayer_lists=lists,
    )
    return replace(connected_estate(*contracts), vendors={"acme": vendor})


def check(estate: Estate | None = None, *, listed_on: date = TODAY, names: dict[str, str] | None = None) -> OwedCheck:
    lists = Lists({ListKind.INCOME_TAX: (listed_on, ON_LIST if names is None else names)})
    return OwedCheck(payability.KIND, estate=estate or estate_of(), taxpayers=lists)


def of_acme(one: OwedCheck, day: date = TODAY) -> Finding:
    return one.look(day)[ACME]


def as_taxpayer(one: OwedCheck, day: date = TODAY) -> Finding:
    return one.look(day)[TAXPAYER]


def test_a_vendor_on_a_fresh_list_with_a_good_account_is_well() -> None:
    one = check()
    one.say(received())
    found = of_acme(one)
    assert (found.status, found.cause) == (Status.OK, Cause.NONE)
    assert found.summary == ("Acme Mail (Pvt) Ltd can be paid, as far as is known; Rs 134,000 in 1 bill")


def test_a_block_is_told_the_day_it_is_recorded_though_nothing_is_due() -> None:
    one = check()
    one.say(received(due=date(2018, 1, 1)), blocked("acme", TODAY, words="notice u/s 140", evidence="letter 12/2017"))
    found = of_acme(one)
    assert (found.status, found.cause, found.deadline) == (Status.CRITICAL, Cause.BLOCKED, None)
    assert found.summary == (
        "Acme Mail (Pvt) Ltd cannot be paid: account attached by the tax authority since Mon 25 Sep 2017; "
        "Rs 134,000 in 1 bill"
    )
    assert found.evidence == "letter 12/2017"


def test_the_finding_says_what_goes_dark_and_the_way_round() -> None:
    one = check()
    one.say(received(), blocked("acme", TODAY))
    said = facts(of_acme(one))
    assert said["Why"] == "account attached by the tax authority"
    assert said["Blocked since"] == "Mon 25 Sep 2017"
    assert said["Open bills"] == "Rs 134,000 in 1 bill: INV-7 due Wed 23 Aug 2017"
    assert said["Goes dark for"] == "Health Department (1,200 users), Excise (300 users), Museum"
    assert "attachment notice" in said["To do 1"]
    assert "nigehban invoices letter" in said["To do 2"]


def test_once_unblocked_it_is_well_again() -> None:
    one = check()
    one.say(received(), blocked("acme", TODAY), unblocked("acme", TODAY + timedelta(days=1)))
    assert of_acme(one, TODAY + timedelta(days=1)).status is Status.OK


def test_a_block_of_a_vendor_that_is_owed_nothing_is_a_warning() -> None:
    one = check()
    one.say(received(), acknowledged("acme/inv-7", TODAY), blocked("acme", TODAY))
    assert of_acme(one).status is Status.WARNING


def test_a_bill_that_a_contract_expects_makes_a_block_critical() -> None:
    mail = Contract(id="mail", vendor="acme", title="Mail", cycle_months=1, first_bill=date(2017, 10, 5))
    one = check(estate_of(mail))
    one.say(blocked("acme", TODAY))
    assert of_acme(one).status is Status.CRITICAL


def test_who_is_not_on_a_fresh_list_cannot_be_paid() -> None:
    one = check(names={})
    one.say(received())
    found = as_taxpayer(one)
    assert (found.status, found.cause) == (Status.CRITICAL, Cause.BLOCKED)
    assert "not on the list of active taxpayers (income-tax list of Mon 25 Sep 2017, 0 numbers)" in found.summary
    assert "Blocked since" not in facts(found)


@pytest.mark.parametrize(("age_days", "status"), [(10, Status.OK), (11, Status.UNKNOWN), (-1, Status.UNKNOWN)])
def test_a_stale_list_is_unknown_and_never_well(age_days: int, status: Status) -> None:
    one = check(listed_on=TODAY - timedelta(days=age_days))
    one.say(received())
    assert as_taxpayer(one).status is status


def test_a_stale_list_is_no_reason_to_call_anybody_unpayable() -> None:
    one = check(listed_on=TODAY - timedelta(days=30), names={})
    one.say(received())
    found = as_taxpayer(one)
    assert (found.status, found.cause) == (Status.UNKNOWN, Cause.STALE)
    assert "30 days old and counts for 10" in found.summary


def test_without_any_list_it_is_said_once_and_not_of_every_vendor() -> None:
    one = OwedCheck(payability.KIND, estate=estate_of())
    one.say(received(), received("INV-8", vendor="other"))
    found = one.look(TODAY)
    unknown = [subject for subject, finding in found.items() if finding.status is Status.UNKNOWN]
    assert unknown == [LIST]
    assert found[LIST].summary.startswith("no income-tax list of active taxpayers was imported yet: of 2 vendors")


def test_a_list_that_nobody_waits_for_is_not_missed() -> None:
    assert OwedCheck(payability.KIND, estate=estate_of()).look(TODAY)[LIST].status is Status.OK


def test_a_block_is_over_though_no_list_was_ever_imported() -> None:
    one = OwedCheck(payability.KIND, estate=estate_of())
    one.say(received(), blocked("acme", TODAY))
    assert of_acme(one).status is Status.CRITICAL
    one.say(unblocked("acme", TODAY))
    found = of_acme(one)
    assert (found.status, labels.CAN_BE_PAID in found.summary) == (Status.OK, False)


def test_a_block_is_over_though_the_list_is_stale() -> None:
    one = check(listed_on=TODAY - timedelta(days=30))
    one.say(received(), blocked("acme", TODAY), unblocked("acme", TODAY))
    found = one.look(TODAY)
    assert (found[ACME].status, found[TAXPAYER].status) == (Status.OK, Status.UNKNOWN)


def test_one_more_reason_is_told_the_day_it_is_recorded() -> None:
    one = check()
    one.say(received(), blocked("acme", TODAY))
    one.look(TODAY)
    one.say(blocked("acme", TODAY, BlockReason.COURT_ORDER))
    found = one.look(TODAY)
    assert found[ACME].status is Status.CRITICAL
    more = found["payee acme court-order"]
    assert (more.status, more.cause) == (Status.CRITICAL, Cause.BLOCKED)
    assert facts(more)["Why"] == "court order"
    one.say(unblocked("acme", TODAY, BlockReason.ACCOUNT_ATTACHED))
    found = one.look(TODAY)
    assert (found[ACME].status, found["payee acme court-order"].status) == (Status.CRITICAL, Status.CRITICAL)
    one.say(unblocked("acme", TODAY, BlockReason.COURT_ORDER))
    for _ in range(2):
        found = one.look(TODAY)
        assert (found[ACME].status, found["payee acme court-order"].status) == (Status.OK, Status.OK)


def test_reasons_that_are_recorded_at_once_are_told_at_once() -> None:
    one = check()
    one.say(received(), blocked("acme", TODAY), blocked("acme", TODAY, BlockReason.COURT_ORDER))
    found = one.look(TODAY)
    assert "payee acme court-order" not in found
    assert "account attached by the tax authority" in found[ACME].summary
    assert "court order" in found[ACME].summary


def test_a_vendor_that_left_the_list_while_it_is_blocked_is_told_of_both() -> None:
    one = check(names={})
    one.say(received(), blocked("acme", TODAY))
    found = one.look(TODAY)
    assert (found[ACME].status, found[TAXPAYER].status) == (Status.CRITICAL, Status.CRITICAL)
    one.say(unblocked("acme", TODAY))
    assert labels.CAN_BE_PAID not in one.look(TODAY)[ACME].summary


def test_a_vendor_without_a_number_cannot_be_looked_up() -> None:
    one = check(estate_of(ntn=None))
    one.say(received())
    found = as_taxpayer(one)
    assert (found.status, found.cause) == (Status.UNKNOWN, Cause.UNPARSABLE)
    assert "add ntn or cnic" in found.summary


def test_a_vendor_who_is_a_person_is_looked_up_by_identity_card_and_never_shown_by_it() -> None:
    one = check(estate_of(ntn=None, cnic="17301-1234567-1"), names={"1730112345671": "ACME MAIL"})
    one.say(received())
    found = as_taxpayer(one)
    assert found.status is Status.OK
    assert "1234567" not in repr(found)


def test_a_vendor_whom_nobody_owes_anything_is_not_looked_into() -> None:
    assert of_acme(check(listed_on=date(2016, 1, 1))).status is Status.OK


def test_an_exempt_vendor_needs_no_list() -> None:
    one = check(estate_of(ntn=None, lists=()), names={})
    one.say(received())
    assert of_acme(one).status is Status.OK


def test_another_name_on_the_list_is_advice_and_no_obstacle() -> None:
    one = check(names={"1234567": "BLUE SKY TEXTILES"})
    one.say(received())
    found = as_taxpayer(one)
    assert found.status is Status.OK
    assert "by another name, BLUE SKY TEXTILES" in facts(found)["Note"]


def test_lists_of_two_taxes_are_never_mixed() -> None:
    one = check(names={})
    one.taxpayers = Lists({ListKind.SALES_TAX: (TODAY, ON_LIST)})
    one.say(received())
    found = one.look(TODAY)
    assert (found[LIST].status, TAXPAYER in found) == (Status.UNKNOWN, False)


def test_what_was_declared_is_told_as_it_was_declared() -> None:
    one = check(names={})
    one.say(received(), blocked("acme", TODAY, BlockReason.NOT_ACTIVE_TAXPAYER))
    assert facts(of_acme(one))["Why"] == "not on the list of active taxpayers"


def test_a_vendor_of_an_open_bill_that_left_the_settings_stays() -> None:
    one = check()
    one.say(received(vendor="gone"))
    assert one.look(TODAY)["taxpayer gone"].status is Status.UNKNOWN


def test_a_subject_that_is_spoken_of_no_more_is_closed() -> None:
    one = check()
    one.say(received(vendor="gone"))
    one.look(TODAY)
    one.say(acknowledged("gone/inv-7", TODAY))
    assert one.look(TODAY)["taxpayer gone"].status is Status.OK
    assert "taxpayer gone" not in one.look(TODAY)


def test_vendors_are_counted() -> None:
    one = check()
    one.say(received(), blocked("acme", TODAY))
    assert one.look(TODAY)["payees"].summary == "1 vendor, 1 cannot be paid, 0 not known"


def test_a_vendor_whose_block_was_lifted_lately_says_by_what() -> None:
    one, lifted_on = check(), TODAY + timedelta(days=1)
    one.say(received(), blocked("acme", TODAY, evidence="letter 12/2017"))
    one.say(replace(unblocked("acme", lifted_on), evidence="letter 18/2017"))
    assert of_acme(one, lifted_on).summary.endswith(f"; {labels.LIFTED_BY}: letter 18/2017")
    assert labels.LIFTED_BY not in of_acme(one, lifted_on + timedelta(days=8)).summary
