"""Who is told next while nobody answers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.debt import Debt
from alerts.incident import EventKind, Nobody
from alerts.people.escalation import Escalation, Step, begun, due, due_at, told
from alerts.people.rota import Rota, Shift
from alerts.plan import plan
from alerts.route import Language, Receiver, Route
from checks.model import Cause, Status
from tests.support.escalating import LADDER, MINUTE, PEOPLE, Story
from tests.support.telling import NIGHT, OUTAGE, directory, local

NAGGING = Escalation(id="nag", repeat_every=30 * MINUTE)


def test_each_step_is_told_in_its_time_and_then_everybody_again() -> None:
    everybody = ("on-call", "lead", "manager", "minister")
    assert Story().told(timedelta(hours=3)) == [
        (10, ("lead",)),
        (25, ("manager", "minister")),
        (55, everybody),
        (85, everybody),
    ]


def test_without_steps_whoever_the_routes_name_is_told_until_somebody_answers() -> None:
    assert Story(NAGGING).told(timedelta(hours=2)) == [(30 * n, ("on-call",)) for n in range(1, 5)]


def test_a_step_says_how_long_nobody_has_answered_and_which_it_is() -> None:
    first, second, repeat, _ = Story().passes(timedelta(hours=2))
    assert first.kind is EventKind.REMINDER
    assert [first.step, second.step, repeat.step] == [1, 2, 3]
    assert first.note == "Nobody has acknowledged this for 10 min: this is step 1 of 2"
    assert second.note == "Nobody has acknowledged this for 25 min: this is step 2 of 2"
    assert repeat.note == "Nobody has acknowledged this for 55 min: it is told again, 1 of 2"


def test_a_step_goes_to_those_it_names_and_no_others() -> None:
    story = Story()
    (event,) = story.passes(11 * MINUTE)
    assert [row.recipient for row in plan(event, story.directory)] == ["lead@example.org"]


def test_nothing_follows_once_somebody_has_answered() -> None:
    story = Story()
    story.passes(5 * MINUTE)
    story.answered()
    assert story.told(timedelta(days=2)) == []


def test_after_an_answer_has_ended_the_wait_for_the_next_step_begins_anew() -> None:
    story = Story()
    story.passes(12 * MINUTE)  # step 1 was told
    story.answered(until=OUTAGE.opened_at + 60 * MINUTE)
    assert story.told(timedelta(minutes=70)) == [(75, ("manager", "minister"))]


def test_an_answer_whose_end_has_come_keeps_nobody_from_hearing_though_it_was_not_taken_off() -> None:
    story = Story()
    story.answered(until=OUTAGE.opened_at + 20 * MINUTE)
    assert story.told(timedelta(minutes=31)) == [(30, ("lead",))]


def test_what_may_not_be_said_is_not_escalated_and_goes_on_after_it() -> None:
    story = Story()
    story.is_muted = True
    assert story.told(timedelta(hours=2)) == []
    story.is_muted = False
    assert story.told(timedelta(minutes=11)) == [(130, ("lead",))]


def test_what_is_well_for_now_is_not_escalated() -> None:
    story = Story()
    story.becomes(lambda one: replace(one, recovered_at=story.now))
    assert story.told(timedelta(hours=2)) == []


@pytest.mark.parametrize(("down", "up", "told_after"), [(3, 2, 15), (4, 4, 17), (8, 4, 13), (1, 1, 18)])
def test_what_comes_and_goes_is_escalated_once_it_was_down_for_as_long_as_the_wait(
    down: int, up: int, told_after: int
) -> None:
    story = Story()
    told: list[tuple[int, tuple[str, ...]]] = []
    while not told and story.now < OUTAGE.opened_at + timedelta(hours=3):
        told += story.told(down * MINUTE)
        story.becomes(lambda one: replace(one, recovered_at=story.now))
        told += story.told(up * MINUTE)
        story.becomes(lambda one: replace(one, recovered_at=None))
    assert [to for _, to in told] == [("lead",)]
    assert abs(told[0][0] - told_after) <= 1


def test_spells_of_blindness_take_nothing_from_the_wait() -> None:
    story = Story()
    told: list[tuple[int, tuple[str, ...]]] = []
    for _ in range(3):
        told += story.told(9 * MINUTE)
        story.is_blind = True
        told += story.told(timedelta(seconds=10))
        story.is_blind = False
    assert told == [(10, ("lead",)), (25, ("manager", "minister"))]


def test_nothing_is_escalated_while_we_are_blind_however_long() -> None:
    story = Story()
    story.passes(9 * MINUTE)
    story.is_blind = True
    assert story.told(timedelta(hours=5)) == []
    story.is_blind = False
    assert story.told(2 * MINUTE) == [(5 * 60 + 10, ("lead",))]


def test_a_word_given_while_it_is_well_for_now_begins_the_wait_anew() -> None:
    story = Story()
    story.passes(9 * MINUTE)
    story.becomes(lambda one: replace(one, recovered_at=story.now))
    story.passes(MINUTE)
    story.answered(until=OUTAGE.opened_at + 20 * MINUTE)
    story.passes(MINUTE)
    story.becomes(lambda one: replace(one, recovered_at=None))
    assert story.told(20 * MINUTE) == [(30, ("lead",))]


def test_whoever_is_at_a_warning_does_not_keep_others_from_what_is_critical() -> None:
    story = Story(incident=replace(OUTAGE, severity=Status.WARNING))
    story.passes(5 * MINUTE)
    story.answered()
    story.passes(5 * MINUTE)
    story.becomes(lambda one: replace(one, severity=Status.CRITICAL))
    assert story.told(30 * MINUTE) == [(20, ("lead",)), (35, ("manager", "minister"))]
    story.answered()
    assert story.told(timedelta(hours=9)) == []


def test_what_a_clock_that_was_ahead_wrote_is_not_waited_for() -> None:
    story = Story()
    story.passes(5 * MINUTE)
    story.now += timedelta(days=30)
    assert story.told(timedelta(seconds=5)), "by that clock it is due"
    story.now = OUTAGE.opened_at + 6 * MINUTE
    assert story.told(timedelta(hours=1)) == [(21, ("manager", "minister")), (51, story.everybody)]


def test_what_another_incident_explains_is_not_escalated() -> None:
    story = Story()
    story.becomes(lambda one: replace(one, root="another"))
    assert story.told(timedelta(hours=2)) == []


def test_a_rise_of_severity_begins_the_steps_again() -> None:
    story = Story(incident=replace(OUTAGE, severity=Status.WARNING))
    assert [to for _, to in story.told(timedelta(minutes=30))] == [("lead",), ("manager", "minister")]
    story.becomes(lambda one: replace(one, severity=Status.CRITICAL))
    assert story.told(timedelta(minutes=30)) == [(40, ("lead",)), (55, ("manager", "minister"))]


def test_a_fall_of_severity_changes_nothing() -> None:
    story = Story()
    story.passes(12 * MINUTE)
    story.becomes(lambda one: replace(one, severity=Status.WARNING))
    assert story.told(timedelta(minutes=15)) == [(25, ("manager", "minister"))]


def test_nobody_is_passed_over_while_the_first_waits_for_the_office() -> None:
    clerk = replace(PEOPLE[0], office="hq", hold_for_office_hours=True)
    story = Story(
        LADDER, replace(OUTAGE, severity=Status.WARNING, opened_at=local("2017-10-13 20:00")), clerk, *PEOPLE[1:]
    )
    told_at = [one.at for one in story.passes(timedelta(days=3))]
    assert told_at[0] == local("2017-10-16 09:10"), "Friday evening; the office opens on Monday at nine"


def test_an_escalation_that_is_new_to_an_old_incident_counts_from_now() -> None:
    story = Story()
    story.now += timedelta(days=2)
    (first,) = story.passes(11 * MINUTE)
    assert first.at >= OUTAGE.opened_at + timedelta(days=2, minutes=10)


def test_steps_missed_while_nobody_looked_are_told_one_by_one() -> None:
    story = Story()
    story.passes(MINUTE)
    story.now += timedelta(minutes=50)
    assert [to for _, to in story.told(timedelta(seconds=30))] == [("lead",)]


def test_an_escalation_that_the_routes_no_longer_name_is_over() -> None:
    story = Story()
    story.passes(12 * MINUTE)
    story.directory = directory(*PEOPLE, routes=(Route(to=("on-call",)),))
    assert story.told(timedelta(hours=3)) == []
    assert story.incident.chases == ()


def test_whoever_hears_of_the_unpaid_bill_behind_it_is_followed_up_by_the_escalation_of_bills() -> None:
    debt = Debt(number="INV-7", amount="Rs 134,000", due_at=NIGHT, cause=Cause.OVERDUE, labels={"kind": "invoice_due"})
    story = Story(incident=replace(OUTAGE, debts=(debt,)))
    nag = replace(NAGGING, id="bills")
    story.directory = replace(
        directory(
            *PEOPLE,
            routes=(Route(match={"kind": "invoice_due"}, to=("lead",), escalation="bills"), *story.directory.routes),
        ),
        escalations={"critical": replace(LADDER, steps=(), repeat_every=45 * MINUTE), "bills": nag},
    )
    assert story.told(50 * MINUTE) == [(30, ("lead",)), (45, ("on-call",))]


_WAITS = st.lists(st.integers(1, 600), min_size=0, max_size=5, unique=True).map(sorted)


@given(
    waits=_WAITS, every=st.none() | st.integers(1, 600), repeats=st.none() | st.integers(1, 5), looks=st.integers(1, 40)
)
def test_steps_come_in_their_order_and_never_too_early(
    waits: list[int], every: int | None, repeats: int | None, looks: int
) -> None:
    escalation = Escalation(
        id="e",
        steps=tuple(Step(after=wait * MINUTE, to=("a",)) for wait in waits),
        repeat_every=None if every is None else every * MINUTE,
        repeats=repeats,
    )
    held = begun(escalation, told_at=NIGHT, severity=Status.CRITICAL)
    now = NIGHT
    for number in range(1, looks + 1):
        at = due_at(held, escalation)
        if at is None:
            assert number > len(waits)
            assert every is None or (repeats is not None and number > len(waits) + repeats)
            return
        assert due(held, escalation, at - timedelta(microseconds=1)) is None
        step = due(held, escalation, at)
        assert step is not None
        assert (step.number, step.is_repeat) == (number, number > len(waits))
        assert at > now
        if number <= len(waits):
            assert at == NIGHT + waits[number - 1] * MINUTE
        held, now = told(held, escalation, step.number, at), at


# Nobody to wait for ---------------------------------------------------------------------------------------------------


def deserted(story: Story, *shifts: Shift) -> Story:
    """The same story where the route names a rota."""
    duty = Receiver(id="noc-duty", channels=(), rota="noc")
    found = directory(*PEOPLE, duty, routes=(Route(to=("noc-duty",), escalation=LADDER.id),))
    rotas = {"noc": Rota(id="noc", shifts=shifts)}
    story.directory = replace(found, escalations=story.directory.escalations, rotas=rotas)
    return story


OVER = Shift(who="on-call", begins=NIGHT - timedelta(days=2), ends=NIGHT - timedelta(days=1))


def test_where_nobody_is_on_duty_the_first_step_is_told_at_once_and_the_second_waits_behind_it() -> None:
    assert deserted(Story(), OVER).told(30 * MINUTE) == [(0, ("lead",)), (15, ("manager", "minister"))]


def empty_at_every_step(*steps: str) -> Story:
    """Nobody is on duty in any rota; the same one stands in for all."""
    ladder = replace(LADDER, steps=tuple(Step(after=10 * (n + 1) * MINUTE, to=(one,)) for n, one in enumerate(steps)))
    story = Story()
    duties = [Receiver(id=f"{rota}-duty", channels=(), rota=rota) for rota in ("noc", "dba")]
    found = directory(*PEOPLE, *duties, routes=(Route(to=("noc-duty",), escalation=ladder.id),))
    rotas = {rota: Rota(id=rota, shifts=(OVER,)) for rota in ("noc", "dba")}
    story.directory = replace(found, escalations={ladder.id: replace(ladder, repeat_every=None)}, rotas=rotas)
    return story


def test_whoever_stands_in_for_all_has_the_time_that_people_have_between_one_step_and_the_next() -> None:
    story = empty_at_every_step("dba-duty", "noc-duty")
    assert story.told(40 * MINUTE) == [(10, ("dba-duty",)), (20, ("noc-duty",))]


def test_steps_that_reach_nobody_else_are_passed_over_for_one_that_does() -> None:
    story = empty_at_every_step("dba-duty", "lead", "manager")
    assert story.told(40 * MINUTE) == [(0, ("lead",)), (10, ("manager",))]


def test_a_step_that_came_at_once_says_why() -> None:
    (event,) = deserted(Story(), OVER).passes(MINUTE)
    assert event.note == "Nobody is on duty in noc; this is step 1 of 2, told at once"
    assert event.nobody is Nobody.ON_DUTY


def test_whoever_was_on_duty_when_it_was_told_is_waited_for_though_duty_ends_meanwhile() -> None:
    until_soon = replace(OVER, ends=OUTAGE.opened_at + 2 * MINUTE)
    assert deserted(Story(), until_soon).told(20 * MINUTE) == [(10, ("lead",))]


def test_what_may_not_be_said_is_not_told_at_once_either() -> None:
    story = deserted(Story(), OVER)
    story.is_muted = True
    assert story.told(timedelta(hours=1)) == []


def test_where_every_way_to_whoever_was_told_refuses_the_next_step_is_told_at_once() -> None:
    story = Story()
    story.heard = {OUTAGE.id: {"on-call": False}}
    (event,) = story.passes(MINUTE)
    assert event.to == ("lead",)
    assert event.note == "Nobody else could be told: every way to on-call refuses; this is step 1 of 2, told at once"


def test_steps_go_on_at_once_until_somebody_can_be_told() -> None:
    story = Story()
    story.heard = {OUTAGE.id: {"on-call": False, "lead": False}}
    assert story.told(30 * MINUTE) == [(0, ("lead",)), (0, ("manager", "minister"))]


def test_one_who_heard_is_waited_for_though_others_refuse() -> None:
    story = Story()
    story.directory = replace(story.directory, routes=(Route(to=("on-call", "manager"), escalation=LADDER.id),))
    story.heard = {OUTAGE.id: {"on-call": False, "manager": True}}
    assert story.told(12 * MINUTE) == [(10, ("lead",))]


def test_readers_of_urdu_read_why_it_comes_at_once() -> None:
    story = deserted(Story(), OVER)
    receivers = {id_: replace(one, language=Language.URDU) for id_, one in story.directory.receivers.items()}
    story.directory = replace(story.directory, receivers=receivers)
    (event,) = story.passes(MINUTE)
    (row,) = plan(event, story.directory)
    assert "اس وقت کوئی ڈیوٹی پر نہیں ہے۔ اس لیے آپ کو فوراً بتایا جا رہا ہے" in row.message.text
