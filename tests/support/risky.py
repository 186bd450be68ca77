"""Open bills as the ledger has them, and an estate where services hang on one another."""

from dataclasses import replace
from datetime import UTC, date, datetime

from checks.estate import Department, Estate, Service, Vendor
from checks.ledger.event import LedgerEventKind, Terms
from checks.ledger.rules import BillingRules, Contract
from checks.ledger.state import BillOnRecord, BillStanding, Step
from checks.units import parse_money
from tests.support.bills import ESTATE

LONG_AGO = datetime(2017, 7, 24, 5, tzinfo=UTC)


def open_bill(
    number: str = "INV-7",
    *,
    vendor: str = "acme",
    amount: str = "134000.00 PKR",
    due: date = date(2017, 8, 23),
    suspends: date | None = None,
    service: str | None = None,
    contract: str | None = None,
    received_at: datetime = LONG_AGO,
) -> BillOnRecord:
    return BillOnRecord(
        key=f"{vendor}/{number.lower()}",
        vendor=vendor,
        terms=Terms(
            number=number,
            amount=parse_money(amount),
            due=due,
            suspends=suspends,
            service=service,
            contract=contract,
        ),
        received_at=received_at,
        standing=BillStanding.OPEN,
        path=(Step(kind=LedgerEventKind.RECEIVED, at=received_at),),
        recorded_at=received_at,
        events=1,
    )


def connected_estate(*contracts: Contract) -> Estate:
    """Mail by Acme, a portal by Zeta that cannot work without mail, tax filing that hangs on the portal."""
    return replace(
        ESTATE,
        vendors={
            "acme": Vendor(id="acme", name="Acme Mail (Pvt) Ltd"),
            "zeta": Vendor(id="zeta", name="Zeta Links"),
        },
        departments={
            "health": Department(id="health", name="Health Department", users=1200),
            "excise": Department(id="excise", name="Excise", users=300),
            "museum": Department(id="museum", name="Museum"),
        },
        services={
            "official-email": Service(
                id="official-email", title="Official e-mail", vendor="acme", departments=("health", "museum")
            ),
            "portal": Service(
                id="portal",
                title="Citizens' portal",
                vendor="zeta",
                departments=("health",),
                depends_on=("official-email",),
            ),
            "filing": Service(id="filing", title="Tax filing", departments=("excise",), depends_on=("portal",)),
        },
        billing=BillingRules(contracts=contracts, is_watched=True),
    )
