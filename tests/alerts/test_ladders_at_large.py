"""Forty thousand ladders over calendars and lives of bills, cheap ones: no step missed, none twice, none once paid."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from alerts.judging.rungs import due_rungs
from checks.deadline import After, Ladder, resolve
from checks.estate import Holiday, Office
from checks.units import Lead
from checks.workdays import WorkCalendar

KARACHI = ZoneInfo("Asia/Karachi")
FIRST_DAY = date(2026, 1, 1)
#: Of one part: calendars, and bills judged by each.
CALENDARS, BILLS_EACH = 100, 100


def calendar(chance: Random) -> WorkCalendar:
    """Five or six days, with Fridays that end at noon, and up to thirty days off, estimated or not."""
    days = range(1, chance.choice((6, 7)))
    week = {day: (time(9), time(13) if day == 5 and chance.random() < 0.5 else time(17)) for day in days}
    off = {FIRST_DAY + timedelta(days=chance.randrange(500)) for _ in range(chance.randrange(31))}
    holidays = tuple(Holiday(date=day, name="off", estimated=chance.random() < 0.3) for day in sorted(off))
    return WorkCalendar(Office(id="hq", week=week, holidays=holidays), KARACHI)


def ladder(chance: Random) -> Ladder:
    return Ladder(tuple(Lead(working_days=days) for days in sorted(chance.sample(range(1, 41), chance.randint(1, 7)))))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_each_step_that_came_due_before_the_payment_is_told_once_and_none_after_it(part: int) -> None:
    chance = Random(part)
    steps_told = 0
    for _ in range(CALENDARS):
        office = calendar(chance)
        for _ in range(BILLS_EACH):
            steps_told += lived(office, ladder(chance), chance)
    assert steps_told > CALENDARS * BILLS_EACH


def lived(office: WorkCalendar, steps: Ladder, chance: Random) -> int:
    """One bill from its entry to its payment, looked at now and then; how many steps were told."""
    due_at = office.end_of_day(FIRST_DAY + timedelta(days=chance.randrange(60, 400)))
    entered_at = due_at - timedelta(days=chance.uniform(0, 60))
    paid_at = due_at + timedelta(days=chance.uniform(-30, 8))
    looks = (
        sorted(entered_at + (paid_at - entered_at) * chance.random() for _ in range(6)) if paid_at > entered_at else []
    )
    told: list[str] = []
    for now in looks:
        rungs = resolve(steps, due_at, calendar=office, after=After.EVERY_WORKING_DAY, now=now)
        told += [rung.name for rung in due_rungs(rungs, frozenset(told), now)]
    assert len(set(told)) == len(told)
    assert set(told) == came_due(office, steps, due_at, looks[-1]) if looks else not told
    return len(told)


def came_due(office: WorkCalendar, steps: Ladder, due_at: datetime, last_look: datetime) -> set[str]:
    """By counting days one by one, as a clerk would."""
    due_day, found = office.local_date(due_at), set[str]()
    opened: dict[datetime, int] = {}
    for lead in (step for step in steps.steps if isinstance(step, Lead)):
        day, left = due_day, lead.working_days
        while left:
            day -= timedelta(days=1)
            left -= office.is_working_day(day)
        at = min(office.start_of_day(day), due_at)
        opened[at] = min(opened.get(at, lead.working_days), lead.working_days)
    found |= {f"{days}wd" for at, days in opened.items() if at <= last_look}
    day = due_day + timedelta(days=1)
    while office.start_of_day(day) <= last_look:
        if office.is_working_day(day):
            found.add(f"overdue {day}")
        day += timedelta(days=1)
    return found


def test_the_clerk_and_the_ladder_agree_on_a_plain_week() -> None:
    office = WorkCalendar(Office(id="hq", week=dict.fromkeys(range(1, 6), (time(9), time(17)))), ZoneInfo("UTC"))
    due_at = datetime(2026, 1, 9, 17, tzinfo=UTC)  # a Friday
    steps = Ladder((Lead(working_days=1), Lead(working_days=5)))
    monday = datetime(2026, 1, 12, 9, tzinfo=UTC)
    assert came_due(office, steps, due_at, monday) == {"1wd", "5wd", "overdue 2026-01-12"}
