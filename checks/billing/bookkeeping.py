"""Whether what bills are judged by is kept up: a ledger into which nobody writes, and a calendar that ends, say nothing
wrong, and nothing any more. Told by itself, since every other kind goes on finding all well.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from checks.billing import labels
from checks.billing.calendar_upkeep import MoonDays, known_until, unconfirmed
from checks.billing.partings import with_partings
from checks.billing.silence import longest_silence
from checks.deadline import grade, parse_ladder, resolve
from checks.estate import Office
from checks.ledger.state import BillOnRecord
from checks.model import Cause, Deadline, Finding, Measurement, Rung, Status
from checks.plugin import CheckContext, CheckKind, Memory, OptionsBase
from checks.wording import day_of
from checks.workdays import WorkCalendar

_SUBJECT: Final = "books"
ENTRIES: Final = "entries"
_SINCE: Final = "since"
_PAYING: Final = "paying"
#: A day of the moon is asked about twice; nothing goes dark where it is a guess.
_MOON_LADDER: Final = parse_ladder(["10d", "2d"])


class Options(OptionsBase):
    """None: what is looked at is what bills are judged by."""


async def run(_options: Options, ctx: CheckContext) -> Sequence[Finding]:
    """A finding about entries, one for each office that pays whose calendar ends, and one for each day of the moon,
    however many offices it is of.
    """
    today = ctx.calendars.of(None).local_date(ctx.now)
    entries = await _entries(ctx, today)
    offices = _paying(ctx)
    everything = [_counted(offices), entries, *_ending(offices, ctx), *_moons(offices, ctx)]
    why = {f"holidays of {office.id}": _enough(office) for office in offices}
    return with_partings(everything, ctx.memory, why, "is past, or the calendar or the settings say otherwise now")


# Entries ------------------------------------------------------------------------------------------------------------


async def _entries(ctx: CheckContext, today: date) -> Finding:
    """Open bills are in memory; those that are closed are read only where the open ones have been silent."""
    calendar, rules = ctx.calendars.of(None), ctx.estate.billing
    last = _last_entry(ctx.ledger.on_record(), ctx, calendar)
    closed: Sequence[BillOnRecord] = ()
    days, why = longest_silence(rules, (), today)
    if last is None or (today - last).days > days:
        closed = await ctx.ledger.lately_closed()
        every = (*ctx.ledger.on_record(), *closed)
        last = _last_entry(every, ctx, calendar)
        days, why = longest_silence(rules, (calendar.local_date(one.received_at) for one in every), today)
    begun = _watched_since(ctx.memory, today)
    return _silence(last, begun, today, (days, why))


def _last_entry(bills: Sequence[BillOnRecord], ctx: CheckContext, calendar: WorkCalendar) -> date | None:
    """When anything was put on record last, of a bill or of a vendor."""
    told = [one.recorded_at for one in bills] + [one.recorded_at for one in ctx.ledger.payees().values()]
    return calendar.local_date(max(told)) if told else None


def _silence(last: date | None, begun: date, today: date, limit: tuple[int, str]) -> Finding:
    days, why = limit
    silent = (today - (last or begun)).days
    since = f"since {day_of(last)}" if last else f"ever, and Nigehban has waited since {day_of(begun)}"
    if silent <= days:
        said = f"last entry on {day_of(last)}" if last else "no entry yet"
        return Finding(subject=ENTRIES, status=Status.OK, summary=said, measurements=_measured(silent))
    return Finding(
        subject=ENTRIES,
        status=Status.WARNING,
        cause=Cause.OVERDUE,
        summary=f"no bill and no event was entered {since}: {silent} days, so nobody here can say what is owed",
        measurements=_measured(silent),
        facts=(
            ("Last entry", day_of(last) if last else "none"),
            ("Asked after", f"{days} days: {why}"),
            (f"{labels.TO_DO} 1", "enter the bills that have come, or import the list: nigehban invoices import"),
            (f"{labels.TO_DO} 2", "where none came, ask the vendors: a bill that went astray is due all the same"),
            (labels.ENDS_WHEN, "anything is put on record of a bill or of a vendor"),
        ),
    )


def _measured(silent: int) -> tuple[Measurement, ...]:
    return (Measurement("ledger_silence", silent * 86_400.0, "seconds"),)


def _watched_since(memory: Memory, today: date) -> date:
    known = memory.get(_SINCE)
    if isinstance(known, str):
        return date.fromisoformat(known)
    memory.set(_SINCE, today.isoformat())
    return today


# Calendars ----------------------------------------------------------------------------------------------------------


def _paying(ctx: CheckContext) -> Sequence[Office]:
    """Offices by whose days bills are counted: the first one, and those that bills have named since we look. An office
    whose last bill is paid will have another one.
    """
    offices, kept = ctx.estate.offices, ctx.memory.get(_PAYING)
    named = {bill.terms.office for bill in ctx.ledger.on_record()} | set(kept if isinstance(kept, list) else ())
    paying = [id_ for id_ in offices if id_ in named]
    if paying != (kept or []):
        ctx.memory.set(_PAYING, list(paying))
    return [office for place, office in enumerate(offices.values()) if place == 0 or office.id in paying]


def _ending(offices: Sequence[Office], ctx: CheckContext) -> Iterator[Finding]:
    for office in offices:
        today = ctx.calendars.of(office.id).local_date(ctx.now)
        if (last := known_until(office.holidays, today)) is not None:
            yield _ends(office, last, today)


def _ends(office: Office, last: date, today: date) -> Finding:
    missing = f"the days off after {day_of(max(last, today))}"
    step = f"write {missing} into the calendar, or name the country: holidays: pk"
    return Finding(
        subject=f"holidays of {office.id}",
        status=Status.WARNING,
        cause=Cause.OVERDUE,
        summary=(
            f"no holiday of {office.id} is known after {day_of(last)}: days off count as worked from then on, "
            "and days to act by come out too late"
        ),
        facts=(
            ("Known until", day_of(last)),
            (f"{labels.TO_DO} 1", step),
            (labels.ENDS_WHEN, "the calendar reaches 60 days ahead"),
        ),
    )


def _enough(office: Office) -> str:
    last = max((holiday.date for holiday in office.holidays), default=None)
    return "are known far enough ahead" if last else "are listed no more"


def _moons(offices: Sequence[Office], ctx: CheckContext) -> Iterator[Finding]:
    """Of days that begin together in several offices as one: they are notified together."""
    begun: dict[date, dict[str, MoonDays]] = {}
    for office in offices:
        today = ctx.calendars.of(office.id).local_date(ctx.now)
        for days in unconfirmed(office.holidays, today):
            begun.setdefault(days.first, {})[office.id] = days
    for first, by_office in begun.items():
        yield _moon(first, by_office, ctx)


def _moon(first: date, by_office: Mapping[str, MoonDays], ctx: CheckContext) -> Finding:
    at = min(ctx.calendars.of(id_).start_of_day(first) for id_ in by_office)
    last, name = max(days.last for days in by_office.values()), next(iter(by_office.values())).name
    deadline = Deadline(at=at, rungs=_asked(at, ctx))
    status = grade(deadline, ctx.now)
    until = f" to {day_of(last)}" if last != first else ""
    whose = f"calendar of {next(iter(by_office))}" if len(by_office) == 1 else f"calendars of {len(by_office)} offices"
    return Finding(
        subject=f"moon {first}",
        status=status,
        cause=Cause.NONE if status is Status.OK else Cause.DUE,
        summary=f"{name}, {day_of(first)}{until}, is only estimated in the {whose}",
        deadline=deadline,
        facts=(
            ("Offices", ", ".join(by_office)),
            (f"{labels.TO_DO} 1", "once it is notified, write its day into the calendar as confirmed, and reload"),
            ("Until then", "neither it nor the day before and after counts as a working day"),
            (labels.ENDS_WHEN, "the day is confirmed, or has come"),
        ),
    )


def _asked(at: datetime, ctx: CheckContext) -> tuple[Rung, ...]:
    rungs = resolve(_MOON_LADDER, at, now=ctx.now)
    return tuple(replace(rung, status=Status.WARNING) for rung in rungs)


def _counted(offices: Sequence[Office]) -> Finding:
    many = "1 office pays" if len(offices) == 1 else f"{len(offices):,} offices pay"
    bare = [office.id for office in offices if not office.holidays]
    none = f"; no holiday is listed for {', '.join(bare[:3])}" if bare else ""
    return Finding(subject=_SUBJECT, status=Status.OK, summary=f"{many}{none}")


KIND = CheckKind(
    name="bookkeeping",
    options=Options,
    run=run,
    subject=lambda _options: _SUBJECT,
    is_local=True,
    is_on_record=True,
    is_certain=True,
    dated=lambda _subject: True,
    default_interval_s=3600.0,
    exports={"ledger_silence": "How long nothing was put on record of any bill or vendor, in whole days."},
)
