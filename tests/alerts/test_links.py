"""Signed links: what was signed is read back, and nothing else is."""

import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.links import MAX_TOKEN_CHARS, Action, Links, Refused, Ticket, nonce

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LINKS = Links(base_url="https://status.example.gov.pk/", key=b"k" * 32)
TICKET = Ticket(
    action=Action.FOUR_HOURS, incident="a1b2", receiver="health-it", expires_at=NOW + timedelta(hours=48), nonce="n1"
)

tickets = st.builds(
    Ticket,
    action=st.sampled_from(Action),
    incident=st.text(string.hexdigits, max_size=24),
    receiver=st.text(max_size=40),
    expires_at=st.integers(1, 10**9).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    nonce=st.text(string.hexdigits, min_size=1, max_size=24),
    about=st.text(max_size=40),
    answer=st.text(max_size=80),
)


@given(tickets)
def test_what_was_signed_is_read_back(ticket: Ticket) -> None:
    token = LINKS.token(ticket)
    if len(token) <= MAX_TOKEN_CHARS:
        assert LINKS.read(token, NOW) == ticket


@given(tickets, st.data())
def test_a_token_with_another_character_anywhere_is_forged(ticket: Ticket, data: st.DataObject) -> None:
    token = LINKS.token(ticket)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(
        st.sampled_from(string.ascii_letters + string.digits + "-_.=").filter(lambda one: one != token[place])
    )
    assert LINKS.read(token[:place] + other + token[place + 1 :], NOW) is Refused.FORGED


@given(st.text(max_size=300))
def test_no_text_of_somebody_elses_is_a_token(text: str) -> None:
    assert LINKS.read(text, NOW) is Refused.FORGED


@pytest.mark.parametrize("token", ["", ".", "..", "a.b", "W10.", "W10." + "A" * 43, "A" * (MAX_TOKEN_CHARS + 1)])
def test_what_has_no_signature_of_ours_is_forged(token: str) -> None:
    assert LINKS.read(token, NOW) is Refused.FORGED


def test_another_key_reads_nothing() -> None:
    other = Links(base_url=LINKS.base_url, key=b"j" * 32)
    assert other.read(LINKS.token(TICKET), NOW) is Refused.FORGED


def test_a_token_ends_at_its_instant() -> None:
    token = LINKS.token(TICKET)
    assert LINKS.read(token, TICKET.expires_at - timedelta(seconds=1)) == TICKET
    assert LINKS.read(token, TICKET.expires_at) is Refused.EXPIRED


def test_the_same_event_offers_the_same_links_and_each_receiver_others() -> None:
    def offered(receiver: str, event: str = "e1") -> set[str]:
        return set(LINKS.offered(event_id=event, incident="a1b2", receiver=receiver, at=NOW).values())

    assert offered("health-it") == offered("health-it")
    assert not offered("health-it") & (offered("finance") | offered("health-it", "e2"))


def test_a_link_leads_below_the_public_address() -> None:
    assert LINKS.url(TICKET) == f"https://status.example.gov.pk/answer/{LINKS.token(TICKET)}"


def test_of_the_answers_to_one_question_one_counts() -> None:
    urls = LINKS.answers(
        event_id="e1", about="paid INV-7", receiver="finance", at=NOW, answers={"Yes, paid": "yes", "Not yet": "no"}
    )
    read = [LINKS.read(url.rpartition("/")[2], NOW) for url in urls.values()]
    once = nonce("e1", "finance", "answer paid INV-7")
    wanted = replace(TICKET, action=Action.ANSWER, incident="", receiver="finance", nonce=once, about="paid INV-7")
    assert read == [replace(wanted, answer="yes"), replace(wanted, answer="no")]


def test_the_key_is_not_shown() -> None:
    assert "kkk" not in repr(LINKS)


def test_a_link_fits_into_a_line_of_mail_with_room_to_spare() -> None:
    whole = replace(TICKET, incident="a" * 24, receiver="department-of-health", nonce="b" * 24)
    assert len(LINKS.url(whole)) < 300
