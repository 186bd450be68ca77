"""Times of stages as the ledger's own history shows them. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from checks.billing.path.pace import Pace, PaceOf, pace_of
from checks.billing.path.position import stays
from checks.billing.path.times import LONGEST_WD, StageTime, Times, written_times
from checks.ledger.rules import BillingRules, Stage
from checks.ledger.state import BillOnRecord
from checks.plugin import Calendars

#: By office; None is all offices together, for those with too few cases of their own.
LearntTimes: TypeAlias = Mapping[str | None, Times]


@dataclass(frozen=True, slots=True)
class _Case:
    """One stay at one stage."""

    wd: int
    is_over: bool
    """False: it is at least so long, and goes on."""


_Cases: TypeAlias = dict[tuple[str | None, int], list[_Case]]


def learnt_times(
    bills: Iterable[BillOnRecord], rules: BillingRules, calendars: Calendars, offices: Iterable[str], today: date
) -> LearntTimes:
    """What bills, open and closed, show of each stage that `rules.learn_from` of them have left; else what is written.

    A bill that is still at a stage counts too: it takes longer than it did so far (Kaplan and Meier, 1958). Without
    that, stages would look the faster the more bills got stuck there.
    """
    cases: _Cases = {}
    known = set(offices)
    for bill in bills:
        office = bill.terms.office if bill.terms.office in known else None
        for index, case in _cases_of(bill, rules, calendars, office, today):
            cases.setdefault((None, index), []).append(case)
            if office is not None:
                cases.setdefault((office, index), []).append(case)
    written = written_times(rules.path)
    overall = _learnt(None, rules, cases, written)
    return {None: overall, **{office: _learnt(office, rules, cases, overall) for office in sorted(known)}}


def paces_by(times: LearntTimes, rules: BillingRules) -> PaceOf:
    """An office without times of its own goes by those of all."""
    found: dict[str | None, Pace] = {}

    def pace(office: str | None) -> Pace:
        known = office if office in times else None
        if known not in found:
            found[known] = pace_of(rules.path, times[known] or times[None])
        return found[known]

    return pace


def _cases_of(
    bill: BillOnRecord, rules: BillingRules, calendars: Calendars, office: str | None, today: date
) -> Iterator[tuple[int, _Case]]:
    calendar = calendars.of(office)
    for stay in stays(bill, rules):
        if stay.left_at is None and not bill.is_open:
            continue  # cancelled there: nobody knows how long it would have taken
        entered = calendar.local_date(stay.entered_at)
        left = today if stay.left_at is None else calendar.local_date(stay.left_at)
        yield stay.index, _Case(max(calendar.between(entered, left), 0), stay.left_at is not None)


def _learnt(office: str | None, rules: BillingRules, cases: _Cases, otherwise: Times) -> Times:
    return tuple(
        _stage_time(stage, cases.get((office, index), []), rules.learn_from) or otherwise[index]
        for index, stage in enumerate(rules.path)
    )


def _stage_time(stage: Stage, cases: list[_Case], learn_from: int) -> StageTime | None:
    over = sum(case.is_over for case in cases)
    if over < learn_from:
        return None
    p50_wd, p90_wd = _quantiles(cases)
    return StageTime(stage=stage.id, p50_wd=p50_wd, p90_wd=max(p90_wd, p50_wd), cases=over)


def _quantiles(cases: list[_Case]) -> tuple[int, int]:
    """Working days after which half, and nine of ten, are over; where too few are, the longest stay there was."""
    staying, at_risk = 1.0, len(cases)
    longest = min(max(case.wd for case in cases), LONGEST_WD - 1)
    p50_wd: int | None = None
    for wd in range(longest + 1):
        ended = sum(case.is_over for case in cases if case.wd == wd)
        staying *= 1 - ended / at_risk if at_risk else 1
        at_risk -= sum(case.wd == wd for case in cases)
        if p50_wd is None and staying <= _HALF:
            p50_wd = wd
        if staying <= _TENTH:
            return wd if p50_wd is None else p50_wd, wd
    return longest if p50_wd is None else p50_wd, longest


_HALF = 0.5 + 1e-9
_TENTH = 0.1 + 1e-9
