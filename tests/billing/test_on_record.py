"""Bills that lists, people and the ledger speak of: whose word holds, what is told, what is written and what is not."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from checks.billing import labels
from checks.billing.former import former_drafts, former_source
from checks.billing.listing import CELLS, SETTINGS, ListSource, News, Reading, digest, drafts_of, news
from checks.estate import Estate
from checks.invoice import Invoice
from checks.ledger.chain import id_of
from checks.ledger.event import BlockReason, Details, Draft, LedgerEventKind, Terms
from checks.ledger.fold import folded
from checks.ledger.journal import Journal
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillStanding
from checks.model import Cause, Rung, Status
from checks.units import parse_money
from tests.support.bills import ESTATE, KARACHI, BillsCheck, bill, facts, morning

_K = LedgerEventKind
SUBJECT = "acme/INV-7"
KEY = "acme/inv7"
OCTOBER_5 = morning(date(2026, 10, 5))
OCTOBER_6 = morning(date(2026, 10, 6))
NOVEMBER_24 = morning(date(2026, 11, 24))
PAID = bill(settled_on=date(2026, 10, 5), evidence="receipt 4711")
FOLLOWED = replace(ESTATE, billing=BillingRules(is_watched=True))


def say(check: BillsCheck, kind: LedgerEventKind, at: datetime, **details: object) -> None:
    """Somebody in finance says it of INV-7."""
    draft = Draft(about=KEY, kind=kind, happened_at=at, author="finance", details=Details(**details))  # type: ignore[arg-type]  # as said
    check.ledger.clock = lambda: at
    asyncio.run(check.ledger.record([draft]))


def terms(**changes: object) -> Terms:
    return replace(
        Terms(number="INV-7", amount=parse_money("134000.00 PKR"), due=date(2026, 12, 1), suspends=date(2026, 12, 20)),
        **changes,  # type: ignore[arg-type]  # as given
    )


def kinds(check: BillsCheck) -> list[LedgerEventKind]:
    return [event.draft.kind for event in check.ledger.events]


# What a list says ------------------------------------------------------------------------------------------------


def test_a_row_is_received_once_however_often_it_is_read() -> None:
    check = BillsCheck()
    for hours in range(5):
        check.look(OCTOBER_5 + timedelta(hours=hours), bill())
    (event,) = check.ledger.events
    assert (event.draft.kind, event.draft.author, event.draft.happened_at) == (_K.RECEIVED, "settings", OCTOBER_5)


def test_a_row_that_is_settled_already_was_received_before_and_is_paid() -> None:
    check = BillsCheck()
    check.look(OCTOBER_6, PAID)
    (paid,) = asyncio.run(check.ledger.closed([KEY])).values()
    assert (paid.standing, paid.paid.acknowledged) == (BillStanding.PAID, Decimal(134000))
    assert kinds(check) == [_K.RECEIVED, _K.ACKNOWLEDGED]
    assert check.ledger.events[1].draft.evidence == "receipt 4711"


def test_a_memory_that_is_lost_says_nothing_twice() -> None:
    check = BillsCheck()
    check.look(OCTOBER_5, bill())
    check.look(OCTOBER_6, PAID)
    said = len(check.ledger.events)
    check.memory.values.clear()
    check.look(OCTOBER_6 + timedelta(hours=1), PAID)
    assert len(check.ledger.events) == said


def test_a_list_that_takes_its_word_back_opens_the_bill_again_and_may_give_it_once_more() -> None:
    check = BillsCheck()
    check.look(OCTOBER_6, PAID)
    assert check.look(OCTOBER_6 + timedelta(hours=1), bill())[SUBJECT].deadline is not None
    assert check.look(OCTOBER_6 + timedelta(hours=2), PAID)[SUBJECT].deadline is None


def test_money_that_came_back_is_not_overruled_by_a_list_that_nobody_touched() -> None:
    check = BillsCheck()
    check.look(OCTOBER_6, PAID)
    say(check, _K.CREDIT_RETURNED, OCTOBER_6 + timedelta(hours=1), reason="account blocked")
    finding = check.look(OCTOBER_6 + timedelta(hours=2), PAID)[SUBJECT]
    assert finding.deadline is not None
    assert "the money came back since" in facts(finding)["Settlement"]
    check.memory.values.clear()
    assert check.look(OCTOBER_6 + timedelta(hours=3), PAID)[SUBJECT].deadline is not None
    later = replace(PAID, settled_on=date(2026, 10, 7))
    assert check.look(OCTOBER_6 + timedelta(days=1), later)[SUBJECT].deadline is None


def test_a_correction_outlives_an_edit_of_another_cell_of_its_row() -> None:
    check = BillsCheck()
    check.look(OCTOBER_5, bill(suspends=None))
    corrected = terms(amount=parse_money("150000.00 PKR"), suspends=date(2026, 12, 20))
    say(check, _K.CORRECTED, OCTOBER_6, terms=corrected, reason="letter of the vendor")
    check.look(OCTOBER_6 + timedelta(hours=1), bill(suspends=None, due=date(2026, 12, 8), evidence="asked on 6 Oct"))
    (on_record,) = check.ledger.on_record()
    assert on_record.terms == replace(corrected, due=date(2026, 12, 8))


def test_a_cell_that_is_emptied_takes_away_what_the_list_said_in_it() -> None:
    check = BillsCheck()
    check.look(OCTOBER_5, bill(suspends=date(2026, 12, 20)))
    check.look(OCTOBER_6, bill(suspends=None))
    (on_record,) = check.ledger.on_record()
    assert on_record.terms.suspends is None


def test_a_list_calls_paid_no_more_than_it_asks_for() -> None:
    check = BillsCheck()
    check.look(OCTOBER_5, bill())
    say(check, _K.CORRECTED, OCTOBER_6, terms=terms(amount=parse_money("150000.00 PKR")), reason="letter of the vendor")
    check.look(OCTOBER_6 + timedelta(hours=1), PAID)
    (on_record,) = check.ledger.on_record()
    assert (on_record.paid.acknowledged, on_record.standing) == (Decimal(134000), BillStanding.OPEN)


def test_a_bill_that_somebody_called_paid_stays_so_whatever_an_old_sheet_says() -> None:
    check = BillsCheck()
    check.look(OCTOBER_5, bill())
    say(check, _K.ACKNOWLEDGED, OCTOBER_6, reason="call with the vendor")
    finding = check.look(OCTOBER_6 + timedelta(hours=1), bill())[SUBJECT]
    assert (finding.status, finding.deadline) == (Status.OK, None)
    assert finding.summary.endswith("bill INV-7, settled on Tue 6 Oct 2026")


def test_a_correction_by_a_person_outlives_a_list_that_did_not_change() -> None:
    check = BillsCheck()
    check.look(OCTOBER_5, bill())
    say(check, _K.CORRECTED, OCTOBER_6, terms=terms(due=date(2026, 12, 8)), reason="the vendor's letter")
    for forget in (False, True):
        if forget:
            check.memory.values.clear()
        said = facts(check.look(OCTOBER_6 + timedelta(hours=1), bill())[SUBJECT])
        assert (said["Due"], said["Due changed"]) == ("Tue 8 Dec 2026", "was Tue 1 Dec 2026 until Tue 6 Oct 2026")


def test_a_list_that_changes_after_a_person_corrected_counts() -> None:
    check = BillsCheck()
    check.look(OCTOBER_5, bill())
    say(check, _K.CORRECTED, OCTOBER_6, terms=terms(due=date(2026, 12, 8)), reason="the vendor's letter")
    later = check.look(OCTOBER_6 + timedelta(hours=1), bill(due=date(2026, 12, 15)))[SUBJECT]
    assert facts(later)["Due"] == "Tue 15 Dec 2026"
    back = check.look(OCTOBER_6 + timedelta(hours=2), bill())[SUBJECT]
    assert facts(back)["Due"] == "Tue 1 Dec 2026"


def test_an_amount_that_grows_after_payment_leaves_a_rest_with_the_same_deadline() -> None:
    check = BillsCheck()
    check.look(OCTOBER_6, PAID)
    say(
        check,
        _K.CORRECTED,
        OCTOBER_6 + timedelta(hours=1),
        terms=terms(amount=parse_money("150000.00 PKR")),
        reason="r",
    )
    finding = check.look(OCTOBER_6 + timedelta(hours=2), PAID)[SUBJECT]
    assert finding.summary == "Rs 16,000, the rest of Rs 150,000, to Acme Mail (Pvt) Ltd, bill INV-7"
    assert finding.deadline is not None
    assert finding.deadline.at == morning(date(2026, 12, 1), 17)


HEADER = "vendor,number,amount,currency,due,suspends\n"
ROW = "acme,INV-7,134000.00,PKR,2026-12-01,2026-12-20\n"


def a_list(tmp_path: Path, name: str, row: str = ROW) -> Path:
    path = tmp_path / name
    path.write_text(HEADER + row, encoding="utf-8")
    return path


def test_two_lists_that_differ_do_not_take_turns(tmp_path: Path) -> None:
    ledger = Journal()
    one = BillsCheck(csv=a_list(tmp_path, "one.csv"), ledger=ledger)
    other = BillsCheck(csv=a_list(tmp_path, "other.csv", ROW.replace("134000", "140000")), ledger=ledger)
    for hours in range(4):
        for check in (one, other):
            check.look(OCTOBER_5 + timedelta(hours=hours))
        one.memory.values.clear()
    assert kinds(one) == [_K.RECEIVED, _K.LISTED, _K.CORRECTED]
    assert facts(one.look(OCTOBER_6)[SUBJECT])["Amount"] == "Rs 140,000 (Rs 1.4 lakh)"


def test_a_bill_is_withdrawn_only_when_the_last_of_its_lists_lets_it_go(tmp_path: Path) -> None:
    ledger = Journal()
    one = BillsCheck(csv=a_list(tmp_path, "one.csv"), ledger=ledger)
    other = BillsCheck(csv=a_list(tmp_path, "other.csv"), ledger=ledger)
    for check in (one, other):
        check.look(OCTOBER_5)
    a_list(tmp_path, "one.csv", "")
    assert one.look(OCTOBER_6)[SUBJECT].cause is not Cause.WITHDRAWN
    assert other.look(OCTOBER_6)[SUBJECT].cause is not Cause.WITHDRAWN
    a_list(tmp_path, "other.csv", "")
    assert other.look(OCTOBER_6 + timedelta(hours=1))[SUBJECT].cause is Cause.WITHDRAWN
    assert kinds(one).count(_K.MISSING) == 2


def test_a_letter_that_speaks_of_a_bill_does_not_keep_it_in_a_list(tmp_path: Path) -> None:
    check = BillsCheck(csv=a_list(tmp_path, "list.csv"))
    check.look(OCTOBER_5)
    say(check, _K.SUSPENSION_ANNOUNCED, OCTOBER_5, until=date(2026, 12, 18), source="letter.pdf")
    a_list(tmp_path, "list.csv", "")
    assert check.look(OCTOBER_6)[SUBJECT].cause is Cause.WITHDRAWN


def test_where_only_some_may_confirm_a_list_cannot_close_a_bill_and_the_reminder_says_so() -> None:
    rules = BillingRules(confirmers=frozenset({"director"}))
    check = BillsCheck(estate=replace(ESTATE, billing=rules), ledger=Journal(rules=rules))
    check.look(OCTOBER_5, bill())
    finding = check.look(OCTOBER_6, PAID)[SUBJECT]
    assert finding.deadline is not None
    assert "waits for somebody who may confirm" in facts(finding)["Settlement"]


# What is on record besides the list ------------------------------------------------------------------------------


def added(check: BillsCheck, at: datetime = OCTOBER_5) -> None:
    """Somebody puts INV-7 on record that stands in no list."""
    say(check, _K.RECEIVED, at, terms=terms())


def test_a_bill_that_somebody_added_is_watched_where_the_check_has_no_list_of_its_own(tmp_path: Path) -> None:
    check = BillsCheck()
    added(check)
    findings = check.look(NOVEMBER_24)
    assert findings[SUBJECT].cause is Cause.DUE
    assert findings["bills"].summary == "no bills in the settings, 1 more on record"
    check.csv = a_list(tmp_path, "list.csv", "")
    assert check.look(NOVEMBER_24)[SUBJECT].cause is Cause.DUE


def test_a_bill_of_a_list_that_a_check_reads_is_told_by_that_check_alone(tmp_path: Path) -> None:
    path, ledger = a_list(tmp_path, "list.csv"), Journal()
    rules = BillingRules(lists=frozenset({(str(path), None)}))
    estate = replace(ESTATE, billing=rules)
    assert SUBJECT in BillsCheck(csv=path, ledger=ledger, estate=estate).look(OCTOBER_5)
    assert SUBJECT not in BillsCheck(ledger=ledger, estate=estate).look(OCTOBER_5)
    assert SUBJECT in BillsCheck(ledger=ledger).look(OCTOBER_5)


def test_a_bill_of_no_list_that_is_paid_is_told_once_and_is_silent_then() -> None:
    check = BillsCheck()
    added(check)
    check.look(OCTOBER_5)
    say(check, _K.ACKNOWLEDGED, OCTOBER_6)
    ended = check.look(OCTOBER_6)[SUBJECT]
    assert (ended.status, ended.deadline) == (Status.OK, None)
    assert set(check.look(OCTOBER_6 + timedelta(hours=1))) == {"bills"}


# What is told of it ----------------------------------------------------------------------------------------------


def test_a_bill_that_is_paid_in_part_asks_for_the_rest_and_says_both() -> None:
    check = BillsCheck()
    check.look(OCTOBER_5, bill())
    say(check, _K.ACKNOWLEDGED, OCTOBER_6, amount=parse_money("100000.00 PKR"))
    say(check, _K.WITHHELD, OCTOBER_6, amount=parse_money("4000.00 PKR"))
    finding = check.look(NOVEMBER_24, bill())[SUBJECT]
    said = facts(finding)
    assert said["Amount"] == "Rs 30,000 (what is left of Rs 134,000)"
    assert said["Paid so far"] == "Rs 100,000 the vendor says it has, Rs 4,000 tax withheld"
    numbers = {number.name: number.value for number in finding.measurements}
    assert (numbers["invoice_amount"], numbers["invoice_remaining_amount"]) == (134000, 30000)


def test_a_blocked_bill_is_critical_at_once_and_says_why_and_since_when() -> None:
    check = BillsCheck()
    check.look(OCTOBER_5, bill())
    assert check.look(OCTOBER_5, bill())[SUBJECT].status is Status.OK
    say(check, _K.BLOCKED, OCTOBER_6, block=BlockReason.NO_BUDGET, reason="re-appropriation is closed")
    finding = check.look(OCTOBER_6, bill())[SUBJECT]
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.BLOCKED)
    said = facts(finding)
    assert (said["Why"], said["Blocked since"]) == (
        "there is no budget for it (re-appropriation is closed)",
        "Tue 6 Oct 2026",
    )
    assert finding.deadline is not None
    assert Rung(name="blocked 2026-10-06", at=OCTOBER_6, status=Status.CRITICAL) in finding.deadline.rungs
    later = check.look(NOVEMBER_24, bill())[SUBJECT]
    assert (later.status, later.cause) == (Status.CRITICAL, Cause.BLOCKED)


def test_a_bill_whose_block_is_gone_is_as_its_ladder_has_it() -> None:
    check = BillsCheck()
    check.look(OCTOBER_5, bill())
    say(check, _K.BLOCKED, OCTOBER_5, block=BlockReason.NO_BUDGET)
    say(check, _K.UNBLOCKED, OCTOBER_6)
    finding = check.look(OCTOBER_6, bill())[SUBJECT]
    assert (finding.status, finding.cause) == (Status.OK, Cause.NONE)


def blocked_payee(estate: Estate) -> BillsCheck:
    check = BillsCheck(estate=estate)
    check.look(OCTOBER_5, bill())
    block = Details(block=BlockReason.ACCOUNT_ATTACHED)
    draft = Draft(about="acme", kind=_K.BLOCKED, happened_at=OCTOBER_6, author="finance", details=block)
    asyncio.run(check.ledger.record([draft]))
    return check


def test_a_blocked_payee_blocks_the_bill_and_is_told_by_its_own_check_where_there_is_one() -> None:
    finding = blocked_payee(FOLLOWED).look(OCTOBER_6, bill())[SUBJECT]
    assert (finding.status, finding.cause) == (Status.OK, Cause.BLOCKED)
    assert facts(finding)["Why"] == "the vendor's account is attached by the tax authority"
    assert blocked_payee(ESTATE).look(OCTOBER_6, bill())[SUBJECT].status is Status.CRITICAL


def test_disputed_and_held_bills_stay_in_the_list_and_say_so() -> None:
    check = BillsCheck()
    check.look(OCTOBER_5, bill())
    say(check, _K.DISPUTED, OCTOBER_6, reason="the rate is not that of the contract")
    say(check, _K.HELD, OCTOBER_6, until=date(2026, 11, 2))
    finding = check.look(NOVEMBER_24, bill())[SUBJECT]
    said = facts(finding)
    assert finding.cause is Cause.DUE
    assert said["Disputed"] == "the rate is not that of the contract"
    assert said["Held until"].startswith("Mon 2 Nov 2026 (passed")


def test_the_way_of_a_bill_is_told_where_somebody_says_it() -> None:
    check = BillsCheck()
    check.look(OCTOBER_5, bill())
    assert "Stage" not in facts(check.look(OCTOBER_5, bill())[SUBJECT])
    say(check, _K.VERIFIED, OCTOBER_6)
    say(check, _K.PAYEE_CHECKED, OCTOBER_6 + timedelta(hours=1))
    finding = check.look(morning(date(2026, 10, 9)), bill())[SUBJECT]
    said = facts(finding)
    assert (said["Stage"], said["There since"], said["Working days there"]) == ("budget", "Tue 6 Oct 2026", "3")
    assert said["Runway"].endswith("working days")
    assert "nine of ten by" in said[labels.FORECAST]
    stage = next(number for number in finding.measurements if number.name == "invoice_stage")
    assert (stage.value, dict(stage.labels)["stage"]) == (4, "budget")


def test_a_bill_without_a_day_of_its_vendor_says_when_it_may_be_cut_off() -> None:
    said = facts(BillsCheck().look(OCTOBER_5, bill(suspends=None))[SUBJECT])
    assert (said["Cut off from"], said["Cut off until"]) == ("Thu 31 Dec 2026", "Mon 1 Feb 2027")
    assert "Vendor cuts off" not in said


def test_grace_that_the_vendor_gave_moves_the_day_it_named() -> None:
    check = BillsCheck()
    check.look(OCTOBER_5, bill())
    say(check, _K.GRACE, OCTOBER_6, until=date(2027, 1, 8))
    finding = check.look(OCTOBER_6, bill())[SUBJECT]
    assert facts(finding)["Vendor cuts off"] == "Fri 8 Jan 2027 (grace given)"
    assert finding.deadline is not None
    assert finding.deadline.cuts_off_at == morning(date(2027, 1, 8), 13)


def test_nothing_a_bill_says_changes_within_a_day() -> None:
    check = BillsCheck(estate=FOLLOWED)
    check.look(OCTOBER_5, bill())
    first = check.look(morning(date(2026, 11, 24), 11), bill())[SUBJECT]
    assert check.look(morning(date(2026, 11, 24), 12), bill())[SUBJECT] == first


# What was remembered before there was a ledger -------------------------------------------------------------------


FORMER = {
    "acme/inv\u20137": {
        "bill": {
            "vendor": "acme",
            "number": "INV 7",
            "amount": "134000.00 PKR",
            "due": "2026-12-08",
            "suspends": None,
            "service": None,
            "office": None,
            "settled_on": None,
            "evidence": "",
        },
        "number": "INV\u20137",
        "changes": [{"term": "Due", "was": "2026-12-01", "noticed_on": "2026-10-01"}],
        "gone_at": "2026-10-03T05:00:00Z",
        "listed_until": "2026-10-02T05:00:00Z",
    }
}


def test_what_an_older_version_remembered_is_taken_in_once_and_nothing_of_it_is_lost() -> None:
    check = BillsCheck()
    check.memory.values.update({"bills/1": FORMER, "read_at": "2026-10-04T05:00:00Z", "source": ""})  # type: ignore[dict-item]  # as stored
    for hours in range(2):
        findings = check.look(OCTOBER_5 + timedelta(hours=hours))
        finding = findings["acme/INV\u20137"]
        assert finding.cause is Cause.WITHDRAWN
        said = facts(finding)
        assert said["Due changed"] == "was Tue 1 Dec 2026 until Thu 1 Oct 2026"
        assert said["Withdrawn?"].startswith("it stood in the settings until 10:00 on Fri 2 Oct 2026; put it")
    assert kinds(check) == [_K.RECEIVED, _K.CORRECTED, _K.MISSING]


def test_a_former_memory_read_twice_says_the_same() -> None:
    twice = [former_drafts(FORMER, former_source(""), OCTOBER_5, KARACHI) for _ in range(2)]  # type: ignore[arg-type]  # as stored
    assert [id_of(draft) for draft in twice[0]] == [id_of(draft) for draft in twice[1]]


def test_a_former_memory_that_is_none_of_ours_is_left() -> None:
    assert former_drafts({"acme/1": {"bill": 3}}, SETTINGS, OCTOBER_5, KARACHI) == ()


# Any history of rows ---------------------------------------------------------------------------------------------

_rows = st.builds(
    bill,
    amount=st.sampled_from(["134000.00 PKR", "150000.00 PKR"]),
    due=st.sampled_from([date(2026, 12, 1), date(2026, 12, 8)]),
    suspends=st.sampled_from([None, date(2026, 12, 20)]),
    settled_on=st.sampled_from([None, date(2026, 10, 1), date(2026, 10, 3)]),
    evidence=st.sampled_from(["", "receipt 4711"]),
)


@given(st.lists(_rows, min_size=1, max_size=6))
def test_after_every_reading_the_record_is_what_the_row_says_and_a_second_reading_is_no_news(
    rows: list[Invoice],
) -> None:
    source, ledger = ListSource(id="/srv/bills.csv", name="bills.csv"), Journal()
    before: str | None = None
    for place, row in enumerate(rows):
        now = datetime(2026, 10, 5, 6, place, tzinfo=UTC)
        for again in (False, True):
            said = News(frozenset(CELLS)) if again else news(before, digest(row, date(2026, 10, 5)))
            reading = Reading(source=source, now=now, today=date(2026, 10, 5), zone=KARACHI)
            drafts = list(drafts_of(folded(ledger.events), row, said, reading))
            assert not (again and [draft for draft in drafts if draft.kind is not _K.LISTED])
            asyncio.run(ledger.record(drafts))
        before = digest(row, date(2026, 10, 5))
        there = folded(ledger.events)
        assert there is not None
        assert (there.terms.amount, there.terms.due) == (row.amount, row.due)
        assert there.is_open is not row.is_settled(date(2026, 10, 5))
