"""Drills over a real daemon in virtual time: everybody who could be told, and what they were told."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from alerts.people.escalation import Escalation, Step
from alerts.route import ChannelSpec, Receiver, Route
from checks.model import Finding, Status
from checks.plugin import CheckContext
from tests.support.asgi import ROOT, Told, request
from tests.support.desks import Scene, watching
from tests.support.scripted import Answer, finding
from tests.support.virtual_estate import Sent
from watchdog.api.peer import Peer
from watchdog.settings.values import Settings

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

    async def start(self, kind: str = "outage", peer: Peer = ROOT, **more: Any) -> Told:  # noqa: ANN401  # any JSON
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

    async def _ask(self, method: str, path: str, body: object = None, peer: Peer = ROOT) -> Told:
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
