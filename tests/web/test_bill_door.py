"""Links that say what became of a bill: asked first, said once, in one transaction; from a receiver who may, or not."""

import asyncio
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from alerts.bill_links import BillWord, bill_answers
from alerts.links import Action, Links
from alerts.route import Language, Receiver
from checks.estate import Estate, Vendor
from checks.ledger.event import Details, Draft, LedgerEventKind, Terms
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord, BillStanding
from checks.units import Money
from tests.support.on_link import NobodyNext, NobodyThere
from watchdog.billing.keeper import LedgerKeeper
from watchdog.store.errors import StoreBusyError
from watchdog.store.executor import Inline
from watchdog.store.ledger import LedgerRows
from watchdog.store.ledger_links import IsMeant, Pressed
from watchdog.store.store import Store, open_store
from watchdog.store.views import LinkUse
from watchdog.web.answer import Answering, rendered
from watchdog.web.bill_door import BillDoor, Pressing
from watchdog.web.door import Door
from watchdog.web.door_view import LinkPage
from watchdog.web.server import Receive

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
LINKS = Links(base_url="https://status.example.gov.pk", key=b"k" * 32)
FINANCE = Receiver(id="finance", channels=())
AG = Receiver(id="ag", channels=())
KEY = "ntc/ntc20260871"


@dataclass(slots=True)
class Office:
    """A store with one bill, and doors to it."""

    store: Store
    keeper: LedgerKeeper
    rules: BillingRules
    language: Language = Language.ENGLISH

    @property
    def rows(self) -> LedgerRows:
        return self.store.ledger

    def door(self, pressing: Pressing | None = None) -> Door:
        vendor = Vendor(id="ntc", name="National Telecom <b>")
        estate = Estate(name="Lab", time_zone=ZoneInfo("Asia/Karachi"), vendors={"ntc": vendor}, billing=self.rules)
        return Door(
            links=lambda: LINKS,
            estate=lambda: estate,
            desk=NobodyThere(),
            line=NobodyNext(),
            uses=self.store,
            used=self.store.listings,
            writing=Inline(),
            reading=Inline(),
            clock=lambda: NOW,
            bills=BillDoor(
                bills=self.rows,
                pressing=pressing or self.keeper,
                reading=Inline(),
                estate=lambda: estate,
                receivers=lambda: {
                    "finance": replace(FINANCE, language=self.language),
                    "ag": Receiver(id="ag", channels=()),
                },
                clock=lambda: NOW,
            ),
        )

    def token(self, word: BillWord, event: str = "digest-1", receiver: Receiver = FINANCE) -> str:
        offered = bill_answers(self.bill, self.rules, receiver, LINKS, event_id=event, at=NOW - timedelta(hours=1))
        return next(one.url for one in offered if one.answer.word is word).rpartition("/")[2]

    @property
    def bill(self) -> BillOnRecord:
        found = self.rows.bill(KEY)
        assert found is not None
        return found

    def look(self, token: str) -> LinkPage:
        return asyncio.run(self.door().look(token))

    def press(self, token: str, text: str = "") -> LinkPage:
        return asyncio.run(self.door().act(token, text))

    def say(self, kind: LedgerEventKind, details: Details | None = None, hours_ago: float = 0.5) -> None:
        draft = Draft(
            about=KEY,
            kind=kind,
            happened_at=NOW - timedelta(hours=hours_ago),
            author="clerk",
            details=details or Details(),
        )
        asyncio.run(self.keeper.say([draft], "clerk"))


@contextmanager
def office_in(folder: Path, rules: BillingRules) -> Iterator[Office]:
    with closing(open_store(folder)) as store:
        keeper = LedgerKeeper(store.ledger, Inline(), lambda: NOW, rules=lambda: rules)
        made = Office(store, keeper, rules)
        terms = Terms(number="NTC-2026-0871", amount=Money(Decimal(134000), "PKR"), due=date(2026, 12, 1))
        made.say(LedgerEventKind.RECEIVED, Details(terms=terms), hours_ago=48)
        yield made


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with office_in(tmp_path, BillingRules()) as made:
        yield made


def words(page: LinkPage) -> str:
    return " ".join([page.title, *page.lines])


def kinds(office: Office) -> list[LedgerEventKind]:
    return [event.draft.kind for event in office.rows.events_of(KEY)]


def test_following_a_link_says_what_it_would_put_on_record_and_puts_nothing(office: Office) -> None:
    page = office.look(office.token(BillWord.MOVED))
    assert (page.status, page.button) == (HTTPStatus.OK, "Moved on to: payee check")
    assert "NTC-2026-0871 of National Telecom <b>: Rs 134,000, due Tue 1 Dec 2026" in words(page)
    assert "It lies at: verification, since Wed 18 Nov 2026" in words(page)
    assert "as said by finance" in words(page)
    assert kinds(office) == [LedgerEventKind.RECEIVED]


def test_pressing_it_moves_the_bill_on_in_the_name_of_who_was_told(office: Office) -> None:
    page = office.press(office.token(BillWord.MOVED))
    assert (page.status, page.title) == (HTTPStatus.OK, "It is on record")
    (event,) = office.rows.events_of(KEY)[1:]
    assert (event.draft.kind, event.draft.author) == (LedgerEventKind.MOVED, "finance by signed link")
    assert event.draft.details.stage == "payee-check"


def test_of_two_presses_the_second_is_shown_the_first(office: Office) -> None:
    token = office.token(BillWord.SUBMITTED)
    first, second = office.press(token), office.press(token)
    assert (first.status, second.status) == (HTTPStatus.OK, HTTPStatus.GONE)
    assert "finance, at 10:00: NTC-2026-0871: Sent to the accounts office (AG)" in words(second)
    assert kinds(office).count(LedgerEventKind.SUBMITTED) == 1


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        (BillWord.RETURNED, LedgerEventKind.RETURNED),
        (BillWord.QUESTION, LedgerEventKind.NOTED),
    ],
)
def test_an_objection_or_a_question_needs_words(office: Office, word: BillWord, kind: LedgerEventKind) -> None:
    token = office.token(word)
    page = office.press(token, "  \n ")
    assert (page.status, page.token) == (HTTPStatus.UNPROCESSABLE_ENTITY, token)
    assert "It needs these words" in words(page)
    assert office.press(token, "no\tcertificate").status is HTTPStatus.OK
    (event,) = office.rows.events_of(KEY)[1:]
    assert (event.draft.kind, event.draft.details.reason) == (kind, "no certificate")


def test_the_vendors_word_closes_the_bill_with_what_proves_it(office: Office) -> None:
    office.press(office.token(BillWord.ACKNOWLEDGED), "receipt 4711")
    assert office.bill.standing is BillStanding.PAID
    assert office.rows.events_of(KEY)[-1].draft.evidence == "receipt 4711"


def test_the_word_of_who_may_not_call_it_paid_waits_for_somebody_who_may(tmp_path: Path) -> None:
    with office_in(tmp_path, BillingRules(confirmers=frozenset({"secretary"}))) as office:
        token = office.token(BillWord.ACKNOWLEDGED)
        page = office.press(token, "receipt 4711")
        assert page.title == "It waits for somebody else's word"
        assert office.bill.standing is BillStanding.OPEN
        (waiting,) = office.rows.proposals()
        assert waiting.author == "finance by signed link"
        assert office.press(token, "again").status is HTTPStatus.GONE
        assert len(office.rows.proposals()) == 1


def test_a_link_for_a_bill_that_has_moved_on_says_so_and_changes_nothing(office: Office) -> None:
    moved, question = office.token(BillWord.MOVED), office.token(BillWord.QUESTION)
    office.say(LedgerEventKind.VERIFIED)
    for page in (office.look(moved), office.press(moved)):
        assert page.status is HTTPStatus.GONE
        assert "moved on since this message was written" in page.title
        assert "It lies at: payee check" in words(page)
    assert LedgerEventKind.MOVED not in kinds(office)
    assert office.look(question).status is HTTPStatus.OK


def test_a_link_for_a_bill_that_is_paid_has_nothing_to_do_but_to_ask(office: Office) -> None:
    moved, question = office.token(BillWord.MOVED), office.token(BillWord.QUESTION)
    office.say(LedgerEventKind.ACKNOWLEDGED)
    page = office.press(moved)
    assert page.title == "There is nothing to do any more: the bill is paid"
    assert page.lines == [
        "NTC-2026-0871 of National Telecom <b>: Rs 134,000, due Tue 1 Dec 2026",
        "clerk put that on record at 10:00.",
    ]
    assert office.press(question, "which account?").status is HTTPStatus.OK


def test_who_reads_urdu_reads_urdu_from_right_to_left(office: Office) -> None:
    office.language = Language.URDU
    _, page = rendered(office.look(office.token(BillWord.ACKNOWLEDGED)))
    text = page.decode()
    assert '<html lang="ur" dir="rtl">' in text
    assert "فراہم کنندہ نے کہا: رقم مل گئی" in text
    assert "بٹن دبانے سے پہلے کچھ نہیں ہوتا" in text


def test_what_a_vendor_is_called_is_shown_as_text(office: Office) -> None:
    _, page = rendered(office.look(office.token(BillWord.RETURNED)))
    assert b"National Telecom &lt;b&gt;" in page
    assert b'<textarea id="words" name="text"' in page


@dataclass(slots=True)
class Overtaken:
    """A keeper to which somebody else speaks first, whenever a link is pressed."""

    office: Office
    kind: LedgerEventKind

    async def press(self, use: LinkUse, drafts: Sequence[Draft], author: str, *, is_meant: IsMeant) -> Pressed:
        first = Draft(about=KEY, kind=self.kind, happened_at=NOW + timedelta(seconds=1), author="clerk")
        await self.office.keeper.say([first], "clerk")
        return await self.office.keeper.press(use, drafts, author, is_meant=is_meant)


def test_of_two_who_say_at_once_that_it_is_paid_the_second_reads_who_was_first(office: Office) -> None:
    token = office.token(BillWord.ACKNOWLEDGED)
    page = asyncio.run(office.door(Overtaken(office, LedgerEventKind.ACKNOWLEDGED)).act(token, "receipt 4711"))
    assert (page.status, page.title) == (HTTPStatus.GONE, "There is nothing to do any more: the bill is paid")
    assert page.lines[-1] == "clerk put that on record at 10:00."
    assert kinds(office).count(LedgerEventKind.ACKNOWLEDGED) == 1


def test_a_bill_that_somebody_moves_on_as_the_link_is_pressed_is_not_moved_again(office: Office) -> None:
    token = office.token(BillWord.MOVED)
    page = asyncio.run(office.door(Overtaken(office, LedgerEventKind.VERIFIED)).act(token))
    assert page.title == "The bill has moved on since this message was written"
    assert LedgerEventKind.MOVED not in kinds(office)
    assert office.store.listings.answers(KEY) == []


@dataclass(slots=True)
class Failing:
    """A keeper whose store fails, before or after it has committed."""

    keeper: LedgerKeeper
    after: bool

    async def press(self, use: LinkUse, drafts: Sequence[Draft], author: str, *, is_meant: IsMeant) -> Pressed:
        if self.after:
            await self.keeper.press(use, drafts, author, is_meant=is_meant)
        raise StoreBusyError("the store takes nothing now")


@pytest.mark.parametrize("after", [False, True])
def test_what_is_not_confirmed_can_be_pressed_again_and_is_said_once(office: Office, *, after: bool) -> None:
    token = office.token(BillWord.MOVED)
    door = office.door(Failing(office.keeper, after))
    page = asyncio.run(door.act(token))
    assert page.status is HTTPStatus.SERVICE_UNAVAILABLE
    assert office.press(token).status is (HTTPStatus.GONE if after else HTTPStatus.OK)
    assert kinds(office).count(LedgerEventKind.MOVED) == 1


def test_a_link_whose_word_is_refused_was_not_used(office: Office) -> None:
    token = office.token(BillWord.MOVED)
    gone = {one.id for one in office.rules.path} - {"payee-check"}
    office.rules = BillingRules(path=tuple(one for one in office.rules.path if one.id in gone))
    assert office.press(token).status is HTTPStatus.CONFLICT
    assert office.store.listings.answers(KEY) == []


def test_a_token_of_another_key_opens_nothing(office: Office) -> None:
    other: Mapping[str, str] = {"key": "x" * 32}
    stranger = Links(base_url="https://x.example", key=other["key"].encode())
    (first, *_rest) = bill_answers(office.bill, office.rules, FINANCE, stranger, event_id="e", at=NOW)
    assert office.press(first.url.rpartition("/")[2]).status is HTTPStatus.FORBIDDEN


def test_of_two_presses_that_reach_the_ledger_at_once_one_speaks(office: Office) -> None:
    bill = office.bill
    draft = Draft(about=bill.key, kind=LedgerEventKind.VERIFIED, happened_at=NOW, author="finance by signed link")
    use = LinkUse(nonce="n", at=NOW, action=Action.BILL, incident_id=None, receiver="finance", about=bill.key)

    async def both() -> list[Pressed]:
        presses = (office.keeper.press(use, [draft], "finance by signed link") for _ in range(2))
        return list(await asyncio.gather(*presses))

    spoke = [pressed.answered is not None for pressed in asyncio.run(both())]
    assert sorted(spoke) == [False, True]
    assert kinds(office).count(LedgerEventKind.VERIFIED) == 1


def test_the_words_of_the_form_reach_the_ledger_in_any_script(office: Office) -> None:
    question = "کون سا اکاؤنٹ؟ " * 20
    form = urlencode({"token": office.token(BillWord.QUESTION), "text": question}).encode()
    page = asyncio.run(Answering(office.door(), lambda _host: True).pressed({"headers": ()}, received(form)))
    assert page.status is HTTPStatus.OK
    assert office.rows.events_of(KEY)[-1].draft.details.reason == " ".join(question.split())


def received(body: bytes) -> Receive:
    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
