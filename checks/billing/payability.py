"""Whether those who are owed money can be paid at all: told before anything is due, since the way round takes weeks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from pydantic import Field

from checks.billing import labels
from checks.billing.partings import with_partings
from checks.billing.payee.verdict import Grounds, Obstacle, PayeeVerdict, judged, lookup_numbers
from checks.billing.risk.blast import Blast, blast_of, services_behind, services_of
from checks.billing.risk.stake import totals, totals_text
from checks.estate import Estate, Vendor
from checks.ledger.state import BillOnRecord
from checks.ledger.taxpayers import ListKind, Lookup
from checks.model import Cause, Finding, Measurement, Status
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.wording import day_of, local

_SUBJECT = "payees"
#: Bills that a fact names one by one.
_BILLS_SHOWN = 5


class Options(OptionsBase):
    vendor: str | None = Field(None, description="only this vendor (its id in the settings)")
    lists: tuple[ListKind, ...] = Field(
        (ListKind.INCOME_TAX,), description="lists of active taxpayers that a payee must stand on; none: `[]`"
    )
    exempt: tuple[str, ...] = Field(
        (), description="vendors that need not stand on any list: public bodies, companies abroad"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A vendor and what it is owed."""

    vendor: Vendor
    bills: Sequence[BillOnRecord]
    is_expected: bool
    """A contract says that another bill will come."""
    blast: Blast

    @property
    def is_waiting(self) -> bool:
        return bool(self.bills) or self.is_expected

    @property
    def open_text(self) -> str:
        """Like "Rs 134,000 in 1 bill"."""
        if not self.bills:
            return "no open bill"
        many = "1 bill" if len(self.bills) == 1 else f"{len(self.bills):,} bills"
        return f"{totals_text(totals(self.bills))} in {many}"


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    """A finding per vendor, and one about all of them."""
    owed = owed_vendors(ctx, options.vendor)
    verdicts = await verdicts_of([one.vendor for one in owed], options, ctx)
    findings = [_finding(one, verdicts[one.vendor.id], ctx) for one in owed]
    everything = [_counted(options, findings), *findings]
    return with_partings(everything, ctx.memory, {}, "no longer a vendor of the settings or of an open bill")


def owed_vendors(ctx: CheckContext, only: str | None = None) -> list[Owed]:
    """Vendors of the settings, and those of open bills that have left the settings."""
    estate, open_bills = ctx.estate, ctx.ledger.on_record()
    by_vendor: dict[str, list[BillOnRecord]] = {id_: [] for id_ in estate.vendors}
    for bill in open_bills:
        by_vendor.setdefault(bill.vendor, []).append(bill)
    today = ctx.calendars.of(None).local_date(ctx.now)
    expecting = {
        one.vendor
        for one in estate.billing.contracts
        if one.cycle_months is not None and (one.ends is None or one.ends >= today)
    }
    return [
        Owed(
            vendor=estate.vendors.get(id_, Vendor(id=id_, name=id_)),
            bills=bills,
            is_expected=id_ in expecting,
            blast=_blast(id_, bills, estate),
        )
        for id_, bills in by_vendor.items()
        if only in (None, id_)
    ]


async def verdicts_of(vendors: Sequence[Vendor], options: Options, ctx: CheckContext) -> Mapping[str, PayeeVerdict]:
    """By vendor; every list is asked once."""
    payees, found = ctx.ledger.payees(), {}
    lookups: dict[ListKind, Lookup] = {}
    for kind in options.lists:
        numbers = {number: None for vendor in vendors for number in lookup_numbers(vendor, kind)}
        lookup = await ctx.taxpayers.look_up(kind, tuple(numbers))
        if lookup is not None:
            lookups[kind] = lookup
    today = ctx.calendars.of(None).local_date(ctx.now)
    for vendor in vendors:
        grounds = Grounds(
            today=today,
            stale_days=ctx.estate.billing.list_stale_days,
            lists=() if vendor.id in options.exempt else options.lists,
            lookups=lookups,
        )
        found[vendor.id] = judged(vendor, payees.get(vendor.id), grounds)
    return found


def _blast(vendor: str, bills: Sequence[BillOnRecord], estate: Estate) -> Blast:
    cut = [service for bill in bills for service in services_behind(bill, estate)]
    return blast_of(cut or services_of(vendor, estate), estate)


# Judging ------------------------------------------------------------------------------------------------------------


def _finding(owed: Owed, verdict: PayeeVerdict, ctx: CheckContext) -> Finding:
    status, cause, what = _judgement(owed, verdict, ctx.estate.time_zone)
    return Finding(
        subject=f"payee {owed.vendor.id}",
        status=status,
        cause=cause,
        summary=f"{owed.vendor.name} {what}",
        measurements=tuple(_measurements(owed, verdict)),
        facts=tuple(_facts(owed, verdict, ctx)),
        evidence="\n".join(one.evidence for one in verdict.reasons if one.evidence),
    )


def _judgement(owed: Owed, verdict: PayeeVerdict, zone: tzinfo) -> tuple[Status, Cause, str]:
    """A vendor to whom nothing will be due soon can wait a little, but not in silence."""
    if verdict.reasons:
        status = Status.CRITICAL if owed.is_waiting else Status.WARNING
        why = ", ".join(_reason_text(one, zone) for one in verdict.reasons)
        return status, Cause.BLOCKED, f"cannot be paid: {why}; {owed.open_text}"
    if verdict.unknowns and owed.is_waiting:
        first = verdict.unknowns[0]
        return Status.UNKNOWN, first.cause, f"may not be payable, nobody can say: {first.text}; {owed.open_text}"
    said = "nothing known stands in the way of paying it" if not verdict.unknowns else "not looked into, nothing is due"
    return Status.OK, Cause.NONE, f"{said}; {owed.open_text}"


def _reason_text(one: Obstacle, zone: tzinfo) -> str:
    if one.since is None:
        return f"{one.text} ({one.words})" if one.words else one.text
    return f"{one.text} since {day_of(local(one.since, zone).date())}"


def _counted(options: Options, findings: Sequence[Finding]) -> Finding:
    blocked = sum(one.cause is Cause.BLOCKED for one in findings)
    unknown = sum(one.status is Status.UNKNOWN for one in findings)
    vendors = "1 vendor" if len(findings) == 1 else f"{len(findings):,} vendors"
    summary = f"{vendors}, {blocked:,} cannot be paid, {unknown:,} not known"
    return Finding(subject=_subject(options), status=Status.OK, summary=summary)


# Facts --------------------------------------------------------------------------------------------------------------


def _facts(owed: Owed, verdict: PayeeVerdict, ctx: CheckContext) -> Iterator[tuple[str, str]]:
    yield labels.VENDOR, owed.vendor.name
    if verdict.reasons:
        yield from _obstacles(verdict.reasons, ctx.estate.time_zone)
    yield from (("Not known", unknown.text) for unknown in verdict.unknowns)
    yield from (("Note", note) for note in verdict.notes)
    yield labels.OPEN_BILLS, _bills_text(owed)
    if verdict.is_payable is not True and owed.blast.services:
        yield labels.SERVICE, owed.blast.services_text()
        if owed.blast.departments:
            yield labels.GOES_DARK_FOR, owed.blast.departments_text()
    yield from ((f"To do {place}", step) for place, step in enumerate(verdict.checklist, start=1))


def _obstacles(reasons: Sequence[Obstacle], zone: tzinfo) -> Iterator[tuple[str, str]]:
    yield labels.BLOCK, "; ".join(one.text for one in reasons)
    since = [one.since for one in reasons if one.since is not None]
    if since:
        yield labels.BLOCKED_SINCE, day_of(local(min(since), zone).date())
    for one in reasons:
        if one.words:
            yield "More", one.words
        if one.evidence:
            yield "Evidence", one.evidence


def _bills_text(owed: Owed) -> str:
    if not owed.bills:
        return owed.open_text
    first = sorted(owed.bills, key=lambda bill: bill.terms.due)
    shown = ", ".join(f"{one.number} due {day_of(one.terms.due)}" for one in first[:_BILLS_SHOWN])
    more = f" and {len(first) - _BILLS_SHOWN:,} more" if len(first) > _BILLS_SHOWN else ""
    return f"{owed.open_text}: {shown}{more}"


def _measurements(owed: Owed, verdict: PayeeVerdict) -> Iterator[Measurement]:
    """None where it is not known."""
    if verdict.is_payable is not None:
        value = 1.0 if verdict.is_payable else 0.0
        yield Measurement("payee_payable", value, "", (("vendor", owed.vendor.id),))


def _subject(options: Options) -> str:
    return _SUBJECT if options.vendor is None else f"{_SUBJECT} of {options.vendor}"


KIND = CheckKind(
    name="payee",
    options=Options,
    run=run,
    subject=_subject,
    target="vendor",
    is_local=True,
    is_certain=True,
    exports={"payee_payable": "Whether a vendor can be paid: 1 yes, 0 no; absent where nobody can say."},
)
