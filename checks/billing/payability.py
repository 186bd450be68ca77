"""Whether those who are owed money can be paid at all: told before anything is due, since the way round takes weeks.

One subject for each question: "payee acme", what was declared; "taxpayer acme", what the lists say; "income-tax list",
whether there is one to ask. So nobody waits for a list to hear that a block is over.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from pydantic import Field

from checks.billing import labels
from checks.billing.partings import with_partings
from checks.billing.payee.grounds import grounds_of
from checks.billing.payee.owed import Owed, owed_vendors
from checks.billing.payee.payee_facts import payee_facts, why_text
from checks.billing.payee.told import Further, further
from checks.billing.payee.verdict import REASON_WORDS, Grounds, PayeeVerdict, declared, judged, of_lists
from checks.ledger.event import BlockReason
from checks.ledger.state import Lifted, PayeeOnRecord
from checks.ledger.taxpayers import ListKind
from checks.model import Cause, Finding, Measurement, Status
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.wording import day_of

_SUBJECT = "payees"
#: Who hears that a block is over reads by what; later on it is in the ledger.
_LATELY = timedelta(days=7)


class Options(OptionsBase):
    vendor: str | None = Field(None, description="only this vendor (its id in the settings)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One vendor, and what each question about it came to."""

    owed: Owed
    said: PayeeVerdict
    listed: PayeeVerdict
    """By the lists that were imported at least once."""
    whole: PayeeVerdict
    lifted: Lifted | None = None
    """The block that was lifted last."""


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    """A finding per vendor and question, one per list, and one about all of them."""
    today = ctx.calendars.of(None).local_date(ctx.now)
    every = owed_vendors(ctx.ledger.on_record(), ctx.estate, today)
    owed = [one for one in every if options.vendor in (None, one.vendor.id)]
    grounds = await grounds_of([one.vendor for one in owed], ctx)
    payees = ctx.ledger.payees()
    looked = [_looked(one, payees.get(one.vendor.id), grounds) for one in owed]
    said: list[Finding] = []
    for one in looked:
        said.append(_declared(one, ctx))
        await asyncio.sleep(0)  # a vendor may have thousands of bills
    findings = [
        *said,
        *_further(looked, ctx),
        *(
            _taxpayer(one, ctx)
            for one in looked
            if not grounds.lookups.keys().isdisjoint(one.owed.vendor.taxpayer_lists)
        ),
        *_lists(owed, grounds),
    ]
    everything = [_counted(options, looked), *findings]
    usual = "is no longer a vendor of the settings or of an open bill"
    return with_partings(everything, ctx.memory, {}, usual, _subject(options))


def _looked(owed: Owed, payee: PayeeOnRecord | None, grounds: Grounds) -> Looked:
    vendor = owed.vendor
    there = tuple(kind for kind in vendor.taxpayer_lists if kind in grounds.lookups)
    return Looked(
        owed=owed,
        said=declared(vendor, payee),
        listed=of_lists(replace(vendor, taxpayer_lists=there), grounds),
        whole=judged(vendor, payee, grounds),
        lifted=None if payee is None else payee.lifted,
    )


# Judging ------------------------------------------------------------------------------------------------------------


def _declared(one: Looked, ctx: CheckContext) -> Finding:
    """What people said, and the numbers of the settings: never unknown."""
    vendor, zone = one.owed.vendor, ctx.estate.time_zone
    what = f"cannot be paid: {why_text(one.said.reasons, zone)}" if one.said.reasons else _not_blocked(one.whole)
    return Finding(
        subject=f"payee {vendor.id}",
        status=_grade(one.owed, one.said),
        cause=Cause.BLOCKED if one.said.reasons else Cause.NONE,
        summary=f"{vendor.name} {what}; {one.owed.open_text}{'' if one.said.reasons else _proof(one, ctx)}",
        measurements=tuple(_measurements(one.owed, one.whole)),
        facts=tuple(payee_facts(one.owed, one.said, zone)),
        evidence="\n".join(reason.evidence for reason in one.said.reasons if reason.evidence),
    )


def _proof(one: Looked, ctx: CheckContext, reason: BlockReason | None = None) -> str:
    """By what a block was lifted lately; with `reason`, that one."""
    lifted = one.lifted
    if lifted is None or not lifted.evidence or ctx.now - lifted.at > _LATELY:
        return ""
    is_other = None not in {reason, lifted.reason} and reason is not lifted.reason
    return "" if is_other else f"; {labels.LIFTED_BY}: {lifted.evidence}"


def _not_blocked(whole: PayeeVerdict) -> str:
    if whole.reasons:
        return f"has no block on record, and cannot be paid: {whole.reasons[0].text}"
    return labels.CAN_BE_PAID if not whole.unknowns else "has no block on record"


def _further(looked: Sequence[Looked], ctx: CheckContext) -> Iterator[Finding]:
    """Each reason that came while another stood."""
    by_vendor = {one.owed.vendor.id: one for one in looked}
    standing = {id_: [reason.reason for reason in one.said.reasons] for id_, one in by_vendor.items()}
    return (_one_more(one, by_vendor[one.vendor], ctx) for one in further(standing, ctx.memory))


def _one_more(one: Further, looked: Looked, ctx: CheckContext) -> Finding:
    vendor, zone = looked.owed.vendor, ctx.estate.time_zone
    if not one.stands:
        over = _still(looked, ctx)
        return Finding(
            subject=one.subject,
            status=Status.OK,
            summary=f"{vendor.name} {over}; {REASON_WORDS[one.reason]}: no more{_proof(looked, ctx, one.reason)}",
        )
    this = tuple(reason for reason in looked.said.reasons if reason.reason is one.reason)
    verdict = replace(looked.said, reasons=this)
    return Finding(
        subject=one.subject,
        status=_grade(looked.owed, verdict),
        cause=Cause.BLOCKED,
        summary=f"{vendor.name} cannot be paid for one more reason: {why_text(this, zone)}; {looked.owed.open_text}",
        facts=tuple(payee_facts(looked.owed, verdict, zone)),
        evidence="\n".join(reason.evidence for reason in this if reason.evidence),
    )


def _still(looked: Looked, ctx: CheckContext) -> str:
    if not looked.said.reasons:
        return _not_blocked(looked.whole)
    return f"cannot be paid: {why_text(looked.said.reasons, ctx.estate.time_zone)}"


def _grade(owed: Owed, verdict: PayeeVerdict) -> Status:
    """A vendor to whom nothing will be due soon can wait a little, but not in silence."""
    if not verdict.reasons:
        return Status.OK
    return Status.CRITICAL if owed.is_waiting else Status.WARNING


# Lists --------------------------------------------------------------------------------------------------------------


def _taxpayer(one: Looked, ctx: CheckContext) -> Finding:
    """What the lists say of a vendor that must stand on one that was imported."""
    vendor, listed, zone = one.owed.vendor, one.listed, ctx.estate.time_zone
    unknown = next(iter(listed.unknowns), None) if one.owed.is_waiting and not listed.reasons else None
    if listed.reasons:
        what = f"cannot be paid: {why_text(listed.reasons, zone)}"
    elif unknown is not None:
        what = f"may not be payable, nobody can say: {unknown.text}"
    elif listed.unknowns:
        what = "is owed nothing, so nobody looked it up"
    elif one.said.reasons:
        what = f"is an active taxpayer, and cannot be paid: {one.said.reasons[0].text}"
    else:
        what = f"is an active taxpayer and {_not_blocked(one.whole)}"
    cause = Cause.BLOCKED if listed.reasons else Cause.NONE if unknown is None else unknown.cause
    return Finding(
        subject=f"taxpayer {vendor.id}",
        status=_grade(one.owed, listed) if unknown is None else Status.UNKNOWN,
        cause=cause,
        summary=f"{vendor.name} {what}; {one.owed.open_text}",
        facts=tuple(payee_facts(one.owed, listed, zone)),
    )


def _lists(owed: Sequence[Owed], grounds: Grounds) -> Iterator[Finding]:
    """A list that was never imported is said once, not of every vendor."""
    for kind in ListKind:
        asking = [one for one in owed if kind in one.vendor.taxpayer_lists]
        if asking:
            yield _list(kind, sum(one.is_waiting for one in asking), grounds)


def _list(kind: ListKind, waiting: int, grounds: Grounds) -> Finding:
    subject, lookup = f"{kind.value} list", grounds.lookups.get(kind)
    if lookup is not None:
        said = f"{subject} of active taxpayers of {day_of(lookup.source.listed_on)} is there"
        return Finding(subject=subject, status=Status.OK, summary=said)
    said = f"no {subject} of active taxpayers was imported yet"
    if not waiting:
        return Finding(subject=subject, status=Status.OK, summary=f"{said}, and nobody is owed anything")
    many = "1 vendor" if waiting == 1 else f"{waiting:,} vendors"
    return Finding(
        subject=subject,
        status=Status.UNKNOWN,
        cause=Cause.STALE,
        summary=f"{said}: of {many} nobody can say whether a payment would come back for that",
        facts=(
            (f"{labels.TO_DO} 1", "import one: nigehban vendors import-list FILE --list-date DAY"),
            (f"{labels.TO_DO} 2", "or say of vendors that need not stand on one: taxpayer_lists: [] in the settings"),
        ),
    )


def _counted(options: Options, looked: Sequence[Looked]) -> Finding:
    blocked = sum(bool(one.whole.reasons) for one in looked)
    unknown = sum(one.whole.is_payable is None and one.owed.is_waiting for one in looked)
    vendors = "1 vendor" if len(looked) == 1 else f"{len(looked):,} vendors"
    summary = f"{vendors}, {blocked:,} cannot be paid, {unknown:,} not known"
    return Finding(subject=_subject(options), status=Status.OK, summary=summary)


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
    is_on_record=True,
    is_certain=True,
    exports={"payee_payable": "Whether a vendor can be paid: 1 yes, 0 no; absent where nobody can say."},
)
