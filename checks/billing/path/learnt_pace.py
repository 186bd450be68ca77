"""The pace of bills by what the ledger has shown: learnt once a day by whoever asks first, the same for all who ask."""

import asyncio
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from pydantic import TypeAdapter

from checks.billing.path.cut_offs import cut_offs_around
from checks.billing.path.learning import LearntTimes, learnt_times, paces_by
from checks.billing.path.pace import PaceOf
from checks.billing.path.times import Times
from checks.estate import Estate
from checks.ledger.rules import Stage
from checks.plugin import Calendars, CheckContext, Json, Ledger

#: Under which the ledger's lessons, and the memory of every check that asks, have it.
PACE: Final = "stage-times/1"
#: Under which the ledger's lessons say for which times, path and cut-offs that was done in this life; a hash.
_WORKED_OUT: Final = "stage-times/1 worked out"


async def paces(ctx: CheckContext) -> PaceOf:
    """As `paces_in`, and the check remembers it, so that nothing moves over a restart either."""
    pace = await paces_in(ctx.ledger, ctx.estate, ctx.calendars, ctx.now, ctx.memory.get(PACE))
    kept = ctx.ledger.lessons.kept[PACE]
    if ctx.memory.get(PACE) != kept:
        ctx.memory.set(PACE, kept)
    return pace


async def paces_in(
    ledger: Ledger, estate: Estate, calendars: Calendars, now: datetime, remembered: Json = None
) -> PaceOf:
    """What was learnt of `ledger` this day; else what is `remembered` of it, else it is learnt.

    That is done off the loop, and so is, once for the same times, all that follows from them and takes long.
    """
    rules, today = estate.billing, calendars.of(None).local_date(now)
    lessons = ledger.lessons
    async with lessons.alone():
        kept = lessons.kept.get(PACE)
        times = times_kept(kept, estate, today) or times_kept(kept := remembered, estate, today)
        if times is None:
            bills = [*await ledger.lately_closed(), *ledger.on_record()]
            times = await asyncio.to_thread(learnt_times, bills, rules, calendars, tuple(estate.offices), today)
            kept = _form_of(times, _stamp(estate, today))
        lessons.kept[PACE] = kept
        pace, asked = paces_by(times, rules), frozenset(one.stage for one in cut_offs_around(rules, today))
        worked_out = hash((rules.path, *times.values(), asked))
        if lessons.kept.get(_WORKED_OUT) != worked_out:
            await asyncio.to_thread(_work_out, pace, times, rules.path, asked)
            lessons.kept[_WORKED_OUT] = worked_out
    return pace


def _work_out(pace: PaceOf, offices: Iterable[str | None], path: Sequence[Stage], asked: Container[str]) -> None:
    """To the end of the path, and to each stage that a cut-off asks for."""
    for of_office in map(pace, offices):
        for place, stage in enumerate(path):
            if stage.id in asked:
                of_office.until(place)


def times_kept(kept: Json, estate: Estate, today: date) -> LearntTimes | None:
    """None where there is nothing of today, or of other settings."""
    read = _kept_form.validate_python(kept)
    if read is None or read.stamp != _stamp(estate, today):
        return None
    found: dict[str | None, Times] = {None: read.overall}
    return found | dict(read.by_office)


def newest_kept(several: Iterable[Json]) -> Json:
    """Of what checks remember, that of the latest day; None where none does."""
    read = [(found.stamp, kept) for kept in several if (found := _kept_form.validate_python(kept)) is not None]
    return max(read, key=lambda pair: pair[0])[1] if read else None


def _stamp(estate: Estate, today: date) -> tuple[str, ...]:
    """The day first."""
    rules = estate.billing
    path = (f"{one.id} {one.p50_wd} {one.p90_wd}" for one in rules.path)
    return str(today), str(rules.learn_from), *path, *estate.offices


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    stamp: tuple[str, ...]
    overall: Times
    by_office: Mapping[str, Times]


_kept_form: TypeAdapter[_Kept | None] = TypeAdapter(_Kept | None)


def _form_of(times: LearntTimes, stamp: tuple[str, ...]) -> Json:
    by_office = {office: of for office, of in times.items() if office is not None}
    kept: Json = _kept_form.dump_python(_Kept(stamp=stamp, overall=times[None], by_office=by_office), mode="json")
    return kept
