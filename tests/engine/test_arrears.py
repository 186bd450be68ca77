"""Which bills stand behind what is down, as bills are paid and fall due meanwhile."""

from dataclasses import replace
from datetime import date, datetime

from alerts.incident import Incident
from alerts.judging.episode import CheckFacts
from alerts.judging.judge import judge
from alerts.record import SubjectRecord
from checks.estate import Estate, Service, Vendor
from checks.invoice import Invoice
from checks.model import CheckId, Observation
from tests.support.telling import BILLS, INVOICE, KARACHI, OUTAGE, bill_finding, local
from watchdog.engine.arrears import Arrears
from watchdog.engine.subjects import Subjects

OVERDUE_AT = local("2017-12-09 10:00")
EARLY = local("2017-11-20 10:00")
ESTATE = Estate(
    name="A",
    time_zone=KARACHI,
    vendors={"acme": Vendor(id="acme", name="Acme")},
    services={"official-email": Service(id="official-email", title="Mail", vendor="acme")},
)
MAIL = CheckFacts(kind="smtp", service="official-email")
CLOCK = CheckFacts(kind="ntp")


def bill(at: datetime, invoice: Invoice = INVOICE) -> SubjectRecord:
    look = Observation(check_id=CheckId("bills"), finding=bill_finding(at, invoice), observed_at=at, duration_s=0.0)
    return judge(None, look, BILLS, lambda: "0b").record


def outage(name: str = "mx", incident: Incident = OUTAGE) -> SubjectRecord:
    one = replace(incident, id=f"i-{name}", check_id=CheckId(name), service="official-email" if name == "mx" else None)
    return SubjectRecord(check_id=one.check_id, subject=one.subject, seen_at=EARLY, judged_at=EARLY, fault_incident=one)


def watched(*records: SubjectRecord, at: datetime = OVERDUE_AT) -> tuple[Subjects, Arrears]:
    subjects = Subjects(records)
    arrears = Arrears(subjects, clock=lambda: at)
    arrears.configure({CheckId("mx"): MAIL, CheckId("clock"): CLOCK, CheckId("bills"): BILLS}, ESTATE)
    return subjects, arrears


def numbers(arrears: Arrears, subjects: Subjects, of_bill: SubjectRecord) -> dict[str, list[str]]:
    """By check whose bills changed, the numbers of those it has now."""
    event_of = replace(OUTAGE, check_id=of_bill.check_id, subject=of_bill.subject)
    found: dict[str, list[str]] = {}
    for judged in list(arrears.joined_anew(event_of)):
        subjects.put(judged.record, None)
        incident = judged.record.fault_incident
        found[judged.record.check_id] = [] if incident is None else [debt.number for debt in incident.debts]
    return found


def test_a_bill_that_falls_due_is_joined_to_what_is_down_of_that_vendor_and_to_nothing_else() -> None:
    due = bill(OVERDUE_AT)
    subjects, arrears = watched(outage(), outage("clock"), due)
    assert numbers(arrears, subjects, due) == {"mx": ["INV-7"]}
    assert numbers(arrears, subjects, due) == {}


def test_a_bill_that_is_paid_leaves_what_is_down() -> None:
    due = bill(OVERDUE_AT)
    subjects, arrears = watched(outage(), due)
    numbers(arrears, subjects, due)
    paid = bill(OVERDUE_AT, replace(INVOICE, settled_on=date(2017, 12, 9), evidence="receipt 12"))
    subjects.put(paid, None)
    assert numbers(arrears, subjects, paid) == {"mx": []}


def test_a_bill_that_is_listed_no_longer_leaves_what_is_down() -> None:
    due = bill(OVERDUE_AT)
    subjects, arrears = watched(outage(), due)
    numbers(arrears, subjects, due)
    subjects.forget(due.check_id, due.subject)
    assert numbers(arrears, subjects, due) == {"mx": []}


def test_what_is_part_of_another_incident_carries_no_bills() -> None:
    due = bill(OVERDUE_AT)
    subjects, arrears = watched(outage(incident=replace(OUTAGE, root="i-uplink")), due)
    assert numbers(arrears, subjects, due) == {}


def test_who_was_cut_off_with_a_fellow_stays_with_it_once_the_bill_is_paid_and_nobody_joins_it() -> None:
    root = outage()
    part = replace(outage("mx2"), fault_incident=replace(OUTAGE, id="i-2", check_id=CheckId("mx2"), root="i-mx"))
    subjects = Subjects((root, part))
    arrears = Arrears(subjects, clock=lambda: OVERDUE_AT)
    arrears.configure({CheckId("mx"): MAIL, CheckId("mx2"): MAIL, CheckId("mx3"): MAIL}, ESTATE)
    assert list(arrears.unpaid_fellows(CheckId("mx2"), "i-mx")) == ["mx"]
    assert list(arrears.unpaid_fellows(CheckId("mx3"))) == []
