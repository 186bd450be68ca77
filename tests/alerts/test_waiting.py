"""What waits for a word, and what was asked, in the morning list of every reader."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from alerts.digests.morning import morning_list
from alerts.digests.waiting import Waiting
from alerts.message import Message
from alerts.route import Language
from checks.ledger.event import LedgerEventKind
from checks.ledger.proposal import Proposal, proposed
from tests.support.ledgers import draft, hour

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def asked(about: str) -> Proposal:
    said = draft(LedgerEventKind.ACKNOWLEDGED, hour(1), about, evidence="receipt 9")
    return proposed([said], "finance by signed link", source="a link", note="it needs a second person", at=NOW)


def told(waiting: Waiting, language: Language = Language.ENGLISH) -> Message:
    return morning_list(
        (),
        language=language,
        zone=ZoneInfo("Asia/Karachi"),
        now=NOW,
        waiting=waiting,
        decisions=lambda one: [("It is so", f"https://x.example/answer/{one.id}")],
    )


def test_what_waits_is_said_in_the_subject_and_shown_with_its_links() -> None:
    one = asked("acme/inv7")
    message = told(Waiting(proposals=[one, asked("acme/inv8")]))
    assert message.subject.startswith("DIGEST 2 things wait for a second word")
    assert "acme/inv7: acknowledged (receipt 9)" in message.text
    assert "it needs a second person" in message.text
    assert f"https://x.example/answer/{one.id}" in message.text


def test_urdu_readers_are_told_as_well() -> None:
    message = told(Waiting(proposals=[asked("acme/inv7")]), Language.URDU)
    assert "1 بات دوسرے شخص کی تصدیق" in message.subject
    assert "acme/inv7" in message.text


def test_where_nothing_waits_nothing_is_said_of_it() -> None:
    assert told(Waiting()).subject == "DIGEST No bill to see to today"
