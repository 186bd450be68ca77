"""What dashboards read: every line in Prometheus' text format, written in steps that never hold the loop."""

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from alerts.incident import Incident, Nature
from alerts.judging.episode import CheckFacts
from alerts.judging.judge import judge
from alerts.record import SubjectRecord
from checks.model import Cause, CheckId, Deadline, Finding, Measurement, Observation, Status
from checks.plugin import CheckContext
from checks.spec import CheckSpec
from tests.support.scripted import spec_of
from tests.support.virtual_loop import run_virtual
from watchdog.engine.subjects import Subjects
from watchdog.metrics.exposition import STEPS_AT_ONCE, Exposition

NOW = datetime(2017, 10, 18, 4, 0, 0, 250_000, tzinfo=UTC)
NOW_S = 1508299200.25
MX = CheckId("mx")

Series = tuple[str, tuple[tuple[str, str], ...]]


async def unused(_ctx: CheckContext) -> Sequence[Finding]:
    return ()


SPEC = spec_of(unused)
SPECS = {MX: SPEC}


class Counted(str):
    """A name that counts how often it was escaped for a label."""

    __slots__ = ("times",)

    def __init__(self, _text: str) -> None:
        self.times = 0

    def replace(self, *args: object, **_kwargs: object) -> str:
        self.times += 1
        old, new = map(str, args)
        return str(self).replace(old, new)


def record(subject: str = "mx1", *, check: CheckId = MX, status: Status = Status.OK) -> SubjectRecord:
    return SubjectRecord(
        check_id=check,
        subject=subject,
        status=status,
        cause=Cause.NONE if status is Status.OK else Cause.REFUSED,
        duration_s=0.0123456,
        seen_at=NOW,
        judged_at=NOW,
        good_at=NOW - timedelta(minutes=1),
    )


def incident(severity: Status) -> Incident:
    return Incident(
        id="i1",
        check_id=MX,
        subject="mx1",
        nature=Nature.FAULT,
        kind="scripted",
        service="mail",
        severity=severity,
        cause=Cause.REFUSED,
        summary="refused",
        opened_at=NOW,
        since=NOW,
    )


def text_of(exposition: Exposition, specs: Mapping[CheckId, CheckSpec] = SPECS) -> str:
    async def whole() -> bytes:
        return b"".join([chunk async for chunk in exposition.chunks(specs, {})])

    return run_virtual(whole()).decode()


def parsed(text: str) -> dict[Series, float]:
    """Every series by name and sorted labels; each family must come in one piece, no series twice."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    series = {(sample.name, tuple(sorted(sample.labels.items()))): float(sample.value) for sample in samples}
    assert len(series) == len(samples)
    heads = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(set(heads)) == len(heads)
    return series


def scraped(*records: SubjectRecord, specs: Mapping[CheckId, CheckSpec] = SPECS) -> dict[Series, float]:
    return parsed(text_of(Exposition(Subjects(records)), specs))


def labels(**more: str) -> tuple[tuple[str, str], ...]:
    known = {"check": "mx", "subject": "mx1", "kind": "scripted", "service": "mail"}
    return tuple(sorted({**known, **more}.items()))


def exporting(**exports: str) -> Mapping[CheckId, CheckSpec]:
    return {MX: replace(SPEC, kind=replace(SPEC.kind, exports=exports))}


# What it says ----------------------------------------------------------------------------------------------------


def test_a_subject_has_its_status_cause_and_times() -> None:
    series = scraped(record(status=Status.CRITICAL))
    assert {name: value for (name, own), value in series.items() if dict(own).get("subject") == "mx1"} == {
        "nigehban_check_status": 2,
        "nigehban_check_cause": 1,
        "nigehban_check_duration_seconds": 0.012346,
        "nigehban_check_last_run_timestamp_seconds": NOW_S,
        "nigehban_check_last_good_timestamp_seconds": NOW_S - 60,
    }
    assert ("nigehban_check_cause", labels(cause="refused")) in series


def test_a_subject_never_seen_well_has_no_time_of_that() -> None:
    names = {name for name, _ in scraped(replace(record(), good_at=None))}
    assert "nigehban_check_last_run_timestamp_seconds" in names
    assert "nigehban_check_last_good_timestamp_seconds" not in names


def test_a_deadline_is_told_with_the_last_moment_to_start() -> None:
    deadline = Deadline(at=NOW + timedelta(days=20), act_by=NOW)
    series = scraped(replace(record(), deadline=deadline), record("mx2"))
    assert series["nigehban_deadline_timestamp_seconds", labels()] == NOW_S + 20 * 86400
    assert series["nigehban_deadline_act_by_timestamp_seconds", labels()] == NOW_S
    assert ("nigehban_deadline_timestamp_seconds", labels(subject="mx2")) not in series


def test_only_measurements_that_the_kind_exports_become_metrics() -> None:
    numbers = (
        Measurement(name="users", value=42, unit=""),
        Measurement(name="lapse", value=7.5, unit="timestamp_seconds", labels=(("vendor", "acme"),)),
        Measurement(name="secret", value=1, unit=""),
    )
    series = scraped(replace(record(), measurements=numbers), specs=exporting(users="Users.", lapse="When it\nlapses."))
    assert series["nigehban_users", labels()] == 42
    assert series["nigehban_lapse_timestamp_seconds", (("vendor", "acme"),)] == 7.5
    assert not any("secret" in name for name, _ in series)


LAPSE = Measurement("domain_expiry", 7.5, "timestamp_seconds", (("domain", "kp.gov.pk"),))
USERS = Measurement("users", 42, "")


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.CRITICAL])
def test_a_date_stays_while_it_cannot_be_seen_and_a_count_does_not(status: Status) -> None:
    """Over a look that fails, another, and a restart."""
    seen = Finding(subject="mx1", status=Status.OK, summary="seen", measurements=(LAPSE, USERS))
    failed = Finding(subject="mx1", status=status, cause=Cause.TIMEOUT, summary="no answer")
    specs = exporting(domain_expiry="When it lapses.", users="Users.")
    subjects, numbers = Subjects(), itertools.count()
    for minute, finding in enumerate((seen, seen, failed, failed)):
        at = NOW + timedelta(minutes=minute)
        look = Observation(check_id=MX, finding=finding, observed_at=at, duration_s=0.1)
        standing = subjects.get(MX, "mx1")
        judged = judge(standing.current() if standing else None, look, CheckFacts(kind="x"), lambda: f"{next(numbers)}")
        subjects.put(judged.record, look)
    records = [subject.record for subject in subjects]
    for text in (text_of(Exposition(subjects), specs), text_of(Exposition(Subjects(records)), specs)):
        series = parsed(text)
        assert series["nigehban_domain_expiry_timestamp_seconds", (("domain", "kp.gov.pk"),)] == 7.5
        assert ("nigehban_users", labels()) not in series


def test_a_date_seen_by_a_routine_look_alone_stays_as_well() -> None:
    subjects = Subjects([record()])
    (subject,) = subjects
    routine = Finding(subject="mx1", status=Status.OK, summary="seen", measurements=(LAPSE,))
    subject.look(Observation(check_id=MX, finding=routine, observed_at=NOW + timedelta(minutes=1), duration_s=0.1))
    failed = Finding(subject="mx1", status=Status.UNKNOWN, cause=Cause.BLIND, summary="no answer")
    look = Observation(check_id=MX, finding=failed, observed_at=NOW + timedelta(minutes=2), duration_s=0.1)
    subjects.put(judge(subject.current(), look, CheckFacts(kind="x"), lambda: "1").record, look)
    assert subject.measurements == (LAPSE,)


def test_a_date_that_is_no_more_is_gone_with_the_next_good_look() -> None:
    settled = Finding(subject="mx1", status=Status.OK, summary="settled")
    look = Observation(check_id=MX, finding=settled, observed_at=NOW + timedelta(minutes=1), duration_s=0.1)
    before = replace(record(), measurements=(LAPSE,))
    assert judge(before, look, CheckFacts(kind="x"), lambda: "1").record.measurements == ()


def test_of_two_equal_series_the_first_stands() -> None:
    same = Measurement(name="lapse", value=1, unit="", labels=(("vendor", "acme"),))
    records = [
        replace(record(name), measurements=(same._replace(value=value),))
        for name, value in (("mx1", 1.0), ("mx2", 2.0))
    ]
    assert scraped(*records, specs=exporting(lapse="x"))["nigehban_lapse", (("vendor", "acme"),)] == 1


def test_incidents_are_counted_by_service_and_severity_and_none_is_a_zero() -> None:
    series = scraped(replace(record(), fault_incident=incident(Status.CRITICAL)), record("mx2"))
    counts = {own: value for (name, own), value in series.items() if name == "nigehban_incidents_open"}
    assert counts == {
        (("service", "mail"), ("severity", "critical")): 1,
        (("service", "mail"), ("severity", "warning")): 0,
    }


def test_a_subject_of_a_check_that_is_gone_still_has_all_labels() -> None:
    assert ("nigehban_check_status", labels(kind="", service="")) in scraped(record(), specs={})


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")))
def test_any_name_comes_back_as_it_was(subject: str) -> None:
    assert ("nigehban_check_status", labels(subject=subject)) in scraped(record(subject))


# What it costs ---------------------------------------------------------------------------------------------------


def test_labels_are_escaped_once_and_again_only_when_the_check_changes() -> None:
    name = Counted("mx1")
    exposition = Exposition(Subjects([record(name)]))
    text_of(exposition)
    once = name.times
    text_of(exposition)
    text_of(exposition)
    assert name.times == once > 0
    moved = text_of(exposition, {MX: spec_of(unused, service="portal")})
    assert ("nigehban_check_status", labels(service="portal")) in parsed(moved)
    assert name.times == 2 * once


def test_a_subject_that_is_gone_is_neither_shown_nor_kept() -> None:
    subjects = Subjects([record("mx1"), record("mx2")])
    exposition = Exposition(subjects)
    assert "mx2" in text_of(exposition)
    subjects.forget(MX, "mx2")
    assert "mx2" not in text_of(exposition)
    assert len(exposition._rows) == 1


def test_from_the_first_to_the_last_piece_the_loop_is_never_kept_for_many_subjects() -> None:
    names = [Counted(f"mx{number}") for number in range(10 * STEPS_AT_ONCE)]
    exposition = Exposition(Subjects(record(name, check=CheckId(name)) for name in names))
    specs = {CheckId(name): spec_of(unused, check_id=name) for name in names[:50]}

    async def scene() -> tuple[list[int], list[int]]:
        rendered, lines = [0], list[int]()

        async def watch() -> None:
            while True:
                rendered.append(sum(name.times > 0 for name in names))
                await asyncio.sleep(0)

        watching = asyncio.create_task(watch())
        async for chunk in exposition.chunks(specs, {}):
            lines.append(chunk.count(b"\n"))
        watching.cancel()
        return rendered, lines

    rendered, lines = run_virtual(scene())
    assert max(later - earlier for earlier, later in pairwise(rendered)) <= STEPS_AT_ONCE
    assert rendered[-1] == len(names)
    assert max(lines) <= STEPS_AT_ONCE + len(("# HELP", "# TYPE"))
    assert sum(lines) > 5 * len(names)
