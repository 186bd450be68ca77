"""Who is on duty by a calendar from elsewhere is known the moment other settings take force."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.people.rota import Rota, Shift
from alerts.route import Route
from tests.support.desks import scene
from tests.support.on_duty import DOWN_AT, estate
from tests.support.virtual_estate import ZONE
from tests.support.virtual_loop import run_virtual
from watchdog.duty_calendar import DutyCalendar
from watchdog.settings.values import Settings

FEED = DutyCalendar(rota="noc", place="https://feeds.example.org/noc.ics", zone=ZONE.key, names={"Ali": "ali"})
ALI = Shift(who="ali", begins=DOWN_AT - timedelta(days=1), ends=DOWN_AT + timedelta(days=9))
SARA = replace(ALI, who="sara")


def watched(*people: str, feed: DutyCalendar = FEED, shifts: tuple[Shift, ...] = ()) -> Settings:
    rota = Rota(id="noc", fallback="boss", shifts=shifts)
    settings = estate(down_for=timedelta(0), people=people, routes=(Route(to=("noc-duty",)),), rotas=(rota,))
    return replace(settings, duty_calendars={"noc": feed})


BEFORE = watched("ali", "sara", "boss")


@pytest.mark.parametrize(
    ("after", "present"),
    [
        pytest.param(watched("ali", "sara", "boss"), "ali", id="the same settings"),
        pytest.param(watched("ali", "boss", "new", feed=replace(FEED, names={"New": "new"})), "ali", id="other people"),
        pytest.param(watched("sara", "boss"), "boss", id="whoever was on duty is gone"),
        pytest.param(
            watched("ali", "boss", feed=replace(FEED, place="https://feeds.example.org/x.ics")), "boss", id="elsewhere"
        ),
        pytest.param(watched("ali", "sara", "boss", shifts=(SARA,)), "sara", id="read with the settings"),
    ],
)
def test_a_reload_does_not_send_what_is_told_next_to_who_stands_in(after: Settings, present: str) -> None:
    async def play() -> None:
        async with scene(BEFORE) as here:
            here.daemon.directory.read_anew(replace(BEFORE.rotas["noc"], shifts=(ALI,)))
            here.to_load.append(after)
            assert not (await here.reloading.reload()).is_refused
            assert [one.id for one in here.daemon.directory.people(("noc-duty",), DOWN_AT)] == [present]

    run_virtual(play())
