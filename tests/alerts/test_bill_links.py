"""What a message of a bill lets its reader say of it, and that nobody can say anything else by it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from alerts.bill_links import (
    BillAnswer,
    BillWord,
    Offered,
    bill_answers,
    has_moved_on,
    label_of,
    read_answer,
)
from alerts.links import Action, Links, Ticket
from alerts.route import Language, Receiver
from checks.ledger.chain import linked
from checks.ledger.event import GENESIS, Details, Draft, LedgerEventKind, Terms
from checks.ledger.fold import folded
from checks.ledger.rules import BillingRules, Stage
from checks.ledger.state import BillOnRecord
from checks.units import Money

LINKS = Links(base_url="https://status.example.gov.pk", key=b"k" * 32)
RULES = BillingRules()
AT = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
TERMS = Terms(number="INV-7", amount=Money(Decimal(134000), "PKR"), due=date(2026, 12, 1))
FINANCE = Receiver(id="finance", channels=())


def bill(*kinds: LedgerEventKind, stage: str = "", key: str = "ntc/inv7") -> BillOnRecord:
    """Received, then each of `kinds`, an hour apart; MOVED goes to `stage`."""

    def draft(place: int, kind: LedgerEventKind) -> Draft:
        details = {
            LedgerEventKind.RECEIVED: Details(terms=TERMS),
            LedgerEventKind.MOVED: Details(stage=stage),
            LedgerEventKind.RETURNED: Details(reason="no certificate"),
        }.get(kind, Details())
        happened_at = AT + timedelta(hours=place)
        return Draft(about=key, kind=kind, happened_at=happened_at, author="finance", details=details)

    drafts = [draft(place, kind) for place, kind in enumerate((LedgerEventKind.RECEIVED, *kinds))]
    found = folded(linked(one, one.happened_at, GENESIS) for one in drafts)
    assert found is not None
    return found


def offered(of: BillOnRecord, *, event: str = "digest-bills-2026-11-02", receiver: Receiver = FINANCE) -> list[Offered]:
    return list(bill_answers(of, RULES, receiver, LINKS, event_id=event, at=AT))


def words(of: BillOnRecord) -> set[BillWord]:
    return {one.answer.word for one in offered(of)}


def ticket(one: Offered) -> Ticket:
    read = LINKS.read(one.url.rpartition("/")[2], AT)
    assert isinstance(read, Ticket)
    return read


def test_a_bill_that_has_come_in_can_be_moved_on_sent_returned_received_and_asked_about() -> None:
    labels = [one.label for one in offered(bill())]
    assert labels == [
        "Moved on to: payee check",
        "Sent to the accounts office (AG)",
        "Returned with an objection",
        "The vendor says: received",
        "I have a question",
    ]


@pytest.mark.parametrize(
    ("of", "label"),
    [
        (bill(LedgerEventKind.VERIFIED), "Moved on to: budget"),
        (bill(LedgerEventKind.MOVED, stage="sanction"), "Moved on to: bill prepared and signed"),
        (bill(LedgerEventKind.CREDITED), "The vendor says: received"),
    ],
)
def test_it_moves_on_from_where_it_lies(of: BillOnRecord, label: str) -> None:
    assert label in [one.label for one in offered(of)]


def test_what_was_sent_to_the_accounts_office_is_not_sent_again_until_it_came_back() -> None:
    assert BillWord.SUBMITTED not in words(bill(LedgerEventKind.SUBMITTED))
    assert BillWord.SUBMITTED in words(bill(LedgerEventKind.SUBMITTED, LedgerEventKind.RETURNED))


def test_what_was_credited_is_not_sent_to_the_accounts_office_unless_the_money_came_back() -> None:
    credited, came_back = LedgerEventKind.CREDITED, LedgerEventKind.CREDIT_RETURNED
    assert BillWord.SUBMITTED not in words(bill(credited))
    assert BillWord.SUBMITTED in words(bill(credited, came_back))
    assert BillWord.SUBMITTED not in words(bill(credited, came_back, credited))


def test_a_link_says_one_thing_of_one_bill_in_one_name() -> None:
    read = ticket(offered(bill())[0])
    assert (read.action, read.about, read.author) == (Action.BILL, "ntc/inv7", "finance by signed link")
    assert read_answer(read.answer) == BillAnswer(word=BillWord.MOVED, moves=1, stage="payee-check")


def test_the_same_message_offers_the_same_links_and_another_one_others() -> None:
    first, again, other = (offered(bill(), event=event) for event in ("monday", "monday", "tuesday"))
    assert first == again
    assert not {ticket(one).nonce for one in first} & {ticket(one).nonce for one in other}
    assert len({ticket(one).nonce for one in first}) == len(first)


@pytest.mark.parametrize("links", [None, LINKS])
def test_nothing_is_offered_of_what_is_paid_or_where_there_are_no_links(links: Links | None) -> None:
    of = bill() if links is None else bill(LedgerEventKind.ACKNOWLEDGED)
    assert not bill_answers(of, RULES, FINANCE, links, event_id="e", at=AT)


def test_who_reads_urdu_is_offered_it_in_urdu_but_for_stages_with_a_name_of_their_own() -> None:
    answer = BillAnswer(word=BillWord.MOVED, moves=1, stage="sanction")
    own = BillingRules(path=(Stage(id="sanction", title="Sanction by the board", p50_wd=1, p90_wd=2),))
    assert label_of(answer, RULES, Language.URDU) == "اگلے مرحلے پر گیا: منظوری"
    assert label_of(answer, own, Language.URDU).endswith("Sanction by the board")


def test_a_bill_that_moved_since_the_message_has_moved_on_but_the_vendor_may_still_have_the_money() -> None:
    before, now = bill(), bill(LedgerEventKind.VERIFIED)
    told = {one.answer.word: one.answer for one in offered(before)}
    assert {word for word, answer in told.items() if has_moved_on(now, answer)} == {
        BillWord.MOVED,
        BillWord.SUBMITTED,
        BillWord.RETURNED,
    }
    assert not any(has_moved_on(before, answer) for answer in told.values())


@pytest.mark.parametrize("text", ["", "moved", "paid 1", "moved x", "moved 1234567", "moved 1  a", "moved 1 a\nb"])
def test_what_no_link_of_ours_says_is_nothing(text: str) -> None:
    assert read_answer(text) is None


def test_a_bill_whose_name_is_too_long_for_a_link_gets_none_that_could_not_be_read() -> None:
    assert offered(bill(key="ntc/" + "ب" * 396)) == []
