"""What fails now and then and is well in between becomes one incident of severity warning."""

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from alerts.incident import Acknowledgement, EventKind, Incident, IncidentEvent
from alerts.judging.acknowledge import acknowledge, end_acknowledgements, ends_of
from alerts.judging.episode import CheckFacts
from alerts.judging.fault import Closed, Healthy, Open, Threshold, advance
from alerts.judging.judge import is_routine, judge
from alerts.judging.judge_fault import unsuspected
from alerts.judging.loss import Losses
from alerts.people.chasing import chase
from alerts.people.escalation import Escalation, Step
from alerts.plan import plan, wakes
from alerts.record import SubjectRecord
from alerts.roots.covering import Alone, PartOf, Place
from alerts.route import Route
from checks.model import Cause, CheckId, Finding, Observation, Status
from tests.support.telling import directory

START = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
RULE = Threshold(flap_hold_s=1800, losses_to_warn=3, losses_within_s=3600)
FAIL, PASS = Status.CRITICAL, Status.OK


@dataclass(slots=True)
class Story:
    """Looks a minute apart, and what came of them."""

    rule: Threshold = RULE
    place: Place = field(default_factory=Alone)
    record: SubjectRecord | None = None
    events: list[IncidentEvent] = field(default_factory=list)
    now: datetime = START
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def see(self, *looks: Status, every_s: float = 60) -> "Story":
        for status in looks:
            cause = Cause.NONE if status is PASS else Cause.TIMEOUT
            words = "answers" if status is PASS else "mx1:25 did not answer within 10 s"
            finding = Finding(subject="mx1:25", status=status, cause=cause, summary=words)
            look = Observation(check_id=CheckId("mx"), finding=finding, observed_at=self.now, duration_s=0.1)
            facts = CheckFacts(kind="smtp", service="official-email", rule=self.rule)
            judged = judge(self.record, look, facts, lambda: f"{next(self._numbers):024x}", self.placed)
            self.record = judged.record
            self.events += judged.events
            self.now += timedelta(seconds=every_s)
        return self

    def placed(self, _record: SubjectRecord, /, *, since: datetime, ready_at: datetime, now: datetime) -> Place:
        assert since <= ready_at <= now
        return self.place

    @property
    def kinds(self) -> list[EventKind]:
        return [event.kind for event in self.events]

    @property
    def incident(self) -> Incident:
        assert self.record is not None
        assert self.record.fault_incident is not None
        return self.record.fault_incident


def degraded() -> Story:
    return Story().see(*[FAIL, PASS, PASS, PASS, PASS] * 2, FAIL, PASS)


def test_the_third_fall_is_told_as_degraded_since_the_first() -> None:
    story = degraded()
    (event,) = story.events
    assert (event.kind, event.incident.severity, event.incident.since) == (EventKind.OPENED, Status.WARNING, START)
    (row, _) = plan(event, directory())
    said = "DEGRADED Official e-mail, which comes and goes: mx1:25 did not answer within 10 s (3 times in 10 min)"
    assert row.message.subject == said


def test_it_wakes_nobody() -> None:
    assert not wakes(degraded().incident)


def test_more_falls_are_no_news() -> None:
    assert degraded().see(*[FAIL, PASS, PASS] * 40).kinds == [EventKind.OPENED]


def test_it_is_over_once_nothing_fell_for_half_an_hour() -> None:
    story = degraded().see(*[PASS] * 28)
    assert story.kinds == [EventKind.OPENED]
    story.see(*[PASS] * 2)
    assert story.kinds == [EventKind.OPENED, EventKind.RESOLVED]
    assert story.record is not None
    assert story.record.fault == Healthy()


def test_a_look_that_passes_is_no_routine_while_it_is_degraded() -> None:
    record = degraded().record
    assert record is not None
    seen = Finding(subject="mx1:25", status=PASS, summary="answers")
    look = Observation(check_id=CheckId("mx"), finding=seen, observed_at=START + timedelta(hours=1), duration_s=0.1)
    assert not is_routine(record, look)


def test_falls_that_lie_far_apart_are_nothing() -> None:
    assert Story().see(*[FAIL, *[PASS] * 40] * 5).events == []


def test_looks_that_fail_one_behind_the_other_are_one_fall() -> None:
    assert Story().see(FAIL, FAIL, FAIL, FAIL, PASS, FAIL, FAIL, PASS).events == []


def test_where_the_settings_want_none_none_are_told() -> None:
    assert Story(rule=Threshold(flap_hold_s=1800)).see(*[FAIL, PASS, PASS] * 40).events == []


def test_an_outage_is_the_same_incident_grown_worse_and_its_end_the_end_of_both() -> None:
    story = degraded().see(*[FAIL] * 11, every_s=10)
    assert story.kinds == [EventKind.OPENED, EventKind.SEVERITY]
    assert (story.events[1].before, story.incident.severity) == (Status.WARNING, Status.CRITICAL)
    assert wakes(story.incident)
    story.see(*[PASS] * 40)
    assert [kind for kind in story.kinds if kind is not EventKind.RECOVERED][2:] == [EventKind.RESOLVED]
    assert len({event.incident.id for event in story.events}) == 1


def test_falls_that_something_above_explains_are_told_to_nobody_until_it_does_not() -> None:
    story = Story(place=PartOf("root")).see(*[FAIL, PASS, PASS] * 5)
    assert story.events == []
    story.place = Alone()
    assert story.see(FAIL, PASS).kinds == [EventKind.OPENED]


def test_what_was_degraded_and_goes_down_with_what_is_above_it_is_part_of_that() -> None:
    story = degraded()
    story.place = PartOf("root")
    story.see(*[FAIL] * 11, every_s=10)
    assert (story.incident.root, story.incident.was_told) == ("root", True)
    assert plan(story.events[-1], directory()) == ()


def test_warnings_that_last_go_on_as_the_same_incident() -> None:
    story = degraded().see(*[Status.WARNING] * 9)
    assert story.kinds == [EventKind.OPENED]
    assert story.record is not None
    assert isinstance(story.record.fault, Open)


def test_a_time_in_which_nothing_could_be_judged_is_no_calm() -> None:
    story = degraded().see(*[Status.UNKNOWN] * 60, *[PASS] * 28)
    assert story.kinds == [EventKind.OPENED]
    assert story.see(*[PASS] * 4).kinds == [EventKind.OPENED, EventKind.RESOLVED]


def test_after_a_sleep_the_calm_begins_anew() -> None:
    slept = unsuspected(Healthy(None, Losses((START,), told=True)), START + timedelta(hours=2))
    same, turn = advance(slept, PASS, START + timedelta(hours=2, minutes=29), RULE)
    assert (same, turn) == (slept, None)
    _, turn = advance(slept, PASS, START + timedelta(hours=2, minutes=31), RULE)
    assert isinstance(turn, Closed)


def test_nobody_is_asked_why_they_are_silent_while_it_comes_and_goes() -> None:
    story = degraded()
    ladder = Escalation(id="late", steps=(Step(after=timedelta(minutes=5), to=("finance",)),))
    people = directory(routes=(Route(to=("on-call",), escalation="late"),))
    people = replace(people, escalations={"late": ladder})
    assert story.record is not None
    asked = chase(story.record, people, story.now, is_muted=lambda _one: False, new_id=lambda: "e")
    asked = chase(
        story.record if asked is None else asked.record,
        people,
        story.now + timedelta(minutes=20),
        is_muted=lambda _one: False,
        new_id=lambda: "e",
    )
    assert asked is None or asked.events == ()


def test_an_acknowledgement_that_ends_while_it_comes_and_goes_tells_nobody() -> None:
    story = degraded()
    assert story.record is not None
    said = Acknowledgement(by="ali", at=story.now, until=story.now + timedelta(minutes=5))
    seen = acknowledge(story.record, story.incident.id, said, lambda: "e").record
    assert end_acknowledgements(seen, story.now + timedelta(minutes=10), lambda: "e").events == ()
    assert list(ends_of(seen)) == []
    down = replace(seen, fault=Open(START))
    assert len(end_acknowledgements(down, story.now + timedelta(minutes=10), lambda: "e").events) == 1
