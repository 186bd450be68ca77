"""Calendars, paths and histories made from chance, the same for the same seed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from checks.estate import Holiday, Office
from checks.ledger.event import Draft, LedgerEventKind
from checks.ledger.rules import DEFAULT_PATH, BillingRules, Stage
from checks.workdays import WorkCalendar
from tests.support.on_record import happened, received, terms

KARACHI = ZoneInfo("Asia/Karachi")
FIRST_DAY = date(2017, 1, 2)
K = LedgerEventKind
MILESTONES = tuple(stage.ends_with for stage in DEFAULT_PATH[1:-1] if stage.ends_with is not None)


def any_day(chance: Random) -> date:
    return FIRST_DAY + timedelta(days=chance.randrange(3650))


def any_office(chance: Random) -> Office:
    days = chance.choice((range(1, 6), range(1, 7), (1, 2, 3, 4), (1, 3, 6, 7)))
    week = {day: (time(9), time(13) if day == 5 else time(17)) for day in days}
    holidays = {any_day(chance): chance.random() < 0.4 for _ in range(chance.randrange(120))}
    return Office(
        id="any",
        week=week,
        holidays=tuple(Holiday(date=day, name="off", estimated=guess) for day, guess in holidays.items()),
    )


def with_more_holidays(office: Office, days: Sequence[date]) -> Office:
    more = (Holiday(date=day, name="more") for day in days if day not in {one.date for one in office.holidays})
    return replace(office, holidays=(*office.holidays, *more))


def calendar_of(office: Office) -> WorkCalendar:
    return WorkCalendar(office, KARACHI)


def any_rules(chance: Random) -> BillingRules:
    """The usual path with other times, some stages in its middle left out, with the cut-offs of somebody or none."""
    first, *middle, last = DEFAULT_PATH
    kept = (first, *(stage for stage in middle if chance.random() < 0.8), last)
    path = tuple(any_times(stage, chance) for stage in kept)
    return BillingRules(path=path, jurisdiction=chance.choice(("none", "federal", "kp")))


def any_times(stage: Stage, chance: Random) -> Stage:
    p50_wd = chance.randrange(8)
    return replace(
        stage,
        p50_wd=p50_wd,
        p90_wd=p50_wd + chance.randrange(20),
        objection_percent=chance.choice((0, 20, 90)) if stage.id == "pre-audit" else 0,
    )


def any_history(chance: Random, received_on: date) -> list[Draft]:
    """Of an open bill, in the order of time; cut off some time after it is due, or on a day nobody named."""
    suspends = received_on + timedelta(days=chance.randrange(-5, 160)) if chance.random() < 0.7 else None
    asks = terms(due=received_on + timedelta(days=chance.randrange(60)), suspends=suspends)
    found = [received(received_on, asks=asks)]
    at = found[0].happened_at
    for _ in range(chance.randrange(9)):
        at += timedelta(hours=chance.randrange(200))
        found.append(any_move(chance, at))
    return found


def any_move(chance: Random, at: datetime) -> Draft:
    match chance.randrange(8):
        case 0:
            return happened(K.RETURNED, at, reason="objection")
        case 1:
            return happened(K.MOVED, at, stage=chance.choice(DEFAULT_PATH).id)
        case 2:
            return happened(K.CREDIT_RETURNED, at)
        case _:
            return happened(chance.choice(MILESTONES), at)


def instant(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
