"""Two persons by links: the second press of the same word confirms it, and so does the link of the morning list."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from alerts.bill_links import BillWord
from alerts.links import PATH, Ticket
from alerts.proposal_links import ProposalWord, proposal_links
from alerts.route import Receiver
from checks.ledger.event import LedgerEventKind
from checks.ledger.proposal import ProposalStanding
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillStanding
from checks.units import parse_money
from tests.support.ledgers import draft
from tests.web.test_bill_door import AG, FINANCE, LINKS, NOW, Office, office_in, words
from watchdog.store.executor import Inline
from watchdog.web.door_view import LinkPage
from watchdog.web.proposal_door import ProposalDoor

TWO = BillingRules(two_persons=True)


def token(office: Office, word: ProposalWord, receiver: Receiver = AG) -> str:
    (waiting,) = office.rows.proposals()
    ((_, url),) = proposal_links(waiting, receiver, LINKS, event_id="digest-1", at=NOW, words=(word,))
    return url.partition(PATH)[2]


def opened(office: Office, token: str, by: Mapping[str, Receiver] | None = None) -> tuple[ProposalDoor, Ticket]:
    door = office.door()
    ticket = door.read(token)
    assert isinstance(ticket, Ticket)
    own = ProposalDoor(
        proposals=office.rows,
        deciding=office.keeper,
        reading=Inline(),
        estate=door.estate,
        receivers=lambda: {"ag": AG, "finance": FINANCE} if by is None else by,
        clock=lambda: NOW + timedelta(minutes=1),
    )
    return own, ticket


def decided(office: Office, token: str, text: str = "", *, by: Mapping[str, Receiver] | None = None) -> LinkPage:
    door, ticket = opened(office, token, by)
    return asyncio.run(door.act(ticket, token, text, None))


def test_the_press_of_a_second_person_confirms_what_the_first_one_pressed(tmp_path: Path) -> None:
    with office_in(tmp_path, TWO) as office:
        first = office.press(office.token(BillWord.ACKNOWLEDGED), "receipt 4711")
        assert first.title == "It waits for somebody else's word"
        page = office.press(office.token(BillWord.ACKNOWLEDGED, receiver=AG), "their letter 9")
        assert page.title == "It is on record"
        assert "finance had said so before" in words(page)
        assert office.bill.standing is BillStanding.PAID
        assert not office.rows.proposals()


def test_the_second_press_of_the_first_person_says_that_it_changes_nothing(tmp_path: Path) -> None:
    with office_in(tmp_path, TWO) as office:
        office.press(office.token(BillWord.ACKNOWLEDGED), "receipt 4711")
        page = office.press(office.token(BillWord.ACKNOWLEDGED, event="digest-2"), "again")
        assert "You said so before. Nothing was changed now." in words(page)
        assert len(office.rows.proposals()) == 1
        assert office.bill.standing is BillStanding.OPEN


def test_the_days_that_a_correction_states_are_read_before_it_is_confirmed(tmp_path: Path) -> None:
    with office_in(tmp_path, TWO) as office:
        terms = replace(office.bill.terms, amount=parse_money("9000.00 PKR"), suspends=date(2026, 12, 20))
        day = datetime(2026, 7, 23, 19, tzinfo=UTC)
        said = draft(LedgerEventKind.CORRECTED, NOW, office.bill.key, reason="a slip", terms=terms, received_at=day)
        asyncio.run(office.keeper.say([said], "clerk"))
        door, ticket = opened(office, link := token(office, ProposalWord.CONFIRM))
        page = asyncio.run(door.look(ticket, link, None))
        assert "due Tue 1 Dec 2026) (cut off on Sun 20 Dec 2026) (received on Fri 24 Jul 2026)" in words(page)


def test_the_link_of_the_list_confirms_once(tmp_path: Path) -> None:
    with office_in(tmp_path, TWO) as office:
        office.press(office.token(BillWord.ACKNOWLEDGED), "receipt 4711")
        link = token(office, ProposalWord.CONFIRM)
        assert decided(office, link).title == "It is on record"
        assert office.bill.standing is BillStanding.PAID
        assert decided(office, link).title == "ag has decided this already"


def test_the_link_of_what_was_overtaken_says_why_nothing_is_left_to_decide(tmp_path: Path) -> None:
    with office_in(tmp_path, TWO) as office:
        office.press(office.token(BillWord.ACKNOWLEDGED), "receipt 4711")
        link = token(office, ProposalWord.CONFIRM)
        bill = office.bill
        office.rows.append([draft(LedgerEventKind.CANCELLED, NOW, bill.key, reason="sent twice")], NOW)
        page = decided(office, link)
        assert (page.status, page.title) == (HTTPStatus.GONE, "Nobody need decide this any more")
        assert f"{bill.vendor}/{bill.number} was cancelled" in words(page)


def test_nobody_confirms_their_own_word_by_the_list(tmp_path: Path) -> None:
    with office_in(tmp_path, TWO) as office:
        office.press(office.token(BillWord.ACKNOWLEDGED), "receipt 4711")
        page = decided(office, token(office, ProposalWord.CONFIRM, FINANCE))
        assert page.status is HTTPStatus.CONFLICT
        assert office.bill.standing is BillStanding.OPEN


def test_a_refusal_needs_its_reason_and_keeps_it(tmp_path: Path) -> None:
    with office_in(tmp_path, TWO) as office:
        office.press(office.token(BillWord.ACKNOWLEDGED), "receipt 4711")
        (waiting,) = office.rows.proposals()
        link = token(office, ProposalWord.REFUSE)
        assert decided(office, link).status is HTTPStatus.UNPROCESSABLE_ENTITY
        assert decided(office, link, "their bank says no").title.startswith("It is refused")
        refused = office.rows.proposal(waiting.id)
        assert (refused.standing, refused.reason) == (ProposalStanding.REFUSED, "their bank says no")


def test_who_has_left_the_settings_closes_nothing(tmp_path: Path) -> None:
    with office_in(tmp_path, BillingRules()) as office:
        page = office.press(office.token(BillWord.ACKNOWLEDGED, receiver=Receiver(id="left", channels=())), "receipt 1")
        assert page.title == "Whoever was sent this link is not in the settings any more"
        assert office.bill.standing is BillStanding.OPEN
    (tmp_path / "two").mkdir()
    with office_in(tmp_path / "two", TWO) as office:
        office.press(office.token(BillWord.ACKNOWLEDGED), "receipt 4711")
        assert decided(office, token(office, ProposalWord.CONFIRM), by={}).status is HTTPStatus.GONE
        assert office.bill.standing is BillStanding.OPEN


def test_a_question_stands_until_something_is_said_of_its_bill(tmp_path: Path) -> None:
    with office_in(tmp_path, BillingRules()) as office:
        office.press(office.token(BillWord.QUESTION), "which account?")
        (asked,) = office.rows.questions(NOW - timedelta(days=1))
        assert asked.draft.details.reason == "which account?"
        assert not office.rows.questions(NOW + timedelta(days=1))
        office.press(office.token(BillWord.MOVED))
        assert not office.rows.questions(NOW - timedelta(days=1))


def test_a_notice_that_leaves_its_cut_off_open_is_not_confirmed_by_a_link(tmp_path: Path) -> None:
    with office_in(tmp_path, BillingRules()) as office:
        remark = draft(LedgerEventKind.NOTED, NOW, office.bill.key, reason="the vendor's notice: final notice")
        note = "suspension: it can be 2026-04-12 or 2026-12-04; settle it by --suspends"
        asyncio.run(office.keeper.propose([remark], "finance", "notice a.txt", note))
        page = decided(office, token(office, ProposalWord.CONFIRM))
        assert page.status is HTTPStatus.CONFLICT
        assert "say which day the paper means" in words(page)
        assert len(office.rows.proposals()) == 1
