"""What goes dark, and for whom, when a vendor cuts off what a bill pays for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from checks.estate import Department, Estate, Service
from checks.ledger.rules import Contract
from checks.ledger.state import BillOnRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Blast:
    """By the settings; each service and department once, in their order there."""

    services: tuple[Service, ...] = ()
    """Those the vendor cuts off, then those that cannot work without them."""
    departments: tuple[Department, ...] = ()
    cut: int = 0
    """How many of the services the vendor itself cuts off: the first ones."""

    @property
    def users(self) -> int:
        """People of the departments; each department counts once, whatever it loses."""
        return sum(department.users for department in self.departments)

    def services_text(self) -> str:
        """Like "Official e-mail, Citizens' portal"; empty where nothing is known to depend on it."""
        return ", ".join(service.title for service in self.services)

    def departments_text(self) -> str:
        """Like "Health Department (1,200 users), Excise"."""
        return ", ".join(
            f"{one.name} ({one.users:,} {'user' if one.users == 1 else 'users'})" if one.users else one.name
            for one in self.departments
        )


def blast_radius(bill: BillOnRecord, estate: Estate) -> Blast:
    """What hangs on `bill`: the services of its contract, else its own, else all of its vendor."""
    return blast_of(services_behind(bill, estate), estate)


def services_behind(bill: BillOnRecord, estate: Estate) -> tuple[str, ...]:
    """Ids of the services that the vendor may cut off for `bill`."""
    contract = estate.billing.contract_of(bill.terms.contract, bill.vendor, bill.terms.service)
    return services_under(contract, bill, estate)


def services_under(contract: Contract | None, bill: BillOnRecord, estate: Estate) -> tuple[str, ...]:
    """As `services_behind`, for whoever knows the contract of the bill already."""
    own = (bill.terms.service,) if bill.terms.service in estate.services else ()
    if contract is not None and contract.services:
        return tuple(dict.fromkeys((*contract.services, *(one for one in own if one))))
    return tuple(one for one in own if one) or services_of(bill.vendor, estate)


def services_of(vendor: str, estate: Estate) -> tuple[str, ...]:
    """Ids of all that the vendor provides, by service or by contract."""
    provided = [service.id for service in estate.services.values() if service.vendor == vendor]
    covered = [id_ for contract in estate.billing.contracts if contract.vendor == vendor for id_ in contract.services]
    return tuple(dict.fromkeys((*provided, *covered)))


def blast_of(cut: Iterable[str], estate: Estate) -> Blast:
    """What is lost once the services `cut` are cut off."""
    first = [id_ for id_ in dict.fromkeys(cut) if id_ in estate.services]
    dark = [*first, *_hanging_on(set(first), estate.services)]
    lost = {id_ for service in dark for id_ in estate.services[service].departments}
    return Blast(
        services=tuple(estate.services[id_] for id_ in dark),
        departments=tuple(one for id_, one in estate.departments.items() if id_ in lost),
        cut=len(first),
    )


def _hanging_on(dark: set[str], services: Mapping[str, Service]) -> tuple[str, ...]:
    """Ids of those that cannot work without the dark ones, at any remove."""
    lost = set(dark)
    while fresh := {one.id for one in services.values() if one.id not in lost and not lost.isdisjoint(one.depends_on)}:
        lost |= fresh
    return tuple(id_ for id_ in services if id_ in lost - dark)
