"""A running daemon does not wait for an answer of people whom nothing reaches."""

import asyncio
from datetime import timedelta

from alerts.people.escalation import Escalation, Step
from alerts.people.rota import Rota, Shift
from alerts.route import Route
from tests.support.on_duty import DOWN_AT, MINUTE, Duty, estate
from tests.support.virtual_estate import Month, lay
from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.duty import Escalations
from watchdog.outbox_upkeep import LOOK_EVERY_S, OutboxUpkeep
from watchdog.settings.values import Settings
from watchdog.store.executor import Inline

LADDER = Escalation(
    id="critical", steps=(Step(after=10 * MINUTE, to=("lead",)), Step(after=25 * MINUTE, to=("manager",)))
)


class NoDistress:
    """Nothing was told from memory."""

    unrecorded = ()

    def recorded(self, _told: object) -> None:
        """Nothing was."""


async def lived(settings: Settings, refusing: str) -> Month:
    """Two hours of a daemon with its chores, one of whose channels refuses all."""
    daemon, month = lay(settings, seed=1)
    month.sinks[refusing].refuses = True
    stop, clock, ids = asyncio.Event(), virtual_clock(EPOCH), iter(range(10**6))
    upkeep = OutboxUpkeep(
        store=month.store,
        caller=Inline(),
        clock=clock,
        directory=lambda: daemon.directory,
        distress=NoDistress(),
        wake=daemon.wake,
    )

    async def heard(incident_ids: object) -> dict[str, dict[str, bool]]:
        assert isinstance(incident_ids, list)
        return month.store.reach.reached(incident_ids)

    escalations = Escalations(daemon, clock, lambda: f"{next(ids):024d}", ask_heard=heard)
    chores = [asyncio.create_task(one) for one in (upkeep.forever(), escalations.forever())]
    asyncio.get_running_loop().call_later(7_200.0, stop.set)
    await daemon.run(stop)
    for chore in chores:
        chore.cancel()
    return month


def told(month: Month) -> list[tuple[timedelta, str, str]]:
    return sorted(
        (one.at - DOWN_AT, one.notification.receiver, one.notification.message.text.split("\n", 1)[0])
        for one in month.sent
        if one.notification.incident_id is not None
    )


def test_whoever_is_next_hears_at_once_where_every_way_to_on_call_refuses() -> None:
    routes = (Route(to=("noc",), escalation="critical"),)
    settings = estate(
        down_for=timedelta(minutes=40), people=("noc", "lead", "manager"), routes=routes, escalations=(LADDER,)
    )
    heard = told(run_virtual(lived(settings, refusing="noc-1-mail")))
    assert [name for _, name, _ in heard[:2]] == ["lead", "manager"]
    after, _, words = heard[0]
    assert after < timedelta(seconds=60 + 2 * LOOK_EVERY_S + 30), "one look, the upkeep, and the escalations"
    assert words.startswith("Nobody else could be told: every way to noc refuses; this is step 1 of 2, told at once.")


def test_whoever_is_next_hears_at_once_where_nobody_is_on_duty() -> None:
    gone = Shift(who="ali", begins=EPOCH - timedelta(days=2), ends=EPOCH - timedelta(days=1))
    settings = estate(
        down_for=timedelta(minutes=40),
        people=("ali", "lead", "manager"),
        routes=(Route(to=("noc-duty",), escalation="critical"),),
        escalations=(LADDER,),
        rotas=(Rota(id="noc", shifts=(gone,)),),
    )
    assert Duty(settings).told(timedelta(hours=1, minutes=30)) == [
        (1, "ali", "DOWN"),
        (1, "lead", "STILL"),
        (16, "manager", "STILL"),
    ]
