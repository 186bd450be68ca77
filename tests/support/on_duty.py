"""People on duty over a real daemon in virtual time, with the chores that tell the next in line."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from alerts.judging.fault import Threshold
from alerts.people.escalation import Escalation
from alerts.people.rota import Rota
from alerts.route import ChannelSpec, Receiver, Route
from tests.support.virtual_estate import Month, Outage, Sent, lay, settings_of
from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.daemon import Daemon
from watchdog.duty import Escalations
from watchdog.hand_offs import HandOffs
from watchdog.settings.values import Settings
from watchdog.store.executor import Inline

HOST = "t0.example"
CHECK = f"mx-{HOST}"
MINUTE = timedelta(minutes=1)
DOWN_AT = EPOCH + timedelta(hours=1)


def person(name: str) -> Receiver:
    return Receiver(id=name, channels=(ChannelSpec(name=f"{name}-1-mail", kind="mail", to=(f"{name}@x.example",)),))


def estate(
    *,
    down_for: timedelta,
    people: Sequence[str],
    routes: Sequence[Route],
    escalations: Sequence[Escalation] = (),
    rotas: Sequence[Rota] = (),
) -> Settings:
    """One host that goes down an hour after the beginning, and is told at once."""
    truth = (Outage(HOST, DOWN_AT, DOWN_AT + down_for),)
    whole = settings_of(truth, (HOST,), interval_s=60, lapses=EPOCH + timedelta(days=300))
    at_once = Threshold(failures_to_open=1, passes_to_close=1, settle_s=0, flap_hold_s=0)
    duties = {f"{rota.id}-duty": Receiver(id=f"{rota.id}-duty", channels=(), rota=rota.id) for rota in rotas}
    return replace(
        whole,
        checks=tuple(replace(one, threshold=at_once) for one in whole.checks if one.spec.id == CHECK),
        receivers={name: person(name) for name in people} | duties,
        routes=tuple(routes),
        escalations={one.id: one for one in escalations},
        rotas={one.id: one for one in rotas},
        invoices=(),
    )


@dataclass(slots=True)
class Duty:
    """A life of the daemon; `at` does something at a moment of it."""

    settings: Settings
    restart_chores_every: timedelta = timedelta(days=1000)
    chores_start_after: timedelta = timedelta(0)
    _deeds: list[tuple[datetime, Callable[[Daemon], Awaitable[object]]]] = field(default_factory=list)

    def at(self, moment: datetime, deed: Callable[[Daemon], Awaitable[object]]) -> None:
        self._deeds.append((moment, deed))

    def told(self, length: timedelta) -> list[tuple[int, str, str]]:
        """Minutes after the host went down, the recipient and the subject's first word."""
        return [
            (
                round((sent.notification.created_at - DOWN_AT) / MINUTE),
                sent.notification.recipient.partition("@")[0],
                sent.notification.message.subject.split(" ")[0],
            )
            for sent in self.sent(length)
        ]

    def sent(self, length: timedelta) -> list[Sent]:
        month = run_virtual(self._live(length))
        return sorted(month.sent, key=lambda one: (one.notification.created_at, one.notification.recipient))

    async def _live(self, length: timedelta) -> Month:
        daemon, month = lay(self.settings, seed=1)
        stop = asyncio.Event()
        running = asyncio.create_task(daemon.run(stop))
        doing = asyncio.create_task(self._do(daemon))
        loop = asyncio.get_running_loop()
        end_s = loop.time() + length.total_seconds()
        await asyncio.sleep(self.chores_start_after.total_seconds())
        while loop.time() < end_s:
            chores = [asyncio.create_task(chore) for chore in self._chores(daemon, month)]
            await asyncio.sleep(min(self.restart_chores_every.total_seconds(), end_s - loop.time()))
            for chore in chores:
                chore.cancel()
        stop.set()
        await running
        await doing
        return month

    async def _do(self, daemon: Daemon) -> None:
        clock = virtual_clock()
        for moment, deed in sorted(self._deeds, key=lambda one: one[0]):
            await asyncio.sleep((moment - clock()).total_seconds())
            await deed(daemon)

    @staticmethod
    def _chores(daemon: Daemon, month: Month) -> list[Coroutine[None, None, None]]:
        clock = virtual_clock()
        ids = iter(range(10**9))
        return [
            Escalations(daemon, clock, lambda: f"{next(ids):024d}").forever(),
            HandOffs(daemon, month.store, Inline(), Inline(), clock).forever(),
        ]
