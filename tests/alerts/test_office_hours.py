"""What waits for a receiver's own office, and what does not."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from alerts.incident import Incident
from alerts.plan import plan
from alerts.route import Receiver, Route
from checks.estate import Holiday, Office
from checks.model import Status
from checks.workdays import WorkCalendar
from tests.support.telling import KARACHI, OUTAGE, Calendars, directory, event, local, mail

BRANCH = Office(
    id="branch",
    week={weekday: (time(10), time(16)) for weekday in (1, 2, 3, 4, 6)},
    holidays=(
        Holiday(date=date(2017, 10, 17), name="local holiday"),
        Holiday(date=date(2017, 10, 19), name="Eid", estimated=True),
    ),
    half_days={date(2017, 10, 18): time(12)},
)
CLERK = Receiver(
    id="clerk", office="branch", hold_for_office_hours=True, channels=(mail("clerk-1-mail", "clerk@example.org"),)
)
WARNING = replace(OUTAGE, severity=Status.WARNING)


def told_at(incident: Incident, at: str) -> datetime:
    calendars = Calendars({"branch": WorkCalendar(BRANCH, KARACHI)})
    people = directory(CLERK, routes=(Route(to=("clerk",)),), calendars=calendars)
    happened = replace(event(incident), at=local(at))
    (row,) = plan(happened, people)
    return row.not_before


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2017-10-16 11:00", "2017-10-16 11:00"),
        ("2017-10-16 09:30", "2017-10-16 10:00"),
        ("2017-10-16 16:00", "2017-10-18 10:00"),
        ("2017-10-18 11:59", "2017-10-18 11:59"),
        ("2017-10-18 12:00", "2017-10-19 10:00"),
        ("2017-10-20 11:00", "2017-10-21 10:00"),
    ],
    ids=[
        "open",
        "before it opens, though the main office is open",
        "over the holiday",
        "a half day, still open",
        "a half day, closed; a holiday that is only estimated keeps nobody waiting",
        "the branch is closed on Friday and open on Saturday",
    ],
)
def test_a_warning_waits_for_the_office_of_its_receiver(at: str, told: str) -> None:
    assert told_at(WARNING, at) == local(told)


def test_a_critical_fault_waits_for_nobody() -> None:
    assert told_at(OUTAGE, "2017-10-17 03:00") == local("2017-10-17 03:00")
