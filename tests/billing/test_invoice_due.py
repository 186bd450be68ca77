"""What is said of a bill from its first sight to its settlement, whatever happens to the list it stands in."""

import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from checks.billing import invoice_due
from checks.billing.watch import Options
from checks.deadline import parse_ladder
from checks.ledger.rules import BillingRules
from checks.model import Cause, Finding, Status
from tests.support.bills import ESTATE, BillsCheck, bill, facts, morning

SUBJECT = "acme/INV-7"
NOVEMBER_2 = morning(date(2026, 11, 2))
NOVEMBER_3 = morning(date(2026, 11, 3))
NOVEMBER_24 = morning(date(2026, 11, 24))
NOVEMBER_26 = morning(date(2026, 11, 26))
DECEMBER_2 = morning(date(2026, 12, 2))


def after_a_run(check: BillsCheck, *, days: int = 1) -> Finding:
    """What is said of a bill that stood in the list on 24 November and is gone `days` later."""
    check.look(NOVEMBER_24, bill())
    return check.look(NOVEMBER_24 + timedelta(days=days))[SUBJECT]


# The way of a bill -----------------------------------------------------------------------------------------------


def test_a_bill_far_off_is_ok_and_already_has_a_deadline() -> None:
    finding = BillsCheck().look(NOVEMBER_2, bill())[SUBJECT]
    assert (finding.status, finding.cause) == (Status.OK, Cause.NONE)
    assert finding.deadline is not None
    assert finding.deadline.at == morning(date(2026, 12, 1), 17)


def test_a_bill_is_due_from_twenty_working_days_before() -> None:
    finding = BillsCheck().look(NOVEMBER_3, bill())[SUBJECT]
    assert (finding.status, finding.cause) == (Status.WARNING, Cause.DUE)


def test_a_bill_is_critical_from_three_working_days_before() -> None:
    finding = BillsCheck().look(NOVEMBER_26, bill())[SUBJECT]
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.DUE)


def test_a_bill_is_not_overdue_before_the_office_closes_on_the_due_day() -> None:
    check, closing = BillsCheck(), morning(date(2026, 12, 1), 17)
    assert check.look(closing - timedelta(seconds=1), bill())[SUBJECT].cause is Cause.DUE
    assert check.look(closing, bill())[SUBJECT].cause is Cause.OVERDUE


def test_an_overdue_bill_names_the_day_the_vendor_cuts_off() -> None:
    finding = BillsCheck().look(DECEMBER_2, bill())[SUBJECT]
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.OVERDUE)
    assert facts(finding)["Vendor cuts off"] == "Sun 20 Dec 2026"
    assert finding.deadline is not None
    assert "overdue 2026-12-02" in {rung.name for rung in finding.deadline.rungs}


def test_an_overdue_bill_stays_overdue_for_years() -> None:
    assert BillsCheck().look(DECEMBER_2 + timedelta(days=2000), bill())[SUBJECT].cause is Cause.OVERDUE


def test_the_summary_says_how_much_to_whom_and_which_bill() -> None:
    assert BillsCheck().look(NOVEMBER_3, bill())[SUBJECT].summary == "Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7"


def test_the_facts_are_in_plain_words_and_in_reading_order() -> None:
    finding = BillsCheck(service="official-email").look(NOVEMBER_3, bill())[SUBJECT]
    assert finding.facts == (
        ("Bill", "INV-7"),
        ("Vendor", "Acme Mail (Pvt) Ltd"),
        ("Amount", "Rs 134,000 (Rs 1.34 lakh)"),
        ("Due", "Tue 1 Dec 2026"),
        ("Vendor cuts off", "Sun 20 Dec 2026"),
        ("Act by", "Tue 10 Nov 2026; payment usually takes 28 working days"),
        ("Service", "Official e-mail"),
        ("Goes dark for", "Health Department (1,200 users)"),
    )


def test_days_that_have_passed_are_told_as_such() -> None:
    check = BillsCheck()
    check.look(NOVEMBER_3, bill())
    said = facts(check.look(morning(date(2026, 11, 27), 13), bill())[SUBJECT])
    assert said["Act by"].startswith("Tue 10 Nov 2026 (passed); payment usually")
    assert said["Vendor cuts off"] == "Sun 20 Dec 2026"
    late = facts(BillsCheck().look(morning(date(2026, 12, 21)), bill())[SUBJECT])
    assert late["Vendor cuts off"] == "Sun 20 Dec 2026 (passed)"


def test_the_last_safe_moment_to_start_is_the_end_of_a_day() -> None:
    deadline = BillsCheck().look(NOVEMBER_3, bill())[SUBJECT].deadline
    assert deadline is not None
    assert deadline.act_by == morning(date(2026, 11, 10), 17)


def test_the_calendar_is_that_of_the_office_that_pays() -> None:
    due = BillsCheck().look(NOVEMBER_3, bill(office="depot"))[SUBJECT].deadline
    assert due is not None
    assert due.act_by == morning(date(2026, 11, 17), 17)


def test_a_bill_whose_office_left_the_settings_is_judged_by_the_usual_one() -> None:
    deadline = BillsCheck().look(NOVEMBER_3, bill(office="closed-down"))[SUBJECT].deadline
    assert deadline is not None
    assert deadline.at == morning(date(2026, 12, 1), 17)


def test_a_ladder_of_ones_own_counts() -> None:
    check = BillsCheck(ladder=parse_ladder(["2d"]))
    assert check.look(NOVEMBER_26, bill())[SUBJECT].status is Status.OK
    assert check.look(morning(date(2026, 11, 30)), bill())[SUBJECT].status is Status.CRITICAL


def test_the_numbers_carry_the_labels_of_the_bill() -> None:
    finding = BillsCheck(service="official-email").look(NOVEMBER_3, bill())[SUBJECT]
    labels = (("vendor", "acme"), ("invoice", "INV-7"), ("service", "official-email"))
    assert [(number.name, number.unit, number.labels) for number in finding.measurements] == [
        ("invoice_due", "timestamp_seconds", labels),
        ("invoice_suspension", "timestamp_seconds", labels),
        ("invoice_amount", "", (*labels, ("currency", "PKR"))),
        ("invoice_remaining_amount", "", (*labels, ("currency", "PKR"))),
        ("invoice_runway", "seconds", labels),
    ]
    assert finding.measurements[0].value == morning(date(2026, 12, 1), 17).timestamp()
    assert finding.measurements[2].value == pytest.approx(134000)


def test_every_number_of_a_bill_becomes_a_metric() -> None:
    check = BillsCheck(estate=replace(ESTATE, billing=BillingRules(is_watched=True)))
    finding = check.look(NOVEMBER_3, bill())[SUBJECT]
    assert {number.name for number in finding.measurements} == set(invoice_due.KIND.exports)


def test_the_evidence_is_the_row_as_the_list_has_it() -> None:
    assert BillsCheck().look(NOVEMBER_3, bill())[SUBJECT].evidence == (
        "the settings: vendor acme, number INV-7, amount 134000.00 PKR, due 2026-12-01, suspends 2026-12-20"
    )


# What closes it --------------------------------------------------------------------------------------------------


def test_a_settlement_with_evidence_closes_a_bill() -> None:
    settled = bill(settled_on=date(2026, 11, 20), evidence="receipt 4711")
    finding = BillsCheck().look(DECEMBER_2, settled)[SUBJECT]
    assert (finding.status, finding.deadline, finding.measurements) == (Status.OK, None, ())
    assert finding.summary == "Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7, settled on Fri 20 Nov 2026"


@pytest.mark.parametrize("evidence", ["", "   "])
def test_a_settlement_without_evidence_closes_nothing_and_says_what_is_missing(evidence: str) -> None:
    settled = bill(settled_on=date(2026, 11, 20), evidence=evidence)
    finding = BillsCheck().look(DECEMBER_2, settled)[SUBJECT]
    assert finding.cause is Cause.OVERDUE
    assert "evidence is missing" in facts(finding)["Settlement"]


def test_a_settlement_in_the_future_closes_nothing_yet() -> None:
    check, settled = BillsCheck(), bill(settled_on=date(2026, 12, 3), evidence="receipt 4711")
    finding = check.look(DECEMBER_2, settled)[SUBJECT]
    assert finding.cause is Cause.OVERDUE
    assert "lies in the future" in facts(finding)["Settlement"]
    assert check.look(DECEMBER_2 + timedelta(days=1), settled)[SUBJECT].deadline is None


def test_evidence_without_a_day_closes_nothing() -> None:
    finding = BillsCheck().look(DECEMBER_2, bill(evidence="receipt 4711"))[SUBJECT]
    assert finding.cause is Cause.OVERDUE
    assert "add settled_on" in facts(finding)["Settlement"]


def test_a_settled_bill_may_leave_the_list() -> None:
    check = BillsCheck()
    check.look(NOVEMBER_24, bill(settled_on=date(2026, 11, 20), evidence="receipt 4711"))
    assert set(check.look(NOVEMBER_26)) == {"bills"}


# What vanishes or changes ----------------------------------------------------------------------------------------


def test_a_vanished_bill_stays_open_as_withdrawn_with_its_deadline() -> None:
    finding = after_a_run(BillsCheck())
    assert (finding.status, finding.cause) == (Status.WARNING, Cause.WITHDRAWN)
    assert finding.deadline is not None
    assert finding.deadline.at == morning(date(2026, 12, 1), 17)
    assert facts(finding)["Withdrawn?"].startswith("it stood in the settings until 10:00 on Tue 24 Nov 2026; put it")


def test_a_vanished_bill_is_told_at_once_without_waiting_for_the_ladder() -> None:
    deadline = after_a_run(BillsCheck()).deadline
    assert deadline is not None
    noticed = next(rung for rung in deadline.rungs if rung.name == "withdrawn 2026-11-25")
    assert (noticed.at, noticed.status) == (NOVEMBER_24 + timedelta(days=1), Status.WARNING)


def test_a_bill_that_vanishes_when_critical_stays_critical() -> None:
    check = BillsCheck()
    check.look(NOVEMBER_26, bill())
    assert check.look(NOVEMBER_26 + timedelta(days=1))[SUBJECT].status is Status.CRITICAL


def test_a_vanished_bill_far_off_is_a_warning_not_ok() -> None:
    check = BillsCheck()
    check.look(NOVEMBER_2, bill())
    assert check.look(NOVEMBER_2 + timedelta(minutes=1))[SUBJECT].status is Status.WARNING


def test_a_vanished_bill_is_remembered_until_somebody_says_what_became_of_it() -> None:
    check = BillsCheck()
    first = after_a_run(check)
    assert check.look(NOVEMBER_24 + timedelta(days=900))[SUBJECT].cause is Cause.WITHDRAWN
    assert facts(check.look(NOVEMBER_26)[SUBJECT])["Withdrawn?"] == facts(first)["Withdrawn?"]
    back = check.look(DECEMBER_2, bill(settled_on=date(2026, 12, 1), evidence="letter 12/2026"))
    assert back[SUBJECT].deadline is None


def test_a_vanished_bill_that_comes_back_unpaid_is_due_again() -> None:
    check = BillsCheck()
    after_a_run(check)
    finding = check.look(NOVEMBER_26, bill())[SUBJECT]
    assert finding.cause is Cause.DUE
    assert "Withdrawn?" not in facts(finding)


def test_a_number_spelled_anew_is_the_same_bill() -> None:
    check = BillsCheck()
    check.look(NOVEMBER_24, bill("INV-7"))
    findings = check.look(NOVEMBER_26, bill("inv 7"))
    assert set(findings) == {"bills", SUBJECT}
    assert findings[SUBJECT].cause is Cause.DUE


@pytest.mark.parametrize("due", [date(2026, 11, 27), date(2027, 3, 1)])
def test_a_due_date_that_moves_takes_effect_and_is_told(due: date) -> None:
    check = BillsCheck()
    check.look(NOVEMBER_24, bill(suspends=None))
    finding = check.look(NOVEMBER_26, bill(due=due, suspends=None))[SUBJECT]
    assert finding.deadline is not None
    assert finding.deadline.at.date() == due
    assert facts(finding)["Due changed"] == "was Tue 1 Dec 2026 until Thu 26 Nov 2026"


def test_an_amount_and_a_cut_off_that_change_are_told_ever_after() -> None:
    check = BillsCheck()
    check.look(NOVEMBER_24, bill(suspends=None))
    check.look(NOVEMBER_26, bill(amount="150000.00 PKR"))
    said = facts(check.look(DECEMBER_2, bill(amount="150000.00 PKR"))[SUBJECT])
    assert said["Amount changed"] == "was Rs 134,000 until Thu 26 Nov 2026"
    assert said["Vendor cuts off changed"] == "was not given until Thu 26 Nov 2026"


def test_a_bill_that_stays_as_it_is_is_not_written_again() -> None:
    check = BillsCheck()
    check.look(NOVEMBER_24, bill())
    written = [check.memory.get(key) for key in ("rows/1", "told/1")]
    check.look(NOVEMBER_26, bill())
    assert all(check.memory.get(key) is was for key, was in zip(("rows/1", "told/1"), written, strict=True))
    assert len(check.ledger.events) == 1


# Which bills -----------------------------------------------------------------------------------------------------

ACME, ZETA = bill("1"), bill("2", vendor="zeta")


def test_a_check_without_service_or_vendor_sees_all_bills() -> None:
    assert set(BillsCheck().look(NOVEMBER_3, ACME, ZETA)) == {"bills", "acme/1", "zeta/2"}


def test_a_check_of_a_vendor_sees_its_bills() -> None:
    assert set(BillsCheck(vendor="zeta").look(NOVEMBER_3, ACME, ZETA)) == {"bills of zeta", "zeta/2"}


def test_a_check_of_a_service_sees_the_bills_that_name_it() -> None:
    named = bill("3", vendor="zeta", service="official-email")
    assert set(BillsCheck(service="official-email").look(NOVEMBER_3, named, ZETA)) == {"bills", "zeta/3"}


def test_a_bill_without_service_goes_with_the_service_of_its_vendor() -> None:
    assert set(BillsCheck(service="portal").look(NOVEMBER_3, ACME, ZETA)) == {"bills", "zeta/2"}


def test_two_spellings_of_one_number_are_unknown_not_one_bill_less() -> None:
    finding = BillsCheck().look(NOVEMBER_3, bill("INV-7"), bill("inv 7"))["bills"]
    assert (finding.status, finding.cause) == (Status.UNKNOWN, Cause.UNPARSABLE)


def test_no_bills_at_all_is_said() -> None:
    finding = BillsCheck().look(NOVEMBER_3)["bills"]
    assert (finding.status, finding.summary) == (Status.OK, "no bills in the settings")


def test_the_list_as_a_whole_is_counted() -> None:
    settled = bill("2", settled_on=date(2026, 11, 2), evidence="receipt 4711")
    assert BillsCheck().look(NOVEMBER_3, bill(), settled)["bills"].summary == "2 bills in the settings, 1 open"


# From a file -----------------------------------------------------------------------------------------------------

HEADER = "vendor,number,amount,currency,due,suspends,service\n"
ROW = "acme,INV-7,134000.00,PKR,2026-12-01,2026-12-20,official-email\n"
LIST = "bills in list.csv"


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(HEADER + ROW, encoding="utf-8")
    return path


def test_bills_come_from_a_file(csv: Path) -> None:
    findings = BillsCheck(csv=csv).look(NOVEMBER_3, ZETA)
    assert set(findings) == {LIST, SUBJECT}
    assert facts(findings[SUBJECT])["Service"] == "Official e-mail"


def test_a_bad_file_is_one_unknown_finding_that_lists_its_rows(csv: Path) -> None:
    csv.write_text(HEADER + ROW + "acme,INV-8,-5,PKR,2026-13-01,,\n", encoding="utf-8")
    findings = BillsCheck(csv=csv).look(NOVEMBER_3)
    assert set(findings) == {LIST}
    assert (findings[LIST].status, findings[LIST].cause) == (Status.UNKNOWN, Cause.UNPARSABLE)
    assert [line[:12] for line in findings[LIST].evidence.splitlines()] == ["row 3, amoun", "row 3, due: "]


def test_while_a_file_is_bad_its_bills_go_on_as_they_were_read_last(csv: Path) -> None:
    check = BillsCheck(csv=csv)
    check.look(NOVEMBER_24)
    csv.write_text(HEADER, encoding="utf-16")
    findings = check.look(DECEMBER_2)
    assert findings[LIST].status is Status.UNKNOWN
    assert findings[LIST].summary.endswith("; 1 bill remembered since 10:00 on Tue 24 Nov 2026")
    assert findings[SUBJECT].cause is Cause.OVERDUE
    assert facts(findings[SUBJECT])["List last read"] == "10:00 on Tue 24 Nov 2026; it cannot be read since"


def test_a_mended_file_counts_at_once(csv: Path) -> None:
    check = BillsCheck(csv=csv)
    csv.write_text("nothing of use\n", encoding="utf-8")
    assert check.look(NOVEMBER_24)[LIST].status is Status.UNKNOWN
    csv.write_text(HEADER + ROW, encoding="utf-8")
    assert check.look(NOVEMBER_24)[LIST].summary == "1 bill in list.csv, 1 open"


def test_a_row_taken_out_of_a_file_is_withdrawn(csv: Path) -> None:
    check = BillsCheck(csv=csv)
    check.look(NOVEMBER_24)
    csv.write_text(HEADER, encoding="utf-8")
    assert check.look(NOVEMBER_26)[SUBJECT].cause is Cause.WITHDRAWN


def test_withdrawn_bills_are_not_counted_as_listed(csv: Path) -> None:
    check = BillsCheck(csv=csv)
    check.look(NOVEMBER_24)
    csv.write_text(HEADER, encoding="utf-8")
    assert check.look(NOVEMBER_26)[LIST].summary == "no bills in list.csv, 1 withdrawn"
    csv.write_text(HEADER + ROW.replace("INV-7", "INV-8"), encoding="utf-8")
    assert check.look(NOVEMBER_26)[LIST].summary == "1 bill in list.csv, 1 open, 1 withdrawn"


def test_a_file_that_is_not_there_is_unknown(tmp_path: Path) -> None:
    finding = BillsCheck(csv=tmp_path / "list.csv").look(NOVEMBER_3)[LIST]
    assert finding.status is Status.UNKNOWN
    assert "cannot be read: No such file or directory" in finding.summary


def test_a_pipe_is_no_list_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "list.csv")
    finding = BillsCheck(csv=tmp_path / "list.csv").look(NOVEMBER_3)[LIST]
    assert "cannot be read: not a regular file" in finding.summary


def test_a_file_may_hold_the_bills_of_many_vendors(csv: Path) -> None:
    csv.write_text(HEADER + ROW + "zeta,9,5,PKR,2026-12-01,,\n", encoding="utf-8")
    assert set(BillsCheck(csv=csv, vendor="zeta").look(NOVEMBER_3)) == {f"{LIST} of zeta", "zeta/9"}


def test_an_unknown_vendor_in_a_file_is_refused(csv: Path) -> None:
    csv.write_text(HEADER + ROW.replace("acme", "acne"), encoding="utf-8")
    assert "no such vendor in the settings; there are acme, zeta" in BillsCheck(csv=csv).look(NOVEMBER_3)[LIST].evidence


def test_the_primary_subject_is_that_of_the_list() -> None:
    assert invoice_due.KIND.subject(Options()) == "bills"
    assert invoice_due.KIND.subject(Options(vendor="acme")) == "bills of acme"


def test_a_list_that_takes_too_long_to_read_is_unknown_and_its_bills_go_on(csv: Path) -> None:
    check = BillsCheck(csv=csv)
    check.look(NOVEMBER_24)
    check.timeout_s = 0.0
    findings = check.look(DECEMBER_2)
    assert findings[f"bills in {csv.name}"].status is Status.UNKNOWN
    assert "not read within 0 s" in findings[f"bills in {csv.name}"].summary
    assert findings[SUBJECT].cause is Cause.OVERDUE
