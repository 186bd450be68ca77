"""Whom a matter of money concerns by itself, and that nobody hears of one bill three times."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest

from alerts.directory import Directory
from alerts.incident import EventKind, Incident
from alerts.judging.episode import CheckFacts
from alerts.judging.judge import judge
from alerts.links import Links
from alerts.message import Notification
from alerts.people.chasing import chase
from alerts.people.escalation import Escalation, Step
from alerts.plan import plan
from alerts.record import SubjectRecord
from alerts.route import Audience, Receiver, Route
from checks.billing import labels
from checks.invoice import bill_key
from checks.ledger.event import Details, Draft, LedgerEventKind, Terms
from checks.ledger.journal import Journal
from checks.ledger.state import BillOnRecord
from checks.model import Cause, CheckId, Deadline, Finding, Observation, Rung, Status
from checks.units import parse_money
from tests.support.money_matters import ACCOUNTS, AHEAD, BILLS_TO_FINANCE, HEALTH, LATE, MISSING_JUNE, OWNED, UNPAYABLE
from tests.support.telling import BILL, FINANCE, ON_CALL, bill_events, bill_look, directory, event, local, mail

DEPUTY, SECRETARY = (
    Receiver(id=name, channels=(mail(f"{name}-1-mail", f"{name}@kp.example"),), audience=Audience.SECRETARY)
    for name in ("deputy", "secretary")
)
LATE_STAGES = Escalation(
    id="late",
    steps=(Step(after=timedelta(hours=8), to=("deputy",)), Step(after=timedelta(hours=24), to=("secretary",))),
)


def people(*routes: Route) -> Directory:
    found = directory(
        ON_CALL, FINANCE, ACCOUNTS, HEALTH, DEPUTY, SECRETARY, routes=routes or BILLS_TO_FINANCE, estate=OWNED
    )
    return replace(found, escalations={"late": LATE_STAGES})


def told(rows: tuple[Notification, ...]) -> list[str]:
    return [row.receiver for row in rows]


def of_stage(title: str) -> Incident:
    return replace(LATE, facts=tuple((label, title if label == labels.STAGE else text) for label, text in LATE.facts))


def test_a_late_stage_goes_to_whose_desk_it_is_and_nobody_hears_of_the_bill_twice() -> None:
    assert told(plan(event(LATE), people())) == ["ag-desk"]


def test_a_late_stage_that_is_nobodys_goes_the_way_of_bills() -> None:
    assert told(plan(event(of_stage("sanction")), people())) == ["finance"]


def test_a_route_that_asks_for_late_stages_hears_of_them_beside_the_desk() -> None:
    routes = (Route(match={"kind": "payment_stage"}, to=("on-call",)), *BILLS_TO_FINANCE)
    assert told(plan(event(LATE), people(*routes))) == ["on-call", "on-call", "ag-desk"]


@pytest.mark.parametrize("incident", [MISSING_JUNE, UNPAYABLE])
def test_other_matters_of_money_go_the_way_of_bills(incident: Incident) -> None:
    assert told(plan(event(incident), people())) == ["finance"]


def test_an_outage_ahead_goes_to_those_who_speak_for_the_departments() -> None:
    (row,) = plan(event(AHEAD), people())
    assert row.receiver == "health-it"
    assert row.message.subject.startswith("AHEAD Official e-mail may go dark between")
    assert "What to save before then" in row.message.text
    assert "Rs" not in row.message.text


def test_an_outage_ahead_of_departments_without_anybody_to_tell_goes_the_way_of_bills() -> None:
    nobody = replace(AHEAD, facts=tuple(fact for fact in AHEAD.facts if fact[0] != labels.SERVICE))
    assert told(plan(event(nobody), people())) == ["finance"]


def test_a_department_is_told_when_its_office_opens() -> None:
    at_night = local("2017-10-05 23:00")
    (row,) = plan(event(AHEAD, at=at_night), people())
    assert row.not_before == local("2017-10-06 09:00")


def observed(at: str, deadline: Deadline | None, status: Status) -> Observation:
    facts = AHEAD.facts if deadline else ()
    cause = Cause.DUE if deadline else Cause.NONE
    finding = Finding(
        subject="official-email", status=status, cause=cause, summary="Official e-mail", deadline=deadline, facts=facts
    )
    return Observation(check_id=CheckId("billing/outages"), finding=finding, observed_at=local(at), duration_s=0.0)


def test_departments_hear_in_advance_again_when_it_is_urgent_and_of_the_end_and_no_more() -> None:
    names = {"10wd": "2017-10-05", "5wd": "2017-10-12", "3wd": "2017-10-16", "1wd": "2017-10-18"}
    rungs = tuple(
        Rung(name=name, at=local(f"{day} 09:00"), status=Status.WARNING if name == "10wd" else Status.CRITICAL)
        for name, day in names.items()
    )
    deadline = Deadline(at=local("2017-10-19 09:00"), rungs=rungs)
    record: SubjectRecord | None = None
    ids, heard = count(1), []
    for day in names.values():
        seen = observed(f"{day} 09:00", deadline, Status.WARNING)
        judged = judge(record, seen, CheckFacts(kind="outage_forecast"), lambda: f"e{next(ids)}")
        record = judged.record
        heard += [(day, told(plan(one, people()))) for one in judged.events]
    end = judge(
        record,
        observed("2017-10-18 15:00", None, Status.OK),
        CheckFacts(kind="outage_forecast"),
        lambda: f"e{next(ids)}",
    )
    assert heard == [
        ("2017-10-05", ["health-it"]),
        ("2017-10-12", ["health-it"]),
        ("2017-10-16", []),
        ("2017-10-18", []),
    ]
    (last,) = end.events
    (row,) = [row for row in plan(last, people()) if row.receiver == "health-it"]
    assert row.message.subject == (
        "RESOLVED Official e-mail: the matter is settled, and no reason any more to cut anything off"
    )


def test_a_stage_that_nobody_answers_for_goes_up_to_the_deputy_and_then_to_the_secretary() -> None:
    record = SubjectRecord(
        check_id=LATE.check_id,
        subject=LATE.subject,
        seen_at=LATE.opened_at,
        judged_at=LATE.opened_at,
        deadline_incident=LATE,
    )
    asking = people(Route(match={"kind": "payment_stage"}, to=("ag-desk",), escalation="late"), *BILLS_TO_FINANCE)
    now, ids, steps = LATE.opened_at, count(1), []
    while now < LATE.opened_at + timedelta(days=3):
        now += timedelta(minutes=10)
        judged = chase(record, asking, now, is_muted=lambda _one: False, new_id=lambda: f"e{next(ids)}")
        if judged is not None:
            record = judged.record
            steps += [(one.at - LATE.opened_at, told(plan(one, asking))) for one in judged.events]
    assert steps == [(timedelta(hours=8), ["deputy"]), (timedelta(hours=24), ["secretary"])]


def test_whoever_reads_the_list_every_morning_is_told_apart_of_what_is_new_in_a_bill_and_not_of_every_step() -> None:
    days = ("2017-10-30", "2017-11-06", "2017-11-13", "2017-11-22", "2017-11-27", "2017-11-28", "2017-11-29")
    happened = bill_events(*(bill_look(f"{day} 09:05") for day in days))
    reads = replace(people(), digested=frozenset({"finance"}))
    by_itself = [f"{one.at:%d %b}" for one in happened if plan(one, reads)]
    assert [f"{one.at:%d %b}" for one in happened if plan(one, people())] == [
        f"{local(f'{day} 09:05'):%d %b}" for day in days
    ]
    assert by_itself == ["30 Oct", "22 Nov", "27 Nov", "28 Nov"]


def recorded(number: str) -> BillOnRecord:
    journal = Journal()
    terms = Terms(number=number, amount=parse_money("134000 PKR"), due=date(2017, 9, 26))
    draft = Draft(
        about=bill_key("acme", number),
        kind=LedgerEventKind.RECEIVED,
        happened_at=local("2017-08-28 10:00"),
        author="so.finance",
        details=Details(terms=terms),
    )
    asyncio.run(journal.record([draft]))
    return journal.on_record()[0]


@pytest.mark.parametrize("subject", ["acme/INV-7 pre-audit", "acme/inv 7 pre-audit"])
def test_whoever_has_the_bill_on_the_desk_can_say_from_the_message_what_became_of_it(subject: str) -> None:
    bills = [recorded(number) for number in ("INV-6", "INV-7", "INV-8")]
    links = Links(base_url="https://x.example", key=b"k" * 32)
    known = replace(people(), on_record=lambda: bills, links=links)
    (row,) = plan(event(replace(LATE, subject=subject)), known)
    assert "The vendor says: received:\n  https://x.example/answer/" in row.message.text
    (row,) = plan(event(replace(LATE, subject="acme/INV-9 pre-audit")), known)
    assert "The vendor says" not in row.message.text


def test_a_reader_of_the_list_is_told_of_steps_of_an_escalation() -> None:
    reads = replace(people(), digested=frozenset({"finance"}))
    step = replace(event(BILL, EventKind.REMINDER, rung="15wd"), step=1, to=("finance",))
    assert told(plan(step, reads)) == ["finance"]
