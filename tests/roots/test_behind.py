"""Who hears of a root because of what fails behind it, and in what words."""

from dataclasses import replace

import pytest

from alerts.incident import EventKind, IncidentEvent, Part
from alerts.plan import plan
from alerts.route import Receiver, Route
from checks.model import CheckId
from tests.support.telling import ON_CALL, OUTAGE, directory, event, mail

PORTAL = Receiver(id="portal", channels=(mail("portal-1-mail", "portal@example.org"),))
NOC_TOO = Receiver(id="portal", channels=ON_CALL.channels)
LINK = replace(OUTAGE, check_id=CheckId("link"), service=None)
ROUTES = (Route(match={"service": "portal"}, to=("portal",)), Route(to=("on-call",)))
BEHIND = Part(check_id=CheckId("web"), service="portal", labels={"service": "portal", "check": "web"})


def told(one: IncidentEvent, whose: Receiver = PORTAL) -> dict[str, list[str]]:
    """By receiver, the subjects."""
    found: dict[str, list[str]] = {}
    for row in plan(one, directory(ON_CALL, whose, routes=ROUTES)):
        found.setdefault(row.receiver, []).append(row.message.subject)
    return found


@pytest.mark.parametrize("kind", [EventKind.OPENED, EventKind.SEVERITY])
def test_whose_service_is_down_because_of_it_is_told_of_that_service(kind: EventKind) -> None:
    subjects = told(replace(event(LINK, kind), parts=(BEHIND,)))
    assert ("Citizens' portal" in subjects["portal"][0], "Citizens' portal" in subjects["on-call"][0]) == (True, False)


def test_who_hears_of_the_root_anyway_hears_of_it_alone() -> None:
    by_both = replace(BEHIND, labels={"check": "web"})
    assert set(told(replace(event(LINK), parts=(by_both,)))) == {"on-call"}


def test_an_address_that_hears_of_the_root_hears_nothing_more() -> None:
    subjects = told(replace(event(LINK), parts=(BEHIND,)), NOC_TOO)
    assert subjects == told(event(LINK)) | {"on-call": subjects["on-call"]}


def test_who_was_told_of_the_part_before_is_not_told_again() -> None:
    assert set(told(replace(event(LINK), parts=(replace(BEHIND, was_told=True),)))) == {"on-call"}


@pytest.mark.parametrize("kind", [EventKind.REMINDER, EventKind.HANDOFF])
def test_what_is_said_to_whoever_is_at_it_is_said_to_nobody_else(kind: EventKind) -> None:
    assert "portal" not in told(replace(event(LINK, kind), parts=(BEHIND,)))


def test_the_end_is_that_of_their_service_to_them_and_lists_no_parts() -> None:
    over = replace(event(replace(LINK, closed_at=OUTAGE.opened_at), EventKind.RESOLVED), parts=(BEHIND,))
    rows = {row.receiver: row.message for row in plan(over, directory(ON_CALL, PORTAL, routes=ROUTES))}
    assert "Citizens' portal" in rows["portal"].subject
    assert "Citizens' portal" not in rows["on-call"].subject + rows["on-call"].text
    assert {message.fields.get("also_down", "") for message in rows.values()} == {""}


def test_a_step_of_an_escalation_goes_to_whom_it_names() -> None:
    assert set(told(replace(event(LINK), parts=(BEHIND,), to=("on-call",)))) == {"on-call"}
