"""Whose word closes a bill: theirs who may say it, a second person's where two must; a proposal waits for it."""

import asyncio

import pytest

from alerts.links import Action, Ticket
from checks.ledger.event import Draft, LedgerEventKind
from checks.ledger.proposal import NotEnoughError, ProposalStanding, UnknownProposalError, WordError, person
from checks.ledger.rules import BillingRules
from checks.units import parse_money
from tests.support.ledgers import ACME_7, draft, hour, keeper_with, received, terms
from watchdog.billing.keeper import LedgerKeeper

K = LedgerEventKind
PAID = draft(K.ACKNOWLEDGED, hour(50), evidence="receipt 17")
TWO = BillingRules(two_persons=True)


@pytest.fixture
def keeper() -> LedgerKeeper:
    return keeper_with([received()])


def by(keeper: LedgerKeeper, rules: BillingRules) -> LedgerKeeper:
    keeper.rules = lambda: rules
    return keeper


def test_without_rules_one_word_with_evidence_closes_a_bill(keeper: LedgerKeeper) -> None:
    answered = asyncio.run(keeper.say([PAID], "ali"))
    assert [event.draft.author for event in answered.events] == ["ali"]
    assert (answered.proposal, list(keeper.on_record())) == (None, [])


def test_whoever_is_no_confirmer_only_proposes_and_a_confirmer_confirms(keeper: LedgerKeeper) -> None:
    by(keeper, BillingRules(confirmers=frozenset({"finance"})))
    waits = asyncio.run(keeper.say([PAID], "ali")).proposal
    assert waits is not None
    assert [bill.key for bill in keeper.on_record()] == [ACME_7]
    with pytest.raises(NotEnoughError, match="none of those who may call a bill paid: finance"):
        asyncio.run(keeper.confirm(waits.id, "omar"))
    decision = asyncio.run(keeper.confirm(waits.id, "finance"))
    assert [event.draft.author for event in decision.events] == ["ali, confirmed by finance"]
    assert not keeper.on_record()


@pytest.mark.parametrize("again", ["ali", "ali by signed link"])
def test_where_two_must_the_first_cannot_be_the_second_by_whatever_way(keeper: LedgerKeeper, again: str) -> None:
    waits = asyncio.run(by(keeper, TWO).say([PAID], "ali")).proposal
    assert waits is not None
    with pytest.raises(NotEnoughError, match="somebody else must confirm it"):
        asyncio.run(keeper.confirm(waits.id, again))
    assert asyncio.run(keeper.confirm(waits.id, "sara")).is_new
    assert not keeper.on_record()


@pytest.mark.parametrize(
    "closing",
    [
        PAID,
        draft(K.WITHHELD, amount=parse_money("134000.00 PKR")),
        draft(K.CREDIT_NOTE, amount=parse_money("1.00 PKR")),
        draft(K.CANCELLED, reason="sent twice"),
        draft(K.CORRECTED, terms=terms("1.00 PKR"), reason="a slip"),
        draft(K.CORRECTED, terms=terms("900000.00 JPY".replace(".00", "")), reason="other money"),
    ],
    ids=lambda one: f"{one.kind.value} {one.details.terms.amount if one.details.terms else ''}",
)
def test_whatever_lessens_what_is_owed_waits_for_the_second_person(keeper: LedgerKeeper, closing: Draft) -> None:
    answered = asyncio.run(by(keeper, TWO).say([closing], "ali"))
    assert not answered.events
    assert answered.proposal is not None


def test_what_lessens_nothing_goes_on_record_while_the_rest_waits(keeper: LedgerKeeper) -> None:
    noted = draft(K.CORRECTED, terms=terms("140000.00 PKR"), reason="dearer")
    answered = asyncio.run(by(keeper, TWO).say([noted, PAID], "ali"))
    assert [event.draft.kind for event in answered.events] == [K.CORRECTED]
    assert answered.proposal is not None
    assert [one.kind for one in answered.proposal.drafts] == [K.ACKNOWLEDGED]


def test_who_sent_the_money_needs_proof_that_the_vendor_has_it(keeper: LedgerKeeper) -> None:
    asyncio.run(keeper.say([draft(K.CREDITED, hour(40))], "ali"))
    bare = draft(K.ACKNOWLEDGED, hour(60))
    assert asyncio.run(keeper.say([bare], "ali")).proposal is not None
    assert asyncio.run(keeper.say([bare], "sara")).events


def test_a_second_click_changes_nothing_and_names_who_was_first(keeper: LedgerKeeper) -> None:
    waits = asyncio.run(by(keeper, TWO).say([PAID], "ali")).proposal
    assert waits is not None
    asyncio.run(keeper.confirm(waits.id, "sara"))
    for second in (keeper.confirm(waits.id, "omar"), keeper.refuse(waits.id, "omar", "no")):
        decision = asyncio.run(second)
        assert (decision.is_new, decision.proposal.decided_by, decision.events) == (False, "sara", ())
        assert decision.proposal.standing is ProposalStanding.CONFIRMED


def test_what_is_refused_stays_refused_with_the_reason(keeper: LedgerKeeper) -> None:
    made = asyncio.run(keeper.propose([PAID], "inbox", "notice.pdf", "it seems to say so"))
    asyncio.run(keeper.refuse(made.id, "sara", "another bill is meant"))
    again = asyncio.run(keeper.propose([PAID], "inbox", "notice.pdf", "it seems to say so"))
    assert (again.standing, again.reason) == (ProposalStanding.REFUSED, "another bill is meant")
    assert not asyncio.run(keeper.proposals())


def test_a_list_that_grows_asks_only_for_what_is_new_in_it(keeper: LedgerKeeper) -> None:
    by(keeper, TWO)
    asyncio.run(keeper.record([received("acme/8")]))
    other = draft(K.ACKNOWLEDGED, hour(51), "acme/8", evidence="receipt 18")
    first = asyncio.run(keeper.say([PAID], "bills.csv")).proposal
    second = asyncio.run(keeper.say([PAID, other], "bills.csv")).proposal
    assert first is not None
    assert second is not None
    assert [one.about for one in second.drafts] == ["acme/8"]
    asyncio.run(keeper.refuse(first.id, "sara", "no such receipt"))
    again = asyncio.run(keeper.say([PAID, other], "bills.csv")).proposal
    assert again == second
    assert [one.id for one in asyncio.run(keeper.proposals())] == [second.id]
    better = draft(K.ACKNOWLEDGED, hour(50), evidence="letter 4")
    assert asyncio.run(keeper.say([better], "bills.csv")).proposal not in {None, again}


def test_what_a_text_says_is_no_first_person_so_two_must_still_confirm(keeper: LedgerKeeper) -> None:
    by(keeper, TWO)
    made = asyncio.run(keeper.propose([PAID], "inbox", "notice.pdf", ""))
    first = asyncio.run(keeper.confirm(made.id, "ali"))
    assert (list(first.events), [bill.key for bill in keeper.on_record()]) == ([], [ACME_7])
    assert first.next is not None
    with pytest.raises(NotEnoughError):
        asyncio.run(keeper.confirm(first.next.id, "ali"))
    (event,) = asyncio.run(keeper.confirm(first.next.id, "sara")).events
    assert event.draft.author == "inbox, confirmed by ali, confirmed by sara"


def test_slips_that_would_lie_there_for_ever_are_refused(keeper: LedgerKeeper) -> None:
    with pytest.raises(WordError, match="no bill acme/inv8 on record"):
        asyncio.run(keeper.say([draft(K.VERIFIED, about="acme/inv8")], "ali"))
    with pytest.raises(WordError, match="is in PKR, not in USD"):
        asyncio.run(keeper.say([draft(K.ACKNOWLEDGED, amount=parse_money("5.00 USD"))], "ali"))
    for when in (hour(200), hour(0).replace(year=202)):
        with pytest.raises(WordError, match="no day on which anything can have happened"):
            asyncio.run(keeper.say([draft(K.VERIFIED, when)], "ali"))
    with pytest.raises(UnknownProposalError):
        asyncio.run(keeper.confirm("nothing", "ali"))


def test_of_two_things_said_of_one_instant_the_later_said_counts_and_said_again_changes_nothing(
    keeper: LedgerKeeper,
) -> None:
    days = [terms().due.replace(day=day) for day in (3, 9, 5)]
    for until in days:
        asyncio.run(keeper.say([draft(K.GRACE, until=until)], "ali"))
    (bill,) = keeper.on_record()
    assert bill.grace_until == days[-1]
    assert not asyncio.run(keeper.say([draft(K.GRACE, until=days[-1])], "sara")).events


def test_who_presses_a_link_is_the_same_person_as_at_the_machine() -> None:
    pressed = Ticket(action=Action.ANSWER, incident="", receiver="finance", expires_at=hour(1), nonce="n", about=ACME_7)
    assert person(pressed.author) == person("finance")
