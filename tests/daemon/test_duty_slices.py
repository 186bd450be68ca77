"""Thousands of open incidents are escalated without holding up what else the daemon does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from alerts.incident import Acknowledgement, Chase
from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind
from alerts.people.escalation import Escalation, Step, begun
from alerts.people.patience import rests_until
from alerts.record import SubjectRecord
from alerts.route import Route
from checks.model import Cause, CheckId, Status
from tests.support.on_duty import estate
from tests.support.telling import NIGHT, OUTAGE, directory
from tests.support.virtual_estate import lay
from tests.support.virtual_loop import virtual_clock
from watchdog.daemon import Daemon
from watchdog.duty import Escalations

OPEN = 1000
MINUTE = timedelta(minutes=1)
HOUR = 60 * MINUTE
LATE = Escalation(id="late", steps=(Step(after=HOUR, to=("lead",)),))


class Counting(dict[str, Escalation]):
    """Escalations that know how often somebody asked for one."""

    asked = 0

    def __contains__(self, key: object) -> bool:
        self.asked += 1
        return super().__contains__(key)


@dataclass(slots=True)
class Night:
    """A daemon at which everything is down."""

    daemon: Daemon
    chore: Escalations
    escalations: Counting
    turns: int = 0

    async def others(self) -> None:
        while True:
            await asyncio.sleep(0)
            self.turns += 1

    async def look(self) -> tuple[int, int]:
        """How often others had their turn during a look, and how many incidents it looked at."""
        turns, asked = self.turns, self.escalations.asked
        await self.chore.look()
        return self.turns - turns, self.escalations.asked - asked


@asynccontextmanager
async def night() -> AsyncIterator[Night]:
    escalations = Counting({"late": LATE})
    settings = estate(down_for=timedelta(0), people=("noc", "lead"), routes=(Route(to=("noc",), escalation="late"),))
    daemon, _ = lay(replace(settings, escalations=escalations), seed=1)
    clock, ids = virtual_clock(), iter(range(10**9))
    for number in range(OPEN):
        daemon.subjects.put(down(number, clock()), None)
    here = Night(daemon, Escalations(daemon, clock, lambda: f"{next(ids):024d}"), escalations)
    stop = asyncio.Event()
    running = asyncio.create_task(daemon.run(stop))
    meanwhile = asyncio.create_task(here.others())
    yield here
    meanwhile.cancel()
    stop.set()
    await running


def down(number: int, at: datetime) -> SubjectRecord:
    check_id = CheckId(f"c{number}")
    incident = replace(OUTAGE, id=f"{number:024x}", check_id=check_id, opened_at=at, since=at)
    return SubjectRecord(check_id=check_id, subject="x", seen_at=at, judged_at=at, fault_incident=incident)


def silence(at: datetime) -> Mute:
    return Mute(
        id="s1",
        kind=MuteKind.SILENCE,
        matchers=matchers_of(["check=c1"]),
        author="ali",
        reason="work",
        starts_at=at - HOUR,
        ends_at=at + HOUR,
    )


def test_others_have_their_turn_while_thousands_of_incidents_are_looked_at() -> None:
    async def play() -> None:
        async with night() as here:
            turns, looked_at = await here.look()
            assert looked_at >= OPEN
            assert turns >= OPEN  # each that has news has a turn of its own
            turns, looked_at = await here.look()
            assert looked_at == OPEN
            assert turns > 1  # without news, some milliseconds in one go

    asyncio.run(play())


def test_what_has_no_news_before_its_next_step_is_not_looked_at_again() -> None:
    async def play() -> None:
        async with night() as here:
            await here.look()
            await here.look()
            assert (await here.look())[1] == 0

    asyncio.run(play())


def test_a_silence_and_a_change_of_one_incident_have_it_looked_at_again() -> None:
    async def play() -> None:
        async with night() as here:
            await here.look()
            await here.look()
            (standing, *_) = here.daemon.subjects.of(CheckId("c7"))
            (incident,) = standing.record.incidents
            here.daemon.subjects.put(standing.record.with_incident(replace(incident, cause=Cause.TIMEOUT)), None)
            assert (await here.look())[1] == 1
            here.daemon.mutes.remember([silence(virtual_clock()())])
            assert (await here.look())[1] >= OPEN
            (silenced,) = here.daemon.subjects.of(CheckId("c1"))[0].record.incidents
            assert silenced.chases[0].is_held

    asyncio.run(play())


WAITING = begun(LATE, told_at=NIGHT, severity=Status.CRITICAL)
SAID = Acknowledgement(by="ali", at=NIGHT, until=NIGHT + 10 * MINUTE)


@pytest.mark.parametrize(
    ("chases", "said", "rests_for"),
    [
        ((WAITING,), None, HOUR),
        ((replace(WAITING, is_held=True),), SAID, 10 * MINUTE),
        ((WAITING,), SAID, 10 * MINUTE),
    ],
)
def test_an_incident_rests_until_its_next_step_or_the_end_of_what_somebody_said(
    chases: tuple[Chase, ...], said: Acknowledgement | None, rests_for: timedelta
) -> None:
    office = replace(directory(), escalations={"late": replace(LATE, steps=(Step(after=HOUR, to=("on-call",)),))})
    incident = replace(OUTAGE, chases=chases, acknowledged=said)
    assert rests_until([incident], office, NIGHT) == NIGHT + rests_for


def test_what_waits_for_nothing_rests_until_it_changes() -> None:
    assert rests_until([OUTAGE], directory(), NIGHT).year == 9999
