"""The buttons of signed links, pressed one after the other over the real store, to be killed at any system call.

Usage: link_script.py FOLDER. It prints the action of each link that its page called done. Begun again, it presses all
of them again, as people do who saw no answer.
"""

import asyncio
import os
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.incident import Acknowledgement, EventKind, IncidentEvent
from alerts.judging.acknowledge import acknowledge
from alerts.judging.episode import CheckFacts, Judgement
from alerts.links import Action, Links
from alerts.message import Notification
from alerts.record import SubjectRecord
from checks.estate import Estate
from checks.model import Status
from tests.support.stored import MX, at, change, incident, notification, record
from watchdog.api.desk import Said
from watchdog.clock import random_ids
from watchdog.engine.process import Process
from watchdog.engine.subjects import Subjects
from watchdog.engine.writer import StoreWriter
from watchdog.pressed import with_outcome
from watchdog.store.changes import Changes
from watchdog.store.executor import Inline
from watchdog.store.store import Store, open_store
from watchdog.store.views import IncidentHistory, LinkUse
from watchdog.web.door import Door

#: Who presses what, in this order, each twice.
PRESSED = (
    ("boss", Action.PASS_ON),
    ("health-it", Action.FOUR_HOURS),
    ("on-call", Action.UNTIL_WELL),
)
LINKS = Links(base_url="https://status.example.gov.pk", key=b"k" * 32)
DONE = "It is on record"


def now() -> datetime:
    return at(60)


def no_trouble(key: str, text: str) -> None:
    raise AssertionError(f"{key}: {text}")


def row_of(event: IncidentEvent) -> Sequence[Notification]:
    """Who passes on has somebody told."""
    if event.kind is not EventKind.REMINDER:
        return ()
    return (replace(notification(f"n-{event.id}", event.kind), event_id=event.id),)


@dataclass(frozen=True, slots=True)
class Front:
    """What a link reaches of a daemon."""

    process: Process
    store: Store

    @property
    def standing(self) -> SubjectRecord:
        subject = self.process.subjects.get(MX, "mx1")
        assert subject is not None
        return subject.current()

    async def acknowledge(self, word: str, said: Acknowledgement, pressed: LinkUse | None = None) -> Said:
        judged = acknowledge(self.standing, word, said, random_ids(random.SystemRandom()))
        await self.process.say(judged, None if pressed is None else with_outcome(pressed, judged))
        return Said(history=await self.incident(word), is_new=bool(judged.events))

    async def incident(self, word: str) -> IncidentHistory:
        history = self.store.listings.history(word)
        assert history is not None
        return history

    async def pass_on(self, incident_id: str, pressed: LinkUse) -> tuple[str, ...]:
        """As often as it is called, unlike an acknowledgement."""
        (one,) = (one for one in self.standing.incidents if one.id == incident_id)
        event = IncidentEvent(
            id=random_ids(random.SystemRandom())(), kind=EventKind.REMINDER, at=now(), incident=one, to=("deputy",)
        )
        await self.process.say(Judgement(self.standing, (event,)), pressed)
        return event.to


def door_of(front: Front) -> Door:
    return Door(
        links=lambda: LINKS,
        estate=lambda: Estate(name="Lab", time_zone=ZoneInfo("Asia/Karachi")),
        desk=front,
        line=front,
        uses=front.store,
        used=front.store.listings,
        writing=Inline(),
        reading=Inline(),
        clock=now,
    )


def begin(store: Store) -> None:
    if not store.load_records():
        begun = incident()
        standing = replace(record(0, status=Status.CRITICAL), fault_incident=begun)
        opened = change("opened", EventKind.OPENED, begun)
        store.commit(Changes(records=(standing,), incidents=(begun,), events=(opened,)))


async def press(store: Store) -> None:
    process = Process(
        writer=StoreWriter(store, Inline(), now, no_trouble),
        subjects=Subjects(store.load_records()),
        memories=store.load_memories(),
        clock=now,
        ids=random_ids(random.SystemRandom()),
        on_told=lambda: None,
        trouble=no_trouble,
    )
    process.configure({MX: CheckFacts(kind="smtp")}, row_of)
    writing = asyncio.create_task(process.run())
    door = door_of(Front(process, store))
    for receiver, action in PRESSED:
        offered = LINKS.offered(event_id="opened", incident="i1", receiver=receiver, at=now() - timedelta(seconds=50))
        for _ in range(2):
            page = await door.act(offered[action].rpartition("/")[2])
            assert page.status in {HTTPStatus.OK, HTTPStatus.GONE}, page
            if page.title == DONE:
                os.write(1, f"{action.value}\n".encode())
    process.finish()
    await writing


def main(folder: Path, *, is_pressed: bool = True) -> None:
    store = open_store(folder)
    try:
        begin(store)
        if is_pressed:
            asyncio.run(press(store))
    finally:
        store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
