"""Links in messages: who is offered which, in what words, and that an address arrives whole."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.directory import Directory
from alerts.incident import Acknowledgement, EventKind, Incident, IncidentEvent
from alerts.links import Action, Links, Ticket
from alerts.message import Message
from alerts.people.escalation import Escalation, Step
from alerts.route import Audience, Language, Receiver, Route
from alerts.words.blocks import Choices
from alerts.words.plain import plain
from alerts.words.render import render
from tests.support.telling import NIGHT, ON_CALL, OUTAGE, directory, event

LINKS = Links(base_url="https://status.example.gov.pk", key=b"k" * 32)


def office(*, escalates: bool = False) -> Directory:
    plain_one = directory()
    if not escalates:
        return replace(plain_one, links=LINKS)
    urgent = Escalation(id="urgent", steps=(Step(after=timedelta(minutes=10), to=(ON_CALL.id,)),))
    routes = (Route(to=(ON_CALL.id,), escalation="urgent"),)
    return replace(plain_one, links=LINKS, routes=routes, escalations={"urgent": urgent})


def told(happened: IncidentEvent, receiver: Receiver = ON_CALL, *, escalates: bool = False) -> Message:
    return render(happened, receiver, office(escalates=escalates))


def tickets(message: Message) -> list[Ticket]:
    """What each link of the text allows."""
    tokens = [line.rpartition("/answer/")[2] for line in message.text.splitlines() if "/answer/" in line]
    read = [LINKS.read(token, NIGHT) for token in tokens]
    return [one for one in read if isinstance(one, Ticket)]


@pytest.mark.parametrize("kind", [EventKind.OPENED, EventKind.REMINDER, EventKind.SEVERITY, EventKind.HANDOFF])
def test_whoever_is_told_of_an_open_incident_can_answer(kind: EventKind) -> None:
    found = tickets(told(event(OUTAGE, kind)))
    assert [(one.action, one.incident, one.receiver) for one in found] == [
        (Action.FOUR_HOURS, OUTAGE.id, ON_CALL.id),
        (Action.UNTIL_WELL, OUTAGE.id, ON_CALL.id),
    ]


def test_it_can_be_passed_on_where_somebody_is_next() -> None:
    found = tickets(told(event(OUTAGE, EventKind.OPENED), escalates=True))
    assert [one.action for one in found] == [Action.FOUR_HOURS, Action.UNTIL_WELL, Action.PASS_ON]


def answered(incident: Incident) -> Incident:
    return replace(incident, acknowledged=Acknowledgement(by="asad", at=NIGHT))


@pytest.mark.parametrize(
    "happened",
    [
        event(replace(OUTAGE, closed_at=NIGHT, close_reason="answers again"), EventKind.RESOLVED),
        event(answered(OUTAGE), EventKind.REMINDER),
    ],
)
def test_what_is_over_or_answered_asks_for_nothing(happened: IncidentEvent) -> None:
    assert "/answer/" not in told(happened).text


def test_departments_are_not_asked_to_see_to_it() -> None:
    assert "/answer/" not in told(event(OUTAGE), replace(ON_CALL, audience=Audience.DEPARTMENT)).text


def test_without_links_in_the_settings_there_are_none() -> None:
    message = render(event(OUTAGE), ON_CALL, directory())
    assert "/answer/" not in message.text + message.html


@pytest.mark.parametrize("language", Language)
def test_an_address_stands_on_a_line_of_its_own_unbroken(language: Language) -> None:
    message = told(event(OUTAGE), replace(ON_CALL, language=language))
    lines = [line.strip() for line in message.text.splitlines() if "/answer/" in line]
    assert len(lines) == 2
    assert all(line.startswith("https://status.example.gov.pk/answer/") and line.isascii() for line in lines)
    assert all(f'href="{line}"' in message.html for line in lines)


def test_no_link_goes_into_an_sms_or_into_fields() -> None:
    message = told(event(OUTAGE))
    assert "/answer/" not in message.short + "".join(message.fields.values())


def test_the_same_event_offers_the_same_links_again() -> None:
    happened = event(OUTAGE)
    assert told(happened) == told(happened)


def test_a_long_address_is_not_cut() -> None:
    url = f"https://status.example.gov.pk/answer/{'a' * 900}"
    assert url in plain([Choices("Answer", (("Yes", url),))]).splitlines()[-1]
