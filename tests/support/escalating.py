"""An open incident whose escalation is looked at every few seconds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from alerts.directory import Directory
from alerts.incident import Acknowledgement, Incident, IncidentEvent
from alerts.people.chasing import chase
from alerts.people.escalation import Escalation, Step
from alerts.people.unanswerable import NOT_KNOWN
from alerts.record import SubjectRecord
from alerts.route import Receiver, Route
from tests.support.telling import OUTAGE, directory, mail

MINUTE = timedelta(minutes=1)
LADDER = Escalation(
    id="critical",
    steps=(Step(after=10 * MINUTE, to=("lead",)), Step(after=25 * MINUTE, to=("manager", "minister"))),
    repeat_every=30 * MINUTE,
    repeats=2,
)
PEOPLE = tuple(
    Receiver(id=name, channels=(mail(f"{name}-1-mail", f"{name}@example.org"),))
    for name in ("on-call", "lead", "manager", "minister")
)


def people(escalation: Escalation = LADDER, *receivers: Receiver) -> Directory:
    routes = (Route(to=("on-call",), escalation=escalation.id),)
    return replace(directory(*(receivers or PEOPLE), routes=routes), escalations={escalation.id: escalation})


class Story:
    """An open incident, looked at every few seconds."""

    def __init__(self, escalation: Escalation = LADDER, incident: Incident = OUTAGE, *receivers: Receiver) -> None:
        self.directory = people(escalation, *receivers)
        self.record = SubjectRecord(
            check_id=incident.check_id,
            subject=incident.subject,
            seen_at=incident.opened_at,
            judged_at=incident.opened_at,
            fault_incident=incident,
        )
        self.now = incident.opened_at
        self.is_muted = False
        self.is_blind = False
        self.heard = NOT_KNOWN
        self._ids = count(1)

    everybody: Final = ("on-call", "lead", "manager", "minister")

    @property
    def incident(self) -> Incident:
        assert self.record.fault_incident is not None
        return self.record.fault_incident

    def becomes(self, change: Callable[[Incident], Incident]) -> None:
        self.record = replace(self.record, fault_incident=change(self.incident))

    def answered(self, until: datetime | None = None) -> None:
        said = Acknowledgement(by="ali", at=self.now, until=until, severity=self.incident.severity)
        self.becomes(lambda one: replace(one, acknowledged=said))

    def passes(self, length: timedelta) -> list[IncidentEvent]:
        """What is told within `length`, looked at every 5 s."""
        end = self.now + length
        events: list[IncidentEvent] = []
        while self.now < end:
            self.now += timedelta(seconds=5)
            judged = chase(
                self.record,
                self.directory,
                self.now,
                is_muted=lambda _one: self.is_muted,
                new_id=lambda: f"e{next(self._ids)}",
                is_blind=self.is_blind,
                heard=self.heard,
            )
            if judged is not None:
                self.record = judged.record
                events += judged.events
        return events

    def told(self, length: timedelta) -> list[tuple[int, tuple[str, ...]]]:
        """Minutes after the opening, and to whom."""
        return [(round((one.at - OUTAGE.opened_at) / MINUTE), one.to) for one in self.passes(length)]
