"""A bill that was blocked and can be paid again: its incident does not go on saying that it cannot."""

from dataclasses import replace

from alerts.incident import EventKind
from checks.billing.reminder import remind
from checks.ledger.event import BlockReason
from checks.ledger.state import Block
from checks.model import Cause, Finding, Status
from tests.support.bills import on_record
from tests.support.telling import INVOICE, bill_events, bill_scene, local

AT = "2017-10-10 10:00"


def look(at: str, *, blocked: bool) -> tuple[str, Finding]:
    bill = on_record(INVOICE)
    since = local(AT)
    block = Block(reason=BlockReason.NO_BUDGET, since=since, recorded_at=since)
    return at, remind(replace(bill, blocks=(block,) if blocked else ()), INVOICE, bill_scene(local(at)))


def test_a_block_is_told_at_once_and_its_end_before_any_reminder_ends_the_incident() -> None:
    told = bill_events(
        look("2017-10-09 10:00", blocked=False), look(AT, blocked=True), look("2017-10-11 10:00", blocked=False)
    )
    assert [(one.kind, one.incident.severity) for one in told] == [
        (EventKind.OPENED, Status.CRITICAL),
        (EventKind.RESOLVED, Status.CRITICAL),
    ]
    assert told[0].incident.cause is Cause.BLOCKED
    assert told[1].incident.close_reason == "it can be paid again, and is not paid yet"


def test_a_block_that_comes_back_is_told_again() -> None:
    told = bill_events(
        look(AT, blocked=True), look("2017-10-11 10:00", blocked=False), look("2017-10-12 10:00", blocked=True)
    )
    assert [one.kind for one in told] == [EventKind.OPENED, EventKind.RESOLVED, EventKind.OPENED]


def test_where_reminders_are_due_the_incident_goes_on_as_what_it_is_now() -> None:
    told = bill_events(
        look("2017-11-07 10:00", blocked=True),
        look("2017-11-08 10:00", blocked=False),
        look("2017-11-14 10:00", blocked=False),
    )
    assert [one.kind for one in told] == [EventKind.OPENED, EventKind.REMINDER]
    assert (told[1].incident.cause, told[1].incident.severity) == (Cause.DUE, Status.WARNING)
