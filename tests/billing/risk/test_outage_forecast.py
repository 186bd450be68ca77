"""Departments are told days before a service is cut off, and of nothing that is paid in time."""

from dataclasses import replace
from datetime import date, timedelta

from checks.billing import outage_forecast
from checks.ledger.event import Details, Draft, LedgerEventKind
from checks.ledger.taxpayers import ListKind
from checks.model import Cause, Finding, Status
from tests.support.bills import facts, morning
from tests.support.owed import Lists, OwedCheck, acknowledged, blocked, granted, received

EARLIEST = date(2017, 9, 22)
"""Due on 23 August, thirty days of grace."""
MAIL = "official-email"


def check() -> OwedCheck:
    one = OwedCheck(outage_forecast.KIND)
    one.say(received(service=MAIL))
    return one


def of_mail(one: OwedCheck, day: date) -> Finding:
    return one.look(day)[MAIL]


def moved(stage: str, on: date) -> Draft:
    return Draft(
        about="acme/inv-7",
        kind=LedgerEventKind.MOVED,
        happened_at=morning(on),
        author="so.finance",
        details=Details(stage=stage),
    )


def test_the_deadline_is_the_morning_of_the_earliest_likely_day() -> None:
    deadline = of_mail(check(), date(2017, 8, 1)).deadline
    assert deadline is not None
    assert deadline.at == morning(EARLIEST, 9)


def test_departments_hear_ten_working_days_before_and_it_is_critical_from_five_on() -> None:
    deadline = of_mail(check(), date(2017, 8, 1)).deadline
    assert deadline is not None
    assert [(rung.name, rung.at, rung.status) for rung in deadline.rungs] == [
        ("10wd", morning(date(2017, 9, 8), 9), Status.WARNING),
        ("5wd", morning(date(2017, 9, 15), 9), Status.CRITICAL),
        ("3wd", morning(date(2017, 9, 19), 9), Status.CRITICAL),
        ("1wd", morning(date(2017, 9, 21), 9), Status.CRITICAL),
        ("0wd", morning(EARLIEST, 9), Status.CRITICAL),
    ]


def test_the_deadline_never_moves_by_time_alone() -> None:
    one = check()
    days = [date(2017, 8, 1) + timedelta(days=day) for day in range(120)]
    assert len({finding.deadline.rungs for day in days if (finding := of_mail(one, day)).deadline is not None}) == 1


def test_what_is_said_names_the_window_the_bills_and_who_goes_dark() -> None:
    found = of_mail(check(), date(2017, 9, 11))
    assert (found.status, found.cause) == (Status.WARNING, Cause.DUE)
    assert found.summary == "Official e-mail may be cut off for Rs 134,000 unpaid"
    said = facts(found)
    assert said["Cut off from"] == "Fri 22 Sep 2017"
    assert said["Cut off until"] == "Mon 23 Oct 2017"
    assert said["Vendor"] == "Acme Mail (Pvt) Ltd"
    assert said["Goes dark for"] == "Health Department (1,200 users), Excise (300 users), Museum"
    assert said["Goes dark with it"] == "Citizens' portal, Tax filing"
    assert said["Bill"].startswith("INV-7, Rs 134,000: disconnection likely between Fri 22 Sep and Mon 23 Oct 2017")


def test_a_service_that_hangs_on_the_one_cut_off_has_a_deadline_of_its_own() -> None:
    found = check().look(date(2017, 9, 11))
    assert found["filing"].deadline == found[MAIL].deadline
    assert facts(found["filing"])["Goes dark for"] == "Excise (300 users)"


def test_a_bill_that_will_be_paid_in_time_threatens_nobody() -> None:
    one = check()
    one.say(moved("credit", date(2017, 8, 1)))
    found = of_mail(one, date(2017, 8, 2))
    assert (found.status, found.deadline) == (Status.OK, None)
    assert "in nine of ten cases" in facts(found)["In time"]


def test_the_same_bill_threatens_once_its_vendor_cannot_be_paid() -> None:
    one = check()
    one.say(moved("credit", date(2017, 8, 1)), blocked("acme", date(2017, 8, 2)))
    found = of_mail(one, date(2017, 8, 2))
    assert found.deadline is not None
    assert "stands still: its vendor cannot be paid: account attached by the tax authority" in facts(found)["Bill"]


def test_the_same_bill_threatens_once_its_vendor_is_off_the_list_of_active_taxpayers() -> None:
    one = check()
    one.say(moved("credit", date(2017, 8, 1)))
    acme = replace(one.estate.vendors["acme"], ntn="1234567-8")
    one.estate = replace(one.estate, vendors={**one.estate.vendors, "acme": acme})
    one.taxpayers = Lists({ListKind.INCOME_TAX: (date(2017, 8, 1), {"1234567": "ACME"})})
    assert of_mail(one, date(2017, 8, 2)).deadline is None
    one.taxpayers = Lists({ListKind.INCOME_TAX: (date(2017, 8, 2), {"7654321": "ZETA"})})
    found = of_mail(one, date(2017, 8, 2))
    assert found.deadline is not None
    assert "cannot be paid: not on the list of active taxpayers" in facts(found)["Bill"]


def test_a_list_that_nobody_imported_threatens_nobody() -> None:
    one = check()
    one.say(moved("credit", date(2017, 8, 1)))
    assert one.estate.vendors["acme"].taxpayer_lists
    assert of_mail(one, date(2017, 8, 2)).deadline is None


def test_grace_that_the_vendor_gives_moves_the_forecast() -> None:
    one = check()
    one.say(granted("acme/inv-7", date(2017, 9, 20), until=date(2017, 11, 15)))
    deadline = of_mail(one, date(2017, 9, 21)).deadline
    assert deadline is not None
    assert deadline.at == morning(date(2017, 11, 15), 9)


def test_the_earliest_of_several_bills_counts() -> None:
    one = check()
    one.say(received("INV-6", due=date(2017, 8, 2), service=MAIL))
    deadline = of_mail(one, date(2017, 8, 3)).deadline
    assert deadline is not None
    assert deadline.at == morning(date(2017, 9, 1), 9)


def test_once_paid_nothing_is_left_of_it() -> None:
    one = check()
    one.say(acknowledged("acme/inv-7", date(2017, 9, 12)))
    found = of_mail(one, date(2017, 9, 12))
    assert (found.status, found.deadline) == (Status.OK, None)


def test_after_the_day_it_is_overdue_and_stays_so() -> None:
    found = of_mail(check(), date(2017, 12, 1))
    assert (found.status, found.cause) == (Status.CRITICAL, Cause.OVERDUE)


def renamed_vendor(one: OwedCheck) -> None:
    """The settings call acme by another id, as of the next look."""
    mail, acme = one.estate.services[MAIL], one.estate.vendors["acme"]
    vendors = {id_: vendor for id_, vendor in one.estate.vendors.items() if id_ != "acme"}
    vendors["acme-mail"] = replace(acme, id="acme-mail")
    services = {**one.estate.services, MAIL: replace(mail, vendor="acme-mail")}
    one.estate = replace(one.estate, vendors=vendors, services=services)


def test_a_vendor_that_leaves_the_settings_settles_nothing() -> None:
    one = OwedCheck(outage_forecast.KIND)
    one.say(received())
    before, told = one.estate, date(2017, 9, 11)
    assert of_mail(one, told).status is Status.WARNING
    renamed_vendor(one)
    unsure = of_mail(one, told)
    assert (unsure.status, unsure.cause) == (Status.UNKNOWN, Cause.STALE)
    assert "INV-7 is open still, and the settings do not name the vendor acme any more" in unsure.summary
    assert of_mail(one, told).status is Status.UNKNOWN, "as long as it lasts"
    one.estate = before
    assert of_mail(one, told).status is Status.WARNING


def test_a_bill_of_a_vendor_that_left_the_settings_is_settled_once_it_is_paid() -> None:
    one = OwedCheck(outage_forecast.KIND)
    one.say(received())
    of_mail(one, date(2017, 9, 11))
    renamed_vendor(one)
    of_mail(one, date(2017, 9, 11))
    one.say(acknowledged("acme/inv-7", date(2017, 9, 12)))
    assert of_mail(one, date(2017, 9, 13)).status is Status.OK


def test_a_bill_that_was_never_behind_a_forecast_holds_none_open() -> None:
    one = OwedCheck(outage_forecast.KIND)
    one.say(received(), received("X-1", vendor="stranger"))
    of_mail(one, date(2017, 9, 11))
    one.say(acknowledged("acme/inv-7", date(2017, 9, 12)))
    assert of_mail(one, date(2017, 9, 13)).status is Status.OK
