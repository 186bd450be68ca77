"""A bill that vanished from its list and stands there again."""

from dataclasses import replace

from alerts.incident import EventKind, IncidentEvent
from alerts.judging.judge import judge
from alerts.record import SubjectRecord
from alerts.words.render import render
from checks.model import Cause, CheckId, Finding, Observation
from tests.support.telling import BILLS, FINANCE, INVOICE, bill_events, bill_look, directory, local

GONE = "2017-11-30 10:00"
LISTED = bill_look("2017-11-29 09:00")
VANISHED = bill_look(GONE, gone_at=GONE)


def subjects_of(events: list[IncidentEvent]) -> list[str]:
    return [render(one, FINANCE, directory()).subject for one in events]


def last_record(*looks: tuple[str, Finding]) -> SubjectRecord:
    record = None
    for at, finding in looks:
        seen = Observation(check_id=CheckId("bills"), finding=finding, observed_at=local(at), duration_s=0.0)
        record = judge(record, seen, BILLS, lambda: "1b2c3d4e5f60718293a4b000").record
    assert record is not None
    return record


def test_finance_hears_once_that_it_is_back_and_what_it_is_now() -> None:
    told = bill_events(LISTED, VANISHED, bill_look("2017-11-30 10:01"), bill_look("2017-11-30 10:02"))
    assert [one.kind for one in told] == [EventKind.OPENED, EventKind.REMINDER, EventKind.REMINDER]
    back = render(told[-1], FINANCE, directory())
    assert back.subject.startswith("LISTED AGAIN Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7: ")
    assert "was due Mon 27 Nov 2017" in back.subject
    assert "It stands in the list again. The vendor cuts off Mon 18 Dec 2017, in 18 days. Not settled" in back.text
    assert "Withdrawn?" not in back.text


def test_the_incident_is_what_the_bill_is_at_the_next_look() -> None:
    record = last_record(LISTED, VANISHED, bill_look("2017-11-30 10:01"))
    (incident,) = record.incidents
    assert incident.cause is Cause.OVERDUE
    assert "Withdrawn?" not in dict(incident.facts)


def test_a_reminder_that_comes_due_meanwhile_says_it_too_and_is_the_only_message() -> None:
    told = bill_events(LISTED, VANISHED, bill_look("2017-12-01 09:00"), bill_look("2017-12-01 09:01"))
    assert len(told) == len([LISTED, VANISHED, "back"])
    assert subjects_of(told)[-1].startswith("LISTED AGAIN ")


def test_a_list_that_loses_and_finds_a_bill_all_day_is_told_of_once() -> None:
    flapping = [
        look
        for minute in range(10, 50, 2)
        for look in (
            bill_look(f"2017-11-30 10:{minute}", gone_at=f"2017-11-30 10:{minute}"),
            bill_look(f"2017-11-30 10:{minute + 1}"),
        )
    ]
    told = bill_events(LISTED, *flapping)
    assert [subject.split(" Rs ")[0] for subject in subjects_of(told)] == ["OVERDUE", "WITHDRAWN?", "LISTED AGAIN"]
    gone_again = last_record(LISTED, *flapping, bill_look("2017-11-30 11:00", gone_at="2017-11-30 11:00"))
    assert [one.cause for one in gone_again.incidents] == [Cause.WITHDRAWN]


def test_a_bill_put_back_settled_is_just_settled() -> None:
    paid = replace(INVOICE, settled_on=local("2017-11-30 12:00").date(), evidence="Acme receipt 0991")
    told = bill_events(LISTED, VANISHED, bill_look("2017-11-30 10:01", paid))
    assert told[-1].kind is EventKind.RESOLVED


def test_a_bill_put_back_with_another_due_day_is_back_too() -> None:
    later = replace(INVOICE, due=local("2017-12-04 12:00").date())
    told = bill_events(LISTED, VANISHED, bill_look("2017-11-30 10:01", later))
    assert subjects_of(told)[-1].startswith("LISTED AGAIN ")
