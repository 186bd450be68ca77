"""Whether those who are owed money can be paid at all: told before anything is due, since the way round takes weeks."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, tzinfo

from pydantic import Field

from checks.billing import labels
from checks.billing.partings import with_partings
from checks.billing.payee.owed import Owed, owed_vendors
from checks.billing.payee.verdict import Grounds, Obstacle, PayeeVerdict, asked_of_lists, judged
from checks.estate import Vendor
from checks.model import Cause, Finding, Measurement, Status
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.wording import day_of, local

_SUBJECT = "payees"
#: Bills that a fact names one by one.
_BILLS_SHOWN = 5


class Options(OptionsBase):
    vendor: str | None = Field(None, description="only this vendor (its id in the settings)")


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    """A finding per vendor, and one about all of them."""
    today = ctx.calendars.of(None).local_date(ctx.now)
    every = owed_vendors(ctx.ledger.on_record(), ctx.estate, today)
    owed = [one for one in every if options.vendor in (None, one.vendor.id)]
    verdicts = await _verdicts([one.vendor for one in owed], ctx, today)
    findings = [_finding(one, verdicts[one.vendor.id], ctx) for one in owed]
    everything = [_counted(options, findings), *findings]
    return with_partings(everything, ctx.memory, {}, "is no longer a vendor of the settings or of an open bill")


async def _verdicts(vendors: Sequence[Vendor], ctx: CheckContext, today: date) -> Mapping[str, PayeeVerdict]:
    """By vendor; every list is asked once."""
    payees, lookups = ctx.ledger.payees(), {}
    for kind, numbers in asked_of_lists(vendors).items():
        lookup = await ctx.taxpayers.look_up(kind, numbers)
        if lookup is not None:
            lookups[kind] = lookup
    grounds = Grounds(today=today, stale_days=ctx.estate.billing.list_stale_days, lookups=lookups)
    return {vendor.id: judged(vendor, payees.get(vendor.id), grounds) for vendor in vendors}


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
    said = "can be paid, as far as is known" if not verdict.unknowns else "is owed nothing, so nobody looked into it"
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
