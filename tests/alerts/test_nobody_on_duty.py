"""Somebody hears of an incident also where nobody is on duty, and reads that nobody is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.directory import Directory
from alerts.incident import EventKind
from alerts.people.rota import Rota, Shift
from alerts.plan import plan
from alerts.route import Language, Receiver, Route
from tests.support.telling import NIGHT, OUTAGE, directory, event, mail

DAY = timedelta(days=1)
ALI, SANA, BOSS = (
    Receiver(id=name, channels=(mail(f"{name}-1-mail", f"{name}@example.org"),)) for name in ("ali", "sana", "boss")
)
OVER = (
    Shift(who="ali", begins=NIGHT - 9 * DAY, ends=NIGHT - 5 * DAY),
    Shift(who="sana", begins=NIGHT - 5 * DAY, ends=NIGHT - DAY),
)


def people(rota: Rota, *receivers: Receiver) -> Directory:
    duty = Receiver(id="noc-duty", channels=(), rota="noc")
    found = directory(*(receivers or (ALI, SANA, BOSS)), duty, routes=(Route(to=("noc-duty",)),))
    return replace(found, rotas={"noc": rota})


def told(rota: Rota, kind: EventKind = EventKind.OPENED) -> list[str]:
    return [row.receiver for row in plan(event(OUTAGE, kind), people(rota))]


def test_after_the_last_shift_all_who_had_one_are_told() -> None:
    assert told(Rota(id="noc", shifts=OVER)) == ["ali", "sana"]


def test_whoever_stands_in_is_told_alone() -> None:
    assert told(Rota(id="noc", shifts=OVER, fallback="boss")) == ["boss"]


def test_where_nobody_ever_was_on_duty_everybody_is_told() -> None:
    assert told(Rota(id="noc")) == ["ali", "sana", "boss"]


def test_duty_that_falls_to_no_receiver_falls_to_those_who_are() -> None:
    stranger = Shift(who="stranger", begins=NIGHT - DAY, ends=NIGHT + DAY)
    assert told(Rota(id="noc", shifts=(*OVER, stranger))) == ["ali", "sana"]


def test_the_message_says_that_nobody_is_on_duty_on_a_phone_too() -> None:
    (row, _) = plan(event(OUTAGE), people(Rota(id="noc", shifts=OVER)))
    said = "Nobody is on duty in noc now; you are told instead."
    assert row.message.text.startswith(said)
    assert said in row.message.html
    assert said in row.message.short


def test_it_is_said_in_the_readers_language() -> None:
    reader = replace(ALI, language=Language.URDU)
    (row, *_) = plan(event(OUTAGE), people(Rota(id="noc", shifts=OVER), reader, SANA, BOSS))
    assert "کوئی ڈیوٹی پر نہیں" in row.message.text


@pytest.mark.parametrize(
    "rota", [Rota(id="noc", fallback="boss"), Rota(id="noc", shifts=(replace(OVER[0], ends=NIGHT + DAY),))]
)
def test_nothing_is_said_of_it_where_somebody_is_reached(rota: Rota) -> None:
    (row,) = plan(event(OUTAGE), people(rota))
    assert "Nobody is on duty" not in row.message.text
