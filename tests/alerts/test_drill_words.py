"""No message of a drill can be taken for real, whatever its medium, its language, its reader and what it tells of."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.alertmanager_channel import alerts_of
from alerts.channels.mail_letter import letter
from alerts.channels.webhook_channel import payload
from alerts.drills.beside import really_open
from alerts.drills.drill import DRILL_URGENCY, DrillKind
from alerts.drills.opening import Played, closed, opened
from alerts.incident import EventKind, IncidentEvent, Nature
from alerts.judging.episode import CheckFacts
from alerts.message import Message
from alerts.plan import plan
from alerts.route import Audience, Language, Medium, Receiver, Route
from alerts.words.media import in_medium
from alerts.words.played import DRILL_WORDS
from alerts.words.render import render
from checks.estate import Service
from checks.model import CheckId, Status
from tests.support.mail_text import plain_text
from tests.support.telling import ESTATE, ON_CALL, OUTAGE, directory, local

NOW = local("2026-11-21 14:00")
FACTS = {
    CheckId("bills"): CheckFacts(kind="invoice_due"),
    CheckId("mx"): CheckFacts(kind="smtp", service="official-email", labels={"site": "hq"}),
}
texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=300)


def played(kind: DrillKind, *, by: str = "asad", title: str = "Official e-mail") -> Iterator[IncidentEvent]:
    """Its beginning, a step of its escalation, a change of severity, and its end."""
    ids = map("d{}".format, count()).__next__
    service = Service(id="official-email", title=title, vendor="acme", departments=("health",))
    asked = Played(kind=kind, service=service, by=by, lasts=timedelta(minutes=30))
    began = opened(asked, FACTS, at=NOW, new_id=ids)
    (first,) = began.events
    yield first
    yield replace(first, kind=EventKind.REMINDER, note="Nobody has acknowledged this", step=1, to=("on-call",))
    yield replace(first, kind=EventKind.SEVERITY)
    yield from closed(began.record, at=NOW + timedelta(minutes=30), by=by, new_id=ids).events


def told(message: Message, medium: Medium) -> Iterator[str]:
    """Every text somebody may see of it there, alone."""
    shown = in_medium(message, medium)
    yield from (shown.subject, shown.text)
    yield shown.html.partition("<body")[2].partition(">")[2].partition(">")[2].lstrip() if shown.html else shown.text
    yield shown.html.partition("<title>")[2] if shown.html else shown.text


@given(
    kind=st.sampled_from(DrillKind),
    audience=st.sampled_from(Audience),
    language=st.sampled_from(Language),
    medium=st.sampled_from(Medium),
    by=texts,
    title=texts,
)
def test_every_text_of_every_medium_begins_with_the_mark(  # one thing for each that could matter
    *, kind: DrillKind, audience: Audience, language: Language, medium: Medium, by: str, title: str
) -> None:
    reader = replace(ON_CALL, audience=audience, language=language)
    for event in played(kind, by=by, title=title):
        message = render(event, reader, directory())
        for text in told(message, medium):
            assert text.startswith(DRILL_WORDS[language]), text


@pytest.mark.parametrize("kind", DrillKind)
@pytest.mark.parametrize("language", Language)
def test_every_way_out_carries_a_mark_for_machines(kind: DrillKind, language: Language) -> None:
    reader = replace(ON_CALL, language=language)
    here = directory(reader, routes=(Route(to=(reader.id,)),))
    for event in played(kind):
        (row,) = [one for one in plan(event, here) if one.channel == "on-call-2-mail"] or plan(event, here)
        assert row.urgency == DRILL_URGENCY
        mail = letter(replace(row, recipient="noc@example.org"), "nigehban@example.org", NOW)
        assert mail["X-Nigehban-Drill"] == kind.value
        assert plain_text(mail).startswith(DRILL_WORDS[language])
        assert f'"drill": "{kind.value}"'.encode() in payload(row)
        for alert in alerts_of(row.message, NOW):
            assert (alert["labels"]["alertname"], alert["labels"]["drill"]) == ("NigehbanDrill", kind.value)
            assert alert["labels"].keys() == {"alertname", "drill", "severity", "incident"}


def test_the_end_of_a_drill_ends_its_own_alert_and_no_other() -> None:
    *_, last = played(DrillKind.OUTAGE)
    (began, *_) = played(DrillKind.OUTAGE)
    (firing,) = alerts_of(render(began, ON_CALL, directory()), NOW)
    (ended,) = alerts_of(render(last, ON_CALL, directory()), NOW)
    assert ended["labels"] == firing["labels"]
    assert ended["endsAt"] < firing["endsAt"]


#: Each says of a service, or of what is to be done for it, more than the end of a drill knows.
TOO_MUCH = ("work", "restored", "RESOLVED", "wrong", "to be done", "to do", "settled", "بحال", "ضرورت", "خرابی نہیں")


@pytest.mark.parametrize("kind", DrillKind)
@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("language", Language)
def test_its_end_says_nothing_of_how_the_service_is_or_of_what_is_to_be_done(
    kind: DrillKind, audience: Audience, language: Language
) -> None:
    *_, last = played(kind)
    message = render(last, replace(ON_CALL, audience=audience, language=language), directory())
    said = f"{message.subject} {message.text} {message.html} {message.short}"
    assert not [words for words in TOO_MUCH if words in said]
    says_so = "it says nothing of" if language is Language.ENGLISH else "کے بارے میں یہ کچھ نہیں بتاتا"
    assert says_so in message.text
    assert says_so in message.short.replace("It says", "it says")


@pytest.mark.parametrize("kind", DrillKind)
@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("language", Language)
def test_its_end_says_what_is_really_open_of_the_service_even_in_an_sms(
    kind: DrillKind, audience: Audience, language: Language
) -> None:
    *_, last = played(kind)
    reader = replace(ON_CALL, audience=audience, language=language)
    message = render(replace(last, real=(OUTAGE,)), reader, directory())
    since = "DOWN since 02:13 on Sat 14 Oct 2017 is real and still open"
    urdu = "اصل خرابی ہفتہ 14 اکتوبر 2017، 02:13 بجے سے جاری ہے"
    for text in (message.subject, message.text, message.short):
        assert (since if language is Language.ENGLISH else urdu) in text
    assert (OUTAGE.id in message.text) is (audience is not Audience.DEPARTMENT)


@pytest.mark.parametrize("audience", [Audience.ON_CALL, Audience.FINANCE])
@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.ENGLISH, "The end of the drill, at 14:30 on Sat 21 Nov 2026. Pay nothing"),
        (Language.URDU, "کچھ ادا یا درج نہ کیجیے"),
    ],
)
def test_a_bill_that_is_played_asks_for_no_payment_to_end_its_reminders(
    audience: Audience, language: Language, said: str
) -> None:
    began, *_ = played(DrillKind.BILL)
    text = render(began, replace(ON_CALL, audience=audience, language=language), directory()).text
    assert said in text
    assert "Pay today" not in text
    assert "proof of it" not in text


def test_the_sms_of_a_drill_says_who_started_it_what_not_to_do_and_when_it_ends() -> None:
    began, *_ = played(DrillKind.OUTAGE)
    short = render(began, ON_CALL, directory()).short
    assert short.startswith("DRILL by asad, ends by itself 14:30: pay and mend nothing. DOWN Official e-mail")


def test_what_is_really_open_is_of_that_service_and_the_gravest_first() -> None:
    began, *_ = (event.incident for event in played(DrillKind.OUTAGE))
    worse = replace(OUTAGE, id="worse", service="official-email", drill=None)
    warning = replace(worse, id="warning", severity=Status.WARNING)
    part = replace(worse, id="part", root="worse")
    elsewhere, over = replace(worse, id="x", service="portal"), replace(worse, id="y", closed_at=NOW)
    found = really_open(began, (began, warning, part, elsewhere, over, worse), ESTATE)
    assert [one.id for one in found] == ["worse", "warning"]


@pytest.mark.parametrize(("kind", "found"), [(DrillKind.OUTAGE, ["down"]), (DrillKind.BILL, ["down", "bill", "dated"])])
def test_no_bill_and_no_date_is_taken_for_the_outage_that_was_played(kind: DrillKind, found: list[str]) -> None:
    began, *_ = (event.incident for event in played(kind))
    down = replace(OUTAGE, id="down", service="official-email")
    bill = replace(down, id="bill", kind="invoice_due", nature=Nature.DEADLINE, severity=Status.WARNING)
    dated = replace(bill, id="dated", kind="tls_cert", severity=Status.UNKNOWN)
    assert [one.id for one in really_open(began, (bill, dated, down), ESTATE)] == found


def test_a_bill_that_is_played_names_no_sum_and_no_payee_that_anybody_could_pay() -> None:
    (began, *_) = played(DrillKind.BILL)
    finance = Receiver(id="finance", channels=ON_CALL.channels, audience=Audience.FINANCE)
    text = render(began, finance, directory()).text
    assert "Rs 0" in text
    assert not [vendor.iban for vendor in ESTATE.vendors.values() if vendor.iban and vendor.iban in text]
