"""Drills over a real daemon in virtual time: everybody who could be told, and what they were told."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any

from alerts.drills.drill import DrillKind
from alerts.incident import Incident
from alerts.people.escalation import Escalation, Step
from alerts.restored import Restoration
from alerts.route import ChannelSpec, Receiver, Route
from checks.model import Finding, Status
from checks.plugin import CheckContext
from tests.support.asgi import ROOT, Told, request
from tests.support.desks import Scene, watching
from tests.support.scripted import Answer, finding
from tests.support.virtual_estate import Month, Sent, lay
from tests.support.virtual_loop import virtual_clock
from watchdog.api.drill_desk import DrillDesk, DrillWish
from watchdog.api.peer import Peer
from watchdog.daemon import Daemon
from watchdog.drills.keeping import Drills
from watchdog.duty import Escalations
from watchdog.engine.quiet import Quiet
from watchdog.settings.values import Settings
from watchdog.store.executor import Inline
from watchdog.store.store import Store

MINUTE = timedelta(minutes=1)

#: A step ten minutes and one twenty minutes after nobody answered.
LADDER = Escalation(id="climb", steps=(Step(after=10 * MINUTE, to=("lead",)), Step(after=20 * MINUTE, to=("chief",))))


async def well(_ctx: CheckContext) -> Sequence[Finding]:
    return (finding(Status.OK),)


def person(name: str, **more: Any) -> Receiver:  # noqa: ANN401  # any field of a receiver
    channel = ChannelSpec(name=f"{name}-1-mail", kind="mail", to=(f"{name}@x.example",))
    return Receiver(id=name, channels=(channel,), **more)


def drilled(*answers: tuple[str, Answer]) -> Settings:
    """Checks that give these answers; faults go to `noc` and up, bills to `finance`, and root is a receiver too."""
    people = ("noc", "lead", "chief", "root")
    receivers = {one: person(one) for one in people} | {"finance": person("finance", hold_for_office_hours=True)}
    return replace(
        watching(*answers),
        receivers=receivers,
        routes=(Route(match={"kind": "invoice_due"}, to=("finance",)), Route(to=("noc",), escalation="climb")),
        escalations={LADDER.id: LADDER},
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """What people ask of drills, over the API."""

    here: Scene

    async def start(self, kind: str = "outage", peer: Peer | None = ROOT, **more: Any) -> Told:  # noqa: ANN401  # any JSON
        return await self._ask("POST", "/v1/drills", {"kind": kind, "service": "mail", **more}, peer)

    async def stop(self) -> Told:
        return await self._ask("DELETE", "/v1/drills/running")

    async def show(self, word: str = "last") -> Mapping[str, Any]:
        told = await self._ask("GET", f"/v1/drills/{word}")
        assert told.status == 200, told.json
        (shown,) = told.json["items"]
        return dict(shown)

    async def acknowledge(self, incident: str) -> Told:
        return await self._ask("POST", f"/v1/incidents/{incident}/acknowledgement", {"until_ok": True})

    async def _ask(self, method: str, path: str, body: object = None, peer: Peer | None = ROOT) -> Told:
        sent = b"" if body is None else json.dumps(body).encode()
        return await request(self.here.app, method, path, body=sent, peer=peer)

    @property
    def sent(self) -> Sequence[Sent]:
        return sorted(self.here.month.sent, key=lambda one: (one.at, one.notification.recipient))

    @property
    def subjects(self) -> Sequence[tuple[str, str]]:
        """Who was told, and the first two words of the subject."""
        return [
            (one.notification.recipient.partition("@")[0], " ".join(one.notification.message.subject.split()[:2]))
            for one in self.sent
        ]


@dataclass(frozen=True, slots=True)
class Life:
    """One life of a daemon with all that plays drills, at whose desk somebody sits."""

    daemon: Daemon
    month: Month
    drills: Drills
    desk: DrillDesk

    async def start(self, kind: DrillKind = DrillKind.OUTAGE, *, minutes: int = 30, **more: Any) -> Incident:  # noqa: ANN401  # any wish
        wish = DrillWish(kind=kind, service="mail", by="root", lasts=minutes * MINUTE, **more)
        return await self.desk.start(wish)

    @property
    def told(self) -> Sequence[tuple[str, str]]:
        """Who was told, and the first two words of the subject, in the order of telling."""
        sent = sorted(self.month.sent, key=lambda one: (one.at, one.notification.recipient))
        return [
            (one.notification.recipient.partition("@")[0], " ".join(one.notification.message.subject.split()[:2]))
            for one in sent
        ]


@asynccontextmanager
async def life(
    settings: Settings, store: Store | None = None, restored: Restoration | None = None
) -> AsyncIterator[Life]:
    """Ends in order with the body. `store` is what a life before left, `restored` says that it is a copy."""
    quiet = Quiet(restored, [] if store is None else store.load_records())
    daemon, month = lay(settings, seed=1, store=store, quiet=quiet)
    clock = virtual_clock()
    ids = map("d-{}".format, count(1 if store is None else 1000)).__next__
    drills = Drills(daemon, month.store.listings, Inline(), clock, ids)
    stop = asyncio.Event()
    running = asyncio.create_task(daemon.run(stop))
    chores = [asyncio.create_task(one) for one in (drills.forever(), Escalations(daemon, clock, ids).forever())]
    await asyncio.sleep(1)
    yield Life(daemon, month, drills, DrillDesk(daemon, drills, clock))
    for chore in chores:
        chore.cancel()
    stop.set()
    await running
