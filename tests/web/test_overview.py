"""What the first page says, from what is known: pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.incident import Acknowledgement
from checks.model import CheckId, Finding, Measurement, Status
from tests.support.page_estate import NOW, PageEstate, Seen, every, glance_of, page_estate
from watchdog.engine.subjects import Subject
from watchdog.store.past_views import Slice
from watchdog.web.bar_reading import Bars
from watchdog.web.bars import Shape, bar
from watchdog.web.glance import Glance
from watchdog.web.header import header
from watchdog.web.overview import overview
from watchdog.web.standing import Standing
from watchdog.web.view import Overview

WELL = """\
estate: {name: Small, time_zone: Asia/Karachi}
services: {mail: {title: Mail}}
receivers: {ops: {channels: [{kind: webhook, url: "https://hooks.example.org/x"}]}}
routes: [{match: {}, to: [ops]}]
checks:
  - {id: mx, kind: tcp, service: mail, host: 192.0.2.1, port: 25}
  - {id: alone, kind: tcp, host: 192.0.2.1, port: 26}
"""


@pytest.fixture(scope="module")
def monday(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Glance]:
    with page_estate(tmp_path_factory.mktemp("monday")) as estate:
        yield glance_of(estate)


@pytest.fixture(scope="module")
def view(monday: Glance) -> Overview:
    return overview(monday)


def small(tmp_path: Path, *findings: tuple[str, Finding]) -> Glance:
    seen = [Seen(check, lambda _, said=said: said, every(timedelta(minutes=1), NOW)) for check, said in findings]  # type: ignore[misc]  # a bound default
    with page_estate(tmp_path, WELL, seen) as estate:
        return glance_of(estate)


def ok(subject: str) -> Finding:
    return Finding(subject=subject, status=Status.OK, summary=f"{subject} accepts connections")


def test_the_headline_names_what_does_not_work_before_anything_else(view: Overview) -> None:
    assert view.headline.startswith("Official e-mail is not working; E-office is impaired; ")
    assert "1 deadline overdue; 1 deadline in the next 7 days" in view.headline
    assert view.tone == "critical"


def test_the_worst_service_stands_first_and_says_who_goes_dark(view: Overview) -> None:
    first = view.services.rows[0]
    assert (first.name, first.standing) == ("Official e-mail", Standing.DOWN)
    assert "Health Department (1,200 users)" in first.who
    assert first.since == "since 02:26 (41 min)"
    assert [row.standing for row in view.services.rows] == [
        Standing.DOWN,
        Standing.IMPAIRED,
        Standing.UNKNOWN,
        Standing.AHEAD,
    ]


def test_an_incident_has_its_cause_in_words_and_its_proof(view: Overview) -> None:
    (down,) = view.incidents
    assert down.cause == "the account is suspended"
    assert "< 550 5.7.1 account suspended, contact billing" in down.evidence


def test_checks_without_a_service_stand_by_themselves(view: Overview) -> None:
    assert sorted(row.name for row in view.others.rows) == ["backup-line", "dns"]


def test_what_is_overdue_stands_at_the_left_edge_of_the_time_line(view: Overview) -> None:
    first, second, *_ = view.time_line.rows
    assert first.lane.is_past
    assert first.lane.due_x < view.time_line.today_x < second.lane.due_x
    assert first.distance == "3 days overdue"
    assert first.act_by == "Mon 9 Nov 2026 (passed)"


def test_bills_and_certificates_and_domains_share_one_line_in_order(view: Overview) -> None:
    assert [row.what.split()[0] for row in view.time_line.rows] == ["Rs", "certificate", "Rs", "domain", "certificate"]
    assert [row.lane.due_x for row in view.time_line.rows] == sorted(row.lane.due_x for row in view.time_line.rows)


def test_a_bill_says_how_much_to_whom_until_when_and_who_goes_dark(view: Overview) -> None:
    bill = view.bills[0]
    assert (bill.word, bill.amount, bill.vendor, bill.number) == (
        "Overdue",
        "Rs 134,000 (Rs 1.34 lakh)",
        "Acme Mail (Pvt) Ltd",
        "INV-7",
    )
    assert bill.cuts_off == "Fri 18 Dec 2026"
    assert bill.service == "Official e-mail"
    assert "Police (3,400 users)" in bill.who


def test_the_gauge_of_the_e_office_counts_in_words_too(view: Overview) -> None:
    (gauge,) = view.gauges
    assert gauge.words == "86 of 100 sessions (86%); most today 93"
    assert (gauge.fill_x, gauge.peak_x) == (86.0, 93.0)


def test_sessions_beyond_what_it_bears_fill_the_gauge_and_no_more(monday: Glance) -> None:
    full = monday.of(CheckId("sessions"))[0]
    many = tuple(
        Measurement(one.name, 250.0 if one.name == "eoffice_sessions" else one.value, one.unit)
        for one in full.measurements
    )
    record = replace(full.record, measurements=many)
    subjects = {**monday.subjects, CheckId("sessions"): (Subject(record, record),)}
    (gauge,) = overview(replace(monday, subjects=subjects)).gauges
    assert gauge.fill_x == 100.0


def test_all_well_says_so_and_how_much_that_is(tmp_path: Path) -> None:
    view = overview(small(tmp_path, ("mx", ok("a:25")), ("alone", ok("a:26"))))
    assert (view.tone, view.headline) == ("ok", "All is well: 2 checks.")


def test_unknown_is_never_counted_as_well(tmp_path: Path) -> None:
    unknown = Finding(subject="a:25", status=Status.UNKNOWN, summary="cannot be told")
    view = overview(small(tmp_path, ("mx", unknown), ("alone", ok("a:26"))))
    assert view.tone == "unknown"
    assert view.headline == "Mail cannot be judged; all else is well."


def test_what_was_not_looked_at_yet_is_not_well(tmp_path: Path) -> None:
    view = overview(small(tmp_path, ("mx", ok("a:25"))))
    assert view.headline == "1 check not looked at yet; all else is well."
    assert {row.name: row.standing for row in view.others.rows} == {"alone": Standing.UNSEEN}


def test_a_start_says_that_nothing_was_seen(tmp_path: Path) -> None:
    view = overview(small(tmp_path))
    assert (view.tone, view.headline) == ("unknown", "Nothing was looked at yet.")


def test_a_fault_that_waits_for_its_confirmation_is_said_to_be_looked_at_again(tmp_path: Path) -> None:
    failing = Finding(subject="a:25", status=Status.CRITICAL, summary="a:25 refuses")
    view = overview(small(tmp_path, ("mx", failing), ("alone", ok("a:26"))))
    assert view.headline == "Mail fails and is being looked at again; all else is well."
    assert not view.incidents


def test_who_has_acknowledged_stands_with_the_incident(monday: Glance) -> None:
    subject = monday.of(CheckId("mx1"))[0]
    assert subject.record.fault_incident is not None
    said = Acknowledgement(by="asma", at=NOW, note="calling the vendor", until=NOW + timedelta(hours=2))
    record = replace(subject.record, fault_incident=replace(subject.record.fault_incident, acknowledged=said))
    glance = replace(monday, subjects={**monday.subjects, CheckId("mx1"): (Subject(record, record),)})
    assert overview(glance).incidents[0].acknowledged == "by asma at 03:07, until 05:07: calling the vendor"


# Banners -------------------------------------------------------------------------------------------------------------


def banners(glance: Glance, **conditions: object) -> list[str]:
    changed = replace(glance, conditions=replace(glance.conditions, **conditions))  # type: ignore[arg-type]  # by name
    return [one.title for one in header(changed).banners]


def test_a_page_of_a_healthy_watchdog_has_no_banner(monday: Glance) -> None:
    assert banners(monday) == []


def test_blindness_is_the_first_thing_said(monday: Glance) -> None:
    since = NOW - timedelta(minutes=4)
    assert banners(monday, blind_since=since, refused_at=NOW, refused=("x",))[0] == (
        "Blind since 03:03: this machine cannot see out"
    )
    blind = replace(monday, conditions=replace(monday.conditions, blind_since=since))
    assert overview(blind).headline.startswith(
        "Blind: how things stand now is not known; what stood before: Official e-mail is not working; "
    )


def test_a_daemon_that_looks_at_nothing_says_for_how_long(monday: Glance) -> None:
    later = replace(monday, now=NOW + timedelta(minutes=20))
    assert banners(later) == ["Stale: nothing was looked at for 20 min"]


def test_a_daemon_that_has_just_started_is_not_stale(monday: Glance) -> None:
    later = NOW + timedelta(minutes=20)
    assert banners(replace(monday, now=later), started_at=later - timedelta(seconds=20)) == []


def test_a_full_disk_is_said_with_its_beginning(monday: Glance) -> None:
    assert banners(monday, unwritten_since=NOW, unwritten_why="no space") == ["Nothing can be written since 03:07"]


def test_refused_settings_show_each_problem_with_its_place(monday: Glance) -> None:
    refused = ("nigehban.yaml:7:3: checks[0].host: is missing",)
    conditions = replace(monday.conditions, refused_at=NOW, refused=refused)
    (banner,) = header(replace(monday, conditions=conditions)).banners
    assert banner.lines == list(refused)


def test_missing_anchors_are_a_note_and_no_alarm(monday: Glance) -> None:
    top = header(replace(monday, has_anchors=False))
    assert (list(top.banners), [one.title for one in top.notes]) == ([], ["No anchors are set"])


# Bars ----------------------------------------------------------------------------------------------------------------


def hour(**numbers: int) -> Slice:
    return Slice(begins_at=NOW, ends_at=NOW + timedelta(hours=1), **numbers)


def test_each_outcome_has_a_shape_of_its_own_and_the_worst_of_an_hour_shows() -> None:
    slices = [hour(ok=59, critical=1), hour(ok=9, warning=1), hour(ok=1, unknown=1), hour(ok=2), hour()]
    drawn = bar(slices, "hours")
    assert [stroke.shape for stroke in drawn.strokes] == list(Shape)
    assert len({stroke.path.partition("0")[2] for stroke in drawn.strokes}) == len(Shape)
    assert drawn.words == "critical in 1, warning in 1, unknown in 1, ok in 1, nobody looked in 1 of 5 hours"


def days_of(estate: PageEstate, service: str) -> str:
    glance = glance_of(estate)
    hours, days = Bars(estate.store.past).read(list(glance.specs), NOW, glance.estate.time_zone)
    rows = overview(replace(glance, hours=hours, days=days)).services.rows
    (words,) = (row.days.words for row in rows if row.href == f"/services/{service}" and row.days is not None)
    return words


def test_a_bill_that_was_paid_leaves_no_outage_behind(tmp_path: Path) -> None:
    with page_estate(tmp_path) as estate:
        before = days_of(estate, "official-email")
        for one in estate.watching.subjects.of(CheckId("bills")):
            settled = replace(one.record, status=Status.OK, deadline=None, deadline_words=None, deadline_incident=None)
            estate.watching.subjects.put(settled, None)
        assert days_of(estate, "official-email") == before
        for one in estate.watching.subjects.of(CheckId("bills")):
            estate.watching.subjects.forget(one.record.check_id, one.record.subject)
        assert days_of(estate, "official-email") == before
    assert before.startswith("critical in 1, ")
