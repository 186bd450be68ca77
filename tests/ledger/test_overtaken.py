"""What waits for a word and needs none any more ends with its reason, in the transaction that overtakes it."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from checks.ledger.event import BlockReason, Draft, LedgerEvent, LedgerEventKind
from checks.ledger.fold import folded
from checks.ledger.outcome import Became, Outcome
from checks.ledger.overtaken import Ground, why_needless
from checks.ledger.proposal import Proposal, ProposalStanding, WordError, proposed
from checks.ledger.rules import BillingRules
from checks.units import parse_money
from tests.support.ledgers import ACME_7, draft, hour, received, terms
from watchdog.billing.keeper import LedgerKeeper
from watchdog.store.executor import Inline
from watchdog.store.ledger import LedgerRows
from watchdog.store.ledger_turns import as_if
from watchdog.store.store import open_store

K = LedgerEventKind
TWO = BillingRules(two_persons=True)
PAID = draft(K.ACKNOWLEDGED, hour(50), evidence="receipt 17")
CANCELLED = draft(K.CANCELLED, hour(50), reason="sent twice")
HALF = parse_money("67000.00 PKR")
DAY = hour(500).date()


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[LedgerRows]:
    with closing(open_store(tmp_path)) as store:
        store.ledger.append([received(), received("acme/8")], hour(1))
        yield store.ledger


def said(rows: LedgerRows, one: Draft, author: str, at: float = 60) -> Proposal:
    waits = rows.say([one], author, TWO, hour(at)).proposal
    assert waits is not None
    return waits


def noticed(rows: LedgerRows, *drafts: Draft) -> Proposal:
    return rows.propose(proposed(drafts, "inbox", source="notice.pdf", note="", at=hour(60)))


def standing(rows: LedgerRows, one: Proposal) -> ProposalStanding:
    return rows.proposal(one.id).standing


def test_a_second_word_that_the_bill_is_paid_ends_with_the_first(rows: LedgerRows) -> None:
    first, second = said(rows, PAID, "ali"), said(rows, replace(PAID, happened_at=hour(51)), "omar")
    (event,) = rows.confirm(first.id, "sara", TWO, hour(70)).events
    ended = rows.proposal(second.id)
    assert (ended.standing, ended.decided_at) == (ProposalStanding.OVERTAKEN, event.recorded_at)
    assert (ended.reason, ended.decided_by) == ("acme/inv7 was paid", "ali, confirmed by sara")
    assert ended.outcome == (Outcome(Became.OVERTAKEN, event.id),)
    assert rows.proposals() == []
    assert ended in rows.latest_proposals(5)


def test_who_confirms_it_later_is_told_why_nothing_changes(rows: LedgerRows) -> None:
    one = noticed(rows, draft(K.SUSPENSION_ANNOUNCED, hour(40), until=DAY))
    rows.append([CANCELLED], hour(61))
    late = rows.confirm(one.id, "sara", BillingRules(), hour(70))
    assert (late.is_new, late.events, late.proposal.reason) == (False, (), "acme/inv7 was cancelled")
    assert not rows.refuse(one.id, "sara", "too late", hour(71)).is_new


def test_the_very_same_words_by_another_road_end_it(rows: LedgerRows) -> None:
    one = said(rows, draft(K.WITHHELD, hour(50), amount=HALF), "ali")
    rows.append([draft(K.WITHHELD, hour(50), author="omar", amount=HALF)], hour(61))
    assert rows.proposal(one.id).reason == "just that was put on record of acme/inv7"


def test_a_list_that_brings_the_bill_ends_what_proposed_it_and_no_other_terms(rows: LedgerRows) -> None:
    same, other = noticed(rows, received("zeta/1")), noticed(rows, received("zeta/2", amount="9.00 PKR"))
    keeper = LedgerKeeper.loaded(rows, Inline(), lambda: hour(61))
    many = [received(f"zeta/{number}", hour(30)) for number in range(200)]
    asyncio.run(keeper.fill(lambda spool: spool.add(many)))
    assert rows.proposal(same.id).reason == "zeta/1 stands so already"
    assert standing(rows, other) is ProposalStanding.WAITING
    assert rows.audit().is_sound


def test_of_several_things_all_must_be_needless(rows: LedgerRows) -> None:
    both = noticed(rows, *(draft(K.GRACE, hour(40), about, until=DAY) for about in (ACME_7, "acme/8")))
    rows.append([PAID], hour(61))
    assert standing(rows, both) is ProposalStanding.WAITING
    rows.append([replace(PAID, about="acme/8")], hour(62))
    assert rows.proposal(both.id).reason == "acme/8 was paid"


def test_what_is_proposed_of_a_bill_that_is_paid_already_is_meant_and_waits(rows: LedgerRows) -> None:
    rows.append([PAID], hour(52))
    meant = said(rows, CANCELLED, "ali")
    rows.append([draft(K.NOTED, hour(61), reason="a question")], hour(61))
    assert standing(rows, meant) is ProposalStanding.WAITING


def test_a_person_who_says_once_more_what_was_overtaken_is_asked_for_once_more(rows: LedgerRows) -> None:
    first = said(rows, PAID, "ali")
    rows.append([replace(PAID, author="bank", happened_at=hour(49))], hour(61))
    rows.append([draft(K.CREDIT_RETURNED, hour(62))], hour(62))
    again = said(rows, PAID, "ali", 63)
    assert (standing(rows, first), standing(rows, again)) == (ProposalStanding.OVERTAKEN, ProposalStanding.WAITING)
    assert again.id != first.id
    assert said(rows, PAID, "ali", 64).id == again.id


def test_said_once_more_while_the_bill_is_paid_it_is_not_asked_for(rows: LedgerRows) -> None:
    said(rows, PAID, "ali")
    rows.append([replace(PAID, author="bank", happened_at=hour(49))], hour(61))
    with pytest.raises(WordError, match=r": bank put acknowledged on record at "):
        said(rows, PAID, "ali", 63)
    assert rows.proposals() == []


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)], ids=["first", "second"])
def test_money_by_another_reference_goes_on_waiting_and_is_shown_as_too_much(rows: LedgerRows, order: slice) -> None:
    words = [said(rows, by_reference(PAID, f"UTR-{n}", 50 + n), "ali").id for n in range(2)]
    one, other = words[order]
    rows.confirm(one, "sara", TWO, hour(70))
    rows.confirm(other, "sara", TWO, hour(71))
    paid = rows.bill(ACME_7)
    assert paid is not None
    assert paid.overpaid == Decimal(134000)
    assert rows.audit().is_sound


def test_the_same_reference_spelled_otherwise_is_the_same_payment(rows: LedgerRows) -> None:
    first, second = (said(rows, by_reference(PAID, text, 51), "ali") for text in ("UTR-1", "utr - 1"))
    rows.confirm(first.id, "sara", TWO, hour(70))
    assert standing(rows, second) is ProposalStanding.OVERTAKEN


def by_reference(one: Draft, reference: str, at: float) -> Draft:
    return replace(one, happened_at=hour(at), details=replace(one.details, payment=reference))


def bill(*drafts: Draft) -> Ground:
    found = folded([as_if(one, hour(1)) for one in (received(), *drafts)])
    assert found is not None
    return Ground(bills={ACME_7: found})


SAID = {
    "acknowledged": PAID,
    "credited": draft(K.CREDITED, hour(50)),
    "credited by another reference": by_reference(draft(K.CREDITED, hour(50)), "UTR-2", 50),
    "returned credit": draft(K.CREDIT_RETURNED, hour(50)),
    "tax": draft(K.WITHHELD, hour(50), amount=HALF),
    "credit note": draft(K.CREDIT_NOTE, hour(50), amount=HALF),
    "cancelled": CANCELLED,
    "corrected": draft(K.CORRECTED, hour(50), terms=terms("200000.00 PKR"), reason="a slip"),
    "disputed": draft(K.DISPUTED, hour(50), reason="charged twice"),
    "moved": draft(K.MOVED, hour(50), stage="pre-audit"),
    "blocked": draft(K.BLOCKED, hour(50), block=BlockReason.NO_BUDGET),
    "noted": draft(K.NOTED, hour(50), reason="a question"),
}


@pytest.mark.parametrize(
    ("ending", "meaningful"),
    [
        (
            PAID,
            {
                "credited by another reference",
                "returned credit",
                "tax",
                "credit note",
                "corrected",
                "disputed",
                "noted",
            },
        ),
        (CANCELLED, {"returned credit", "corrected", "noted"}),
        (draft(K.VERIFIED, hour(50)), set(SAID)),
    ],
    ids=["paid", "cancelled", "open"],
)
def test_what_still_means_something_goes_on_waiting(ending: Draft, meaningful: set[str]) -> None:
    ground = bill(replace(ending, happened_at=hour(20)))
    assert {name for name, one in SAID.items() if not why_needless(one, ground)} == meaningful


@pytest.mark.parametrize(
    "one",
    [
        received(),
        replace(received(), details=replace(received().details, terms=terms(number="inv 7"))),
        draft(K.CORRECTED, hour(5), terms=terms("5.00 PKR", number="inv7"), reason="a slip"),
        draft(K.MOVED, hour(5), stage="pre-audit"),
        draft(K.SUSPENSION_ANNOUNCED, hour(5), until=DAY),
        draft(K.GRACE, hour(5), until=DAY),
        draft(K.HELD, hour(5), until=DAY),
    ],
    ids=lambda one: one.kind.value,
)
def test_what_the_bill_stands_at_already_need_not_be_decided(one: Draft) -> None:
    again = replace(one, happened_at=hour(9), author="somebody else")
    assert why_needless(again, bill(one)) == "acme/inv7 stands so already"


def test_of_a_bill_that_nobody_knows_nothing_is_needless() -> None:
    events: list[LedgerEvent] = []
    assert folded(events) is None
    assert [why_needless(one, Ground()) for one in SAID.values()] == [""] * len(SAID)
