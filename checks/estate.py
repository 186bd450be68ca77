"""All that is watched, as the settings say it: built once, frozen, redefined nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Final
from zoneinfo import ZoneInfo

from checks.ledger.rules import BillingRules
from checks.ledger.taxpayers import ListKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    id: str
    name: str
    ntn: str | None = None
    """National tax number as printed; text, since leading zeros are real."""
    strn: str | None = None
    """Sales tax registration number as printed."""
    cnic: str | None = None
    """Of a vendor who is a person; shown masked."""
    iban: str | None = None
    taxpayer_lists: tuple[ListKind, ...] = (ListKind.INCOME_TAX,)
    """Lists of active taxpayers on which it must stand to be paid; none for public bodies and companies abroad."""
    watched_by: tuple[str, ...] = ()
    """Ids of checks of the vendor's own gateway or portal: what it provides hangs on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    id: str
    name: str
    contact: str | None = None
    """Id of the receiver that speaks for the department."""
    users: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What departments depend on: official e-mail, a portal, the e-office."""

    id: str
    title: str
    vendor: str | None = None
    departments: tuple[str, ...] = ()
    runbook: str = ""
    advice: str = ""
    """What its departments are told to do meanwhile; "" takes the general words."""
    advice_urdu: str = ""
    depends_on: tuple[str, ...] = ()
    """Ids of services without which it cannot work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place behind one link."""

    id: str
    title: str
    uplink: str | None = None
    """Id of the check of that link: all else at the site hangs on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    date: date
    name: str
    estimated: bool = False
    """True for a moon-sighted day that no notification has confirmed yet."""


#: Closes an office that is open until midnight: the last instant that is still of the day.
END_OF_DAY: Final = time.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A place with working hours of its own."""

    id: str
    week: Mapping[int, tuple[time, time]]
    """ISO weekday (1 = Monday) to opening and closing time, up to END_OF_DAY; a missing day is not worked."""
    holidays: tuple[Holiday, ...] = ()
    half_days: Mapping[date, time] = field(default_factory=dict)
    """Dates on which the office closes early, and when."""
    worked: frozenset[date] = frozenset()
    """Days said to be ordinary ones, however near an estimated holiday they lie."""
    time_zone: ZoneInfo | None = None
    """None: the estate's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    name: str
    time_zone: ZoneInfo
    public_url: str | None = None
    advice: str = ""
    """What departments are told to do meanwhile, for services that have no words of their own; "" takes ours."""
    advice_urdu: str = ""
    offices: Mapping[str, Office] = field(default_factory=dict)
    vendors: Mapping[str, Vendor] = field(default_factory=dict)
    departments: Mapping[str, Department] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    billing: BillingRules = field(default_factory=BillingRules)
    """How it pays."""

    @property
    def rules(self) -> BillingRules:
        """How it pays, with the zones of its offices: the first one's where a bill names none, as OfficeCalendars."""
        zones = [(one.id, one.time_zone or self.time_zone) for one in self.offices.values()]
        usual = zones[0][1] if zones else self.time_zone
        return replace(self.billing, zones=((None, usual), *zones))
