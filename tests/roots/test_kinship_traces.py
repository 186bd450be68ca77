"""A family whose members fail by themselves and by each other, at random: who is told of what."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.incident import EventKind, Incident, IncidentEvent
from alerts.judging.episode import CheckFacts
from alerts.judging.fault import Threshold
from alerts.message import Notification
from alerts.record import SubjectRecord
from alerts.roots.family import Member, family, ties
from checks.estate import Estate, Site
from checks.model import Cause, CheckId, Finding, Observation, Status
from tests.support.at_once import at_once
from tests.support.stored import START
from watchdog.engine.kinship import Kinship
from watchdog.engine.process import Process
from watchdog.engine.runner import Run
from watchdog.engine.subjects import Subjects
from watchdog.store.changes import Changes

STEP_S = 10
STEPS = 240
LINK, CHILDREN = CheckId("link"), tuple(map(CheckId, ("a", "b", "c")))
ESTATE = Estate(
    name="Family", time_zone=ZoneInfo("Asia/Karachi"), sites={"hq": Site(id="hq", title="Head office", uplink="link")}
)
FAMILY = family(ties(ESTATE, [Member(check_id=LINK), *(Member(check_id=child, site="hq") for child in CHILDREN)]))
RULE = Threshold(flap_hold_s=600)
#: Seven looks, the settle wait, a wait for the root, and as much again for what settles anew.
TOLD_WITHIN = 36

spans = st.lists(st.tuples(st.integers(0, STEPS), st.integers(1, 60)), max_size=3)


class Nowhere:
    async def commit(self, changes: Changes) -> None:
        raise AssertionError(f"nothing is written here: {changes}")


@dataclass(slots=True)
class Told:
    step: int
    incident: Incident


@dataclass(slots=True)
class Trace:
    """What each member does by itself, step by step; what hangs on the link fails with it."""

    own: dict[CheckId, list[bool]]
    restarts: frozenset[int] = frozenset()
    step: int = 0
    told: list[Told] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)
    standing: dict[tuple[CheckId, int], bool] = field(default_factory=dict)
    """Whether people know of an open fault of the check, by check and step."""
    _numbers: Iterator[int] = field(default_factory=count)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.step * STEP_S)

    def fails(self, check: CheckId, step: int) -> bool:
        return self.own[check][step] or self.own[LINK][step]

    def run(self) -> None:
        process = self._begun(())
        for self.step in range(STEPS):
            if self.step in self.restarts:  # a restart knows what was written, which is all there is
                process = self._begun(subject.current() for subject in process.subjects)
            for check in (*CHILDREN, LINK):
                at_once(process.take(check, self._look(check)))
            known = {one.incident.id for one in self.told}
            for check in (*CHILDREN, LINK):
                (subject,) = process.subjects.of(check)
                incident = subject.record.fault_incident
                self.standing[check, self.step] = incident is not None and incident.id in known

    def _begun(self, records: Iterable[SubjectRecord]) -> Process:
        subjects = Subjects(records)
        kinship = Kinship(subjects, clock=self.now, ids=self.new_id, look_soon=lambda _checks, _within_s: None)
        process = Process(
            writer=Nowhere(),
            subjects=subjects,
            memories={},
            clock=self.now,
            ids=self.new_id,
            on_told=lambda: None,
            trouble=lambda key, text: pytest.fail(f"{key}: {text}"),
            kinship=kinship,
        )
        facts = {one: CheckFacts(kind="tcp", subject=one, rule=RULE, interval_s=STEP_S) for one in (LINK, *CHILDREN)}
        process.configure(facts, self._plan)
        kinship.configure(FAMILY, facts, ESTATE)
        return process

    def new_id(self) -> str:
        return f"i{next(self._numbers)}"

    def _look(self, check: CheckId) -> Run:
        failed = self.fails(check, self.step)
        finding = Finding(
            subject=check,
            status=Status.CRITICAL if failed else Status.OK,
            cause=Cause.TIMEOUT if failed else Cause.NONE,
            summary="silent" if failed else "answers",
        )
        seen = Observation(check_id=check, finding=finding, observed_at=self.now(), duration_s=0.1)
        return Run((seen,), {})

    def _plan(self, event: IncidentEvent) -> Sequence[Notification]:
        if event.kind is EventKind.OPENED and event.incident.root is None:
            self.told.append(Told(self.step, event.incident))
        if event.kind is EventKind.RESOLVED:
            self.ended.add(event.incident.id)
        return ()


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    own = {}
    for check in (LINK, *CHILDREN):
        steps = [False] * STEPS
        for start, length in draw(spans):
            steps[start : start + length] = [True] * len(steps[start : start + length])
        own[check] = steps[:STEPS]
    trace = Trace(own, draw(st.frozensets(st.integers(1, STEPS), max_size=3)))
    trace.run()
    return trace


def before(trace: Trace, check: CheckId, step: int, steps: int) -> Iterator[bool]:
    return (trace.own[check][one] for one in range(max(0, step - steps), step + 1))


@settings(max_examples=40)
@given(traces())
def test_nobody_is_told_of_a_part_that_fails_with_its_root_alone(trace: Trace) -> None:
    for one in trace.told:
        assert any(before(trace, one.incident.check_id, one.step, TOLD_WITHIN))


@settings(max_examples=40)
@given(traces())
def test_whoever_fails_by_itself_long_enough_is_told_of_once_its_root_is_well(trace: Trace) -> None:
    for child in CHILDREN:
        for step in range(TOLD_WITHIN, STEPS):
            if all(before(trace, child, step, TOLD_WITHIN)) and not any(before(trace, LINK, step, TOLD_WITHIN)):
                assert trace.standing[child, step]


@settings(max_examples=40)
@given(traces())
def test_an_incident_is_told_once_and_of_one_check_one_at_a_time(trace: Trace) -> None:
    ids = [one.incident.id for one in trace.told]
    assert len(ids) == len(set(ids))
    for check in (LINK, *CHILDREN):
        mine = [one.incident.id for one in trace.told if one.incident.check_id == check]
        assert all(earlier in trace.ended for earlier in mine[:-1])
