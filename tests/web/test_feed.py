"""The calendar of bills: what stands in it, who may read it, and that nobody else learns that there is one."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from alerts.bill_days import MAX_BILLS, bill_calendar
from alerts.calendar_links import feed_token, feed_url, read_feed
from alerts.links import PATH, Action, Links, Ticket
from alerts.route import Language, Receiver
from checks.billing.path.learning import paces_by
from checks.billing.path.pace import PaceOf
from checks.billing.path.times import written_times
from checks.calendars import OfficeCalendars
from checks.estate import Estate, Service, Vendor
from checks.ledger.event import Terms
from checks.ledger.state import BillOnRecord, BillStanding
from checks.units import Money
from tests.support.asking_site import METHODS, Answer, ask
from tests.support.background import in_background
from tests.support.page_estate import Served, page_estate, serving_site
from watchdog.store.executor import Inline
from watchdog.web.feed import KEPT_S, Feed
from watchdog.web.site import SECURITY_HEADERS

LINKS = Links(base_url="https://status.example.gov.pk/", key=b"k" * 32)
NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
ESTATE = Estate(
    name="Lab",
    time_zone=ZoneInfo("Asia/Karachi"),
    vendors={"ntc": Vendor(id="ntc", name="NTC; lines, and\\more")},
    services={"mail": Service(id="mail", title="Official e-mail", vendor="ntc")},
)
PACE = paces_by({None: written_times(ESTATE.billing.path)}, ESTATE.billing)
FINANCE = Receiver(id="finance", channels=())


def bill(number: str = "INV-7", standing: BillStanding = BillStanding.OPEN, events: int = 1) -> BillOnRecord:
    return BillOnRecord(
        key=f"ntc/{number.replace('-', '').casefold()}",
        vendor="ntc",
        terms=Terms(number=number, amount=Money(Decimal(134000), "PKR"), due=date(2026, 12, 1), service="mail"),
        received_at=NOW,
        standing=standing,
        recorded_at=NOW,
        events=events,
    )


def calendar(*bills: BillOnRecord, language: Language = Language.ENGLISH) -> Calendar:
    return Calendar.from_ical(bill_calendar(bills, ESTATE, OfficeCalendars(ESTATE), language, PACE))


def summaries(read: Calendar) -> list[str]:
    return [str(one["SUMMARY"]) for one in read.subcomponents]


def test_a_bill_has_its_due_day_a_day_for_each_desk_and_the_days_of_cutting_off() -> None:
    read = calendar(bill())
    due, *acts, cut_off = read.subcomponents
    assert str(due["SUMMARY"]) == "Due: INV-7, NTC; lines, and\\more, Rs 134,000"
    assert str(acts[0]["SUMMARY"]).startswith("Act by: received and diarised, INV-7")
    assert [one.decoded("DTSTART") for one in acts] == sorted(one.decoded("DTSTART") for one in acts)
    assert str(cut_off["SUMMARY"]).startswith("May be cut off: Official e-mail (INV-7")
    assert cut_off.decoded("DTSTART") > due.decoded("DTSTART")
    assert "Disconnection likely between" in str(cut_off["DESCRIPTION"])


def test_what_is_paid_stands_in_no_calendar() -> None:
    assert calendar(bill(standing=BillStanding.PAID)).subcomponents == []


def test_a_bill_that_changed_has_the_same_names_and_a_higher_sequence() -> None:
    before, after = calendar(bill(events=3)).subcomponents, calendar(bill(events=4)).subcomponents
    assert [str(one["UID"]) for one in before] == [str(one["UID"]) for one in after]
    assert len({str(one["UID"]) for one in before}) == len(before)
    assert {one.decoded("SEQUENCE") for one in after} == {4}


def test_who_reads_urdu_reads_urdu() -> None:
    assert summaries(calendar(bill(), language=Language.URDU))[0].startswith("آخری تاریخ: INV-7")


def test_of_very_many_bills_those_due_first_stand_in_it() -> None:
    bills = [bill(f"INV-{number}") for number in range(MAX_BILLS + 5)]
    text = bill_calendar(bills, ESTATE, OfficeCalendars(ESTATE), Language.ENGLISH, PACE)
    assert text.count("SUMMARY:Due:") == MAX_BILLS


def test_an_address_is_one_receivers_and_no_link_of_a_message_opens_it() -> None:
    token = feed_token(LINKS, "finance")
    assert feed_url(LINKS, "finance") == f"https://status.example.gov.pk/calendar/{token}.ics"
    assert read_feed(LINKS, token) == "finance"
    ticket = Ticket(action=Action.BILL, incident="", receiver="finance", expires_at=NOW, nonce="n")
    other = Links(base_url="", key=b"j" * 32)
    for wrong in (LINKS.token(ticket), feed_token(other, "finance"), token + "A", token[:-1], "", "é", "a" * 600):
        assert read_feed(LINKS, wrong) is None


@pytest.mark.parametrize("place", [0, 20, 43, 50])
def test_an_address_with_one_letter_changed_opens_nothing(place: int) -> None:
    token = feed_token(LINKS, "finance")
    changed = "A" if token[place] != "A" else "B"
    assert read_feed(LINKS, token[:place] + changed + token[place + 1 :]) is None


@dataclass(slots=True)
class Asked:
    """A feed, and how often it was made."""

    links: Links | None = LINKS
    receivers: dict[str, Receiver] = field(default_factory=lambda: {"finance": FINANCE})
    obstacles: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def feed(self) -> Feed:
        def bills() -> list[BillOnRecord]:
            self.made += 1
            return [bill()]

        async def pace() -> PaceOf:
            return PACE

        async def obstacles() -> dict[str, str]:
            return self.obstacles

        return Feed(
            links=lambda: self.links,
            receivers=lambda: self.receivers,
            bills=bills,
            estate=lambda: ESTATE,
            calendars=lambda: OfficeCalendars(ESTATE),
            pace=pace,
            obstacles=obstacles,
            working=Inline(),
        )


PATH_OF_FINANCE = f"/calendar/{feed_token(LINKS, 'finance')}.ics"


def test_a_feed_is_made_once_a_minute_however_often_it_is_asked_for() -> None:
    asked = Asked()

    async def play() -> None:
        feed = asked.feed()
        bodies = [await feed.body(PATH_OF_FINANCE) for _ in range(5)]
        assert bodies[0] is not None
        assert b"INV-7" in bodies[0]
        assert len(set(bodies)) == 1

    asyncio.run(play())
    assert (asked.made, KEPT_S) == (1, 60.0)


@pytest.mark.parametrize(
    "asked", [Asked(links=None), Asked(receivers={}), Asked(links=Links(base_url="", key=b"n" * 32))],
    ids=["no links", "receiver gone", "another key"],
)  # fmt: skip
def test_an_address_ends_with_its_key_and_with_its_receiver(asked: Asked) -> None:
    assert asyncio.run(asked.feed().body(PATH_OF_FINANCE)) is None


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with (
        page_estate(tmp_path_factory.mktemp("estate"), seen=[]) as estate,
        in_background(serving_site(estate, None, Asked().feed())) as served,
    ):
        yield served


def get(site: Served, path: str, method: str = "GET", host: str = "localhost") -> Answer:
    return ask(site, path, method, host)


#: Every way to ask for a feed, and what comes of it. There are no sessions: the address alone is what somebody has.
MATRIX = {
    PATH_OF_FINANCE: 200,
    PATH_OF_FINANCE.removesuffix(".ics"): 404,
    f"{PATH_OF_FINANCE}/": 404,
    f"/calendar/{feed_token(LINKS, 'nobody')}.ics": 404,
    f"/calendar/{feed_token(Links(base_url='', key=b'j' * 32), 'finance')}.ics": 404,
    "/calendar/.ics": 404,
    "/calendar/": 404,
    "/calendar/%2e%2e/metrics.ics": 404,
    "/calendar/a.b.ics": 404,
}


@pytest.mark.parametrize("path", list(MATRIX))
def test_who_has_the_address_reads_and_nobody_else_does(site: Served, path: str) -> None:
    answer = get(site, path)
    assert answer.status == MATRIX[path]
    assert {name.decode(): value.decode() for name, value in SECURITY_HEADERS}.items() <= answer.headers.items()
    if answer.status == 200:
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert answer.text.startswith("BEGIN:VCALENDAR\r\n")


@pytest.mark.parametrize("method", METHODS)
def test_a_feed_can_only_be_read(site: Served, method: str) -> None:
    assert get(site, PATH_OF_FINANCE, method).status in {400, 405}


def test_a_feed_is_not_served_under_a_name_of_somebody_else(site: Served) -> None:
    assert get(site, PATH_OF_FINANCE, host="evil.example").status == 421


def test_feeds_lie_beside_answers() -> None:
    assert not PATH_OF_FINANCE.startswith(PATH)
