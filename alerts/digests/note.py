"""The daily note: what an office must know when all it has is one sheet of paper. Pure.

Its bills are those of the morning list, by the same functions; nothing is judged anew here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from alerts.concern import BILLS, PAYEES, STAGES
from alerts.digests.bills import Bill, bills_of, worst_first
from alerts.digests.morning import ChainEnd
from alerts.drills.drill import DRILL_CHECK
from alerts.incident import Incident, Nature
from alerts.people.rota import Rota, next_hand_off, on_duty, reached
from alerts.record import SubjectRecord
from checks.invoice import bill_key
from checks.model import WORST_FIRST, CheckId
from checks.workdays import WorkCalendar

#: How far ahead deadlines stand on the note.
AHEAD: Final = timedelta(days=14)
#: What was looked at longer ago than this is told to be old: no check that runs waits so long without a word.
OLD: Final = timedelta(minutes=15)
_WRONG: Final = frozenset({Nature.FAULT, Nature.STALENESS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a note is made of, from a running daemon or from what it has written."""

    records: Sequence[SubjectRecord]
    incidents: Sequence[Incident] = ()
    """Open ones."""
    kinds: Mapping[CheckId, str] = field(default_factory=dict)
    """Of every check."""
    rotas: Sequence[Rota] | None = ()
    """None where nobody can say who is on duty."""
    places: Mapping[str, int] = field(default_factory=dict)
    """Keys of open bills, in the order of what is lost per rupee."""
    offices: Mapping[str, str | None] = field(default_factory=dict)
    """Who pays each open bill, by key."""
    desks: Mapping[str, str] = field(default_factory=dict)
    """Receivers by title of their stage."""
    chain: ChainEnd | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One rota, as it stands when the note is read."""

    rota: str
    who: tuple[str, ...]
    stands_in: bool = False
    """Nobody is on duty; `who` is whoever stands in."""
    until: datetime | None = None
    then: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Everything; what of it fits on a sheet is decided where it is laid out."""

    day: date
    """Which it is for."""
    office: str | None
    printed_at: datetime
    at: datetime
    """The instant by which it counts: now, or the opening of a day to come."""
    seen_at: datetime | None
    """The newest look at anything; None before the first."""
    incidents: Sequence[Incident]
    """What does not work, or cannot be judged: the gravest first. What only another one explains is left out."""
    bills: Sequence[Bill]
    payees: Sequence[Incident]
    """Vendors who cannot be paid, or of whom that is doubtful."""
    deadlines: Sequence[SubjectRecord]
    """Of anything but those bills, within AHEAD: the nearest first."""
    duty: Sequence[Duty] | None
    chain: ChainEnd | None

    @property
    def is_old(self) -> bool:
        return self.seen_at is None or self.printed_at - self.seen_at > OLD


def note_of(
    known: Known, calendar: WorkCalendar, *, now: datetime, day: date | None = None, office: str | None = None
) -> Note:
    """For today, or as things stand now for a `day` to come. With `office`, the bills that it pays; `calendar` is its.

    Raises ValueError for a day that is over: what was known then, nobody can print anew.
    """
    today = calendar.local_date(now)
    wanted = day or today
    if wanted < today:
        raise ValueError(f"{wanted} is over; a note is made of what is known now, for today or a day to come")
    at = now if wanted == today else calendar.start_of_day(wanted)
    known = _without_drills(known)
    bills = _bills(known, calendar, at, office)
    standing = [one for one in known.incidents if one.closed_at is None and one.root is None]
    ranked = sorted(standing, key=lambda one: (WORST_FIRST.index(one.severity), one.since, one.id))
    return Note(
        day=wanted,
        office=office,
        printed_at=now,
        at=at,
        seen_at=max((record.seen_at for record in known.records), default=None),
        incidents=[one for one in ranked if one.nature in _WRONG and one.kind != PAYEES],
        bills=bills,
        payees=[one for one in ranked if one.kind == PAYEES and one.nature is Nature.FAULT],
        deadlines=_deadlines(known, {bill.key for bill in bills}, calendar, wanted),
        duty=None if known.rotas is None else [_duty(rota, at) for rota in known.rotas],
        chain=known.chain,
    )


def _without_drills(known: Known) -> Known:
    """On paper nobody would see that it is only played."""
    return replace(
        known,
        records=[record for record in known.records if record.check_id != DRILL_CHECK],
        incidents=[one for one in known.incidents if one.drill is None],
    )


def _bills(known: Known, calendar: WorkCalendar, at: datetime, office: str | None) -> Sequence[Bill]:
    """As the morning list has them."""
    records = (record for record in known.records if known.kinds.get(record.check_id) == BILLS)
    found = bills_of(records, calendar, at, known.desks)
    theirs = [bill for bill in found if office is None or known.offices.get(bill.key, office) == office]
    return worst_first(theirs, known.places)


def _deadlines(known: Known, listed: set[str], calendar: WorkCalendar, day: date) -> Sequence[SubjectRecord]:
    """A bill's stage stands here only where the bill does not stand in the list."""
    until = calendar.end_of_day(day + AHEAD)
    found = [
        record
        for record in known.records
        if _by(record) <= until and _is_shown(record, known.kinds.get(record.check_id, ""), listed)
    ]
    return sorted(found, key=lambda record: (_by(record), record.check_id, record.subject))


def _is_shown(record: SubjectRecord, kind: str, listed: set[str]) -> bool:
    if record.deadline is None or kind == BILLS:
        return False
    vendor, _, number = record.subject.rpartition(" ")[0].partition("/")
    return kind != STAGES or bill_key(vendor, number) not in listed


def _by(record: SubjectRecord) -> datetime:
    """By when somebody must act."""
    if record.deadline is None:
        return datetime.max.replace(tzinfo=record.seen_at.tzinfo)
    return record.deadline.act_by or record.deadline.at


def _duty(rota: Rota, at: datetime) -> Duty:
    there, later = on_duty(rota, at), next_hand_off(rota, at)
    return Duty(
        rota=rota.id,
        who=there or reached(rota, at),
        stands_in=not there,
        until=None if later is None else later.at,
        then=() if later is None else later.comes,
    )
