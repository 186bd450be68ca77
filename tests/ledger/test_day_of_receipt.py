"""A day of receipt that was written down wrongly and put right: what follows goes by the true one, both stay."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest

from checks.ledger.chain import first_break, id_of, linked
from checks.ledger.codec import details_json, draft_json, draft_of
from checks.ledger.event import GENESIS, Draft, LedgerEventKind, Terms
from checks.ledger.fold import MAX_CHANGES, folded
from checks.ledger.overtaken import Ground, why_needless
from checks.ledger.state import BillOnRecord, BillStanding, ReceiptChange
from tests.support.histories import recorded, without_recording
from tests.support.ledgers import BEGIN, draft, hour, received, terms
from watchdog.store.database import DATABASE_NAME, open_listing_database
from watchdog.store.ledger import LedgerRows
from watchdog.store.store import open_store

K = LedgerEventKind
TRUE_DAY = datetime(2026, 10, 1, 19, tzinfo=UTC)
OTHER_DAY = datetime(2026, 10, 4, 19, tzinfo=UTC)


def corrected(at: datetime, day: datetime = TRUE_DAY, author: str = "sara", asks: Terms | None = None) -> Draft:
    return draft(K.CORRECTED, at, author=author, reason="the wrong month", received_at=day, terms=asks)


def bill_of(drafts: Sequence[Draft]) -> BillOnRecord:
    """Recorded in this order, an hour after the other."""
    bill = folded(recorded([linked(one, BEGIN, GENESIS) for one in drafts]))
    assert bill is not None
    return bill


def test_the_bill_and_the_first_step_of_its_way_go_by_the_correction() -> None:
    bill = bill_of([received(), draft(K.VERIFIED, hour(5)), corrected(hour(9))])
    assert (bill.received_at, bill.path[0].at, bill.at.at) == (TRUE_DAY, TRUE_DAY, hour(5))


def test_a_correction_says_what_it_changed_and_who_said_so() -> None:
    bill = bill_of([received(), corrected(hour(9)), corrected(hour(10), OTHER_DAY, author="ali")])
    assert bill.receipt_changes == (
        ReceiptChange(was=BEGIN, at=hour(9), by="sara", reason="the wrong month"),
        ReceiptChange(was=TRUE_DAY, at=hour(10), by="ali", reason="the wrong month"),
    )


def test_of_two_people_who_correct_it_the_last_word_holds_in_whatever_order_it_was_written_down() -> None:
    said = [
        corrected(hour(9)),
        corrected(hour(10), OTHER_DAY, author="ali"),
        draft(K.VERIFIED, hour(5)),
        draft(K.CORRECTED, hour(11), terms=terms("9000.00 PKR"), reason="a slip"),
    ]
    whole = without_recording(bill_of([received(), *said]))
    assert whole is not None
    assert (whole.received_at, whole.terms.amount.text()) == (OTHER_DAY, "9000.00 PKR")
    for order in permutations([received(), *said]):
        assert without_recording(bill_of(order)) == whole


def test_before_the_correction_was_written_down_the_old_day_was_known() -> None:
    events = recorded([linked(one, BEGIN, GENESIS) for one in (received(), corrected(hour(9)))])
    then = folded(events, known_at=events[0].recorded_at)
    assert then is not None
    assert (then.received_at, then.path[0].at, then.receipt_changes) == (BEGIN, BEGIN, ())


def test_a_day_of_receipt_alone_changes_no_terms_that_somebody_else_corrected() -> None:
    bill = bill_of(
        [received(), draft(K.CORRECTED, hour(8), terms=terms("9000.00 PKR"), reason="a slip"), corrected(hour(9))]
    )
    assert (bill.terms.amount.text(), bill.received_at) == ("9000.00 PKR", TRUE_DAY)


@pytest.mark.parametrize(
    ("last", "standing"),
    [
        (draft(K.CANCELLED, hour(5), reason="withdrawn"), BillStanding.CANCELLED),
        (draft(K.ACKNOWLEDGED, hour(5)), BillStanding.PAID),
    ],
)
def test_it_opens_no_bill_that_is_over(last: Draft, standing: BillStanding) -> None:
    bill = bill_of([received(), last, corrected(hour(9))])
    assert (bill.standing, bill.closed_at, bill.received_at) == (standing, hour(5), TRUE_DAY)


def test_the_day_that_was_written_down_first_stays_however_often_it_is_corrected() -> None:
    often = [corrected(hour(place), hour(-place)) for place in range(1, 2 * MAX_CHANGES)]
    changes = bill_of([received(), *often]).receipt_changes
    assert (len(changes), changes[0].was) == (MAX_CHANGES, BEGIN)


def test_nobody_need_confirm_a_day_that_is_on_record() -> None:
    bill = bill_of([received(), corrected(hour(9))])
    ground = Ground(bills={bill.key: bill})
    assert why_needless(corrected(hour(20)), ground)
    assert not why_needless(corrected(hour(20), OTHER_DAY), ground)


# As JSON, and on the chain -----------------------------------------------------------------------------------------


def test_it_is_read_as_it_was_written() -> None:
    said = corrected(hour(9), asks=terms("9000.00 PKR"))
    assert draft_of(draft_json(said)) == said


def test_an_event_that_says_nothing_of_it_is_hashed_as_before_there_was_such_a_word() -> None:
    said = draft(K.CORRECTED, hour(9), terms=terms(), reason="a slip")
    assert set(details_json(said.details)) == {"terms", "reason"}
    assert id_of(said) == "32bf9cf8425581ee78e89272675d4192"
    assert linked(said, hour(10), GENESIS).hash == "3180c048a7a51e139d5abfb8e18be0db9596ef8a10b1608f8c21b360fed979f5"


def test_a_correction_of_nothing_is_none() -> None:
    with pytest.raises(ValueError, match="corrected: say terms or received_at"):
        draft(K.CORRECTED, reason="a slip")


def test_only_a_correction_names_another_day_of_receipt() -> None:
    with pytest.raises(ValueError, match="verified: received_at does not belong to it"):
        draft(K.VERIFIED, received_at=TRUE_DAY)


def test_an_audit_works_it_out_anew_and_agrees(tmp_path: Path) -> None:
    with closing(open_store(tmp_path)) as store:
        store.ledger.append([received()], BEGIN)
        store.ledger.append([corrected(hour(9))], hour(9))
        assert first_break(store.ledger.events()) is None
    with closing(open_listing_database(tmp_path / DATABASE_NAME)) as database:
        found = LedgerRows(database).audit()
    assert (found.is_sound, found.events, found.bills) == (True, 2, 1)
