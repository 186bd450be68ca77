"""Whoever cannot see to it passes it on: who is told, and when nobody is."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest

from alerts.directory import Directory
from alerts.incident import Acknowledgement, Incident
from alerts.judging.episode import Judgement
from alerts.people.escalation import Escalation, Step
from alerts.people.passing import passed_on
from alerts.people.rota import Rota, Shift
from alerts.record import SubjectRecord
from alerts.route import Receiver, Route
from tests.support.telling import NIGHT, OUTAGE, directory, mail

MINUTE = timedelta(minutes=1)
AT_NIGHT = replace(OUTAGE, opened_at=NIGHT, since=NIGHT)
LADDER = Escalation(
    id="critical",
    steps=(Step(after=10 * MINUTE, to=("noc-duty",)), Step(after=25 * MINUTE, to=("ali", "manager"))),
    repeat_every=30 * MINUTE,
)
PEOPLE = tuple(
    Receiver(id=name, channels=(mail(f"{name}-1-mail", f"{name}@example.org"),))
    for name in ("on-call", "ali", "manager")
)
ON_DUTY = Rota(id="noc", shifts=(Shift(who="ali", begins=NIGHT - timedelta(days=1), ends=NIGHT + timedelta(days=1)),))


def people(escalation: Escalation = LADDER) -> Directory:
    duty = Receiver(id="noc-duty", channels=(), rota="noc")
    whole = directory(*PEOPLE, duty, routes=(Route(to=("on-call",), escalation=escalation.id),))
    return replace(whole, escalations={escalation.id: escalation}, rotas={"noc": ON_DUTY})


def record_of(incident: Incident) -> SubjectRecord:
    return SubjectRecord(
        check_id=incident.check_id,
        subject=incident.subject,
        seen_at=incident.opened_at,
        judged_at=incident.opened_at,
        fault_incident=incident,
    )


def passing(
    record: SubjectRecord, by: str, at: datetime, *, is_muted: bool = False, escalation: Escalation = LADDER
) -> tuple[Judgement, tuple[str, ...]] | None:
    ids = count(1)
    return passed_on(
        record,
        AT_NIGHT.id,
        people(escalation),
        at,
        by=by,
        is_muted=lambda _incident: is_muted,
        new_id=lambda: f"{next(ids):024d}",
    )


def told(incident: Incident = AT_NIGHT, *by: str, is_muted: bool = False) -> Sequence[tuple[str, ...]]:
    """Who is told by each that passes it on, a minute after the other."""
    record, heard = record_of(incident), []
    for number, who in enumerate(by, 1):
        passed = passing(record, who, NIGHT + number * MINUTE, is_muted=is_muted)
        if passed is not None:
            record = passed[0].record
        heard.append(() if passed is None else passed[1])
    return heard


def test_each_step_is_told_in_its_turn_and_whoever_cannot_is_left_out() -> None:
    assert told(AT_NIGHT, "on-call", "ali") == [("ali",), ("manager",)]


def test_after_the_last_step_nobody_is_next_and_no_repeat_is_used_up() -> None:
    assert told(AT_NIGHT, "on-call", "ali", "manager")[-1] == ()


def test_where_the_next_is_whoever_cannot_nobody_is_told() -> None:
    assert told(AT_NIGHT, "ali") == [()]


def test_what_is_told_says_why_and_goes_to_whoever_is_next_in_the_same_breath() -> None:
    passed = passing(record_of(AT_NIGHT), "on-call", NIGHT + MINUTE)
    assert passed is not None
    (event,) = passed[0].events
    assert (event.to, event.step, event.note) == (("ali",), 1, "on-call cannot see to it: this is step 1 of 2")


ANSWERED: list[Callable[[Incident], Incident]] = [
    lambda one: replace(one, acknowledged=Acknowledgement(by="ali", at=NIGHT)),
    lambda one: replace(one, recovered_at=NIGHT),
    lambda one: replace(one, root="0" * 24),
]


@pytest.mark.parametrize("changed", ANSWERED)
def test_what_nobody_waits_for_any_more_is_not_passed_on_though_the_chore_has_not_looked_since(
    changed: Callable[[Incident], Incident],
) -> None:
    """It looks every five seconds; a page that says "told now" must be true meanwhile."""
    assert told(changed(AT_NIGHT), "on-call") == [()]
    waiting = passing(record_of(AT_NIGHT), "nobody", NIGHT)
    assert waiting is not None
    (begun,) = waiting[0].record.incidents
    assert told(changed(replace(begun, chases=(replace(begun.chases[0], step=0, told=()),))), "on-call") == [()]


def test_what_must_not_be_told_is_not_passed_on() -> None:
    assert told(AT_NIGHT, "on-call", is_muted=True) == [()]


def test_a_step_that_is_due_this_moment_is_told_and_not_the_one_behind_it_too() -> None:
    nagging = replace(LADDER, steps=(Step(after=10 * MINUTE, to=("ali",)), Step(after=11 * MINUTE, to=("manager",))))
    record = record_of(AT_NIGHT)
    first = passing(record, "nobody", NIGHT, escalation=replace(nagging, steps=nagging.steps))
    assert first is not None
    (begun,) = first[0].record.incidents
    waiting = replace(begun, chases=(replace(begun.chases[0], step=0, told=(), waits_from=NIGHT),))
    passed = passing(record_of(waiting), "on-call", NIGHT + 30 * MINUTE, escalation=nagging)
    assert passed is not None
    assert passed[1] == ("ali",)
    assert [event.step for event in passed[0].events] == [1]


def test_without_an_escalation_nobody_is_next() -> None:
    plain = replace(people(), routes=(Route(to=("on-call",)),))
    passed = passed_on(
        record_of(AT_NIGHT), AT_NIGHT.id, plain, NIGHT, by="ali", is_muted=lambda _one: False, new_id=lambda: "0" * 24
    )
    assert passed is None
