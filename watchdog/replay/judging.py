"""What a case asks of the watchdog, and whether it was so. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final

from alerts.concern import ABOUT_MONEY, OUTAGES, PAYEES
from alerts.incident import EventKind
from alerts.route import Audience
from checks.ledger.event import LedgerEventKind
from checks.wording import day_of
from checks.workdays import WorkCalendar
from watchdog.replay.case import Happening
from watchdog.replay.playing import Played, Told

#: Working days before the cut-off on which they must have heard at the latest.
FINANCE_WD: Final = 15
DEPARTMENTS_WD: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    name: str
    asked: str
    """In words."""
    was: str
    holds: bool
    on: date | None
    """When the last of those it is about heard for the first time."""
    working_days: int | None
    """Between that day and the cut-off, or what it is counted to."""


def judgements(played: Played) -> Sequence[Judgement]:
    return (_finance(played), _payee(played), _departments(played))


def _finance(played: Played) -> Judgement:
    told = _first(played, lambda one: _is_about_money(one) and _audience(played, one) is Audience.FINANCE)
    asked = f"finance is told of the bill at least {FINANCE_WD} working days before the cut-off"
    return _before_cut_off(played, "finance", asked, FINANCE_WD, told)


def _departments(played: Played) -> Judgement:
    """All of them, so whoever heard last counts."""
    asked = f"every department is told at least {DEPARTMENTS_WD} working days before the cut-off"
    contacts = {one.contact for one in played.settings.estate.departments.values()}
    firsts = [_first(played, partial(_is_notice_to, contact)) for contact in contacts if contact is not None]
    known = [one for one in firsts if one is not None]
    last = max(known, default=None) if len(known) == len(firsts) else None
    return _before_cut_off(played, "departments", asked, DEPARTMENTS_WD, last)


def _payee(played: Played) -> Judgement:
    asked = "finance is told of the block on the day it is recorded"
    blocked = next((one for one in played.case.happenings if _is_block(one)), None)
    if blocked is None:
        return Judgement(name="payee", asked=asked, was="nothing was blocked", holds=True, on=None, working_days=None)
    told = _first(played, lambda one: _kind(one) == PAYEES and _audience(played, one) is Audience.FINANCE)
    if told is None:
        return Judgement(name="payee", asked=asked, was="never told", holds=False, on=None, working_days=None)
    on = _calendar(played).local_date(told)
    days = _calendar(played).between(blocked.day, on)
    was = f"recorded {day_of(blocked.day)}, told {day_of(on)}"
    return Judgement(name="payee", asked=asked, was=was, holds=on == blocked.day, on=on, working_days=days)


def _before_cut_off(played: Played, name: str, asked: str, least_wd: int, told: datetime | None) -> Judgement:
    if told is None:
        return Judgement(name=name, asked=asked, was="never told", holds=False, on=None, working_days=None)
    calendar, cut_off = _calendar(played), played.case.cut_off.day
    on = calendar.local_date(told)
    days = calendar.between(on, cut_off)
    was = f"told {day_of(on)}, {days} working days before {day_of(cut_off)}"
    return Judgement(name=name, asked=asked, was=was, holds=days >= least_wd, on=on, working_days=days)


def _first(played: Played, of: Callable[[Told], bool]) -> datetime | None:
    """When the first message went out that is `of` it, and no end of anything."""
    times = (one.at for one in played.told if one.row.message.event is not EventKind.RESOLVED and of(one))
    return min(times, default=None)


def _is_about_money(one: Told) -> bool:
    return _kind(one) in ABOUT_MONEY - {PAYEES}


def _is_notice_to(contact: str, one: Told) -> bool:
    return one.row.receiver == contact and _kind(one) == OUTAGES


def _kind(one: Told) -> str:
    return "" if one.incident is None else one.incident.kind


def _audience(played: Played, one: Told) -> Audience | None:
    receiver = played.directory.receivers.get(one.row.receiver)
    return None if receiver is None else receiver.audience


def _is_block(one: Happening) -> bool:
    return one.word is not None and one.word.event == LedgerEventKind.BLOCKED.value


def _calendar(played: Played) -> WorkCalendar:
    return played.directory.calendars.of(None)
