"""Incidents, silences, windows, acknowledgements and a queue, in any order: what must hold of each trace."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from alerts.incident import Acknowledgement, EventKind, Incident, IncidentEvent
from alerts.judging.acknowledge import acknowledge, end_acknowledgements
from alerts.judging.fault import HEALTHY, Held, Open
from alerts.message import Notification
from alerts.mute import Muted, Surroundings, worth_telling
from alerts.mutes.answered import is_answered
from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind, first_muting, in_force
from alerts.mutes.overrun import tell_again, turn
from alerts.record import SubjectRecord
from alerts.words.scene import routing_labels
from checks.model import CheckId, Status
from tests.support.stored import at, incident, notification, record
from watchdog.store.changes import Changes
from watchdog.store.store import Store

CHANNEL = "on-call-1-mail"
CHECKS = ("mx", "dns", "web")
MATCHERS = (("check=mx",), ("check=dns",), ("service=official-email",), ("check!=web", "kind=smtp"), ("site=~h*",))
TICK_S = 60.0
ON_RECORD_ONLY = frozenset({EventKind.ACKNOWLEDGED, EventKind.RECOVERED, EventKind.UNSTABLE})
DUTY_S = 900.0


def on_duty(now: datetime) -> int:
    """The number of the shift."""
    return int((now - at(0)).total_seconds() // DUTY_S)


class Box(Protocol):
    """An outbox: what is put in leaves in its order, or is dropped with a reason."""

    def put(self, subject: SubjectRecord, events: Sequence[IncidentEvent], rows: Sequence[Notification]) -> None: ...

    def claim(self, now: datetime, mutes: Sequence[Mute]) -> Notification | None: ...

    def sent(self, row: Notification, now: datetime) -> None: ...

    def was_heard_of(self, incident_id: str) -> bool: ...


@dataclass
class ListBox:
    """In memory, judged by the shipped `worth_telling`."""

    rows: list[Notification] = field(default_factory=list)
    incidents: dict[str, Incident] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    dropped: list[tuple[Notification, Muted]] = field(default_factory=list)

    def put(self, subject: SubjectRecord, events: Sequence[IncidentEvent], rows: Sequence[Notification]) -> None:
        self.incidents |= {event.incident.id: event.incident for event in events}
        self.incidents |= {one.id: one for one in subject.incidents}
        waiting = {row.incident_id for row in self.rows}
        self.rows += [
            row for row in rows if row.message.event is not EventKind.RESOLVED or row.incident_id in self.told | waiting
        ]

    def claim(self, now: datetime, mutes: Sequence[Mute]) -> Notification | None:
        for row in [one for one in self.rows if one.not_before <= now]:
            self.rows.remove(row)
            of = self.incidents[row.incident_id or ""]
            around = Surroundings(
                incident_closed_at=of.closed_at,
                told_before=of.id in self.told,
                newer_reminder=any(
                    one.incident_id == of.id and one.message.event is EventKind.REMINDER and one.not_before <= now
                    for one in self.rows
                ),
                mute=first_muting(routing_labels(of), mutes),
                is_answered=is_answered(of, now),
            )
            why = worth_telling(row, around)
            if why is None:
                return row
            self.dropped.append((row, why))
        return None

    def sent(self, row: Notification, now: datetime) -> None:
        del now
        self.told.add(row.incident_id or "")

    def was_heard_of(self, incident_id: str) -> bool:
        return incident_id in self.told or any(row.incident_id == incident_id for row in self.rows)


@dataclass
class StoreBox:
    """The store, in memory or on disk."""

    store: Store

    def put(self, subject: SubjectRecord, events: Sequence[IncidentEvent], rows: Sequence[Notification]) -> None:
        changed = {event.incident.id: event.incident for event in events}
        changed |= {one.id: one for one in subject.incidents}
        self.store.commit(
            Changes(
                records=(subject,), incidents=tuple(changed.values()), events=tuple(events), notifications=tuple(rows)
            )
        )

    def claim(self, now: datetime, mutes: Sequence[Mute]) -> Notification | None:
        return self.store.claim_next(CHANNEL, now, (), mutes)

    def sent(self, row: Notification, now: datetime) -> None:
        self.store.mark_sent(row.id, now, "250 ok")

    def was_heard_of(self, incident_id: str) -> bool:
        return self.store.was_heard_of(incident_id)


class Trace:
    """One life of a small estate; `run` raises AssertionError where a promise is broken."""

    def __init__(self, seed: str, box: Box) -> None:
        self.chance = random.Random(seed)
        self.box = box
        self.now_s = 0.0
        self.serial = 0
        self.records = {name: record(0, check=name, subject="s") for name in CHECKS}
        self.mutes: list[Mute] = []
        self.sent: list[tuple[Notification, datetime]] = []
        self.acked: set[str] = set()
        self.told_at_ends = 0
        self.relapses = 0

    @property
    def now(self) -> datetime:
        return at(self.now_s)

    def new_id(self) -> str:
        self.serial += 1
        return f"id{self.serial}"

    def run(self, steps: int) -> None:
        actions = (
            *(self.fail, self.heal, self.calm, self.calm, self.relapse, self.relapse, self.nag, self.rise),
            *(self.silence, self.silence, self.end, self.ack),
        )
        for _ in range(steps):
            self.chance.choice(actions)()
            if self.chance.random() < 0.6:
                self.now_s += self.chance.choice((1.0, 20.0, TICK_S, 600.0))
            if self.chance.random() < 0.9:  # else the daemon is down
                self.pass_time()
                if self.chance.random() < 0.7:
                    self.deliver()
        self.pass_time()
        self.deliver()
        self.assert_ends_follow_beginnings()

    # What happens ------------------------------------------------------------------------------------------------

    def fail(self) -> None:
        name = self.chance.choice(CHECKS)
        if self.records[name].fault_incident is None:
            begun = replace(
                incident(self.new_id(), subject="s"),
                check_id=CheckId(name),
                severity=self.chance.choice((Status.CRITICAL, Status.WARNING)),
                opened_at=self.now,
                since=self.now,
            )
            self.records[name] = replace(self.records[name], fault=Open(self.now))
            self.apply(name, begun, EventKind.OPENED)

    def heal(self) -> None:
        if (name := self.failing()) is not None:
            standing = self.standing(name)
            over = replace(standing, recovered_at=None, closed_at=self.now, close_reason="well")
            self.apply(name, over, EventKind.RESOLVED)

    def calm(self) -> None:
        """Well for now, and not yet believed: nobody is told."""
        if (name := self.failing()) is not None and self.standing(name).recovered_at is None:
            calm = replace(self.standing(name), recovered_at=self.now)
            self.records[name] = replace(self.records[name], fault=Held(calm.since, self.now))
            self.apply(name, calm, EventKind.RECOVERED)

    def relapse(self) -> None:
        """Down again: the incident goes on, and nobody is told that it does."""
        if (name := self.failing()) is not None and self.standing(name).recovered_at is not None:
            again = replace(self.standing(name), recovered_at=None, is_unstable=True)
            self.records[name] = replace(self.records[name], fault=Open(again.since, is_unstable=True))
            self.relapses += 1
            self.apply(name, again, EventKind.UNSTABLE)

    def nag(self) -> None:
        if (name := self.failing()) is not None:
            self.apply(name, self.standing(name), EventKind.REMINDER)

    def rise(self) -> None:
        if (name := self.failing()) is not None:
            self.apply(name, replace(self.standing(name), severity=Status.CRITICAL), EventKind.SEVERITY)

    def ack(self) -> None:
        if (name := self.failing()) is not None:
            said = Acknowledgement(by="asma", at=self.now, until=at(self.now_s + self.chance.choice((30, 300, 3000))))
            standing = self.standing(name)
            judged = acknowledge(self.records[name], standing.id, said, self.new_id)
            self.acked.add(standing.id)
            self.take(name, judged.record, judged.events)

    def silence(self) -> None:
        self.mutes.append(
            Mute(
                id=self.new_id(),
                kind=self.chance.choice(tuple(MuteKind)),
                matchers=matchers_of(self.chance.choice(MATCHERS)),
                author="asma",
                reason="works",
                starts_at=at(self.now_s + self.chance.choice((0, 0, 100))),
                ends_at=at(self.now_s + self.chance.choice((130, 700, 4000))),
            )
        )

    def end(self) -> None:
        standing = [mute for mute in self.mutes if mute.is_in_force(self.now)]
        if standing:
            mute = self.chance.choice(standing)
            self.mutes[self.mutes.index(mute)] = replace(mute, ended_at=self.now, ended_by="bilal")

    def pass_time(self) -> None:
        """As the daemon's sweep and the keeper of mutes do."""
        for name in CHECKS:
            judged = end_acknowledgements(self.records[name], self.now, self.new_id)
            self.take(name, judged.record, judged.events)
        reminded: list[str] = []
        for mute in sorted(self.mutes, key=turn):
            if mute.settled_at is None and mute.is_over(self.now):
                for name in CHECKS:
                    heard = {one.id for one in self.records[name].incidents if self.box.was_heard_of(one.id)}
                    judged = tell_again(self.records[name], mute, self.mutes, "over", now=self.now, heard=heard)
                    reminded += [event.incident.id for event in judged.events]
                    assert all(on_duty(event.at) == on_duty(self.now) for event in judged.events), "told to the last"
                    self.take(name, judged.record, judged.events)
                self.mutes[self.mutes.index(mute)] = replace(mute, settled_at=self.now)
        assert len(reminded) == len(set(reminded)), "told twice of one end"
        self.told_at_ends += len(reminded)

    def deliver(self) -> None:
        while (row := self.box.claim(self.now, in_force(self.mutes, self.now))) is not None:
            self.assert_may_be_said(row)
            self.box.sent(row, self.now)
            self.sent.append((row, self.now))
        self.assert_somebody_knows()

    # What must hold ----------------------------------------------------------------------------------------------

    def assert_may_be_said(self, row: Notification) -> None:
        event = row.message.event
        before = [other for other, _ in self.sent if other.incident_id == row.incident_id]
        for name in CHECKS:
            one = self.records[name].fault_incident
            if one is not None and one.id == row.incident_id and event is not EventKind.RESOLVED:
                assert not self.is_muted(name), f"{event} against a confirmed mute"
                is_nagging = event is EventKind.REMINDER and bool(before)
                assert not (is_nagging and is_answered(one, self.now)), "nagged though somebody is at it"
        assert not any(other.message.event is EventKind.RESOLVED for other in before), "told after its end"
        assert before or event is not EventKind.RESOLVED, "resolved before down"

    def assert_somebody_knows(self) -> None:
        """Of all that is bad now and may be said."""
        told = {row.incident_id for row, _ in self.sent} | self.acked
        for name in CHECKS:
            one = self.records[name].fault_incident
            if one is not None and one.is_still_bad and not self.is_muted(name):
                assert one.id in told, f"{name} is down since {one.since}, and nobody heard of it"

    def assert_ends_follow_beginnings(self) -> None:
        """Whoever was told of an incident that is over was told of its end."""
        standing = {one.id for subject in self.records.values() for one in subject.incidents}
        for id_ in {row.incident_id for row, _ in self.sent} - standing:
            last = [row.message.event for row, _ in self.sent if row.incident_id == id_][-1]
            assert last is EventKind.RESOLVED, f"{id_} stays open for whoever heard of it"

    # Small parts -------------------------------------------------------------------------------------------------

    def failing(self) -> str | None:
        names = [name for name in CHECKS if self.records[name].fault_incident is not None]
        return self.chance.choice(names) if names else None

    def standing(self, name: str) -> Incident:
        one = self.records[name].fault_incident
        assert one is not None
        return one

    def is_muted(self, name: str) -> bool:
        one = self.records[name].fault_incident
        return one is not None and first_muting(routing_labels(one), in_force(self.mutes, self.now)) is not None

    def apply(self, name: str, one: Incident, kind: EventKind) -> None:
        event = IncidentEvent(id=self.new_id(), kind=kind, at=self.now, incident=one)
        subject = replace(self.records[name], fault_incident=one)
        if kind is EventKind.RESOLVED:
            subject = replace(subject, fault=HEALTHY, fault_incident=None)
        self.take(name, subject, (event,))

    def take(self, name: str, subject: SubjectRecord, events: Sequence[IncidentEvent]) -> None:
        self.records[name] = subject
        told = [event for event in events if event.kind not in ON_RECORD_ONLY]
        rows = [
            replace(
                notification(f"n-{event.id}", event.kind, incident_id=event.incident.id),
                event_id=event.id,
                created_at=event.at,
                not_before=event.at,
            )
            for event in told
        ]
        if events:
            self.box.put(subject, events, rows)
