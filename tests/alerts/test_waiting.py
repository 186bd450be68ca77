"""What waits for a word, and what was asked, in the morning list of every reader."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from alerts.digests.bills import bills_of
from alerts.digests.leaning import leaning
from alerts.digests.morning import morning_list
from alerts.digests.waiting import Waiting
from alerts.message import Message
from alerts.route import Language
from checks.estate import Service, Vendor
from checks.ledger.event import LedgerEventKind
from checks.ledger.proposal import Proposal, proposed
from tests.alerts.test_digests import NOW as MORNING
from tests.alerts.test_digests import record
from tests.support.ledgers import draft, hour, terms
from tests.support.telling import CALENDAR, ESTATE, local

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


def test_bills_are_spelled_as_people_write_them() -> None:
    message = told(Waiting(proposals=[asked("acme/inv7")], names={"acme/inv7": "acme/INV-7"}))
    assert "acme/INV-7: acknowledged" in message.text
    assert "acme/inv7" not in message.text


def test_a_bill_that_is_only_proposed_is_spelled_as_in_the_proposal() -> None:
    said = draft(LedgerEventKind.RECEIVED, hour(1), "acme/inv9", terms=terms(number="INV-9"))
    one = proposed([said], "inbox", source="a notice", note="it needs a person", at=NOW)
    assert "acme/INV-9: received" in told(Waiting(proposals=[one])).text


def test_where_bills_are_listed_too_the_subject_says_that_somebody_is_waited_for() -> None:
    bills = bills_of([record(MORNING)], CALENDAR, local(MORNING))
    waiting = Waiting(proposals=[asked("acme/inv7")])
    message = morning_list(bills, language=Language.ENGLISH, zone=ZoneInfo("Asia/Karachi"), now=NOW, waiting=waiting)
    assert message.subject == "DIGEST 1 bill to see to, Rs 134,000 at risk; 1 thing waits for a second word"


def test_a_list_says_how_much_hangs_on_one_vendor_where_that_is_half_or_more() -> None:
    bills = bills_of([record(MORNING)], CALENDAR, local(MORNING))
    line = leaning(ESTATE, Language.ENGLISH)
    assert line.startswith("Most hangs on Acme Mail (Pvt) Ltd: ")
    message = morning_list(bills, language=Language.ENGLISH, zone=ZoneInfo("Asia/Karachi"), now=NOW, leaning=line)
    assert line in " ".join(message.text.split())


def test_where_every_service_is_of_one_vendor_everybody_knows() -> None:
    estate = replace(ESTATE, services={id_: one for id_, one in ESTATE.services.items() if one.vendor is not None})
    assert estate.services
    assert leaning(estate, Language.ENGLISH) == ""


def test_where_no_vendor_carries_half_nothing_is_said_of_it() -> None:
    titles = {f"s{place}": f"v{place}" for place in range(3)}
    estate = replace(
        ESTATE,
        vendors={vendor: Vendor(id=vendor, name=vendor) for vendor in titles.values()},
        services={id_: Service(id=id_, title=id_, vendor=vendor) for id_, vendor in titles.items()},
        departments={},
    )
    assert leaning(estate, Language.ENGLISH) == leaning(estate, Language.URDU) == ""
