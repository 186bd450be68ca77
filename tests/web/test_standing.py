"""One word for how something stands, the same wherever it is shown; and "all is well" for nothing else: pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from checks.billing.path.pace import usual_pace
from checks.billing.scene import DueDays, Scene
from checks.calendars import OfficeCalendars
from checks.deadline import DOMAIN_LADDER, INVOICE_LADDER, grade, resolve
from checks.model import Cause, CheckId, Deadline, Finding, Status
from tests.support.bills import said_of
from tests.support.page_estate import NOW, Seen, every, glance_of, page_estate
from watchdog.engine.subjects import Subject
from watchdog.web.check_view import check_page, service_page
from watchdog.web.glance import Glance
from watchdog.web.overview import overview
from watchdog.web.standing import Standing

ESTATE = """\
estate: {name: Small, time_zone: Asia/Karachi}
offices: {hq: {week: {mon-fri: "09:00-17:00"}}}
vendors: {acme: {name: Acme}}
services: {mail: {title: Mail}}
receivers: {ops: {channels: [{kind: webhook, url: "https://hooks.example.org/x"}]}}
routes: [{match: {}, to: [ops]}]
checks:
  - {id: domain, kind: domain_expiry, service: mail, domain: example.gov.pk}
  - {id: bills, kind: invoice_due, service: mail}
  - {id: mx, kind: tcp, service: mail, host: 192.0.2.1, port: 25}
invoices:
  - {vendor: acme, number: INV-0, amount: "1.00 PKR", due: 2026-11-30, service: mail}
  - {vendor: acme, number: INV-1, amount: "1.00 PKR", due: 2026-12-02, suspends: 2026-12-20, service: mail}
  - {vendor: acme, number: INV-5, amount: "1.00 PKR", due: 2026-11-23, service: mail}
  - {vendor: acme, number: INV-6, amount: "1.00 PKR", due: 2026-11-18, service: mail}
"""

WELL = Finding(subject="mx:25", status=Status.OK, summary="mx:25 accepts connections")
HOURLY = every(timedelta(hours=1), NOW - timedelta(days=1))


def domain(days: float) -> Finding:
    end = NOW + timedelta(days=days)
    deadline = Deadline(at=end, rungs=resolve(DOMAIN_LADDER, end, now=NOW))
    status = grade(deadline, NOW)
    cause = Cause.NONE if status is Status.OK else Cause.DUE
    return Finding(
        subject="example.gov.pk", status=status, cause=cause, summary="domain example.gov.pk", deadline=deadline
    )


def seen(tmp_path: Path, *findings: tuple[str, Finding]) -> Glance:
    """What checks said at every look of a day."""
    looks = [Seen(check, lambda _, said=said: said, HOURLY) for check, said in findings]  # type: ignore[misc]  # a bound default
    with page_estate(tmp_path, ESTATE, looks) as estate:
        return glance_of(estate)


def billed(tmp_path: Path, numbers: Sequence[str], *, gone: bool = False) -> Glance:
    """These bills as their kind speaks of them, with a mail server that is well."""
    with page_estate(tmp_path, ESTATE, []) as empty:
        settings = empty.watching.settings
    calendars = OfficeCalendars(settings.estate)
    scene = Scene(
        due_days=DueDays(calendars.of(None), INVOICE_LADDER, NOW),
        estate=settings.estate,
        service=settings.estate.services["mail"],
        pace=usual_pace(settings.estate.billing),
        source="the settings",
    )
    gone_at = NOW - timedelta(hours=3) if gone else None
    found = [said_of(bill, scene, gone_at) for bill in settings.invoices if bill.number in numbers]
    again = tmp_path / "again"
    again.mkdir()
    return seen(again, *(("bills", one) for one in found), ("mx", WELL))


# The headline --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [25, 10, 8])
def test_a_domain_people_were_told_of_is_not_passed_over(tmp_path: Path, days: int) -> None:
    view = overview(seen(tmp_path, ("domain", domain(days)), ("mx", WELL)))
    assert "1 deadline drawing near" in view.headline
    assert view.tone == "warning"


def test_a_bill_whose_payment_should_have_begun_is_not_passed_over(tmp_path: Path) -> None:
    view = overview(billed(tmp_path, ["INV-1"]))
    assert view.headline.startswith("1 deadline past the day to act by; ")


def test_a_bill_that_is_no_longer_listed_is_not_passed_over(tmp_path: Path) -> None:
    view = overview(billed(tmp_path, ["INV-1"], gone=True))
    assert view.headline.startswith("1 bill no longer listed and not settled; ")


def test_what_cannot_be_judged_is_said_beside_a_deadline_of_the_same_service(tmp_path: Path) -> None:
    silent = Finding(subject="mx:25", status=Status.UNKNOWN, summary="cannot be told")
    view = overview(seen(tmp_path, ("domain", domain(-1)), ("mx", silent)))
    assert view.headline.startswith("Mail cannot be judged; 1 deadline overdue; ")


def test_what_is_far_off_troubles_nobody(tmp_path: Path) -> None:
    view = overview(seen(tmp_path, ("domain", domain(300)), ("mx", WELL), ("bills", replace(WELL, subject="none"))))
    assert (view.tone, view.headline) == ("ok", "All is well: 3 checks.")


# One bill, one word --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "gone", "word", "tone"),
    [
        ("INV-6", False, "Overdue", "critical"),
        ("INV-5", False, "Act now", "critical"),
        ("INV-1", False, "Past the day to act by", "warning"),
        ("INV-1", True, "No longer listed", "warning"),
        ("INV-6", True, "Overdue", "critical"),
    ],
)
def test_a_bill_has_one_word_and_one_colour_wherever_it_stands(
    tmp_path: Path,
    number: str,
    gone: bool,  # noqa: FBT001  # a case
    word: str,
    tone: str,
) -> None:
    view = overview(billed(tmp_path, [number], gone=gone))
    service = view.services.rows[0].standing
    (told,), (bill,) = view.ahead, view.bills
    assert [(service.value, service.tone), (told.word, told.tone), (bill.word, bill.tone)] == [(word, tone)] * 3
    assert {row.tone for row in view.time_line.rows} == {tone}


def test_of_two_bills_the_overdue_one_stands_first_and_stands_for_its_service(tmp_path: Path) -> None:
    view = overview(billed(tmp_path, ["INV-5", "INV-6"]))
    assert [one.number for one in view.bills] == ["INV-6", "INV-5"]
    assert [one.word for one in view.ahead] == ["Overdue", "Act now"]
    row = view.services.rows[0]
    assert (row.standing, row.since) == (Standing.OVERDUE, "was due 17:00 on Wed 18 Nov 2026, 5 days overdue")
    assert "INV-6" in row.words


# What nobody saw -----------------------------------------------------------------------------------------------------


def test_a_service_with_a_check_that_nobody_looked_at_is_not_well(tmp_path: Path) -> None:
    glance = seen(tmp_path, ("mx", WELL))
    assert overview(glance).services.rows[0].standing is Standing.UNSEEN
    assert service_page(glance.estate.services["mail"], glance).row.standing is Standing.UNSEEN


def test_a_look_that_fails_over_a_deadline_is_a_fault_and_no_deadline(tmp_path: Path) -> None:
    refused = Finding(
        subject="example.gov.pk", status=Status.CRITICAL, cause=Cause.REFUSED, summary="example.gov.pk refuses"
    )
    glance = seen(tmp_path, ("domain", domain(300)))
    (standing,) = glance.of(CheckId("domain"))
    failing = replace(standing.record, status=refused.status, cause=refused.cause, summary=refused.summary)
    subjects = {CheckId("domain"): (Subject(failing, failing),)}
    page = check_page(glance.specs[CheckId("domain")], replace(glance, subjects=subjects))
    assert page.row.standing is Standing.FAILING
    assert page.row.since.startswith("since ")


# What was down a short while ago --------------------------------------------------------------------------------------


def test_what_is_well_again_for_now_is_neither_down_nor_well(tmp_path: Path) -> None:
    refused = Finding(subject="mx:25", status=Status.CRITICAL, cause=Cause.REFUSED, summary="mx:25 refuses")
    mended = NOW - timedelta(minutes=3)
    looks = [
        Seen("mx", lambda at: refused if at < mended else WELL, every(timedelta(seconds=10), NOW - timedelta(hours=1)))
    ]
    with page_estate(tmp_path, ESTATE.replace("port: 25}", "port: 25, flap_hold: 1h}"), looks) as estate:
        glance = glance_of(estate)
    page = check_page(glance.specs[CheckId("mx")], glance)
    assert page.row.standing is Standing.RECOVERED
    assert "is well again, if it lasts" in overview(glance).headline
