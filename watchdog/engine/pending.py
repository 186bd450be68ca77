"""What waits for the next transaction."""

import asyncio
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from alerts.incident import Incident, IncidentEvent
from alerts.message import Notification
from alerts.record import SubjectRecord
from checks.model import CheckId, Observation
from checks.plugin import Json
from watchdog.engine.writer import LeftOutError
from watchdog.store.changes import Changes, MemoryWrite
from watchdog.store.errors import StoreError
from watchdog.store.views import LinkUse


@dataclass(slots=True)
class Pending:
    """Collects; of records and memories only the last state counts."""

    observations: list[Observation] = field(default_factory=list)
    records: dict[tuple[CheckId, str], SubjectRecord] = field(default_factory=dict)
    events: list[IncidentEvent] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    memories: dict[tuple[CheckId, str], Json] = field(default_factory=dict)
    forgotten: dict[tuple[CheckId, str], None] = field(default_factory=dict)
    uses: list[tuple[CheckId, LinkUse]] = field(default_factory=list)
    right_at: datetime | None = None
    """A clock that was ahead was set right then."""
    waiting: list[tuple[CheckId, "asyncio.Future[None]"]] = field(default_factory=list)

    def __bool__(self) -> bool:
        state = self.records or self.events or self.notifications or self.memories or self.forgotten
        return bool(self.observations or state or self.uses or self.right_at)

    @property
    def weight(self) -> int:
        """How much work writing it is, about."""
        return max(len(self.records), len(self.observations), len(self.events))

    @property
    def urgent(self) -> bool:
        """Whether somebody waits for this to be durable."""
        return bool(self.events or self.notifications or self.uses)

    def keep(self, record: SubjectRecord) -> None:
        key = (record.check_id, record.subject)
        self.forgotten.pop(key, None)
        self.records[key] = record

    def forget(self, check_id: CheckId, subject: str) -> None:
        """The subject is watched no more; what happened to it is written all the same."""
        self.records.pop((check_id, subject), None)
        self.forgotten[check_id, subject] = None

    def set_right(self, now: datetime) -> None:
        """Nobody knows when looks were that a clock ahead dated."""
        self.right_at = now
        self.observations = [seen for seen in self.observations if seen.observed_at <= now]

    def awaited(self, check_id: CheckId) -> "asyncio.Future[None]":
        """Done once all of this that is of the check is durable; fails where it never will be."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((check_id, future))
        return future

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Around the commit: those who wait learn how it ended. What was left out has been told, and ends nothing."""
        left_out = frozenset[CheckId]()
        why: BaseException | None = None
        try:
            yield
        except LeftOutError as error:
            left_out, why = error.checks, error
        except BaseException as error:
            self._tell({check_id for check_id, _ in self.waiting}, error)
            raise
        self._tell(left_out, why)

    def _tell(self, unwritten: AbstractSet[CheckId], why: BaseException | None) -> None:
        for check_id, future in self.waiting:
            if future.done():  # whoever waited has gone
                continue
            if check_id in unwritten:
                future.set_exception(StoreError(f"it could not be written: {why}"))
            else:
                future.set_result(None)

    def changes(self) -> Changes:
        incidents: dict[str, Incident] = {event.incident.id: event.incident for event in self.events}
        # An incident may have learnt of another cause that is no news; what a record holds is the last word on it.
        incidents |= {one.id: one for record in self.records.values() for one in record.incidents}
        return Changes(
            observations=tuple(self.observations),
            records=tuple(self.records.values()),
            incidents=tuple(incidents.values()),
            events=tuple(self.events),
            notifications=tuple(self.notifications),
            memories=tuple(
                MemoryWrite(check_id=check_id, key=key, value=value) for (check_id, key), value in self.memories.items()
            ),
            forgotten=tuple(self.forgotten),
            uses=tuple(self.uses),
            right_at=self.right_at,
        )
