"""The estate as written: offices, vendors, departments, services, bills."""

import re
from collections.abc import Sequence
from typing import Annotated, Final, Self, TypeAlias

from pydantic import AfterValidator, Field, field_validator, model_validator

from alerts.words.placeholders import PLACEHOLDERS, unknown_places
from checks.estate import Department, Office, Service, Site, Vendor
from checks.invoice import Invoice
from checks.ledger.taxpayers import ListKind
from checks.units import Money
from watchdog.settings.fields import Day, Entry, Hours, Iban, Id, Line, Text, TimeOfDay, Weekdays, Zone
from watchdog.settings.holiday_entries import HolidayEntry, Holidays, holidays_of, worked_days_of

_PUBLIC_URL: Final = re.compile(r"https?://[^/@\s?#]+(/[^\s?#]*)?")


def _is_filled(text: str) -> str:
    if unknown := unknown_places(text):
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise ValueError(f"no such placeholder: {unknown[0]}; there are {known}")
    return text


Advice: TypeAlias = Annotated[Text, AfterValidator(_is_filled), Field(max_length=1000)]
"""Words of the office's own, with places for ours."""


class EstateEntry(Entry):
    name: Line = Field(description="whose estate it is; stands in messages")
    time_zone: Zone = Field(description="zone of all dates and office hours, a name of the IANA database")
    public_url: Line | None = Field(None, description="where people reach the pages; links in messages begin with it")
    advice: Advice = Field("", description="what departments are told to do meanwhile")
    advice_urdu: Advice = Field("", description="the same, for those who read Urdu")

    @field_validator("public_url")
    @classmethod
    def _is_a_plain_url(cls, url: str | None) -> str | None:
        if url and not _PUBLIC_URL.fullmatch(url):
            raise ValueError("must be an https or http URL without credentials, query and fragment")
        return url


class OfficeEntry(Entry):
    week: dict[Weekdays, Hours] = Field(min_length=1, description="working days and hours; days left out are off")
    holidays: Holidays = Field((), description="country code whose holidays seed the calendar, days, or both")
    half_days: dict[Day, TimeOfDay] = Field({}, description="days on which the office closes early, and when")
    time_zone: Zone | None = Field(None, description="where it keeps another clock than the estate")

    @model_validator(mode="after")
    def _names_each_day_once(self) -> Self:
        named = [day for days in self.week for day in days]
        if len(named) != len(set(named)):
            raise ValueError("a day has hours twice in week; name each day once")
        return self

    @model_validator(mode="after")
    def _closes_early_within_hours(self) -> Self:
        hours = self._hours_by_day()
        for day, closing in self.half_days.items():
            usual = hours.get(day.isoweekday())
            if usual is not None and not usual[0] < closing <= usual[1]:
                raise ValueError("a half day must close within the hours of its weekday")
        return self

    def office(self, office_id: str, calendar: Sequence[HolidayEntry] = ()) -> Office:
        """`calendar` is what stands of it elsewhere, and wins."""
        written = (*self.holidays, *calendar)
        return Office(
            id=office_id,
            week=self._hours_by_day(),
            holidays=holidays_of(written),
            worked=worked_days_of(written),
            half_days=dict(self.half_days),
            time_zone=self.time_zone,
        )

    def _hours_by_day(self) -> dict[int, Hours]:
        return {day: hours for days, hours in self.week.items() for day in sorted(days)}


class VendorEntry(Entry):
    name: Line = Field(description="as it stands on bills")
    ntn: Line | None = Field(None, description="national tax number as printed; leading zeros are real")
    strn: Line | None = Field(None, description="sales tax registration number as printed")
    cnic: Line | None = Field(None, description="identity card number of a person who is the vendor; shown masked")
    iban: Iban | None = Field(None, description="account it is paid to; its check digits are verified")
    taxpayer_lists: tuple[ListKind, ...] = Field(
        (ListKind.INCOME_TAX,), description="lists of active taxpayers on which it must stand to be paid; none: []"
    )
    watched_by: tuple[Line, ...] = Field(
        (), description="checks of its gateway or portal; what it provides hangs on them"
    )

    def vendor(self, vendor_id: str) -> Vendor:
        return Vendor(
            id=vendor_id,
            name=self.name,
            ntn=self.ntn,
            strn=self.strn,
            cnic=self.cnic,
            iban=self.iban,
            taxpayer_lists=self.taxpayer_lists,
            watched_by=self.watched_by,
        )


class DepartmentEntry(Entry):
    name: Line = Field(description="as people call it")
    contact: Id | None = Field(None, description="receiver that speaks for the department")
    users: int = Field(0, ge=0, le=10_000_000, description="how many people depend on its services")

    def department(self, department_id: str) -> Department:
        return Department(id=department_id, name=self.name, contact=self.contact, users=self.users)


class ServiceEntry(Entry):
    title: Line = Field(description="as people call it; stands in subjects of messages")
    vendor: Id | None = Field(None, description="who provides it")
    departments: tuple[Id, ...] = Field((), description="who goes dark with it")
    depends_on: tuple[Id, ...] = Field((), description="services without which it cannot work")
    runbook: Text = Field("", description="what to do when it fails; stands in every page")
    advice: Advice = Field("", description="what its departments are told to do meanwhile; left out: the estate's")
    advice_urdu: Advice = Field("", description="the same, for those who read Urdu")

    def service(self, service_id: str) -> Service:
        return Service(
            id=service_id,
            title=self.title,
            vendor=self.vendor,
            departments=self.departments,
            runbook=self.runbook,
            advice=self.advice,
            advice_urdu=self.advice_urdu,
            depends_on=self.depends_on,
        )


class SiteEntry(Entry):
    title: Line = Field(description="as people call it")
    uplink: Line | None = Field(None, description="the check of its link; all else at the site hangs on it")

    def site(self, site_id: str) -> Site:
        return Site(id=site_id, title=self.title, uplink=self.uplink)


class InvoiceEntry(Entry):
    vendor: Id = Field(description="who sent it")
    number: Line = Field(description="as printed on the bill; unique per vendor")
    amount: Money = Field(description="what is to be paid")
    due: Day = Field(description="last day to pay")
    suspends: Day | None = Field(None, description="the day the vendor has said it cuts the service off")
    service: Id | None = Field(None, description="what goes dark when it is not paid")
    office: Id | None = Field(None, description="whose working days count; left out: the first office")
    settled_on: Day | None = Field(None, description="the day the vendor had its money")
    evidence: Text = Field("", description="what proves that: a receipt, a letter's reference")

    @field_validator("amount")
    @classmethod
    def _is_over_zero(cls, amount: Money) -> Money:
        if not amount.amount:
            raise ValueError("a bill over nothing is no bill; write its amount or leave it out")
        return amount

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.suspends is not None and self.suspends < self.due:
            raise ValueError("suspends lies before due; look for a slip of the pen")
        return self

    def invoice(self) -> Invoice:
        return Invoice(
            vendor=self.vendor,
            number=self.number,
            amount=self.amount,
            due=self.due,
            suspends=self.suspends,
            service=self.service,
            office=self.office,
            settled_on=self.settled_on,
            evidence=self.evidence,
        )
