"""The same event in the words of whoever reads it, on every medium."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.debt import Debt
from alerts.incident import Acknowledgement, Chase, EventKind
from alerts.route import Audience, Language, Medium
from alerts.words.blocks import Grid, Quote, Rows, Text, Titled
from alerts.words.html import html
from alerts.words.media import fenced, in_medium, usual_medium
from alerts.words.placeholders import PLACEHOLDERS, replaced, unknown_places
from alerts.words.render import render
from checks.estate import Office
from checks.model import Cause, Status
from tests.support.audiences import every_event, reader, told
from tests.support.telling import BILL, ESTATE, NIGHT, OFFICE, OUTAGE, directory, event

ANY = st.text(st.characters(), max_size=80)
HEALED = replace(OUTAGE, closed_at=NIGHT + timedelta(minutes=13), close_reason="takes mail again")


def test_finance_reads_what_to_pay_to_whom_by_when_and_what_goes_dark() -> None:
    text = told(event(BILL), Audience.FINANCE).text
    for said in ("Rs 134,000", "Acme Mail (Pvt) Ltd", "Mon 27 Nov 2017", "Tue 7 Nov 2017", "Health Department"):
        assert said in text
    assert "Proof" not in text
    assert "invoice_due" not in text


def test_finance_reads_no_protocol_of_an_outage() -> None:
    message = told(event(OUTAGE), Audience.FINANCE)
    assert message.subject == "DOWN Official e-mail does not work as it should"
    assert not re.search("mx1|refused|connect|smtp", message.text)


def test_a_department_reads_which_service_since_when_and_what_to_do_and_no_blame() -> None:
    message = told(event(OUTAGE), Audience.DEPARTMENT)
    assert message.subject == "DOWN Official e-mail: since 02:13 on Sat 14 Oct 2017"
    assert "What you can do meanwhile" in message.text
    assert "We write to you again when it works." in message.text
    assert not re.search("Acme|refused|mx1|Police", message.text + message.short)


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("kind", [EventKind.SEVERITY, EventKind.REMINDER, EventKind.RESOLVED])
def test_of_what_comes_and_goes_everybody_reads_so_on_a_phone_too(audience: Audience, kind: EventKind) -> None:
    incident = HEALED if kind is EventKind.RESOLVED else OUTAGE
    is_over = kind is EventKind.RESOLVED
    said = {
        Language.ENGLISH: "came and went" if is_over else "comes and goes",
        Language.URDU: "بار بار آتی جاتی رہی" if is_over else "بار بار آ جا رہی ہے",
    }
    for language, words in said.items():
        steady = told(event(incident, kind), audience, language)
        shaky = told(event(replace(incident, is_unstable=True), kind), audience, language)
        assert words not in steady.text
        assert words in shaky.text
        assert words in shaky.short


def test_a_step_of_an_escalation_says_in_urdu_that_nobody_answered_and_for_how_long() -> None:
    chase = Chase(escalation="urgent", since=NIGHT, waits_from=NIGHT, severity=Status.CRITICAL, step=2)
    step = replace(event(replace(OUTAGE, chases=(chase,)), EventKind.REMINDER, NIGHT + timedelta(hours=1)), step=2)
    text = told(step, Audience.ON_CALL, Language.URDU).text
    assert "1 گھنٹہ سے کسی نے ذمہ داری نہیں لی؛ اطلاع کا یہ مرحلہ 2 ہے۔" in text


def test_a_service_has_advice_of_its_own_with_our_words_in_its_places() -> None:
    own = replace(ESTATE.services["official-email"], advice="Use {service} by phone: 1234. Since {since}.")
    estate = replace(ESTATE, services={**ESTATE.services, "official-email": own})
    text = render(event(OUTAGE), reader(Audience.DEPARTMENT), directory(estate=estate)).text
    assert "Use Official e-mail by phone: 1234. Since 02:13 on Sat 14 Oct 2017." in text


def test_the_advice_of_the_estate_stands_for_services_without_their_own() -> None:
    estate = replace(ESTATE, advice="Ring the help desk.", advice_urdu="ہیلپ ڈیسک کو فون کیجیے۔")
    people = directory(estate=estate)
    assert "Ring the help desk." in render(event(OUTAGE), reader(Audience.DEPARTMENT), people).text
    urdu = render(event(OUTAGE), reader(Audience.DEPARTMENT, Language.URDU), people).text
    assert "ہیلپ ڈیسک کو فون کیجیے۔" in urdu


def test_the_secretary_reads_three_sentences() -> None:
    by = Acknowledgement(by="Ayesha Khan", at=NIGHT + timedelta(minutes=4))
    standing = event(replace(OUTAGE, acknowledged=by), EventKind.REMINDER, NIGHT + timedelta(hours=1))
    assert told(standing, Audience.SECRETARY).text.split("\n") == [
        "Official e-mail does not work as it should, since 02:13 on Sat 14 Oct 2017.",
        "It concerns Police (3,400 users) and Health Department (1,200 users), 4,600 users in all.",
        "Ayesha Khan has had it in hand since 02:18 on Sat 14 Oct 2017.",
    ]


def test_the_secretary_reads_of_an_unpaid_bill_and_a_department_does_not() -> None:
    debt = Debt(number="INV-7", amount="Rs 134,000", due_at=NIGHT - timedelta(days=12), cause=Cause.OVERDUE)
    owed = event(replace(OUTAGE, cause=Cause.SUSPENDED, debts=(debt,)))
    assert "the vendor has cut it off, unpaid: INV-7, Rs 134,000" in told(owed, Audience.SECRETARY).text
    for language in Language:
        message = told(owed, Audience.DEPARTMENT, language)
        assert not re.search("unpaid|INV-7|suspended|معطل|بل ادا", message.text + message.short)


def test_nobody_having_it_in_hand_is_said() -> None:
    assert "nobody has confirmed yet" in told(event(OUTAGE), Audience.SECRETARY).text


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("language", Language)
def test_no_message_names_utc_or_a_machine_s_way_to_write_a_day(audience: Audience, language: Language) -> None:
    for happened in every_event():
        message = told(happened, audience, language)
        said = re.sub(r"(?m)^.*\| .*$", "", message.text)  # but for what a machine said
        for text in (message.subject, said, message.short):
            assert not re.search(r"UTC|\d{4}-\d\d-\d\d|T\d\d:\d\d|\+00:00", text), text


def test_an_office_with_a_zone_of_its_own_reads_its_own_clock() -> None:
    geneva = Office(id="geneva", week=OFFICE.week, time_zone=ZoneInfo("Europe/Zurich"))
    estate = replace(ESTATE, offices={**ESTATE.offices, "geneva": geneva})
    receiver = replace(reader(Audience.SECRETARY), office="geneva")
    text = render(event(OUTAGE), receiver, directory(estate=estate)).text
    assert "since 23:13 on Fri 13 Oct 2017" in text


class _Elements(HTMLParser):
    """Elements opened and closed, attributes by name, and the text between."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {attribute for attribute, _ in attrs}
        self.links += [value or "" for attribute, value in attrs if attribute in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


_ELEMENTS = {
    "html", "head", "meta", "title", "body", "p", "br", "strong", "table", "tr", "th", "td", "pre", "a", "bdi",
}  # fmt: skip
_ATTRIBUTES = {"lang", "dir", "charset", "name", "content", "style", "scope", "href"}


@given(ANY, st.sampled_from(list(Language)))
@settings(max_examples=200)
def test_nothing_from_outside_becomes_markup_or_a_control(hostile: str, language: Language) -> None:
    hostile = f"<script>alert(1)</script>{hostile}\u202e\x1b[2J\"'><img src=x onerror=y>&lt;"
    blocks = (
        Text((hostile,)),
        Titled(hostile, (hostile,)),
        Rows(((hostile, hostile),), link="https://nigehban.example.org/"),
        Quote(hostile, hostile),
        Grid((hostile, "b"), ((hostile, hostile),)),
    )
    page = html(hostile, blocks, language)
    seen = _Elements(page)
    assert seen.names <= _ELEMENTS
    assert seen.attributes <= _ATTRIBUTES
    assert seen.links == []
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_a_page_links_to_our_own_pages_alone_and_names_no_colour_of_its_own() -> None:
    page = told(event(OUTAGE), Audience.ON_CALL).html
    assert _Elements(page).links == [f"https://nigehban.example.gov.pk/incidents/{OUTAGE.id}"]
    assert '<meta name="color-scheme" content="light dark">' in page
    assert not re.search(r"background|color:#|color:(?!inherit)", page)


@pytest.mark.parametrize("audience", Audience)
def test_a_page_says_no_less_than_the_plain_text(audience: Audience) -> None:
    message = told(event(BILL, rung="10wd"), audience)
    words = set(" ".join(_Elements(message.html).text).split())
    assert set(message.text.replace("|", " ").split()) <= words | {""}


def test_a_medium_shows_no_more_than_it_can() -> None:
    message = told(event(OUTAGE), Audience.ON_CALL)
    assert in_medium(message, Medium.HTML) is message
    assert in_medium(message, Medium.PLAIN).html == ""
    short = in_medium(message, Medium.SHORT)
    assert (short.text, short.html) == (message.short, "")


@given(ANY, st.integers(20, 200))
def test_nothing_leaves_its_fence(hostile: str, room: int) -> None:
    said = fenced(f"@everyone ```\n[a](http://x)\n````{hostile}", room)
    assert len(said) <= room
    first, *inner, last = said.split("\n")
    assert (first, last) == ("```", "```")
    assert not any("```" in line for line in inner)


def test_sms_services_get_the_short_text() -> None:
    assert usual_medium("twilio") is Medium.SHORT
    assert usual_medium("tgram") is Medium.PLAIN


@given(ANY)
def test_what_stands_in_a_place_is_never_looked_through_for_places(said: str) -> None:
    assert replaced("{service}", {"service": f"{{vendor}}{said}", "vendor": "x"}) == f"{{vendor}}{said}"


def test_places_are_a_closed_set() -> None:
    assert unknown_places("Ring {vendor} since {since}.") == []
    assert unknown_places("{service.__class__} {0} {} {vendor!r}") == ["{service.__class__}", "{0}", "{}", "{vendor!r}"]
    assert unknown_places("{service") == ["{"]
    assert all(unknown_places(f"{{{name}}}") == [] for name in PLACEHOLDERS)
