"""Who hands in a letter or a sheet gives no word by that: where two must say it, they may be the first who does."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from checks.ledger.event import Draft, LedgerEventKind
from checks.ledger.proposal import Proposal, ProposalStanding, proposed
from checks.ledger.rules import BillingRules
from tests.support.ledgers import ACME_7, draft, hour, received, terms
from watchdog.store.ledger import LedgerRows
from watchdog.store.store import open_store

K = LedgerEventKind
TWO = BillingRules(two_persons=True)
PAID = draft(K.ACKNOWLEDGED, hour(5), author="ali", evidence="letter")
LESS = draft(K.CORRECTED, hour(5), author="ali", terms=terms("100000.00 PKR"), reason="the vendor's notice")
NOTED = draft(K.NOTED, hour(5), author="ali", reason="the vendor's notice")


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[LedgerRows]:
    with closing(open_store(tmp_path)) as store:
        store.ledger.append([received()], hour(1))
        yield store.ledger
        words = store.ledger.audit().words
        assert words is not None
        assert words.wrong is None


def handed_in(rows: LedgerRows, *drafts: Draft, by: str = "ali", source: str = "letter.pdf") -> Proposal:
    theirs = [replace(one, author=by) for one in drafts]
    return rows.propose(proposed(theirs, by, source=source, note="", at=hour(6)))


def waiting(rows: LedgerRows) -> list[tuple[str, bool]]:
    return [(one.author, one.is_word) for one in rows.proposals()]


@pytest.mark.parametrize("drafts", [(PAID,), (LESS, NOTED)])
def test_what_they_confirm_themselves_waits_as_their_word_until_a_second_person_gives_theirs(
    rows: LedgerRows, drafts: tuple[Draft, ...]
) -> None:
    first = rows.confirm(handed_in(rows, *drafts).id, "ali", TWO, hour(7))
    assert first.next is not None
    assert (first.next.standing, waiting(rows)) == (ProposalStanding.WAITING, [("ali", True)])
    rows.confirm(first.next.id, "sara", TWO, hour(8))
    told = [event.draft for event in rows.events_of(ACME_7)]
    assert {(drafts[0].kind, "ali, confirmed by ali, confirmed by sara")} <= {(one.kind, one.author) for one in told}
    assert waiting(rows) == []


def test_what_they_put_right_themselves_waits_as_their_word(rows: LedgerRows) -> None:
    letter = handed_in(rows, NOTED)
    rows.put_right(letter.id, lambda said, _bills: [LESS, *said], "ali", TWO, hour(7))
    assert waiting(rows) == [("ali", True)]


def test_a_sheet_of_theirs_that_waits_does_not_stand_for_their_word_on_anothers(rows: LedgerRows) -> None:
    handed_in(rows, PAID, source="mine.xlsx")
    decision = rows.confirm(handed_in(rows, PAID, by="boss", source="his.xlsx").id, "ali", TWO, hour(7))
    assert decision.next is not None
    assert waiting(rows) == [("ali", False), ("ali", True)]


def test_nor_does_the_same_sheet_that_both_handed_in(rows: LedgerRows) -> None:
    handed_in(rows, PAID)
    rows.confirm(handed_in(rows, PAID, by="boss").id, "ali", TWO, hour(7))
    assert waiting(rows) == [("ali", False), ("ali", True)]


def test_what_a_list_says_again_is_not_asked_anew_while_their_word_waits(rows: LedgerRows) -> None:
    says = replace(PAID, author="bills.csv")
    asked = rows.say([says], "bills.csv", TWO, hour(6), is_word=False).proposal
    assert asked is not None
    rows.confirm(asked.id, "ali", TWO, hour(7))
    rows.say([says], "bills.csv", TWO, hour(8), is_word=False)
    assert waiting(rows) == [("ali", True)]
