"""The pages of a service, a check and an incident: pure, over a real store's history."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.incident import Acknowledgement, Nature
from alerts.message import NotificationState
from alerts.restored import TAKEN_FOR_TOLD
from alerts.return_digest import IN_DIGEST
from checks.model import CheckId
from tests.support.page_estate import NOW, PageEstate, page_estate
from watchdog.store.views import IncidentHistory, InOne
from watchdog.web.check_view import check_page, service_page
from watchdog.web.glance import Conditions, Glance
from watchdog.web.incident_view import card, incident_page
from watchdog.web.standing import Standing
from watchdog.web.words import clock_time, days_away, language


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageEstate]:
    with page_estate(tmp_path_factory.mktemp("estate")) as built:
        yield built


@pytest.fixture(scope="module")
def glance(estate: PageEstate) -> Glance:
    subjects = estate.watching.subjects
    return Glance(
        now=NOW,
        estate=estate.watching.settings.estate,
        has_anchors=True,
        specs=estate.watching.specs,
        subjects={check_id: subjects.of(check_id) for check_id in subjects.check_ids()},
        conditions=Conditions(started_at=NOW),
    )


def history(estate: PageEstate, nature: Nature) -> IncidentHistory:
    incident = next(one for one in estate.watching.subjects.incidents() if one.nature is nature)
    found = estate.store.listings.history(incident.id)
    assert found is not None
    return found


def history_of(estate: PageEstate, check: str) -> IncidentHistory:
    (incident,) = (one for one in estate.watching.subjects.incidents() if one.check_id == check)
    found = estate.store.listings.history(incident.id)
    assert found is not None
    return found


def test_a_service_says_who_goes_dark_and_what_to_do(glance: Glance) -> None:
    page = service_page(glance.estate.services["official-email"], glance)
    assert page.departments[0] == "Health Department, 1,200 users"
    assert page.vendor == "Acme Mail (Pvt) Ltd"
    assert page.runbook == ["Call Acme's NOC: 091 000 0000. Ask for the account number in the safe."]
    assert page.checks.rows[0].name == "mx1"


def test_a_check_has_the_numbers_and_the_proof_of_its_last_look(glance: Glance) -> None:
    (subject,) = check_page(glance.specs[CheckId("mx1")], glance).subjects
    assert subject.standing is Standing.DOWN
    assert subject.cause == "the account is suspended"
    assert [(one.name, one.value) for one in subject.numbers] == [("smtp connect", "4 ms")]
    assert subject.evidence[-1] == "< 550 5.7.1 account suspended, contact billing"


def test_an_instant_among_the_numbers_is_a_date_of_the_estate(glance: Glance) -> None:
    (bill,) = check_page(glance.specs[CheckId("bills")], glance).subjects
    assert {one.name: one.value for one in bill.numbers}["invoice due"] == "13:00 on Fri 20 Nov 2026"


def test_former_incidents_are_listed_and_open_ones_are_not_among_them(estate: PageEstate, glance: Glance) -> None:
    former = estate.store.listings.incidents_of(CheckId("portal"), 10)
    page = check_page(glance.specs[CheckId("portal")], glance, former)
    assert [one.words for one in page.former] == ["portal.example.gov.pk does not answer within 10 s"]
    assert check_page(glance.specs[CheckId("mx1")], glance, list(estate.watching.subjects.incidents())).former == []


def test_an_incident_is_told_in_its_order(estate: PageEstate, glance: Glance) -> None:
    page = incident_page(history(estate, Nature.FAULT), glance)
    assert [step.word for step in page.steps] == ["OPENED", "TOLD", "NOT TOLD"]
    assert page.steps[1].words == "on-call by mail: opened"
    assert page.steps[2].words == "on-call by webhook: opened; http_404: 404 Not Found"
    assert page.is_open


def test_the_runbook_of_the_check_stands_before_that_of_the_service(estate: PageEstate, glance: Glance) -> None:
    page = incident_page(history(estate, Nature.FAULT), glance)
    assert page.runbook[0] == "Look at the queue on mx1 first."
    assert page.runbook[1].startswith("Call Acme's NOC")


def test_a_bill_says_what_ends_its_reminders_and_keeps_the_runbook_of_an_outage_for_the_outage(
    estate: PageEstate, glance: Glance
) -> None:
    page = incident_page(history_of(estate, "bills"), glance)
    assert page.runbook == []
    assert page.is_to_settle
    assert page.if_missed == ["Call Acme's NOC: 091 000 0000. Ask for the account number in the safe."]


def test_a_certificate_is_settled_by_nobodys_word(estate: PageEstate, glance: Glance) -> None:
    assert not incident_page(history_of(estate, "mx1-certificate"), glance).is_to_settle


def test_steps_of_a_ladder_are_told_in_words(estate: PageEstate, glance: Glance) -> None:
    told = history_of(estate, "bills")
    rungs = ["5wd", "0wd", "overdue 2026-11-22", "withdrawn 2026-11-22", "1/3", "3d"]
    events = tuple(replace(told.events[0], rung=rung) for rung in rungs)
    page = incident_page(replace(told, events=events, deliveries=()), glance)
    assert [step.words.rpartition(" (")[2].rstrip(")") for step in page.steps] == [
        "5 working days ahead",
        "on the last day",
        "overdue",
        "no longer listed",
        "with 1/3 of its lifetime left",
        "3 days ahead",
    ]


def test_what_was_told_before_a_restore_is_still_shown_as_told(estate: PageEstate, glance: Glance) -> None:
    told = history_of(estate, "bills")
    first = told.deliveries[0]
    dropped = replace(first, state=NotificationState.DROPPED, reason=TAKEN_FOR_TOLD, at=NOW)
    assert [one.words for one in card(told.incident, glance, [first, dropped]).told] == ["told finance by mail"]
    (alone,) = card(told.incident, glance, [dropped]).told
    assert alone.words.startswith("finance by mail: taken for told when the state was put back")


def test_what_one_message_told_with_others_is_a_step_of_being_told(estate: PageEstate, glance: Glance) -> None:
    told = history_of(estate, "bills")
    gathered = replace(told.deliveries[0], state=NotificationState.DROPPED, reason=IN_DIGEST, in_one=InOne.TOLD)
    page = incident_page(replace(told, deliveries=(gathered,)), glance)
    (step,) = [step for step in page.steps if "TOLD" in step.word]
    assert (step.word, step.words) == ("TOLD", "finance by mail: opened; in one message with others")
    assert [one.reached for one in page.card.told] == [True]


@pytest.mark.parametrize(("age", "is_doubtful"), [(timedelta(minutes=1), True), (timedelta(minutes=9), False)])
def test_an_acknowledgement_that_could_not_be_written_says_so(
    estate: PageEstate,
    glance: Glance,
    age: timedelta,
    is_doubtful: bool,  # noqa: FBT001  # a case
) -> None:
    full = replace(glance, conditions=replace(glance.conditions, unwritten_since=NOW - timedelta(minutes=5)))
    said = Acknowledgement(by="asma", at=NOW - age)
    one = replace(history_of(estate, "mx1").incident, acknowledged=said)
    assert ("not kept yet: nothing can be written" in card(one, full).acknowledged) == is_doubtful


def test_an_incident_whose_check_is_gone_still_has_its_page(estate: PageEstate, glance: Glance) -> None:
    gone = Glance(
        now=NOW,
        estate=glance.estate,
        has_anchors=True,
        specs={},
        subjects={},
        conditions=Conditions(started_at=NOW),
    )
    page = incident_page(history(estate, Nature.FAULT), gone)
    assert (page.card.check, page.card.check_href) == ("mx1", "")


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(hours=1), "today"),
        (timedelta(days=1), "tomorrow"),
        (timedelta(days=5), "in 5 days"),
        (timedelta(minutes=-9), "overdue since today"),
        (timedelta(days=-1), "1 day overdue"),
        (timedelta(days=-1200), "1,200 days overdue"),
    ],
)
def test_days_are_counted_on_the_calendar(away: timedelta, words: str, glance: Glance) -> None:
    assert days_away(NOW + away, NOW, glance.estate.time_zone) == words


def test_a_time_is_as_short_as_is_clear(glance: Glance) -> None:
    zone = glance.estate.time_zone
    shown = [clock_time(NOW - timedelta(days=days), NOW, zone) for days in (0, 3, 400)]
    assert shown == ["03:07", "03:07 on Fri 20 Nov", "03:07 on Sun 19 Oct 2025"]


@pytest.mark.parametrize(
    ("text", "tag"), [("سرکاری", "ur"), ("12 سرکاری", "ur"), ("Official سرکاری", None), ("", None), ("123", None)]
)
def test_texts_that_begin_in_arabic_letters_are_marked_as_urdu(text: str, tag: str | None) -> None:
    assert language(text) == tag
