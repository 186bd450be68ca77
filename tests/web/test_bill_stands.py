"""What a page says once a link was pressed: which bill, what is on record, how it stands now and what comes next."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from alerts.bill_links import BillWord
from alerts.proposal_links import ProposalWord
from alerts.route import Language
from checks.ledger.event import BlockReason, Details, LedgerEventKind
from checks.ledger.rules import BillingRules
from checks.units import parse_money
from tests.support.ledgers import draft
from tests.web.test_bill_door import NOW, Office, office_in
from tests.web.test_proposal_door import TWO, decided, token

K = LedgerEventKind
ABOUT = "NTC-2026-0871 of National Telecom <b>: Rs 134,000, due Tue 1 Dec 2026"
NEXT = "What comes next: budget."
LAST = "What comes next: the vendor says that it has the money; nothing else closes the bill."


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with office_in(tmp_path, BillingRules()) as made:
        yield made


def pressed(office: Office, word: BillWord, text: str = "") -> Sequence[str]:
    return office.press(office.token(word), text).lines


def test_a_bill_that_was_moved_on_says_where_it_lies_and_where_it_goes_from_there(office: Office) -> None:
    said, *now = pressed(office, BillWord.MOVED)
    assert said == "NTC-2026-0871: Moved on to: payee check"
    assert now == [ABOUT, "It lies at: payee check, since Fri 20 Nov 2026", NEXT]


def test_a_bill_that_the_vendor_has_the_money_of_is_paid_and_no_more_is_asked_of_anybody(office: Office) -> None:
    _, *now = pressed(office, BillWord.ACKNOWLEDGED, "receipt 4711")
    assert now == [ABOUT, "It is paid: nothing is left to pay."]


def test_from_the_last_stage_only_the_vendor_ends_it(office: Office) -> None:
    office.say(K.MOVED, Details(stage="credit"))
    assert pressed(office, BillWord.MOVED)[-1] == LAST


def test_what_is_paid_of_it_and_what_is_in_its_way_is_said(office: Office) -> None:
    office.say(K.WITHHELD, Details(amount=parse_money("4000.00 PKR")))
    office.say(K.BLOCKED, Details(block=BlockReason.NO_BUDGET, reason="until July"), hours_ago=0.4)
    office.say(K.DISPUTED, Details(reason="the rate"), hours_ago=0.3)
    office.say(K.HELD, Details(until=date(2026, 11, 25)), hours_ago=0.2)
    assert pressed(office, BillWord.MOVED)[3:-1] == [
        "Rs 130,000 of Rs 134,000 is left to pay.",
        "It cannot be paid now: there is no budget for it (until July).",
        "It is disputed: the rate",
        "Nobody pays it before Wed 25 Nov 2026.",
    ]


def test_a_question_says_who_hears_of_it(office: Office) -> None:
    _, told, *now = pressed(office, BillWord.QUESTION, "which account?")
    assert told == "Whoever gets the morning list of bills is told of the question at once."
    assert now[:1] == [ABOUT]


def test_who_reads_urdu_reads_all_of_it_in_urdu(office: Office) -> None:
    office.language = Language.URDU
    office.say(K.WITHHELD, Details(amount=parse_money("4000.00 PKR")))
    office.say(K.BLOCKED, Details(block=BlockReason.NO_BUDGET), hours_ago=0.4)
    assert [line.partition(" ")[0] for line in pressed(office, BillWord.MOVED)[2:]] == ["بل", "134,000", "ابھی", "اگلا"]
    _, *now = pressed(office, BillWord.ACKNOWLEDGED, "receipt 4711")
    assert now[-1] == "بل ادا ہو چکا ہے، کچھ ادا ہونا باقی نہیں۔"


def test_what_waits_for_somebody_else_says_that_the_bill_stands_as_before(tmp_path: Path) -> None:
    with office_in(tmp_path, TWO) as office:
        lines = pressed(office, BillWord.ACKNOWLEDGED, "receipt 4711")
        assert lines[-2:] == [
            "It lies at: verification, since Wed 18 Nov 2026",
            "What comes next: payee check.",
        ]


def test_who_confirms_it_by_the_list_reads_how_the_bill_stands_then(tmp_path: Path) -> None:
    with office_in(tmp_path, TWO) as office:
        office.press(office.token(BillWord.ACKNOWLEDGED), "receipt 4711")
        page = decided(office, token(office, ProposalWord.CONFIRM))
        assert page.lines[-2:] == [ABOUT, "It is paid: nothing is left to pay."]


def test_more_money_than_the_bill_asks_for_is_named_to_who_confirmed_it(tmp_path: Path) -> None:
    with office_in(tmp_path, BillingRules()) as office:
        much = draft(K.ACKNOWLEDGED, NOW, office.bill.key, amount=parse_money("140000.00 PKR"))
        asyncio.run(office.keeper.propose([much], "finance", "letter.txt", "a letter"))
        page = decided(office, token(office, ProposalWord.CONFIRM))
        assert page.lines[-1] == "Rs 6,000 more than the bill asks for is on record: look at the amounts."


def test_what_does_not_hold_though_it_was_confirmed_is_said(tmp_path: Path) -> None:
    with office_in(tmp_path, BillingRules()) as office:
        at, terms = NOW - timedelta(hours=2), office.bill.terms
        asked = draft(K.CORRECTED, at, office.bill.key, terms=replace(terms, due=date(2026, 12, 8)), reason="a letter")
        asyncio.run(office.keeper.propose([asked], "finance", "letter.txt", "a letter"))
        later = replace(terms, due=date(2026, 12, 20))
        office.say(K.CORRECTED, Details(terms=later, reason="by telephone"), hours_ago=1)
        page = decided(office, token(office, ProposalWord.CONFIRM))
        assert page.lines[-1].startswith("ntc/NTC-2026-0871 still asks for Rs 134,000, due Sun 20 Dec 2026")


def test_a_day_of_receipt_that_somebody_else_corrected_since_does_not_hold_and_says_so(tmp_path: Path) -> None:
    with office_in(tmp_path, BillingRules()) as office:
        days = [datetime(2026, 7, day, 19, tzinfo=UTC) for day in (23, 24)]
        early = NOW - timedelta(hours=2)
        asked = draft(K.CORRECTED, early, office.bill.key, received_at=days[0], reason="a letter")
        asyncio.run(office.keeper.propose([asked], "finance", "letter.txt", "a letter"))
        office.say(K.CORRECTED, Details(received_at=days[1], reason="by telephone"), hours_ago=1)
        page = decided(office, token(office, ProposalWord.CONFIRM))
        assert page.lines[-1].startswith("ntc/NTC-2026-0871 still has another day of receipt: something else was said")
        assert office.bill.received_at == days[1]


def test_a_refusal_leaves_the_bill_out(tmp_path: Path) -> None:
    with office_in(tmp_path, TWO) as office:
        office.press(office.token(BillWord.ACKNOWLEDGED), "receipt 4711")
        page = decided(office, token(office, ProposalWord.REFUSE), "their bank says no")
        assert ABOUT not in page.lines
