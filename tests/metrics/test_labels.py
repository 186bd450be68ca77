"""Labels are bounded: they come from settings and closed lists, whatever a target says."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from alerts.judging.episode import CheckFacts
from alerts.judging.judge import judge
from checks.model import Cause, Change, CheckId, Deadline, Finding, Measurement, Observation, Status
from checks.registry import load_registry
from tests.support.scripted import spec_of
from tests.support.virtual_loop import run_virtual
from watchdog.engine.subjects import Subjects
from watchdog.metrics.exposition import Exposition
from watchdog.metrics.names import CHECK_LABELS, FAMILIES, PREFIX
from watchdog.metrics.page import MetricsPage
from watchdog.store.views import Waiting

NOW = datetime(2017, 10, 18, 4, tzinfo=UTC)
MX = CheckId("mx")

#: Families with one line for each subject; kinds may add so many of their own that a subject keeps below twenty.
OF_A_SUBJECT = [family for family in FAMILIES if family.labels[:4] == CHECK_LABELS]
MOST_SERIES = 20


async def unused(_ctx: object) -> tuple[Finding, ...]:
    return ()


SPEC = spec_of(unused)

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
facts = st.lists(st.tuples(words, words), max_size=3).map(tuple)
findings = st.builds(
    Finding,
    subject=st.just("mx1"),
    status=st.sampled_from(Status),
    cause=st.sampled_from(Cause),
    summary=words,
    evidence=words,
    facts=facts,
    changes=st.lists(st.builds(Change, what=words, summary=words, facts=facts), max_size=2).map(tuple),
    deadline=st.none() | st.just(Deadline(at=NOW + timedelta(days=3))),
    measurements=st.lists(
        st.builds(Measurement, name=words, value=st.floats(), unit=words, labels=st.just(())), max_size=3
    ).map(tuple),
)


def page_of(finding: Finding) -> str:
    look = Observation(check_id=MX, finding=finding, observed_at=NOW, duration_s=0.1)
    subjects = Subjects()
    subjects.put(judge(None, look, CheckFacts(kind="x", service="mail"), lambda: "i1").record, look)

    async def whole() -> bytes:
        return b"".join([chunk async for chunk in Exposition(subjects).chunks({MX: SPEC}, {})])

    return run_virtual(whole()).decode()


@given(findings)
def test_what_a_target_says_is_in_no_line_of_the_page(finding: Finding) -> None:
    silent = replace(finding, summary="", evidence="", facts=(), changes=(), measurements=())
    assert page_of(finding) == page_of(silent)


@given(st.lists(findings, min_size=2, max_size=4))
def test_no_answer_makes_a_series_twice_or_of_another_shape(looks: list[Finding]) -> None:
    for finding in looks:
        samples = [one for family in text_string_to_metric_families(page_of(finding)) for one in family.samples]
        names = [(one.name, tuple(sorted(one.labels.items()))) for one in samples]
        assert len(set(names)) == len(names)
        of_mx = [one for one in samples if one.labels.get("check") == "mx"]
        assert {one.labels["subject"] for one in of_mx} == {"mx1"}
        assert len(of_mx) <= len(OF_A_SUBJECT)


def test_every_kind_keeps_a_subject_below_twenty_series() -> None:
    counts = {name: len(OF_A_SUBJECT) + len(kind.exports) for name, kind in load_registry(()).kinds.items()}
    assert max(counts.values()) <= MOST_SERIES


def test_no_kind_can_export_a_metric_of_the_daemon_itself_or_one_that_cannot_be_read() -> None:
    """A family twice on a page costs the whole page."""
    kind = replace(SPEC.kind, exports={"check_status": "A plugin's own.", "scheduler_lateness_seconds": "And this."})
    given_names = (("check_status", ""), ("scheduler_lateness", "seconds_bucket"), ("odd name", ""), ("größe", ""))
    numbers = tuple(Measurement(name, 7, unit) for name, unit in given_names)
    names = dict.fromkeys(("scheduler_lateness", "odd name", "größe"), "And that.")
    kind = replace(kind, exports={**kind.exports, **names})
    subjects = Subjects()
    finding = Finding(subject="mx1", status=Status.OK, summary="", measurements=numbers)
    look = Observation(check_id=MX, finding=finding, observed_at=NOW, duration_s=0.1)
    subjects.put(judge(None, look, CheckFacts(kind="x"), lambda: "i1").record, look)

    async def whole() -> bytes:
        page = MetricsPage(
            subjects,
            specs=lambda: {MX: replace(SPEC, kind=kind)},
            read_backlog=_nothing_waits,
            counters=lambda: b"",
        )
        return b"".join([chunk async for chunk in page()])

    text = run_virtual(whole()).decode()
    assert " 7\n" not in text
    assert text.count(f"# TYPE {PREFIX}check_status ") == 1


async def _nothing_waits() -> Mapping[str, Waiting]:
    return {}
