"""Days of contracts that nobody must miss, and bills that should have come and did not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from pydantic import Field

from checks.billing import labels
from checks.billing.partings import with_partings
from checks.billing.risk.blast import blast_of, services_of
from checks.billing.risk.concentration import concentrations
from checks.billing.risk.expected import Arrival, Expected, expected_bills, months_after
from checks.deadline import LeadLadder, grade, parse_ladder, resolve
from checks.ledger.rules import Contract
from checks.ledger.state import BillOnRecord
from checks.model import Cause, Deadline, Finding, Measurement, Rung, Status
from checks.plugin import CheckContext, CheckKind, Memory, OptionsBase
from checks.wording import day_of
from checks.workdays import WorkCalendar

_SUBJECT: Final = "contracts"
#: Bills on record longer ago tell nothing of those that come now: eighteen months.
_HISTORY: Final = timedelta(days=550)
#: A bill that is missed becomes critical after so many working days more.
_GRAVE_WD: Final = 10
_SINCE: Final = "since"
_VENDORS_SHOWN: Final = 3
#: Nothing goes dark where a rehearsal is late: it is asked for, and never shouted.
_REHEARSAL_LADDER: Final = parse_ladder(["30d", "7d", "0d"])

DEFAULT_LADDER: Final = parse_ladder(["180d", "90d", "30d", "14d", "7d", "3d", "0d"])


class Options(OptionsBase):
    contract: str | None = Field(None, description="only this contract (its id in the settings)")
    ladder: LeadLadder = Field(
        DEFAULT_LADDER, description="when to remind, before a day of a contract; rehearsals have one of their own"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Something that a contract wants done by a day."""

    name: str
    """Behind the contract's id it is the subject: "mail notice"."""
    day: date
    what: str
    """What has to be done."""
    summary: str
    """Before "the contract …"."""
    is_rehearsal: bool = False


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    """A finding per day of a contract and per bill that did not come, and one about all of them."""
    contracts = [one for one in ctx.estate.billing.contracts if options.contract in (None, one.id)]
    calendar = ctx.calendars.of(None)
    today = calendar.local_date(ctx.now)
    dated = [_dated(one, matter, options, ctx) for one in contracts for matter in _matters(one, calendar)]
    expected = await _expected(contracts, ctx, calendar, today)
    missed = [_missed(one, bill, ctx, calendar) for one, bill in expected if bill.is_missed(today)]
    came = {_bill_subject(one, bill): _came(bill.arrival) for one, bill in expected if bill.arrival is not None}
    everything = [_counted(options, len(contracts), missed, ctx), *dated, *missed]
    why = {**came, **dict(_done(contracts))}
    return with_partings(everything, ctx.memory, why, "is past, or the contract says otherwise now", _subject(options))


# Days ---------------------------------------------------------------------------------------------------------------


def _matters(contract: Contract, calendar: WorkCalendar) -> Iterator[Matter]:
    """Time alone ends none of them: what was missed stays until it is said to be done, or the contract is changed."""
    yield from _rehearsal(contract, calendar)
    if contract.ends is None:
        return
    days = (
        ("tender", contract.retender_days, contract.tender_begun, "begin the new tender", "start of a new tender for"),
        ("notice", contract.notice_days, contract.notice_given, "give notice, or agree on the renewal", "notice for"),
        ("end", 0, None, "renew it, or have what replaces it running", "end of"),
    )
    for name, ahead, done, what, summary in days:
        if done is None and (ahead or name == "end"):
            day = contract.ends - timedelta(days=ahead)
            # An office that is closed that day gives no notice: the working day before it is the last one.
            yield Matter(name=name, day=calendar.on_or_before(day), what=what, summary=summary)


def _rehearsal(contract: Contract, calendar: WorkCalendar) -> Iterator[Matter]:
    """Whoever has never left a vendor does not know whether it can be done. None beyond the end of the contract."""
    months, since = contract.exit_rehearsal_months, contract.exit_rehearsed or contract.starts
    if months is None or since is None:
        return
    day = months_after(since, months)
    if contract.ends is None or day <= contract.ends:
        yield Matter(
            name="exit rehearsal",
            day=calendar.on_or_before(day),
            what="rehearse leaving: export the data, restore it elsewhere, note what failed",
            summary="exit rehearsal of",
            is_rehearsal=True,
        )


def _done(contracts: Sequence[Contract]) -> Iterator[tuple[str, str]]:
    """By subject."""
    for one in contracts:
        if one.tender_begun is not None:
            yield f"{one.id} tender", f"began on {day_of(one.tender_begun)}"
        if one.notice_given is not None:
            yield f"{one.id} notice", f"was given on {day_of(one.notice_given)}"


def _dated(contract: Contract, matter: Matter, options: Options, ctx: CheckContext) -> Finding:
    calendar = ctx.calendars.of(None)
    at = calendar.end_of_day(matter.day)
    deadline = Deadline(at=at, rungs=_rungs(matter, at, options, ctx))
    status = grade(deadline, ctx.now)
    cause = Cause.OVERDUE if ctx.now >= at else Cause.NONE if status is Status.OK else Cause.DUE
    labelled = (("contract", contract.id), ("matter", matter.name))
    return Finding(
        subject=f"{contract.id} {matter.name}",
        status=status,
        cause=cause,
        summary=f"{matter.summary} the contract {contract.title} with {_vendor(contract, ctx)}",
        measurements=(Measurement("contract_day", at.timestamp(), "timestamp_seconds", labelled),),
        deadline=deadline,
        facts=(*_about(contract, ctx), (labels.MATTER, matter.what), *_last_time(contract, matter), *_ends(contract)),
    )


def _rungs(matter: Matter, at: datetime, options: Options, ctx: CheckContext) -> tuple[Rung, ...]:
    ladder = _REHEARSAL_LADDER if matter.is_rehearsal else options.ladder
    rungs = resolve(ladder, at, calendar=ctx.calendars.of(None), now=ctx.now)
    return tuple(replace(rung, status=Status.WARNING) for rung in rungs) if matter.is_rehearsal else rungs


def _last_time(contract: Contract, matter: Matter) -> Iterator[tuple[str, str]]:
    if matter.is_rehearsal:
        last = contract.exit_rehearsed
        yield "Rehearsed last", day_of(last) if last else "never"
        yield "When it is done", "write its day into the settings of the contract: exit_rehearsed"


def _ends(contract: Contract) -> Iterator[tuple[str, str]]:
    if contract.ends is not None:
        yield "Ends", day_of(contract.ends)
    if contract.fee is not None:
        yield "Fee", str(contract.fee)


# Bills that are expected ----------------------------------------------------------------------------------------------


async def _expected(
    contracts: Sequence[Contract], ctx: CheckContext, calendar: WorkCalendar, today: date
) -> Sequence[tuple[Contract, Expected]]:
    """Of the time since these contracts are watched: what came before, nobody may have written down."""
    vendors = {one.vendor for one in contracts if one.cycle_months is not None}
    if not vendors:
        return ()
    since = _watched_since(ctx.memory, today)
    arrivals = _arrivals(await ctx.ledger.bills_of(vendors, ctx.now - _HISTORY), ctx, calendar)
    return [
        (contract, bill)
        for contract in contracts
        for bill in expected_bills(contract, arrivals.get(contract.id, ()), calendar, today)
        if bill.late_from >= since
    ]


def _watched_since(memory: Memory, today: date) -> date:
    known = memory.get(_SINCE)
    if isinstance(known, str):
        return date.fromisoformat(known)
    memory.set(_SINCE, today.isoformat())
    return today


def _arrivals(
    bills: Sequence[BillOnRecord], ctx: CheckContext, calendar: WorkCalendar
) -> Mapping[str, Sequence[Arrival]]:
    """By contract."""
    found: dict[str, list[Arrival]] = {}
    known: dict[tuple[str | None, str, str | None], Contract | None] = {}
    for bill in bills:
        key = bill.terms.contract, bill.vendor, bill.terms.service
        if key not in known:
            known[key] = ctx.estate.billing.contract_of(*key)
        if (contract := known[key]) is not None:
            arrival = Arrival(number=bill.number, on=calendar.local_date(bill.received_at))
            found.setdefault(contract.id, []).append(arrival)
    return found


def _missed(contract: Contract, bill: Expected, ctx: CheckContext, calendar: WorkCalendar) -> Finding:
    grave_from = calendar.shift(bill.late_from, _GRAVE_WD)
    is_grave = calendar.local_date(ctx.now) > grave_from
    return Finding(
        subject=_bill_subject(contract, bill),
        status=Status.CRITICAL if is_grave else Status.WARNING,
        cause=Cause.OVERDUE,
        summary=(
            f"no bill of {bill.month} from {_vendor(contract, ctx)} for {contract.title}: it was expected by "
            f"{day_of(bill.usual_day)}; a bill that went astray is due all the same"
        ),
        facts=(
            *_about(contract, ctx),
            (labels.MATTER, "ask for the bill, and look for it in the dak"),
            ("Expected", day_of(bill.usual_day)),
            ("Missed since", day_of(bill.late_from)),
            *((("Fee", str(contract.fee)),) if contract.fee is not None else ()),
        ),
    )


def _bill_subject(contract: Contract, bill: Expected) -> str:
    return f"{contract.id} bill of {bill.month}"


def _came(arrival: Arrival | None) -> str:
    return "" if arrival is None else f"came on {day_of(arrival.on)}, number {arrival.number}"


# Words --------------------------------------------------------------------------------------------------------------


def _about(contract: Contract, ctx: CheckContext) -> Iterator[tuple[str, str]]:
    yield labels.CONTRACT, f"{contract.title} ({contract.id})"
    yield labels.VENDOR, _vendor(contract, ctx)
    dark = blast_of(contract.services or services_of(contract.vendor, ctx.estate), ctx.estate)
    if dark.services:
        yield labels.SERVICE, dark.services_text()
    if dark.departments:
        yield labels.GOES_DARK_FOR, dark.departments_text()


def _vendor(contract: Contract, ctx: CheckContext) -> str:
    known = ctx.estate.vendors.get(contract.vendor)
    return contract.vendor if known is None else known.name


def _counted(options: Options, contracts: int, missed: Sequence[Finding], ctx: CheckContext) -> Finding:
    many = "1 contract" if contracts == 1 else f"{contracts:,} contracts"
    bills = "1 expected bill has" if len(missed) == 1 else f"{len(missed):,} expected bills have"
    heaviest = concentrations(ctx.estate)[:_VENDORS_SHOWN]
    facts = tuple((f"Hangs on {one.vendor}", one.text()) for one in heaviest)
    return Finding(subject=_subject(options), status=Status.OK, summary=f"{many}, {bills} not come", facts=facts)


def _subject(options: Options) -> str:
    return _SUBJECT if options.contract is None else f"{_SUBJECT}: {options.contract}"


KIND = CheckKind(
    name="contract",
    options=Options,
    run=run,
    subject=_subject,
    target="contract",
    is_local=True,
    is_on_record=True,
    is_certain=True,
    dated=lambda _subject: True,
    default_interval_s=600.0,
    exports={"contract_day": "When notice must be given, a tender begin, a contract end."},
)
