"""What a root's messages say of those behind it: whom it hits, and what is not over with it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.debt import Debt
from alerts.directory import Directory
from alerts.incident import Chase, EventKind, IncidentEvent, Part
from alerts.judging.fault import Open, Settling
from alerts.people.escalation import Escalation, Step
from alerts.record import SubjectRecord
from alerts.roots.left_behind import left_behind
from alerts.route import Audience, ChannelSpec, Language, Receiver, Route
from alerts.words.render import render
from checks.model import Cause, CheckId, Status
from tests.support.audiences import reader, told
from tests.support.telling import NIGHT, ON_CALL, OUTAGE, directory, event, mail

LINK = replace(OUTAGE, check_id=CheckId("link"), service=None, summary="10.1.1.1: no answer")
BEHIND = Part(check_id=CheckId("mx"), service="official-email")
DOWN = replace(event(LINK), parts=(BEHIND,))
WELL = NIGHT + timedelta(minutes=10)


def ended(*parts: Part) -> IncidentEvent:
    over = replace(LINK, closed_at=WELL, close_reason="answers again")
    return replace(event(over, EventKind.RESOLVED, WELL + timedelta(minutes=5)), parts=parts)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("audience", [Audience.ON_CALL, Audience.FINANCE, Audience.SECRETARY])
def test_whoever_depends_on_what_lies_behind_is_named(audience: Audience, language: Language) -> None:
    text = told(DOWN, audience, language).text
    assert "Health Department" in text
    assert "3,400" in text
    assert "No department" not in text


def test_on_call_reads_which_services_go_dark_behind_a_link() -> None:
    assert "What goes dark: Official e-mail for Police (3,400 users)" in told(DOWN, Audience.ON_CALL).text


def test_that_nobody_depends_on_it_is_not_said_of_what_has_no_service() -> None:
    assert "Whom it concerns is not known yet." in told(event(LINK), Audience.SECRETARY).text
    assert "concerns" not in told(ended(), Audience.SECRETARY).text


@pytest.mark.parametrize("audience", list(Audience))
def test_an_end_says_what_is_still_down_behind_it(audience: Audience) -> None:
    text = told(ended(replace(BEHIND, still_fails=True, was_told=True)), audience).text
    assert "Not over with it: Official e-mail (mx), still down and told by itself." in text
    assert "Nobody has to do anything" not in text
    assert "still down" not in told(ended(BEHIND), audience).text


def test_what_is_not_sure_yet_is_told_once_it_is() -> None:
    assert "told by itself once that is sure" in told(ended(replace(BEHIND, still_fails=True)), Audience.ON_CALL).text


def record(fault: Open | Settling, root: str | None = None) -> SubjectRecord:
    standing = replace(OUTAGE, root=root) if isinstance(fault, Open) else None
    return SubjectRecord(
        check_id=OUTAGE.check_id,
        subject="mx1",
        seen_at=WELL,
        judged_at=WELL,
        fault=fault,
        fault_incident=standing,
    )


def test_what_failed_before_the_root_was_well_and_fails_still_is_left_behind() -> None:
    found = left_behind(BEHIND, [record(Open(NIGHT))], WELL)
    assert (found.still_fails, found.was_told) == (True, True)
    found = left_behind(BEHIND, [record(Open(NIGHT), root=LINK.id)], WELL)
    assert (found.still_fails, found.was_told) == (True, False)
    assert not left_behind(BEHIND, [record(Open(WELL + timedelta(minutes=1)))], WELL).still_fails
    assert not left_behind(BEHIND, [record(Open(NIGHT, severity=Status.WARNING))], WELL).still_fails


def test_the_end_of_an_outage_says_that_its_bill_is_still_unpaid() -> None:
    debt = Debt(number="INV-7", amount="Rs 134,000", due_at=NIGHT - timedelta(days=12), cause=Cause.OVERDUE)
    over = event(replace(OUTAGE, debts=(debt,), closed_at=WELL), EventKind.RESOLVED, WELL)
    said = "Still not settled, as far as we know: INV-7, Rs 134,000, 12 days past due."
    assert said in told(over, Audience.FINANCE).text
    assert said in told(over, Audience.ON_CALL).text
    assert "INV-7" in told(over, Audience.FINANCE, Language.URDU).text
    paid = event(replace(OUTAGE, closed_at=WELL), EventKind.RESOLVED, WELL)
    assert "not settled" not in told(paid, Audience.FINANCE).text


LEAD = Receiver(id="lead", channels=(mail("lead-1-mail", "lead@example.org"),))
MACHINE = Receiver(id="alerts", channels=(ChannelSpec(name="alerts-1", kind="alertmanager", url="http://a.example/"),))
SECRETARY = reader(Audience.SECRETARY)
STEPS = Escalation(
    id="urgent",
    steps=(Step(after=timedelta(minutes=10), to=("lead",)), Step(after=timedelta(minutes=20), to=("secretary",))),
)
CHASE = Chase(escalation="urgent", since=NIGHT, waits_from=NIGHT, severity=Status.CRITICAL, step=1)


def people() -> Directory:
    return replace(
        directory(ON_CALL, LEAD, MACHINE, SECRETARY, routes=(Route(to=("on-call", "alerts")),)),
        escalations={"urgent": STEPS},
    )


def test_a_step_says_to_whom_it_went_before() -> None:
    raised = event(replace(OUTAGE, chases=(CHASE,)), EventKind.REMINDER, NIGHT + timedelta(minutes=10))
    step = replace(raised, step=1, to=("lead",))
    here = people()
    assert "It went to on-call and alerts before; nobody has answered." in render(step, LEAD, here).text
    last = replace(step, step=2, to=("secretary",))
    text = render(last, SECRETARY, here).text
    assert "It goes to on-call and lead; nobody has confirmed yet to be at it." in text
    assert "was told" not in text


def test_an_end_names_those_who_heard_by_a_step_too() -> None:
    over = event(replace(OUTAGE, chases=(CHASE,), closed_at=WELL), EventKind.RESOLVED, WELL)
    here = people()
    assert "Also goes to: alerts and lead." in render(over, ON_CALL, here).text
