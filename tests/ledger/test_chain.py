"""The chain shows any single change; what is stored is what was hashed; imports come in any order."""

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.ledger.chain import first_break, linked
from checks.ledger.codec import draft_json, draft_of
from checks.ledger.event import GENESIS, MAX_TEXT_CHARS, BlockReason, Details, Draft, LedgerEvent, LedgerEventKind
from checks.units import parse_money
from tests.support.histories import Histories, without_recording
from tests.support.ledgers import BEGIN, draft, hour, received, terms
from watchdog.store.database import open_memory
from watchdog.store.ledger import LedgerRows

K = LedgerEventKind
ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=60)


def chained(drafts: list[Draft]) -> list[LedgerEvent]:
    events: list[LedgerEvent] = []
    for number, one in enumerate(drafts):
        events.append(linked(one, hour(number), events[-1].hash if events else GENESIS))
    return events


def a_chain(rng: random.Random) -> list[LedgerEvent]:
    kinds = (K.VERIFIED, K.SUBMITTED, K.CREDITED, K.ACKNOWLEDGED)
    return chained(
        [draft(rng.choice(kinds), hour(number), f"acme/{number % 3}") for number in range(rng.randrange(2, 9))]
    )


CHANGES = {
    "author": lambda event: replace(event, draft=replace(event.draft, author="omar")),
    "evidence": lambda event: replace(event, draft=replace(event.draft, evidence="paid, honestly")),
    "about": lambda event: replace(event, draft=replace(event.draft, about="acme/other")),
    "kind": lambda event: replace(event, draft=replace(event.draft, kind=K.AUDITED)),
    "happened_at": lambda event: replace(event, draft=replace(event.draft, happened_at=hour(-1))),
    "amount": lambda event: replace(event, draft=replace(event.draft, details=Details(reason="another"))),
    "recorded_at": lambda event: replace(event, recorded_at=event.recorded_at + timedelta(microseconds=1)),
    "id": lambda event: replace(event, id="0" * 32),
    "previous": lambda event: replace(event, previous=event.hash),
    "hash": lambda event: replace(event, hash=event.previous),
}


@pytest.mark.parametrize("what", CHANGES)
def test_any_single_change_breaks_the_chain_there(what: str) -> None:
    rng = random.Random(1)
    for _ in range(100):
        events = a_chain(rng)
        place = rng.randrange(len(events))
        events[place] = CHANGES[what](events[place])
        found = first_break(events)
        assert found is not None
        assert found.place == place + 1


def test_what_is_gone_swapped_or_put_in_breaks_the_chain_there() -> None:
    rng = random.Random(2)
    for _ in range(500):
        events = a_chain(rng)
        assert first_break(events) is None
        place = rng.randrange(len(events) - 1)
        swapped = [*events[:place], events[place + 1], events[place], *events[place + 2 :]]
        doubled = [*events[: place + 1], *events[place:]]
        for broken, where in ((events[:place] + events[place + 1 :], place), (swapped, place), (doubled, place + 1)):
            found = first_break(broken)
            assert found is not None
            assert found.place == where + 1


def test_an_event_that_was_linked_with_an_earlier_date_than_the_one_before_shows() -> None:
    (first,) = chained([received()])
    found = first_break([first, linked(draft(K.VERIFIED), BEGIN - timedelta(days=1), first.hash)])
    assert found is not None
    assert found.why == "it is dated before the one that was recorded before it"


@pytest.fixture(scope="module")
def texts() -> LedgerRows:
    """One for all texts, since a new one takes longer than any of them."""
    return LedgerRows(open_memory())


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_whatever_is_said_is_stored_as_it_was_hashed(
    texts: LedgerRows, author: str, evidence: str, reason: str
) -> None:
    about = f"acme/{texts.head().events}"
    spoken = draft(K.RETURNED, about=about, author=author, evidence=evidence, reason=f"because {reason}")
    events = texts.append([received(about), spoken], BEGIN)
    assert texts.events_of(about) == events
    assert [linked(one.draft, one.recorded_at, one.previous) for one in texts.events_of(about)] == events
    assert draft_of(draft_json(spoken)) == spoken


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_an_event_is_hashed_as_one_object_of_json_in_the_order_of_its_names(
    author: str, evidence: str, reason: str
) -> None:
    said = draft(K.RETURNED, author=author, evidence=evidence, reason=f"because {reason}", stage="budget")
    event = linked(said, hour(1), GENESIS)
    words = draft_json(said)
    recorded = {**words, "id": event.id, "recorded_at": "2026-11-02T05:00:00.000000+00:00", "previous": GENESIS}
    assert event.id == sha256_of({**words, "author": "", "evidence": ""})[:32]
    assert event.hash == sha256_of(recorded)


def sha256_of(said: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def test_halves_of_pairs_and_control_characters_are_no_text_and_urdu_is() -> None:
    spoken = draft(K.RETURNED, reason="رقم\ud800\x00\x1b[2J\nدرج\tرقم\x85")
    assert spoken.details.reason == "رقم?[2J\nدرج\tرقم"


@pytest.mark.parametrize("about", ["", "/7", "acme/", "acme/\x00", "acme/\ud800", "acme/7\n", "a" * 401])
def test_a_key_that_no_bill_has_is_refused(about: str) -> None:
    with pytest.raises(ValueError, match="about: "):
        draft(K.NOTED, about=about, reason="why")


def test_what_is_too_long_to_keep_is_refused() -> None:
    assert draft(K.VERIFIED, evidence="x" * MAX_TEXT_CHARS).evidence == "x" * MAX_TEXT_CHARS
    with pytest.raises(ValueError, match="evidence: at most 2,000 characters"):
        draft(K.VERIFIED, evidence="x" * (MAX_TEXT_CHARS + 1))


@pytest.mark.parametrize(
    ("kind", "about", "said", "match"),
    [
        (K.RECEIVED, "acme/7", {}, "received: say terms"),
        (K.CORRECTED, "acme/7", {}, "corrected: say reason"),
        (K.VERIFIED, "acme/7", {"amount": parse_money("1.00 PKR")}, "verified: amount does not belong to it"),
        (K.VERIFIED, "acme", {}, "verified: happens to a bill, not to a vendor"),
    ],
)
def test_what_an_event_lacks_or_cannot_say_is_named(
    kind: LedgerEventKind, about: str, said: dict[str, Any], match: str
) -> None:
    with pytest.raises(ValueError, match=match):
        draft(kind, about=about, **said)


def _receipts(events: Sequence[LedgerEvent]) -> list[LedgerEvent]:
    return [event for event in events if event.draft.kind is K.RECEIVED]


def test_no_order_of_imports_changes_what_the_ledger_says() -> None:
    """Of many bills, each received once, and a payee, in lists of any length."""
    histories = Histories(11)
    rng = histories.rng
    for _ in range(15):
        bills = [histories.one() for _ in range(4)]
        drafts = [
            replace(event.draft, about=f"acme/{number}")
            for number, events in enumerate(bills)
            for event in events
            if event.draft.kind is not K.RECEIVED or event is _receipts(events)[0]
        ]
        drafts.append(draft(K.BLOCKED, about="acme", block=BlockReason.FREEZE))
        seen = []
        for _ in range(2):
            rows = LedgerRows(open_memory())
            left = rng.sample(drafts, len(drafts))
            while left:
                size = rng.randrange(1, 9)
                rows.append(left[:size], hour(100))
                left = left[size:]
            assert rows.audit().is_sound
            seen.append(([without_recording(bill) for bill in rows.bills()], rows.payees()))
        assert seen[0] == seen[1]


def test_a_list_read_in_twice_is_on_record_once() -> None:
    rows = LedgerRows(open_memory())
    listed = [received(f"acme/{number}") for number in range(30)]
    assert len(rows.append([*listed, *listed], hour(1))) == 30
    assert not rows.append(listed, hour(2))
    assert rows.head().events == 30


def test_terms_keep_their_amounts_to_the_last_digit() -> None:
    rows = LedgerRows(open_memory())
    rows.append([draft(K.RECEIVED, terms=terms("1000000000000.00 PKR"))], BEGIN)
    for _ in range(3):
        payment = draft(K.WITHHELD, hour(len(rows.events_of("acme/inv7"))), amount=parse_money("1000000000000.00 PKR"))
        rows.append([payment], hour(50))
    bill = rows.bill("acme/inv7")
    assert bill is not None
    assert (bill.is_open, bill.overpaid) == (False, 2 * bill.terms.amount.amount)
