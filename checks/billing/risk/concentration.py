"""How much of an estate hangs on one vendor."""

from collections.abc import Sequence
from dataclasses import dataclass

from checks.billing.risk.blast import blast_of, services_of
from checks.estate import Estate


@dataclass(frozen=True, slots=True, kw_only=True)
class Concentration:
    """What goes dark when one vendor fails or cuts off all at once."""

    vendor: str
    services: int
    of_services: int
    users: int
    of_users: int

    @property
    def share(self) -> float:
        """Of users, 0 to 1; of services where no users are given."""
        if self.of_users:
            return self.users / self.of_users
        return self.services / self.of_services if self.of_services else 0.0

    def text(self) -> str:
        """Like "3 of 4 services and 12,000 of 16,000 users (75 %)"."""
        services = f"{self.services} of {self.of_services} services"
        if not self.of_users:
            return f"{services} ({self.share:.0%})"
        return f"{services} and {self.users:,} of {self.of_users:,} users ({self.share:.0%})"


def concentration_of(vendor: str, estate: Estate) -> Concentration:
    """Users count once each by department, those of departments without a service not at all."""
    lost = blast_of(services_of(vendor, estate), estate)
    everything = blast_of(estate.services, estate)
    return Concentration(
        vendor=vendor,
        services=len(lost.services),
        of_services=len(everything.services),
        users=lost.users,
        of_users=everything.users,
    )


def concentrations(estate: Estate) -> Sequence[Concentration]:
    """Of every vendor something hangs on, the heaviest first."""
    found = [concentration_of(vendor, estate) for vendor in estate.vendors]
    return sorted((one for one in found if one.services), key=lambda one: (-one.share, one.vendor))
