"""Acknowledging, silencing and sending over the real store, to be killed at any system call and begun anew.

Usage: mute_script.py FOLDER. The sink is FOLDER/sink, one line "id repeat" per message that left; what it printed it
promised. Begun again, it goes on where the store says that it stopped.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from alerts.incident import Acknowledgement, EventKind, IncidentEvent
from alerts.judging.acknowledge import acknowledge
from alerts.judging.episode import Judgement
from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind
from alerts.mutes.overrun import tell_again
from alerts.record import SubjectRecord
from checks.model import Status
from tests.support.stored import at, change, closed, incident, notification, record
from watchdog.engine.mutes import Mutes
from watchdog.store.changes import Changes
from watchdog.store.executor import DurableOutbox, Inline
from watchdog.store.store import Store, open_store

CHANNEL = "on-call-1-mail"

#: In this order; of all but these nobody may hear.
TOLD = ("n-opened", "n-m1-i1", "n-resolved")

SILENCE = Mute(
    id="m1",
    kind=MuteKind.SILENCE,
    matchers=matchers_of(["service=official-email"]),
    author="asma",
    reason="the switch is replaced",
    starts_at=at(50),
    ends_at=at(500),
)


def say(word: str) -> None:
    os.write(1, f"{word}\n".encode())


class Life:
    """From one start of the program to its end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = open_store(folder)
        self.mutes = Mutes()
        self.store.quarantine_crashed(at(0))
        self.mutes.remember(self.store.standing_mutes(at(0)))
        self.outbox = DurableOutbox(self.store, Inline(), mutes=self.mutes)

    def has_happened(self, event_id: str) -> bool:
        history = self.store.listings.history("i1")
        return history is not None and any(line.id == event_id for line in history.events)

    def standing(self) -> SubjectRecord:
        return next(iter(self.store.load_records()), record(0, status=Status.CRITICAL))

    def happen(self, event_id: str, make: Callable[[SubjectRecord], Judgement]) -> None:
        """Once, whatever kills it on the way."""
        if not self.has_happened(event_id):
            judged = make(self.standing())
            self.store.commit(
                Changes(
                    records=(judged.record,),
                    incidents=tuple(event.incident for event in judged.events),
                    events=judged.events,
                    notifications=tuple(
                        replace(
                            notification(f"n-{event.id}", event.kind, incident_id="i1"),
                            event_id=event.id,
                            created_at=event.at,
                            not_before=event.at,
                        )
                        for event in judged.events
                        if event.kind not in {EventKind.ACKNOWLEDGED, EventKind.UNACKNOWLEDGED}
                    ),
                )
            )

    async def deliver(self, now: datetime) -> None:
        while (row := await self.outbox.claim_next(CHANNEL, now)) is not None:
            with (self.folder / "sink").open("a") as sink:
                sink.write(f"{row.id} {row.repeat}\n")
            await self.outbox.mark_sent(row.id, now, "250 ok")

    async def live(self) -> None:
        self.happen("opened", _opened)
        await self.deliver(at(20))
        said = Acknowledgement(by="asma", at=at(30), note="mine", until=at(1000))
        self.happen("acked", lambda standing: acknowledge(standing, "i1", said, lambda: "acked"))
        say("acked")
        self.happen("nagged", lambda standing: _one(standing, EventKind.REMINDER, "nagged", 40))
        await self.deliver(at(45))
        self.store.keep_mute(SILENCE)
        self.mutes.remember([SILENCE])
        say("silenced")
        self.happen("graver", lambda standing: _one(standing, EventKind.SEVERITY, "graver", 60))
        await self.deliver(at(70))
        self.happen("unacked", _unacknowledged)
        ended = replace(SILENCE, ended_at=at(80), ended_by="asma")
        self.store.end_mute(ended)
        self.mutes.remember([ended])
        say("ended")
        self.happen("m1-i1", lambda standing: tell_again(standing, ended, (), "the silence is over", now=at(80)))
        self.store.settle_mute("m1", at(85))
        say("settled")
        await self.deliver(at(90))
        self.happen("resolved", _resolved)
        await self.deliver(at(120))
        say("done")


def _opened(standing: SubjectRecord) -> Judgement:
    begun = incident("i1")
    return Judgement(replace(standing, fault_incident=begun), (change("opened", EventKind.OPENED, begun),))


def _one(standing: SubjectRecord, kind: EventKind, event_id: str, seconds: float) -> Judgement:
    (one,) = standing.incidents
    return Judgement(standing, (IncidentEvent(id=event_id, kind=kind, at=at(seconds), incident=one),))


def _unacknowledged(standing: SubjectRecord) -> Judgement:
    (one,) = standing.incidents
    alone = replace(one, acknowledged=None)
    event = IncidentEvent(id="unacked", kind=EventKind.UNACKNOWLEDGED, at=at(75), incident=alone)
    return Judgement(replace(standing, fault_incident=alone), (event,))


def _resolved(standing: SubjectRecord) -> Judgement:
    (one,) = standing.incidents
    event = change("resolved", EventKind.RESOLVED, closed(one, 100), 100)
    return Judgement(replace(standing, fault_incident=None), (event,))


def main(folder: Path) -> None:
    life = Life(folder)
    try:
        asyncio.run(life.live())
    finally:
        life.store.close()


def held(folder: Path) -> set[str]:
    """What of its promises stands in the store."""
    store: Store = open_store(folder)
    try:
        history, mute = store.listings.history("i1"), next(iter(store.recent_mutes(at(0))), None)
        kinds = set() if history is None else {line.kind for line in history.events}
        found = {"acked"} if EventKind.ACKNOWLEDGED in kinds else set()
        found |= set() if mute is None else {"silenced"}
        found |= {"ended"} if mute is not None and mute.ended_at is not None else set()
        return found | ({"settled"} if mute is not None and mute.settled_at is not None else set())
    finally:
        store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
