"""An audit finds every proposal that was changed by hand, and every confirmed event that nobody proposed."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from checks.ledger.event import LedgerEventKind
from checks.ledger.proposal import proposed
from checks.ledger.rules import BillingRules
from checks.units import parse_money
from tests.ledger.test_audit import audited, by_hand
from tests.support.ledgers import draft, hour, received
from watchdog.store.database import DATABASE_NAME
from watchdog.store.ledger import LedgerRows
from watchdog.store.ledger_audit_proposals import ProposalAudit
from watchdog.store.store import open_store

K = LedgerEventKind
ONE = BillingRules()
TWO = BillingRules(two_persons=True)
DAY = hour(500).date()
PAID = draft(K.ACKNOWLEDGED, hour(20), "acme/inv1", evidence="receipt")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of every end: confirmed, overtaken, put right, from a text by two, refused, waiting."""
    folder = tmp_path_factory.mktemp("made")
    with closing(open_store(folder)) as store:
        rows = store.ledger
        rows.append([received(f"acme/inv{number}", hour(number)) for number in range(1, 7)], hour(10))
        said(rows, "ali", 21)
        said(rows, "omar", 22)
        confirm(rows, "ali", "sara")
        grace = draft(K.GRACE, hour(20), "acme/inv2", "inbox", until=DAY)
        letter = rows.propose(proposed([grace], "inbox", source="letter.pdf", note="", at=hour(31)))
        later = replace(grace, details=replace(grace.details, until=hour(600).date()))
        rows.put_right(letter.id, lambda _said, _bills: [later], "sara", ONE, hour(32))
        cancelled = draft(K.CANCELLED, hour(20), "acme/inv3", "inbox", reason="twice")
        rows.propose(proposed([cancelled], "inbox", source="sheet.xlsx", note="", at=hour(33)))
        confirm(rows, "inbox", "sara")
        confirm(rows, "sara", "omar")
        for about in ("acme/inv4", "acme/inv5"):
            tax = draft(K.WITHHELD, hour(20), about, amount=parse_money("5.00 PKR"))
            rows.say([tax], "zara", TWO, hour(40))
        rows.refuse(rows.proposals()[0].id, "sara", "not so", hour(41))
        rows.say([draft(K.CREDIT_NOTE, hour(20), "acme/inv6", amount=parse_money("5.00 PKR"))], "ali", ONE, hour(42))
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path, dirs_exist_ok=True)


def said(rows: LedgerRows, author: str, at: int) -> None:
    rows.say([replace(PAID, happened_at=hour(at))], author, TWO, hour(30))


def confirm(rows: LedgerRows, author: str, by: str) -> None:
    (one,) = (one for one in rows.proposals() if one.author == author)
    rows.confirm(one.id, by, TWO, hour(35))


def words(folder: Path) -> ProposalAudit:
    return audited(folder).words


def id_of_the(folder: Path, standing: str, author: str) -> str:
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as file:
        rows = file.execute("SELECT id FROM ledger_proposals WHERE standing = ? AND author = ?", (standing, author))
        (found,) = rows.fetchall()
    return str(found[0])


def test_what_people_did_is_sound_whichever_end_it_took(folder: Path) -> None:
    found = audited(folder)
    assert found.is_sound
    assert (found.words.proposals, found.words.wrong, found.words.stray) == (8, None, None)
    assert (found.words.closed_alone, found.words.closed_alone_at) == (1, hour(42))


@pytest.mark.parametrize(
    ("change", "standing", "author", "why"),
    [
        ("decided_by = 'ali by signed link'", "confirmed", "ali", "ali by signed link said it, and also confirmed it"),
        ("decided_by = 'omar'", "confirmed", "ali", "names ali, confirmed by sara, not ali, confirmed by omar"),
        ("decided_at = decided_at + 86400000000", "confirmed", "ali", "was written down before it was confirmed"),
        ("drafts = replace(drafts, 'receipt', 'letter')", "confirmed", "ali", "that its id was made of"),
        ("author = 'zara'", "confirmed", "ali", "that its id was made of"),
        ("source = 'elsewhere'", "confirmed", "sara", "that its id was made of"),
        ("outcome = '[]'", "confirmed", "ali", "what became of each of its words"),
        ("outcome = replace(outcome, 'recorded', 'left-out')", "confirmed", "sara", "it was left out, and is none"),
        ("outcome = replace(outcome, 'recorded', 'overtaken')", "confirmed", "ali", "is nothing that becomes of"),
        ('outcome = \'[["recorded", "0"]]\'', "confirmed", "ali", "the event 0 that it became is not on record"),
        ('outcome = \'[["there", "0"]]\'', "confirmed", "ali", "it stood there before, and does not now"),
        ("standing = 'waiting'", "confirmed", "ali", "it waits, and yet something says"),
        ("decided_by = ''", "refused", "zara", "nothing says when, or by whom"),
        ('outcome = \'[["there", "0"]]\'', "refused", "zara", "it is refused, and yet"),
        ("drafts = replace(drafts, 'acme', 'zeta')", "refused", "zara", "that its id was made of"),
        ("outcome = '[]'", "overtaken", "omar", "nothing says by which event"),
        ('outcome = \'[["overtaken", "0"]]\'', "overtaken", "omar", "that overtook it is not on record"),
        ("decided_by = 'somebody'", "overtaken", "omar", "is of another author or time"),
        ("outcome = '[]'", "replaced", "inbox", "nothing says what stands in its place"),
        ('outcome = \'[["replaced", "0"]]\'', "replaced", "inbox", "that stands in its place is not there"),
        ("decided_by = 'omar'", "replaced", "inbox", "was not confirmed with it"),
        ("standing = 'refused'", "replaced", "inbox", "it is refused, and yet something became of it"),
        ("drafts = 'torn'", "waiting", "zara", "it cannot be read"),
        ("outcome = '[[[[[]]]]]'", "waiting", "zara", "it cannot be read"),
        ("author = x'ff'", "waiting", "zara", "it cannot be read"),
        ("decided_at = 'soon'", "waiting", "zara", "it cannot be read"),
    ],
)
def test_a_changed_proposal_is_the_first_that_disagrees(
    folder: Path, change: str, standing: str, author: str, why: str
) -> None:
    id_ = id_of_the(folder, standing, author)
    by_hand(folder, f"UPDATE ledger_proposals SET {change} WHERE id = '{id_}'")  # noqa: S608  # as above
    found = audited(folder)
    assert not found.is_sound
    assert found.words.wrong is not None
    assert (found.words.wrong.id, why in found.words.wrong.why) == (id_, True), found.words.wrong


def test_a_word_that_waits_for_one_more_person_must_be_there_and_be_theirs(folder: Path) -> None:
    id_ = id_of_the(folder, "confirmed", "sara")
    by_hand(folder, f"DELETE FROM ledger_proposals WHERE id = '{id_}'")  # noqa: S608  # ours
    found = words(folder)
    assert found.wrong is not None
    assert "in which it waits for one more person is not there" in found.wrong.why
    assert found.stray is not None
    assert (found.stray.about, "no proposal brought it" in found.stray.why) == ("acme/inv3", True)


def test_an_event_that_names_two_persons_without_a_proposal_is_named(folder: Path) -> None:
    with closing(open_store(folder)) as store:
        forged = draft(K.ACKNOWLEDGED, hour(50), "acme/inv4", "ali, confirmed by sara", evidence="receipt")
        (event,) = store.ledger.append([forged], hour(51))
    found = words(folder)
    assert (found.wrong, found.stray_count) == (None, 1)
    assert found.stray is not None
    assert (found.stray.id, found.stray.about) == (event.id, "acme/inv4")


def test_two_proposals_cannot_both_have_brought_one_event(folder: Path) -> None:
    id_ = id_of_the(folder, "confirmed", "ali")
    columns = "proposed_at, author, source, note, drafts, is_word, standing, decided_at, decided_by, reason, outcome"
    by_hand(folder, f"INSERT INTO ledger_proposals SELECT '0', {columns} FROM ledger_proposals WHERE id = '{id_}'")  # noqa: S608  # ours
    found = words(folder)
    assert found.stray is not None
    assert "more than one proposal brought it" in found.stray.why


@pytest.mark.parametrize("outcome", ["'torn'", "x'00'", "'{}'", '\'[1, "two", [], ["recorded"]]\'', "1.5", "''"])
def test_torn_outcomes_are_a_wrong_proposal_and_no_crash(folder: Path, outcome: str) -> None:
    id_ = id_of_the(folder, "confirmed", "ali")
    by_hand(folder, f"UPDATE OR IGNORE ledger_proposals SET outcome = {outcome} WHERE id = '{id_}'")  # noqa: S608  # ours
    found = words(folder)
    assert found.wrong is not None
    assert found.wrong.id == id_
    assert found.stray_count == 1
