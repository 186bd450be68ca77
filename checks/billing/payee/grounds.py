"""Whether those who are owed money can be paid, for whoever speaks of their bills: a check, a listing, a letter.

Every list is asked once, whatever number of vendors there is.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from checks.billing.payee.verdict import Grounds, PayeeVerdict, asked_of_lists, judged
from checks.estate import Estate, Vendor
from checks.ledger.state import BillOnRecord, PayeeOnRecord
from checks.ledger.taxpayers import ListKind, Lookup
from checks.plugin import Calendars, CheckContext, Taxpayers


def payees_of(bills: Iterable[BillOnRecord], estate: Estate) -> list[Vendor]:
    """Whom `bills` must be paid to; one that has left the settings is known by its id."""
    return [estate.vendors.get(id_, Vendor(id=id_, name=id_)) for id_ in dict.fromkeys(bill.vendor for bill in bills)]


def grounds_by(
    lookups: Mapping[ListKind, Lookup | None], estate: Estate, calendars: Calendars, now: datetime
) -> Grounds:
    """`lookups` as the lists answered; None where there is no list of a kind."""
    return Grounds(
        today=calendars.of(None).local_date(now),
        stale_days=estate.billing.list_stale_days,
        lookups={kind: lookup for kind, lookup in lookups.items() if lookup is not None},
    )


def verdicts(
    vendors: Iterable[Vendor], payees: Mapping[str, PayeeOnRecord], grounds: Grounds
) -> Mapping[str, PayeeVerdict]:
    """By id: what was declared, what the numbers of the settings are, what the lists say. The one judge of payees."""
    return {vendor.id: judged(vendor, payees.get(vendor.id), grounds) for vendor in vendors}


async def grounds_of(vendors: Iterable[Vendor], ctx: CheckContext) -> Grounds:
    """For verdicts on `vendors`."""
    return await _asked(vendors, ctx.taxpayers, ctx.estate, ctx.calendars, ctx.now)


async def verdicts_in(ctx: CheckContext) -> Mapping[str, PayeeVerdict]:
    """On the vendors of all open bills."""
    bills, payees = ctx.ledger.on_record(), ctx.ledger.payees()
    return await verdicts_on(bills, payees, ctx.taxpayers, ctx.estate, ctx.calendars, ctx.now)


async def verdicts_on(  # noqa: PLR0917  # all that a verdict rests on
    bills: Iterable[BillOnRecord],
    payees: Mapping[str, PayeeOnRecord],
    taxpayers: Taxpayers,
    estate: Estate,
    calendars: Calendars,
    now: datetime,
) -> Mapping[str, PayeeVerdict]:
    """The same for whoever is no check."""
    vendors = payees_of(bills, estate)
    return verdicts(vendors, payees, await _asked(vendors, taxpayers, estate, calendars, now))


async def obstacles(ctx: CheckContext) -> Mapping[str, str]:
    """Why a vendor of an open bill cannot be paid, by its id: "not on the list of active taxpayers". What nobody knows
    is no obstacle.
    """
    return {id_: one.why for id_, one in (await verdicts_in(ctx)).items() if one.why}


async def _asked(
    vendors: Iterable[Vendor], taxpayers: Taxpayers, estate: Estate, calendars: Calendars, now: datetime
) -> Grounds:
    asked = asked_of_lists(vendors)
    lookups = {kind: await taxpayers.look_up(kind, numbers) for kind, numbers in asked.items()}
    return grounds_by(lookups, estate, calendars, now)
