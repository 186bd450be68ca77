"""The pace of bills by what the ledger has shown, worked out once a day by each check that asks."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import TypeAdapter

from checks.billing.path.learning import LearntTimes, learnt_times
from checks.billing.path.pace import Pace, pace_of, usual_pace
from checks.billing.path.times import Times
from checks.ledger.rules import BillingRules
from checks.plugin import CheckContext, Json, Memory

_KEY = "stage-times/1"
PaceOf: TypeAlias = Callable[[str | None], Pace]
"""By the office that pays."""


async def paces(ctx: CheckContext) -> PaceOf:
    """Learnt at the first look of a day and remembered over restarts, so that nothing moves in between."""
    rules = ctx.estate.billing
    today = ctx.calendars.of(None).local_date(ctx.now)
    path = (f"{one.id} {one.p50_wd} {one.p90_wd}" for one in rules.path)
    stamp = str(today), str(rules.learn_from), *path, *ctx.estate.offices
    times = _remembered(ctx.memory, stamp)
    if times is None:
        bills = [*await ctx.ledger.lately_closed(), *ctx.ledger.on_record()]
        times = await asyncio.to_thread(learnt_times, bills, rules, ctx.calendars, tuple(ctx.estate.offices), today)
        _keep(ctx.memory, times, stamp)
    return lambda office: _pace(rules, times, office)


def _pace(rules: BillingRules, times: LearntTimes, office: str | None) -> Pace:
    found = times.get(office) or times.get(None)
    return usual_pace(rules) if found is None else pace_of(rules.path, found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    stamp: tuple[str, ...]
    overall: Times
    by_office: Mapping[str, Times]


_kept_form: TypeAdapter[_Kept | None] = TypeAdapter(_Kept | None)


def _keep(memory: Memory, times: LearntTimes, stamp: tuple[str, ...]) -> None:
    by_office = {office: of for office, of in times.items() if office is not None}
    kept: Json = _kept_form.dump_python(_Kept(stamp=stamp, overall=times[None], by_office=by_office), mode="json")
    memory.set(_KEY, kept)


def _remembered(memory: Memory, stamp: tuple[str, ...]) -> LearntTimes | None:
    """None where there is nothing of today, or of other settings."""
    kept = _kept_form.validate_python(memory.get(_KEY))
    if kept is None or kept.stamp != stamp:
        return None
    found: dict[str | None, Times] = {None: kept.overall}
    return found | dict(kept.by_office)
