"""Steps that new settings add, take out, or give to others, while an escalation runs."""

from dataclasses import replace
from datetime import timedelta

from alerts.people.escalation import Step
from alerts.plan import plan
from alerts.route import Receiver
from tests.support.escalating import LADDER, MINUTE, PEOPLE, Story, people
from tests.support.telling import OUTAGE

LEAD, MANAGER = LADDER.steps
NEW = Step(after=5 * MINUTE, to=("new",))
EVERYBODY_TOLD = [(25, ("manager", "minister")), (55, Story.everybody), (85, Story.everybody)]


def climbing(*steps: Step, after: timedelta) -> list[tuple[int, tuple[str, ...]]]:
    """What is told once the steps are others, `after` so long."""
    story = Story()
    story.passes(after)
    story.directory = people(replace(LADDER, steps=steps), *PEOPLE, *map(receiver, ("new", "newer")))
    return story.told(timedelta(hours=3) - after)


def receiver(name: str) -> Receiver:
    return replace(PEOPLE[0], id=name)


def test_people_in_a_first_step_that_new_settings_add_hear_at_once_and_the_others_keep_their_times() -> None:
    everybody = ("on-call", "new", "lead", "manager", "minister")
    assert climbing(NEW, LEAD, MANAGER, after=12 * MINUTE) == [
        (12, ("new",)),
        (25, ("manager", "minister")),
        (55, everybody),
        (85, everybody),
    ]


def test_a_first_step_that_is_added_after_the_last_one_was_told_is_told_at_once_too() -> None:
    assert climbing(NEW, LEAD, MANAGER, after=60 * MINUTE)[0] == (60, ("new",))


def test_a_step_that_is_added_and_whose_time_has_not_come_is_told_in_its_time() -> None:
    assert climbing(LEAD, Step(after=18 * MINUTE, to=("new",)), MANAGER, after=12 * MINUTE)[:2] == [
        (18, ("new",)),
        (25, ("manager", "minister")),
    ]


def test_whoever_takes_the_place_of_a_receiver_who_was_told_hears_at_once_and_the_rest_of_the_step_not_again() -> None:
    assert climbing(replace(LEAD, to=("new", "lead")), MANAGER, after=12 * MINUTE)[0] == (12, ("new",))
    assert climbing(replace(LEAD, to=("new",)), MANAGER, after=12 * MINUTE)[:2] == [
        (12, ("new",)),
        (25, ("manager", "minister")),
    ]


def test_a_step_that_is_taken_out_takes_no_other_with_it() -> None:
    last = Step(after=40 * MINUTE, to=("new",))
    story = Story(replace(LADDER, steps=(LEAD, MANAGER, last)), OUTAGE, *PEOPLE, receiver("new"))
    story.passes(30 * MINUTE)
    story.directory = people(replace(LADDER, steps=(MANAGER, last)), *PEOPLE, receiver("new"))
    assert story.told(20 * MINUTE) == [(40, ("new",))]


def test_when_steps_change_places_who_was_told_is_not_told_again_and_who_comes_first_now_hears_at_once() -> None:
    turned = (replace(MANAGER, after=10 * MINUTE), replace(LEAD, after=25 * MINUTE))
    assert climbing(*turned, after=12 * MINUTE)[0] == (12, ("manager", "minister"))
    assert ("lead",) not in [to for _, to in climbing(*turned, after=12 * MINUTE)]


def test_longer_waits_hold_for_the_steps_to_come_and_tell_nobody_again() -> None:
    longer = (replace(LEAD, after=20 * MINUTE), replace(MANAGER, after=50 * MINUTE))
    assert climbing(*longer, after=12 * MINUTE)[0] == (50, ("manager", "minister"))


def test_somebody_who_is_at_it_keeps_a_new_first_step_from_being_told() -> None:
    story = Story()
    story.passes(12 * MINUTE)
    story.answered()
    story.directory = people(replace(LADDER, steps=(NEW, *LADDER.steps)), *PEOPLE, receiver("new"))
    assert story.told(timedelta(hours=3)) == []


def test_a_wait_that_an_earlier_version_wrote_goes_on_where_it_was() -> None:
    """It kept the number of the steps told, and not whom they named."""
    story = Story()
    story.passes(12 * MINUTE)
    (chase_of_old,) = story.incident.chases
    story.becomes(lambda one: replace(one, chases=(replace(chase_of_old, told=None, waited=timedelta()),)))
    assert story.told(timedelta(hours=3)) == EVERYBODY_TOLD


def test_nobody_who_has_left_the_settings_is_waited_for_or_named() -> None:
    story = Story()
    story.passes(12 * MINUTE)
    gone = tuple(one for one in PEOPLE if one.id != "lead")
    story.directory = people(replace(LADDER, steps=(MANAGER,)), *gone)
    (event, *_) = story.passes(20 * MINUTE)
    assert event.to == ("manager", "minister")
    assert plan(event, story.directory)
