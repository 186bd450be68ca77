"""Which services will probably be cut off for unpaid bills, and from which day on: told to departments in advance."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from pydantic import Field

from checks.billing import labels
from checks.billing.partings import with_partings
from checks.billing.path.forecast import Forecast, forecast
from checks.billing.path.learnt_pace import paces
from checks.billing.payee.grounds import obstacles
from checks.billing.risk.blast import blast_of
from checks.billing.risk.stake import Stake, StakesOf, calendar_of, totals, totals_text
from checks.billing.risk.strays import strays
from checks.deadline import Ladder, grade, resolve
from checks.estate import Service
from checks.ledger.state import BillOnRecord
from checks.model import Cause, Deadline, Finding, Measurement, Rung, Status
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.units import Lead
from checks.wording import day_of
from checks.workdays import WorkCalendar

_SUBJECT: Final = "outages"
#: Working days before the cut-off at which whoever pays hears again, after the advance notice.
_LATER_WD: Final = (5, 3, 1, 0)
_BILLS_SHOWN: Final = 5
_BILLS_IN_ONE_GO: Final = 50


class Options(OptionsBase):
    service: str | None = Field(None, description="only this service (its id in the settings)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Threat:
    """One bill that may darken a service."""

    stake: Stake
    forecast: Forecast
    payee_block: str = ""
    """Why its vendor cannot be paid at all; empty where nothing is on record."""

    @property
    def is_real(self) -> bool:
        """False where nine of ten such bills are paid before the vendor may cut off."""
        still = self.forecast.stands_still or self.payee_block
        return bool(still) or self.forecast.p90 >= self.stake.window.earliest

    def text(self) -> str:
        """Like "INV-7, Rs 134,000: disconnection likely …; paid by Wed 4 Oct 2017 in nine of ten cases"."""
        stake = self.stake
        money = f"paid by {day_of(self.forecast.p90)} in nine of ten cases"
        if self.forecast.cut_off is not None:
            money += f", since money returns {day_of(self.forecast.cut_off.money_returns)} for what misses the cut-off"
        if still := self.payee_block or self.forecast.stands_still:
            money = f"stands still: {still}"
        return f"{stake.bill.number}, {stake.bill.remaining}: {stake.window.text()}; {money}"


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    """A finding per service of the settings, and one about all of them."""
    threats = await _threats(ctx)
    wanted = [one for one in ctx.estate.services.values() if options.service in (None, one.id)]
    behind = {id_: [one.stake.bill.key for one in _real(found)] for id_, found in threats.items()}
    lost = strays(ctx.memory, behind, ctx.ledger.on_record(), ctx.estate.vendors)
    known = [_finding(one, threats.get(one.id, ()), ctx) for one in wanted if one.id not in lost]
    findings = [*known, *(_unsure(one, lost[one.id]) for one in wanted if one.id in lost)]
    everything = [_counted(options, findings), *findings]
    return with_partings(everything, ctx.memory, {}, labels.NO_SUCH_SERVICE, _subject(options))


async def _threats(ctx: CheckContext) -> Mapping[str, Sequence[Threat]]:
    """By service, whether it is cut off itself or hangs on one that is; earliest first."""
    found: dict[str, list[Threat]] = {}
    pace, blocked = await paces(ctx), await obstacles(ctx)
    working_out = StakesOf(ctx.estate, ctx.calendars)
    for place, bill in enumerate(ctx.ledger.on_record(), start=1):
        stake = working_out.of(bill)
        calendar = calendar_of(stake.bill, ctx.estate, ctx.calendars)
        today = calendar.local_date(ctx.now)
        finish = forecast(stake.bill, ctx.estate.billing, calendar, today, pace(stake.bill.terms.office))
        why = blocked.get(stake.bill.vendor, "")
        threat = Threat(stake=stake, forecast=finish, payee_block=f"its vendor cannot be paid: {why}" if why else "")
        for service in stake.blast.services:
            found.setdefault(service.id, []).append(threat)
        if place % _BILLS_IN_ONE_GO == 0:
            await asyncio.sleep(0)
    for threats in found.values():
        threats.sort(key=lambda one: (one.stake.window.earliest, one.stake.bill.key))
    return found


def _real(threats: Sequence[Threat]) -> Sequence[Threat]:
    return [one for one in threats if one.is_real]


def _unsure(service: Service, lost: Sequence[BillOnRecord]) -> Finding:
    """Nobody has paid them, so nothing is settled; which service hangs on their vendor is not known any more."""
    vendors = ", ".join(dict.fromkeys(bill.vendor for bill in lost))
    bills = ", ".join(bill.number for bill in lost[:_BILLS_SHOWN])
    many = "is open still" if len(lost) == 1 else "are open still"
    return Finding(
        subject=service.id,
        status=Status.UNKNOWN,
        cause=Cause.STALE,
        summary=f"{service.title}: {bills} {many}, and the settings do not name the vendor {vendors} any more; name it "
        "again, under vendors and as the vendor of the service",
    )


def _finding(service: Service, threats: Sequence[Threat], ctx: CheckContext) -> Finding:
    real = _real(threats)
    if not real:
        return _safe(service, threats)
    calendar = calendar_of(real[0].stake.bill, ctx.estate, ctx.calendars)
    deadline = deadline_of(real[0].stake.window.earliest, calendar, ctx.estate.billing.advance_notice_wd, ctx.now)
    status = grade(deadline, ctx.now)
    cause = Cause.OVERDUE if ctx.now >= deadline.at else Cause.NONE if status is Status.OK else Cause.DUE
    sums = totals_text(totals(one.stake.bill for one in real))
    labelled = (("service", service.id),)
    return Finding(
        subject=service.id,
        status=status,
        cause=cause,
        summary=f"{service.title} may be cut off for {sums} unpaid",
        measurements=(Measurement("outage_earliest", deadline.at.timestamp(), "timestamp_seconds", labelled),),
        deadline=deadline,
        facts=tuple(_facts(service, real, threats, ctx)),
        evidence="\n".join(one.text() for one in real),
    )


def deadline_of(earliest: date, calendar: WorkCalendar, advance_notice_wd: int, now: datetime) -> Deadline:
    """Ends as the office opens on the first day of the window, since a vendor may cut off in the morning.

    The first step is the advance notice to departments, a warning; from five working days before on it is critical.
    """
    at = calendar.start_of_day(earliest)
    steps = {advance_notice_wd, *(wd for wd in _LATER_WD if wd < advance_notice_wd)}
    ladder = Ladder(tuple(Lead(working_days=wd) for wd in steps))
    rungs = resolve(ladder, at, calendar=calendar, now=now)
    notice = f"{advance_notice_wd}wd"
    graded = tuple(
        Rung(name=one.name, at=one.at, status=Status.WARNING if one.name == notice and one.at < at else Status.CRITICAL)
        for one in rungs
    )
    return Deadline(at=at, rungs=graded, cuts_off_at=at)


def _safe(service: Service, threats: Sequence[Threat]) -> Finding:
    summary = f"{service.title}: no open bill behind it"
    if threats:
        many = "1 open bill" if len(threats) == 1 else f"{len(threats):,} open bills"
        last = max(one.forecast.p90 for one in threats)
        summary = f"{service.title}: {many} behind it, paid by {day_of(last)} in nine of ten cases, {labels.IN_TIME}"
    facts = tuple(("In time", one.text()) for one in threats[:_BILLS_SHOWN])
    return Finding(subject=service.id, status=Status.OK, summary=summary, facts=facts)


def _facts(
    service: Service, real: Sequence[Threat], threats: Sequence[Threat], ctx: CheckContext
) -> Iterator[tuple[str, str]]:
    window = real[0].stake.window
    yield labels.SERVICE, service.title
    yield labels.CUT_OFF_FROM, day_of(window.earliest)
    yield labels.CUT_OFF_UNTIL, day_of(window.latest)
    yield "Likeliest", day_of(window.likeliest)
    yield "Reckoned from", window.why
    dark = blast_of([service.id], ctx.estate)
    if dark.departments:
        yield labels.GOES_DARK_FOR, dark.departments_text()
    if len(dark.services) > 1:
        yield "Goes dark with it", ", ".join(one.title for one in dark.services[1:])
    yield "At stake", totals_text(totals(one.stake.bill for one in real))
    names = dict.fromkeys(_vendor(one.stake.bill.vendor, ctx) for one in real)
    yield labels.VENDOR, ", ".join(names)
    for one in real[:_BILLS_SHOWN]:
        yield labels.BILL, one.text()
    if len(real) > _BILLS_SHOWN:
        yield "More bills", f"{len(real) - _BILLS_SHOWN:,}"
    if len(threats) > len(real):
        yield "Others in time", f"{len(threats) - len(real):,}"
    yield "To save", "what departments need while it is dark: address books, mail of open cases, numbers to call"


def _vendor(vendor: str, ctx: CheckContext) -> str:
    known = ctx.estate.vendors.get(vendor)
    return vendor if known is None else known.name


def _counted(options: Options, findings: Sequence[Finding]) -> Finding:
    threatened = sum(one.deadline is not None for one in findings)
    services = "1 service" if len(findings) == 1 else f"{len(findings):,} services"
    summary = f"{services}, {threatened:,} may be cut off for bills that will not be paid in time"
    return Finding(subject=_subject(options), status=Status.OK, summary=summary)


def _subject(options: Options) -> str:
    return _SUBJECT if options.service is None else f"{_SUBJECT} of {options.service}"


KIND = CheckKind(
    name="outage_forecast",
    options=Options,
    run=run,
    subject=_subject,
    target="service",
    is_local=True,
    is_on_record=True,
    is_certain=True,
    dated=lambda _subject: True,
    exports={"outage_earliest": "When a service may be cut off for unpaid bills at the earliest."},
)
