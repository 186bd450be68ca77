"""What a run of a check knows of the vendors it may have to pay: asked of every list once."""

from collections.abc import Iterable, Mapping

from checks.billing.payee.verdict import Grounds, asked_of_lists, judged
from checks.estate import Vendor
from checks.plugin import CheckContext


async def grounds_of(vendors: Iterable[Vendor], ctx: CheckContext) -> Grounds:
    """For verdicts on `vendors`."""
    lookups = {}
    for kind, numbers in asked_of_lists(vendors).items():
        lookup = await ctx.taxpayers.look_up(kind, numbers)
        if lookup is not None:
            lookups[kind] = lookup
    today = ctx.calendars.of(None).local_date(ctx.now)
    return Grounds(today=today, stale_days=ctx.estate.billing.list_stale_days, lookups=lookups)


async def obstacles(ctx: CheckContext) -> Mapping[str, str]:
    """Why a vendor of an open bill cannot be paid, by its id: "not on the list of active taxpayers". What nobody knows
    is no obstacle.
    """
    asked = dict.fromkeys(bill.vendor for bill in ctx.ledger.on_record())
    vendors = [ctx.estate.vendors.get(id_, Vendor(id=id_, name=id_)) for id_ in asked]
    grounds, payees = await grounds_of(vendors, ctx), ctx.ledger.payees()
    verdicts = [judged(vendor, payees.get(vendor.id), grounds) for vendor in vendors]
    return {one.vendor: ", ".join(why.text for why in one.reasons) for one in verdicts if one.reasons}
