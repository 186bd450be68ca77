"""What people read in Urdu: every event has words, none of them English, and nothing is scrambled."""

import re
from datetime import timedelta
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.incident import EventKind, IncidentEvent, Nature
from alerts.plan import ON_RECORD_ONLY
from alerts.route import Audience, Language
from alerts.words.bidi import FIRST_STRONG, LEFT_TO_RIGHT, POP, latin, name, shown
from alerts.words.sms import parts
from alerts.words.urdu.catalogue import CAUSES, FIRST_WORDS, OPENED, REMINDED
from alerts.words.urdu.wording import day_of, in_words, money, span
from checks.model import Cause
from checks.units import Money
from tests.support.audiences import every_event, told
from tests.support.telling import BILL, NIGHT, OUTAGE, event

ISOLATED = re.compile(f"[{LEFT_TO_RIGHT}{FIRST_STRONG}][^{POP}]*{POP}")
EVENTS = list(every_event())


def test_the_catalogue_has_a_word_for_all_there_is() -> None:
    assert set(CAUSES) == set(Cause)
    assert set(OPENED) == set(REMINDED) == set(Nature)
    by_nature = {EventKind.OPENED, EventKind.REMINDER, EventKind.RESOLVED}
    assert set(FIRST_WORDS) == set(EventKind) - by_nature - ON_RECORD_ONLY


@pytest.mark.parametrize("audience", Audience)
def test_no_english_stands_outside_names_and_evidence(audience: Audience) -> None:
    for happened in EVENTS:
        message = told(happened, audience, Language.URDU)
        for text in (message.subject, message.text, message.short):
            assert text.strip(), happened
            left = ISOLATED.sub("", text)
            assert not re.search("[A-Za-z]", left), (happened.kind, happened.incident.nature, left)


@pytest.mark.parametrize("audience", Audience)
def test_isolates_stand_in_pairs_on_every_line(audience: Audience) -> None:
    for happened in EVENTS:
        message = told(happened, audience, Language.URDU)
        for line in (message.subject, *message.text.split("\n"), message.short):
            assert not re.search("[\u2066-\u2069]", ISOLATED.sub("", line)), line


@pytest.mark.parametrize("audience", Audience)
def test_every_short_text_fits_into_two_sms(audience: Audience) -> None:
    for happened in EVENTS:
        assert parts(told(happened, audience, Language.URDU).short) <= 2
        assert parts(told(happened, audience).short) <= 2


class _Directions(HTMLParser):
    """The direction of the page, and the text outside of <bdi>, <pre> and <title>."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.direction = ""
        self.depth = 0
        self.outside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html":
            self.direction = dict(attrs)["dir"] or ""
        self.depth += tag in {"bdi", "pre", "title", "head"}

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag in {"bdi", "pre", "title", "head"}

    def handle_data(self, data: str) -> None:
        if not self.depth:
            self.outside.append(data)


def test_a_page_in_urdu_goes_right_to_left_and_isolates_names() -> None:
    for happened in EVENTS:
        page = _Directions(told(happened, Audience.ON_CALL, Language.URDU).html)
        assert page.direction == "rtl"
        assert page.depth == 0
        assert not re.search("[A-Za-z\u2066-\u2069]", "".join(page.outside))


@pytest.mark.parametrize(
    ("rupees", "words"),
    [
        (0, "0"),
        (950, "950"),
        (1_000, "1 ہزار"),
        (134_000, "1 لاکھ 34 ہزار"),
        (13_456_789, "1 کروڑ 34 لاکھ 56 ہزار 789"),
        (2_500_000_000, "250 کروڑ"),
    ],
)
def test_rupees_are_said_in_lakh_and_crore(rupees: int, words: str) -> None:
    assert in_words(rupees) == words


def test_an_amount_stands_in_digits_and_in_words() -> None:
    assert money(str(Money(Decimal(134_000), "PKR"))) == "134,000 روپے (1 لاکھ 34 ہزار روپے)"
    assert money(str(Money(Decimal("1200.50"), "USD"))) == latin("USD 1,200.50")


def test_days_and_spans_are_said_as_offices_write_them() -> None:
    assert day_of(NIGHT.date()) == "جمعہ 13 اکتوبر 2017"
    assert span(timedelta(hours=2, minutes=5)) == "2 گھنٹے 5 منٹ"
    assert span(timedelta(days=10, hours=1)) == "10 دن 1 گھنٹہ"


def test_a_bill_says_amount_day_and_cut_off_within_two_sms() -> None:
    short = told(event(BILL), Audience.FINANCE, Language.URDU).short
    assert all(said in short for said in ("INV-7", "134,000 روپے", "پیر 27 نومبر 2017", "پیر 18 دسمبر 2017"))


@given(st.text(st.characters(), max_size=60))
def test_a_name_cannot_leave_its_isolate(hostile: str) -> None:
    for isolated in (name(hostile), latin(hostile)):
        if isolated:
            assert ISOLATED.fullmatch(isolated)
            assert shown(isolated) == isolated


def _with_title(happened: IncidentEvent) -> str:
    return told(happened, Audience.SECRETARY, Language.URDU).text


def test_the_secretary_reads_what_whom_and_who_in_three_sentences() -> None:
    assert len(_with_title(event(OUTAGE)).split("\n")) == 3
