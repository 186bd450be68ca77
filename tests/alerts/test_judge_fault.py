"""The turns of a fault, made into incidents: what is told, what is on record, what never was."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.incident import EventKind, Incident, IncidentEvent
from alerts.judging.episode import CheckFacts
from alerts.judging.fault import Held, Open, Settling, Suspect, Threshold
from alerts.judging.judge import judge, needs_haste
from alerts.judging.judge_fault import UNCOVERED, uncover
from alerts.record import SubjectRecord
from alerts.roots.covering import Alone, PartOf, Place, Wait
from checks.model import Cause, CheckId, Finding, Observation, Status

START = datetime(2017, 10, 2, 4, 0, tzinfo=UTC)
FAIL, PASS, WARN, UNKNOWN = Status.CRITICAL, Status.OK, Status.WARNING, Status.UNKNOWN
DOWN, WELL, DEGRADED = [FAIL] * 12, [PASS] * 2, [WARN] * 7
OPENED, SEVERITY, RESOLVED = EventKind.OPENED, EventKind.SEVERITY, EventKind.RESOLVED
RECOVERED, UNSTABLE = EventKind.RECOVERED, EventKind.UNSTABLE

#: What a check has by default.
USUAL = Threshold(flap_hold_s=1800)
AT_ONCE = Threshold(failures_to_open=1, passes_to_close=1, settle_s=0)


@dataclass(slots=True)
class Story:
    """Looks of one subject, ten seconds apart, and what came of them."""

    rule: Threshold = USUAL
    places: Callable[[datetime], Place] = lambda _now: Alone()
    record: SubjectRecord | None = None
    events: list[IncidentEvent] = field(default_factory=list)
    now: datetime = START
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)
    """Since when it fails, and since when it could be told, each time it was asked what is above."""
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def see(self, *looks: Status, cause: Cause = Cause.REFUSED, every_s: float = 10) -> "Story":
        for status in looks:
            finding = Finding(
                subject="mx1", status=status, cause=Cause.NONE if status is PASS else cause, summary=f"{cause.value}"
            )
            look = Observation(check_id=CheckId("mx"), finding=finding, observed_at=self.now, duration_s=0.1)
            judged = judge(self.record, look, self.facts, self.new_id, self.place)
            self.record = judged.record
            self.events += judged.events
            self.now += timedelta(seconds=every_s)
        return self

    def place(self, _record: SubjectRecord, /, *, since: datetime, ready_at: datetime, now: datetime) -> Place:
        self.asked.append((since, ready_at))
        return self.places(now)

    def well_for(self, minutes: float) -> "Story":
        return self.see(*[PASS] * round(minutes * 6))

    def uncovered(self) -> "Story":
        judged = uncover(self.standing, self.facts, self.now, self.new_id)
        self.record = judged.record
        self.events += judged.events
        return self

    @property
    def facts(self) -> CheckFacts:
        return CheckFacts(kind="smtp", service="mail", rule=self.rule)

    def new_id(self) -> str:
        return f"{next(self._numbers):024x}"

    @property
    def standing(self) -> SubjectRecord:
        assert self.record is not None
        return self.record

    @property
    def incident(self) -> Incident:
        assert self.standing.fault_incident is not None
        return self.standing.fault_incident

    @property
    def kinds(self) -> list[EventKind]:
        return [event.kind for event in self.events]


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def severities(events: Iterable[IncidentEvent]) -> list[Status]:
    return [event.incident.severity for event in events]


# Beginning ----------------------------------------------------------------------------------------------------------


def test_seven_failures_are_no_incident_yet_they_settle_first() -> None:
    story = Story().see(*[FAIL] * 7)
    assert (story.kinds, story.standing.incidents) == ([], ())
    assert story.standing.fault == Settling(at(0), at(60))


def test_what_goes_on_failing_through_the_settle_wait_is_an_incident_that_began_with_the_first_failure() -> None:
    story = Story().see(*[FAIL] * 10)
    (opened,) = story.events
    assert (opened.kind, opened.at, opened.incident.since, opened.incident.opened_at) == (OPENED, at(90), at(0), at(90))
    assert (opened.incident.severity, opened.incident.cause) == (FAIL, Cause.REFUSED)


def test_what_heals_while_it_settles_never_was_an_incident() -> None:
    story = Story().see(*[FAIL] * 9, *WELL).see(*[PASS] * 20)
    assert (story.events, story.standing.incidents) == ([], ())


def test_one_failure_that_heals_is_nothing() -> None:
    assert Story().see(FAIL, PASS, FAIL, PASS).events == []


def test_where_nothing_waits_the_first_failure_opens_and_the_first_pass_closes() -> None:
    assert Story(rule=AT_ONCE).see(FAIL, PASS, FAIL, PASS).kinds == [OPENED, RESOLVED] * 2


def test_an_open_incident_does_not_open_again() -> None:
    assert Story().see(*[FAIL] * 200).kinds == [OPENED]


@pytest.mark.parametrize("looks", [[UNKNOWN] * 60, [FAIL, UNKNOWN] * 6, [*[FAIL] * 9, *[UNKNOWN] * 40]])
def test_not_knowing_opens_nothing(looks: list[Status]) -> None:
    assert Story().see(*looks).events == []


def test_not_knowing_interrupts_no_evidence() -> None:
    assert Story().see(*[FAIL, UNKNOWN] * 10).kinds == [OPENED]


def test_what_settled_before_a_long_silence_is_no_evidence_after_it() -> None:
    story = Story().see(*[FAIL] * 8)
    story.now += timedelta(hours=1)
    assert story.see(FAIL).events == []
    assert story.standing.fault == Suspect(at(80) + timedelta(hours=1), 1, 1)


# Warnings -----------------------------------------------------------------------------------------------------------


def test_a_warning_that_lasts_is_an_incident_of_its_own_severity() -> None:
    story = Story().see(*DEGRADED, cause=Cause.SLOW)
    assert (story.kinds, severities(story.events)) == ([OPENED], [WARN])
    assert (story.incident.cause, story.incident.since) == (Cause.SLOW, at(0))


def test_a_warning_now_and_then_is_nothing() -> None:
    assert Story().see(*([WARN] * 6 + [PASS]) * 10).events == []


def test_a_warning_that_becomes_critical_is_the_same_incident_and_is_told_as_a_rise() -> None:
    story = Story().see(*DEGRADED, cause=Cause.SLOW).see(*[FAIL] * 7, cause=Cause.TIMEOUT)
    opened, risen = story.events
    assert (risen.kind, risen.incident.id, risen.before) == (SEVERITY, opened.incident.id, WARN)
    assert (risen.incident.severity, risen.incident.cause) == (FAIL, Cause.TIMEOUT)
    assert [cause for cause, _ in risen.incident.earlier] == [Cause.SLOW]
    assert risen.incident == story.incident


def test_one_critical_look_among_warnings_is_no_rise() -> None:
    assert Story().see(*DEGRADED, *([FAIL] * 6 + [WARN]) * 5).kinds == [OPENED]


def test_what_is_down_and_becomes_a_warning_is_told_as_better_and_stays_open() -> None:
    story = Story().see(*DOWN).see(WARN, WARN, cause=Cause.SLOW)
    _, fallen = story.events
    assert (fallen.kind, fallen.before, fallen.incident.severity) == (SEVERITY, FAIL, WARN)
    assert story.incident.closed_at is None


def test_a_change_of_severity_for_the_same_cause_names_it_once() -> None:
    story = Story().see(*DEGRADED, cause=Cause.SLOW).see(*[FAIL] * 7, cause=Cause.SLOW)
    assert story.incident.earlier == ()


def test_a_warning_of_another_cause_is_told_once_in_the_same_incident() -> None:
    story = Story().see(*DEGRADED, cause=Cause.SLOW).see(*[WARN] * 9, cause=Cause.TLS_WEAK)
    assert (story.kinds, story.events[-1].before) == ([OPENED, SEVERITY], None)


# The end ------------------------------------------------------------------------------------------------------------


def test_an_end_is_told_after_five_calm_minutes_and_lasted_until_it_became_well() -> None:
    story = Story().see(*DOWN, *WELL)
    assert story.kinds == [OPENED, RECOVERED]
    became_well = story.incident.recovered_at
    assert became_well == at(130)
    story.well_for(5)
    assert story.kinds == [OPENED, RECOVERED, RESOLVED]
    closed = story.events[-1]
    assert (closed.at, closed.incident.closed_at) == (at(430), became_well)
    assert closed.incident.recovered_at is None
    assert story.standing.incidents == ()


def test_one_pass_is_no_end_nor_recovery() -> None:
    assert Story().see(*DOWN, PASS, FAIL, PASS, FAIL).kinds == [OPENED]


def test_not_knowing_closes_nothing_however_long() -> None:
    story = Story().see(*DOWN, *WELL).see(*[UNKNOWN] * 600)
    assert story.kinds == [OPENED, RECOVERED]


def test_without_a_flap_hold_the_second_pass_closes_at_once() -> None:
    story = Story(rule=Threshold()).see(*DOWN, *WELL)
    assert story.kinds == [OPENED, RESOLVED]
    assert story.events[-1].incident.closed_at == story.events[-1].at == at(130)


# What comes and goes ------------------------------------------------------------------------------------------------


def test_a_relapse_before_the_end_was_told_is_on_record_and_the_incident_goes_on() -> None:
    story = Story().see(*DOWN).well_for(2).see(*DOWN)
    assert story.kinds == [OPENED, RECOVERED, UNSTABLE]
    assert len({event.incident.id for event in story.events}) == 1
    assert (story.incident.is_unstable, story.incident.recovered_at) == (True, None)


def test_a_blip_while_it_is_held_is_no_relapse() -> None:
    story = Story().see(*DOWN, *WELL, *[FAIL] * 6).well_for(6)
    assert story.kinds == [OPENED, RECOVERED, RESOLVED]


def test_a_look_that_fails_while_it_is_held_begins_its_calm_anew() -> None:
    story = Story().see(*DOWN, *WELL).well_for(4).see(FAIL)
    well_again = story.now
    story.well_for(4.5)
    assert story.kinds == [OPENED, RECOVERED]
    assert story.incident.recovered_at == well_again
    story.well_for(1)
    assert story.kinds == [OPENED, RECOVERED, RESOLVED]
    assert story.events[-1].incident.closed_at == well_again


def test_no_end_is_told_while_most_looks_fail() -> None:
    assert Story().see(*DOWN, *WELL, *([FAIL] * 6 + [PASS]) * 100).kinds == [OPENED, RECOVERED]


def test_what_comes_and_goes_is_over_only_after_the_whole_flap_hold() -> None:
    story = Story().see(*DOWN).well_for(2).see(*DOWN)
    story.well_for(29.5)
    assert story.kinds[-1] is RECOVERED
    story.well_for(1.5)
    assert story.kinds[-1] is RESOLVED


def test_a_new_outage_soon_after_an_end_is_another_incident_and_unstable_from_its_beginning() -> None:
    story = Story().see(*DOWN).well_for(6).see(*DOWN)
    assert story.kinds == [OPENED, RECOVERED, RESOLVED, OPENED]
    assert story.incident.is_unstable
    assert story.incident.id != story.events[0].incident.id


def test_flapping_for_two_hours_makes_two_messages() -> None:
    story = Story()
    for _ in range(24):
        story.see(*[FAIL] * 18).well_for(2)
    story.well_for(35)
    told = [kind for kind in story.kinds if kind in {OPENED, SEVERITY, RESOLVED}]
    assert told == [OPENED, RESOLVED]


def test_a_relapse_into_something_worse_than_people_know_of_is_told() -> None:
    story = Story().see(*DEGRADED, cause=Cause.SLOW).see(*WELL).see(*DOWN)
    assert story.kinds == [OPENED, RECOVERED, UNSTABLE, SEVERITY]
    assert (story.events[-1].before, story.incident.severity, story.incident.is_unstable) == (WARN, FAIL, True)


def test_a_relapse_into_something_less_bad_is_on_record_alone() -> None:
    story = Story().see(*DOWN, *WELL, *DEGRADED, cause=Cause.SLOW)
    assert story.kinds == [OPENED, RECOVERED, UNSTABLE]
    assert (story.incident.severity, story.incident.cause) == (WARN, Cause.SLOW)


def test_other_causes_of_failures_while_it_is_held_are_told_to_nobody() -> None:
    story = Story().see(*DOWN, *WELL).see(*[FAIL] * 5, cause=Cause.AUTH_FAILED)
    assert story.kinds == [OPENED, RECOVERED]


def test_what_becomes_a_warning_while_it_settles_is_told_as_one_soon_and_since_its_first_failure() -> None:
    story = Story().see(*[FAIL] * 8, *[WARN] * 3, cause=Cause.SLOW)
    assert (story.kinds, severities(story.events), story.incident.since) == ([OPENED], [WARN], at(0))


def test_what_passes_after_it_became_a_warning_while_it_settled_was_nothing() -> None:
    assert Story().see(*[FAIL] * 8, WARN, WARN, PASS, *[WARN] * 6).events == []


def test_that_it_was_down_a_short_while_ago_is_not_forgotten_while_what_is_above_is_waited_for() -> None:
    rule = Threshold(failures_to_open=1, passes_to_close=1, settle_s=0, flap_hold_s=1800)
    story = Story(rule=rule).see(FAIL).well_for(6)
    told_from = story.now + timedelta(seconds=10)
    story.places = lambda now: Wait() if now < told_from else Alone()
    story.see(FAIL, FAIL)
    assert (story.kinds[-1], story.incident.is_unstable) == (OPENED, True)


# What is above ------------------------------------------------------------------------------------------------------


def test_who_is_above_is_asked_once_a_fault_has_settled() -> None:
    story = Story().see(*[FAIL] * 9)
    assert story.asked == []
    story.see(FAIL)
    assert story.asked == [(at(0), at(90))]


def test_a_fault_that_is_part_of_another_opens_with_its_root() -> None:
    story = Story(places=lambda _now: PartOf("i-uplink")).see(*DOWN)
    assert (story.kinds, story.incident.root) == ([OPENED], "i-uplink")


def test_a_fault_that_waits_for_what_is_above_goes_on_settling() -> None:
    story = Story(places=lambda now: Wait() if now < at(120) else Alone()).see(*DOWN)
    assert story.events == []
    assert isinstance(story.standing.fault, Settling)
    story.see(FAIL)
    assert (story.kinds, story.incident.root) == ([OPENED], None)
    assert {ready_at for _, ready_at in story.asked} == {at(90)}


def test_a_fault_that_heals_while_it_waits_for_what_is_above_never_was_an_incident() -> None:
    story = Story(places=lambda _now: Wait()).see(*DOWN).well_for(1)
    assert story.events == []


def test_where_nothing_settles_a_fault_may_still_wait_for_what_is_above() -> None:
    story = Story(rule=AT_ONCE, places=lambda now: Wait() if now < at(20) else PartOf("i-uplink")).see(FAIL, FAIL, FAIL)
    assert (story.kinds, story.incident.root) == ([OPENED], "i-uplink")


def test_a_warning_waits_for_nothing_above_but_may_be_part_of_it() -> None:
    assert Story(places=lambda _now: Wait()).see(*DEGRADED).kinds == [OPENED]
    assert Story(places=lambda _now: PartOf("i-uplink")).see(*DEGRADED).incident.root == "i-uplink"


def test_a_rise_that_something_above_explains_is_not_told_and_not_lost() -> None:
    story = Story(places=lambda now: PartOf("i-uplink") if at(70) < now < at(300) else Alone())
    story.see(*DEGRADED)
    story.see(*[FAIL] * 20)
    assert (story.kinds, story.incident.severity) == ([OPENED], WARN)
    story.see(*[FAIL] * 5)
    assert (story.kinds, story.incident.severity) == ([OPENED, SEVERITY], FAIL)


def test_a_rise_waits_for_what_is_above_from_one_and_the_same_instant() -> None:
    story = Story(places=lambda now: Wait() if at(70) < now < at(300) else Alone()).see(*DEGRADED, *[FAIL] * 20)
    assert {ready_at for _, ready_at in story.asked[1:]} == {at(130)}
    assert story.see(*[WARN] * 3, *[FAIL] * 7).asked[-1][1] > at(130)


def test_a_covered_warning_that_rises_alone_is_told() -> None:
    story = Story(places=lambda now: PartOf("i-uplink") if now < at(100) else Alone()).see(*DEGRADED, *[FAIL] * 7)
    assert (story.kinds, story.incident.root) == ([OPENED, SEVERITY], None)


# When the root is well again ----------------------------------------------------------------------------------------


def covered() -> Story:
    return Story(places=lambda _now: PartOf("i-uplink")).see(*DOWN)


def test_a_covered_child_that_still_fails_when_its_root_is_well_gets_its_own_incident_after_it_settled() -> None:
    story = covered().uncovered()
    closed = story.events[-1]
    assert (closed.kind, closed.incident.root, closed.incident.close_reason) == (RESOLVED, "i-uplink", UNCOVERED)
    story.places = lambda _now: Alone()
    story.see(*[FAIL] * 3)
    assert story.standing.fault_incident is None
    story.see(FAIL)
    assert (story.kinds, story.incident.root, story.incident.since) == ([OPENED, RESOLVED, OPENED], None, at(0))


def test_a_covered_warning_is_told_with_the_next_look_that_sees_it_and_one_failure_is_no_outage() -> None:
    story = Story(places=lambda _now: PartOf("i-uplink")).see(*DEGRADED).uncovered()
    story.places = lambda _now: Alone()
    assert story.see(FAIL).kinds == [OPENED, RESOLVED]
    assert story.see(WARN).kinds == [OPENED, RESOLVED, OPENED]
    assert (story.incident.severity, story.incident.root) == (WARN, None)


def test_a_covered_child_that_heals_with_its_root_is_never_told() -> None:
    assert covered().uncovered().well_for(1).kinds == [OPENED, RESOLVED]


@pytest.mark.parametrize("story", [Story().see(*DOWN), covered().see(*WELL), Story().see(*DOWN).well_for(10)])
def test_only_a_covered_fault_that_stands_is_uncovered(story: Story) -> None:
    before = story.standing
    assert uncover(before, story.facts, story.now, story.new_id).record is before


def test_a_covered_child_that_comes_and_goes_stays_known_as_such() -> None:
    story = covered().well_for(2).see(*DOWN).uncovered()
    story.places = lambda _now: Alone()
    assert story.see(*DOWN).incident.is_unstable


# Haste --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("looks", "is_urgent"),
    [
        ([FAIL], True),
        ([FAIL] * 8, True),
        (DOWN, False),
        ([*DOWN, *WELL], False),
        ([*DOWN, *WELL, FAIL], True),
        ([WARN], False),
        (DEGRADED, False),
        ([*DEGRADED, FAIL], True),
        ([FAIL, UNKNOWN], False),
        ([PASS], False),
    ],
)
def test_the_next_look_comes_soon_while_something_critical_is_on_its_way(looks: list[Status], is_urgent: bool) -> None:  # noqa: FBT001  # a table
    assert needs_haste(Story().see(*looks).standing) is is_urgent


def test_a_state_without_its_incident_tells_nothing_and_goes_on() -> None:
    story = Story().see(*DOWN)
    for fault in (Open(at(0)), Held(at(0), at(10)), Open(at(0), WARN, others=6)):
        story.record = replace(story.standing, fault=fault, fault_incident=None)
        story.events = []
        assert story.see(FAIL, *WELL).well_for(31).events == []
