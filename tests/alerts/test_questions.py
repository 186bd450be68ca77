"""A question asked of a bill by a link: who hears of it, when, and in what words."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from alerts.directory import Directory
from alerts.incident import EventKind
from alerts.links import Links
from alerts.message import Message
from alerts.questions import Question, askees, question_message, question_rows
from alerts.route import Audience, Language, Receiver, Route
from alerts.words.bidi import is_urdu
from checks.ledger.chain import linked
from checks.ledger.event import GENESIS, Details, Draft, LedgerEventKind, Terms
from checks.ledger.proposal import BY_LINK
from checks.ledger.state import BillOnRecord, BillStanding
from checks.units import Money
from tests.support.telling import ESTATE, Calendars, local, mail

MONDAY, NIGHT, OPENS = (local(f"2017-10-{at}") for at in ("30 11:05", "30 23:40", "31 09:00"))
LINKS = Links(base_url="https://status.example.gov.pk", key=b"k" * 32)
WORDS = "which account is it to go to?"


def person(id_: str, audience: Audience = Audience.FINANCE, **more: object) -> Receiver:
    channels = (mail(f"{id_}-1-mail", f"{id_}@example.gov.pk"),)
    return replace(Receiver(id=id_, office="hq", audience=audience, channels=channels), **more)  # type: ignore[arg-type]


FINANCE = person("finance", hold_for_office_hours=True)
AG = person("ag-desk")
NOC = person("noc", Audience.ON_CALL)
BILL = BillOnRecord(
    key="acme/inv7",
    vendor="acme",
    terms=Terms(number="INV-7", amount=Money(Decimal(134000), "PKR"), due=date(2017, 11, 27)),
    received_at=MONDAY,
    standing=BillStanding.OPEN,
    recorded_at=MONDAY,
    events=2,
)


def question(by: str = "ag-desk", at: datetime = MONDAY, words: str = WORDS, bill: BillOnRecord = BILL) -> Question:
    details = Details(reason=words)
    draft = Draft(about=bill.key, kind=LedgerEventKind.NOTED, happened_at=at, author=f"{by}{BY_LINK}", details=details)
    return Question(asked=linked(draft, at, GENESIS), bill=bill)


def office(*routes: Route, links: Links | None = LINKS) -> Directory:
    people = {one.id: one for one in (FINANCE, AG, NOC)}
    return Directory(estate=ESTATE, receivers=people, routes=routes, calendars=Calendars(), runbooks={}, links=links)


TO_FINANCE = Route(match={"kind": "invoice_due"}, to=("finance",))
TO_NOC = Route(match={}, to=("noc",))


def heard(asked: Question, readers: tuple[str, ...], *routes: Route) -> list[str]:
    return [one.id for one in askees(asked, readers, office(*routes))]


def test_readers_of_the_morning_list_hear_of_it_and_not_whoever_asks() -> None:
    assert heard(question(), ("finance", "ag-desk"), TO_NOC) == ["finance"]


def test_without_a_morning_list_finance_on_the_way_of_bills_hears_of_it() -> None:
    both = Route(match={"kind": "invoice_due"}, to=("noc", "finance"))
    assert heard(question(), (), both) == ["finance"]
    assert heard(question(), (), TO_FINANCE, TO_NOC) == ["finance"]
    assert heard(question(), (), TO_NOC) == ["noc"]


def test_what_finance_itself_asks_goes_to_somebody_else() -> None:
    assert heard(question(by="finance"), ("finance",), TO_FINANCE, TO_NOC) == ["noc"]


def test_it_goes_out_at_once_and_at_night_when_the_office_opens() -> None:
    (row,) = question_rows(question(), ("finance",), office(TO_NOC))
    assert (row.created_at, row.not_before, row.incident_id) == (MONDAY, MONDAY, None)
    (row,) = question_rows(question(at=NIGHT), ("finance",), office(TO_NOC))
    assert row.not_before == OPENS


def test_the_same_question_planned_again_is_the_same_row() -> None:
    first, again = (question_rows(question(), ("finance",), office(TO_NOC)) for _ in range(2))
    other = question_rows(question(words="and by when?"), ("finance",), office(TO_NOC))
    assert [one.id for one in first] == [one.id for one in again] != [one.id for one in other]


def told(asked: Question, language: Language = Language.ENGLISH, links: Links | None = LINKS) -> Message:
    return question_message(asked, replace(FINANCE, language=language), office(TO_FINANCE, links=links))


def test_finance_reads_who_asks_of_which_bill_and_the_words() -> None:
    message = told(question(), links=None)
    assert message.event is EventKind.NOTICE
    assert message.subject == f"QUESTION of ag-desk on bill INV-7: {WORDS}"
    assert message.text.splitlines() == [
        "ag-desk asked at 11:05 on Mon 30 Oct 2017, by a link in a message:",
        f"  {WORDS}",
        "",
        "  Bill         INV-7",
        "  Vendor       Acme Mail (Pvt) Ltd",
        "  Left to pay  Rs 134,000",
        "  Due          Mon 27 Nov 2017",
        "  Lies in      received and diarised, since Mon 30 Oct 2017",
        "",
        (
            "Answer ag-desk directly, and write down what came of it: nigehban invoices record acme/INV-7 noted "
            "--reason TEXT. Until something is recorded of the bill the question stands in the morning list."
        ),
    ]
    assert (message.fields["bill"], message.fields["asked_by"]) == ("acme/inv7", "ag-desk")


def test_it_ends_with_links_that_answer_for_the_bill() -> None:
    assert "The vendor says: received" in told(question()).text
    paid = replace(BILL, standing=BillStanding.PAID)
    assert "https://" not in told(question(bill=paid)).text


def test_in_urdu_the_words_and_the_bill_stand_in_isolates() -> None:
    message = told(question(), Language.URDU)
    assert is_urdu(message.subject)
    assert WORDS in message.text
    assert "سوال صبح کی فہرست میں رہے گا" in message.text.replace("\n", " ")


@pytest.mark.parametrize("language", Language)
def test_words_from_outside_stay_on_their_line(language: Language) -> None:
    message = told(question(words="a\nSubject: pay me\x1b[2J\u202eb"), language)
    assert "\nSubject: pay me" not in message.text
    assert not {"\x1b", "\u202e", "\n"} & set(message.subject)
