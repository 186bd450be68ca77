"""A running daemon tells the next in line, and tells of duty that passes on."""

from dataclasses import replace
from datetime import date, time, timedelta

from alerts.incident import Acknowledgement
from alerts.people.escalation import Escalation, Step
from alerts.people.rota import Every, Rota, Turns
from alerts.route import Route
from tests.support.on_duty import DOWN_AT, MINUTE, Duty, estate
from tests.support.virtual_estate import ZONE
from watchdog.daemon import Daemon

LADDER = Escalation(
    id="critical",
    steps=(Step(after=10 * MINUTE, to=("lead",)), Step(after=25 * MINUTE, to=("manager",))),
    repeat_every=30 * MINUTE,
    repeats=1,
)
TO_NOC = (Route(to=("noc",), escalation="critical"),)


def laddered(down_for: timedelta) -> Duty:
    settings = estate(down_for=down_for, people=("noc", "lead", "manager"), routes=TO_NOC, escalations=(LADDER,))
    return Duty(settings)


async def acknowledged(daemon: Daemon) -> object:
    (incident,) = daemon.subjects.incidents()
    return await daemon.acknowledge(incident.id, Acknowledgement(by="ali", at=DOWN_AT + 15 * MINUTE))


def test_an_outage_climbs_its_steps_and_its_end_reaches_everybody_who_was_told() -> None:
    told = laddered(timedelta(hours=3)).told(timedelta(hours=6))
    assert told == [
        (1, "noc", "DOWN"),
        (11, "lead", "STILL"),
        (26, "manager", "STILL"),
        (56, "lead", "STILL"),
        (56, "manager", "STILL"),
        (56, "noc", "STILL"),
        (181, "lead", "RESOLVED"),
        (181, "manager", "RESOLVED"),
        (181, "noc", "RESOLVED"),
    ]


def test_once_somebody_is_at_it_nobody_else_is_told() -> None:
    duty = laddered(timedelta(hours=3))
    duty.at(DOWN_AT + 15 * MINUTE, acknowledged)
    assert {name for _, name, _ in duty.told(timedelta(hours=6))} == {"noc", "lead"}


def test_what_is_over_is_not_escalated() -> None:
    assert {name for _, name, _ in laddered(timedelta(minutes=8)).told(timedelta(hours=6))} == {"noc"}


# Duty -----------------------------------------------------------------------------------------------------------

#: Hand-offs at noon in Karachi, three hours after the beginning and two after the host goes down; ali begins.
NOC = Rota(
    id="noc",
    turns=Turns(members=("ali", "sara"), every=Every.DAY, hand_off=time(12), zone=ZONE, starts=date(2017, 10, 17)),
)
HAND_OFF = 120
"""Minutes after the host went down."""


def on_duty(down_for: timedelta, *, restart_chores_every: timedelta = timedelta(days=1000)) -> Duty:
    routes = (Route(to=("noc-duty",)),)
    settings = estate(down_for=down_for, people=("ali", "sara"), routes=routes, rotas=(NOC,))
    return Duty(settings, restart_chores_every=restart_chores_every)


def test_whoever_is_on_duty_hears_and_at_the_hand_off_both_get_one_message() -> None:
    assert on_duty(timedelta(minutes=30)).told(timedelta(hours=6)) == [
        (1, "ali", "DOWN"),
        (31, "ali", "RESOLVED"),
        (HAND_OFF, "ali", "HANDOFF"),
        (HAND_OFF, "sara", "HANDOFF"),
    ]


def test_the_end_reaches_who_was_told_of_the_beginning_and_who_took_it_over() -> None:
    assert on_duty(timedelta(hours=5)).told(timedelta(hours=8)) == [
        (1, "ali", "DOWN"),
        (HAND_OFF, "ali", "HANDOFF"),
        (HAND_OFF, "sara", "HANDOFF"),
        (301, "ali", "RESOLVED"),
        (301, "sara", "RESOLVED"),
    ]


def test_a_hand_off_says_what_is_open_and_who_is_at_it() -> None:
    duty = on_duty(timedelta(hours=5))
    duty.at(DOWN_AT + 15 * MINUTE, acknowledged)
    goes, comes = (one.notification.message for one in duty.sent(timedelta(hours=4))[1:])
    assert comes.subject == "HANDOFF noc: sara is on duty now after ali"
    assert comes.text.startswith(
        "You are on duty in noc since 12:00 on Wed 18 Oct 2017, until 12:00 on Thu 19 Oct 2017. Before you it was ali."
    )
    assert "Open, and somebody is at it:\n- STILL DOWN Official e-mail: " in comes.text
    assert "; ali is at it" in comes.text
    assert goes.text.startswith("Your duty in noc ended at 12:00 on Wed 18 Oct 2017. sara is on duty now.")


def test_a_hand_off_with_nothing_open_says_so() -> None:
    sent = on_duty(timedelta(minutes=30)).sent(timedelta(hours=4))
    assert "Nothing is open." in sent[-1].notification.message.text


def test_a_hand_off_is_told_once_however_often_the_daemon_starts() -> None:
    told = on_duty(timedelta(minutes=30), restart_chores_every=timedelta(minutes=7)).told(timedelta(hours=6))
    assert [name for _, name, word in told if word == "HANDOFF"] == ["ali", "sara"]


def test_after_the_hand_off_the_other_one_hears() -> None:
    settings = on_duty(timedelta(minutes=30)).settings
    later = replace(NOC, turns=replace(NOC.turns, hand_off=time(9, 30)) if NOC.turns else None)
    told = Duty(replace(settings, rotas={"noc": later})).told(timedelta(hours=3))
    assert [name for _, name, word in told if word == "DOWN"] == ["sara"]


def started_late(down_for: timedelta) -> Duty:
    """Nobody looks at who is on duty until five hours after the hand-off."""
    duty = on_duty(down_for)
    duty.chores_start_after = timedelta(hours=8)
    return duty


def test_whoever_came_on_while_nothing_ran_hears_what_is_open_however_late() -> None:
    told = started_late(timedelta(hours=20)).told(timedelta(hours=9))
    assert told == [(1, "ali", "DOWN"), (420, "ali", "HANDOFF"), (420, "sara", "HANDOFF")]


def test_of_an_old_hand_off_nothing_is_told_where_nothing_is_open_from_before_it() -> None:
    told = started_late(timedelta(minutes=30)).told(timedelta(hours=9))
    assert told == [(1, "ali", "DOWN"), (31, "ali", "RESOLVED")]
