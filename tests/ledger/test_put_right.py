"""Whoever puts a proposal right and confirms it leaves all of that on record, or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from checks.ledger.event import Draft, LedgerEventKind
from checks.ledger.proposal import Proposal, ProposalStanding, WordError, proposed
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord
from tests.support.ledgers import ACME_7, draft, hour, received
from watchdog.store.errors import StoreError
from watchdog.store.ledger import LedgerRows
from watchdog.store.store import open_store

K = LedgerEventKind
RULES = BillingRules()
GRACE = draft(K.GRACE, hour(5), author="inbox", until=hour(500).date())
STANDINGS = ProposalStanding


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[LedgerRows]:
    with closing(open_store(tmp_path)) as store:
        store.ledger.append([received()], hour(1))
        yield store.ledger


def waiting(rows: LedgerRows) -> Proposal:
    return rows.propose(proposed([GRACE], "inbox", source="letter.pdf", note="a day", at=hour(6)))


def until(day: float, said: Sequence[Draft]) -> Sequence[Draft]:
    return [replace(one, details=replace(one.details, until=hour(day).date())) for one in said]


def put_right(rows: LedgerRows, id_: str, day: float = 600) -> Proposal:
    return rows.put_right(id_, lambda said, _bills: until(day, said), "sara", RULES, hour(7)).proposal


def test_what_was_put_right_is_on_record_with_both_names_and_the_former_names_it(rows: LedgerRows) -> None:
    former = waiting(rows)
    confirmed = put_right(rows, former.id)
    event = rows.events_of(ACME_7)[-1]
    assert (event.draft.author, event.draft.details.until) == ("inbox, confirmed by sara", hour(600).date())
    assert confirmed.standing is STANDINGS.CONFIRMED
    ended = rows.proposal(former.id)
    assert (ended.standing, ended.decided_by, ended.reason) == (STANDINGS.REPLACED, "sara", f"see {confirmed.id}")
    again = rows.put_right(former.id, lambda said, _bills: said, "omar", RULES, hour(8))
    assert (again.is_new, again.proposal) == (False, ended)


def test_what_fails_at_its_last_row_leaves_nothing_of_it(rows: LedgerRows) -> None:
    former = waiting(rows)
    database = rows._database  # a disk that fails at this very row
    with database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER fails BEFORE UPDATE ON ledger_states BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    with pytest.raises(StoreError):
        put_right(rows, former.id)
    assert rows.latest_proposals(5) == [former]
    assert rows.head().events == 1


def test_an_edit_that_cannot_be_leaves_everything_as_it_was(rows: LedgerRows) -> None:
    def refusing(_said: Sequence[Draft], bills: Mapping[str, BillOnRecord]) -> Sequence[Draft]:
        raise ZeroDivisionError(list(bills))

    former = waiting(rows)
    with pytest.raises(ZeroDivisionError, match=ACME_7):
        rows.put_right(former.id, refusing, "sara", RULES, hour(7))
    assert rows.latest_proposals(5) == [former]


def test_an_edit_that_changes_nothing_confirms_it_as_it_stands(rows: LedgerRows) -> None:
    former = waiting(rows)
    assert put_right(rows, former.id, 500).id == former.id
    assert [one.standing for one in rows.latest_proposals(5)] == [STANDINGS.CONFIRMED]


def test_what_somebody_refused_does_not_come_in_by_an_edit(rows: LedgerRows) -> None:
    refused = rows.propose(proposed(until(600, [GRACE]), "inbox", source="letter.pdf", note="", at=hour(6)))
    rows.refuse(refused.id, "omar", "not agreed", hour(6))
    former = waiting(rows)
    with pytest.raises(WordError, match=f"just that is proposal {refused.id}, refused by omar"):
        put_right(rows, former.id)
    assert rows.proposal(former.id).is_waiting


def test_the_word_of_a_person_is_not_put_right_by_another(rows: LedgerRows) -> None:
    two = BillingRules(two_persons=True)
    said = rows.say([draft(K.ACKNOWLEDGED, hour(5), evidence="receipt")], "ali", two, hour(6)).proposal
    assert said is not None
    with pytest.raises(WordError, match="it stands as it is"):
        put_right(rows, said.id)
