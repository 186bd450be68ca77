"""Who is on duty: members that take turns, exceptions to it, or the shifts of somebody else's calendar. Pure.

Turns change by the clock on the wall of the rota's zone, so a duty lasts an hour more or less where clocks change.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from checks.wording import local

#: Nobody plans his duty further ahead than this.
LOOKED_AHEAD: Final = timedelta(days=400)
_NOBODY: Final[tuple[str, ...]] = ()


class Every(Enum):
    """How long a turn lasts, in days."""

    DAY = 1
    WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Members one after the other, and then from the beginning again."""

    members: tuple[str, ...]
    """Receiver ids; at least one."""
    every: Every
    hand_off: time
    zone: ZoneInfo
    starts: date
    """The day on which the first member takes over; before it the members took turns as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Somebody is on duty from one instant to just before another."""

    who: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """Either `turns`, or the shifts of a calendar; `overrides` go before both."""

    id: str
    turns: Turns | None = None
    shifts: tuple[Shift, ...] = ()
    overrides: tuple[Shift, ...] = ()
    """No two of them at the same time."""
    fallback: str | None = None
    """The receiver that stands in where nobody is on duty."""


@dataclass(frozen=True, slots=True)
class HandOff:
    """The instant at which duty changes. Either side may be nobody."""

    at: datetime
    goes: tuple[str, ...]
    comes: tuple[str, ...]


def on_duty(rota: Rota, now: datetime) -> tuple[str, ...]:
    """Receiver ids of those who are on duty at `now`; those of several shifts that overlap, () where nobody is."""
    instead = _within(rota.overrides, now)
    if instead:
        return instead
    if rota.turns is not None:
        return (_whose_turn(rota.turns, now),)
    return _within(rota.shifts, now)


def reached(rota: Rota, now: datetime) -> tuple[str, ...]:
    """The same, with who stands in where nobody is."""
    return on_duty(rota, now) or ((rota.fallback,) if rota.fallback else _NOBODY)


def ever_on_duty(rota: Rota) -> tuple[str, ...]:
    """Receiver ids of all who take turns or have a shift, as far as the calendar is known."""
    members = rota.turns.members if rota.turns is not None else _NOBODY
    return tuple(dict.fromkeys((*members, *(shift.who for shift in (*rota.shifts, *rota.overrides)))))


def next_hand_off(rota: Rota, now: datetime) -> HandOff | None:
    """The next change of duty after `now`; None where there is none for over a year."""
    return next(_hand_offs(rota, now, now + LOOKED_AHEAD), None)


def hand_offs(rota: Rota, since: datetime, until: datetime) -> tuple[HandOff, ...]:
    """Changes of duty after `since` and up to `until`, in order."""
    return tuple(_hand_offs(rota, since, until))


def gaps(rota: Rota, since: datetime, until: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """From when to when nobody is on duty between the two instants, whoever stands in; in order."""
    edges = [since, *(one.at for one in _hand_offs(rota, since, until)), until]
    return tuple((begins, ends) for begins, ends in pairwise(edges) if begins < ends and not on_duty(rota, begins))


def _hand_offs(rota: Rota, since: datetime, until: datetime) -> Iterator[HandOff]:
    present = on_duty(rota, since)
    for at in _edges(rota, since, until):
        coming = on_duty(rota, at)
        if coming != present:
            yield HandOff(at, present, coming)
            present = coming


def _edges(rota: Rota, since: datetime, until: datetime) -> Iterator[datetime]:
    """Every instant in (since, until] at which duty may change, in order."""
    written = {edge for shift in (*rota.overrides, *rota.shifts) for edge in (shift.begins, shift.ends)}
    waiting = sorted(edge for edge in written if since < edge <= until)
    for at in _turn_edges(rota.turns, since, until):
        while waiting and waiting[0] < at:
            yield waiting.pop(0)
        yield at
    yield from waiting


def _turn_edges(turns: Turns | None, since: datetime, until: datetime) -> Iterator[datetime]:
    if turns is None:
        return
    number = _number(turns, since) + 1
    while (at := _begins(turns, number)) <= until:
        yield at
        number += 1


def _within(shifts: tuple[Shift, ...], at: datetime) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shift.who for shift in shifts if shift.begins <= at < shift.ends))


def _whose_turn(turns: Turns, at: datetime) -> str:
    return turns.members[_number(turns, at) % len(turns.members)]


def _number(turns: Turns, at: datetime) -> int:
    """Of the turn that covers `at`, counted from that of `starts`, which is 0."""
    days = local(at, turns.zone).toordinal() - turns.starts.toordinal()
    number = days // turns.every.value + 1
    while _begins(turns, number) > at:
        number -= 1
    return number


def _begins(turns: Turns, number: int) -> datetime:
    """The hour of a hand-off that clocks skip is taken as if they did not; of one they repeat, the first (PEP 495)."""
    day = date.fromordinal(turns.starts.toordinal() + number * turns.every.value)
    return datetime.combine(day, turns.hand_off, turns.zone).astimezone(UTC)
