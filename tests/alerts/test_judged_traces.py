"""Ten thousand traces of looks through judgement, plan and mutes: what people hear is in order, once, and true."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from alerts.directory import Directory
from alerts.incident import EventKind, IncidentEvent, Nature
from alerts.judging.episode import CheckFacts
from alerts.judging.fault import Threshold
from alerts.judging.judge import judge, judge_passing_time
from alerts.judging.judge_fault import uncover
from alerts.message import Notification
from alerts.mute import Surroundings, worth_telling
from alerts.plan import plan
from alerts.record import SubjectRecord
from alerts.roots.covering import Alone, PartOf, Place, Wait
from alerts.route import Route
from checks.model import Cause, CheckId, Finding, Observation, Status
from tests.support.telling import ON_CALL, directory, mail

START = datetime(2017, 10, 2, 4, 0, tzinfo=UTC)
TRACES, SEEDS = 1250, range(8)
OPENED, SEVERITY, RESOLVED = EventKind.OPENED, EventKind.SEVERITY, EventKind.RESOLVED
BAD = (Status.CRITICAL, Status.WARNING)

#: In the words of what failed now and then.
BY_LOSSES = " times in "

#: Keeps office hours, so that much of what is told waits; the other one hears of everything at once.
HOLDS = replace(ON_CALL, id="finance", channels=(mail("finance-1-mail", "so@x.example"),), hold_for_office_hours=True)
WAKES = replace(ON_CALL, channels=(mail("on-call-1-mail", "noc@x.example"),))
PEOPLE = [directory(one, routes=(Route(to=(one.id,)),)) for one in (WAKES, HOLDS)]


@dataclass(slots=True)
class Address:
    """What one address hears: its thread of rows, each judged when its turn comes."""

    name: str
    waiting: list[Notification] = field(default_factory=list)
    heard: list[Notification] = field(default_factory=list)

    def take(self, row: Notification) -> None:
        self.waiting.append(row)

    def deliver(self, now: datetime, closed: dict[str, datetime]) -> None:
        """What is due goes out in order; a row that waits holds back those of its incident that came after it."""
        held_back: set[str | None] = set()
        for row in tuple(self.waiting):
            if row.incident_id in held_back:
                continue
            if self._due(row) > now:
                held_back.add(row.incident_id)
                continue
            self.waiting.remove(row)
            if worth_telling(row, self._around(row, closed)) is None:
                self.heard.append(row)

    def _due(self, row: Notification) -> datetime:
        hurried = [one.not_before for one in self._behind(row)]
        return min(row.not_before, *hurried) if hurried else row.not_before

    def _behind(self, row: Notification) -> list[Notification]:
        """Turns of the same incident that came after `row`."""
        later = self.waiting[self.waiting.index(row) + 1 :] if row in self.waiting else self.waiting
        return [one for one in later if one.incident_id == row.incident_id and one.message.event is SEVERITY]

    def _around(self, row: Notification, closed: dict[str, datetime]) -> Surroundings:
        return Surroundings(
            incident_closed_at=closed.get(row.incident_id or ""),
            told_before=any(one.incident_id == row.incident_id for one in self.heard),
            is_overtaken=any(
                one.not_before < row.not_before
                for one in self.waiting
                if one.incident_id == row.incident_id and one.message.event is SEVERITY
            ),
        )


@dataclass(slots=True)
class World:
    """One subject, what is above it, and those who hear of it."""

    dice: random.Random
    people: Directory
    rule: Threshold
    record: SubjectRecord | None = None
    now: datetime = START
    root: str | None = None
    is_waiting: bool = False
    events: list[IncidentEvent] = field(default_factory=list)
    looks: list[tuple[datetime, Status]] = field(default_factory=list)
    closed: dict[str, datetime] = field(default_factory=dict)
    addresses: dict[str, Address] = field(default_factory=dict)
    _ids: int = 0

    def new_id(self) -> str:
        self._ids += 1
        return f"{self._ids:024x}"

    @property
    def facts(self) -> CheckFacts:
        return CheckFacts(kind="smtp", rule=self.rule)

    def place(self, _record: SubjectRecord, /, *, since: datetime, ready_at: datetime, now: datetime) -> Place:
        assert since <= now
        assert ready_at <= now + timedelta(seconds=1)
        if self.is_waiting:
            return Wait()
        return Alone() if self.root is None else PartOf(self.root)

    def look(self, status: Status) -> None:
        cause = self.dice.choice((Cause.REFUSED, Cause.SLOW, Cause.SUSPENDED)) if status in BAD else Cause.NONE
        finding = Finding(subject="mx1", status=status, cause=cause, summary=status.value)
        seen = Observation(check_id=CheckId("mx"), finding=finding, observed_at=self.now, duration_s=0)
        before = self.record
        judged = judge(before, seen, self.facts, self.new_id, self.place)
        if status is Status.UNKNOWN and before is not None:
            assert not judged.events, "unknown made something happen"
            assert judged.record.incidents == before.incidents
        self.looks.append((self.now, status))
        self._took(judged.record, judged.events)

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        if self.record is not None:
            judged = judge_passing_time(self.record, self.facts, self.now, self.new_id, sighted_since=START)
            self._took(judged.record, judged.events)
        for address in self.addresses.values():
            address.deliver(self.now, self.closed)

    def turn_the_root(self) -> None:
        """What is above goes down or is well again; then what it covered stands by itself."""
        self.is_waiting = self.dice.random() < 0.3
        self.root = "i-uplink" if self.root is None and self.dice.random() < 0.5 else None
        if self.root is None and self.record is not None:
            judged = uncover(self.record, self.facts, self.now, self.new_id)
            self._took(judged.record, judged.events)

    def _took(self, record: SubjectRecord, events: tuple[IncidentEvent, ...]) -> None:
        self.record = record
        for event in events:
            self.events.append(event)
            if event.incident.closed_at is not None:
                self.closed[event.incident.id] = event.incident.closed_at
            for row in plan(event, self.people):
                self.addresses.setdefault(row.address, Address(row.address)).take(row)
        standing = [incident.nature for incident in record.incidents]
        assert len(standing) == len(set(standing)), "two open incidents of one nature"


def life(seed: str) -> World:
    dice = random.Random(seed)
    rule = Threshold(
        failures_to_open=dice.randint(1, 4),
        passes_to_close=dice.randint(1, 3),
        settle_s=dice.choice((0, 0, 20, 30)),
        flap_hold_s=dice.choice((0, 120, 600, 1800)),
        losses_to_warn=dice.choice((0, 0, 2, 3)),
        losses_within_s=dice.choice((600, 3600)),
    )
    world = World(dice, dice.choice(PEOPLE), rule)
    for status in _weather(dice):
        world.look(status)
        world.pass_time(dice.choice((10, 10, 10, 60, 300)))
        if dice.random() < 0.04:
            world.turn_the_root()
    return world


def _weather(dice: random.Random) -> Iterator[Status]:
    """Spells of one status, with others strewn in."""
    for _ in range(dice.randint(2, 6)):
        spell = dice.choice((Status.OK, Status.OK, Status.CRITICAL, Status.CRITICAL, Status.WARNING, Status.UNKNOWN))
        for _ in range(dice.randint(1, 10)):
            yield spell if dice.random() < 0.9 else dice.choice(list(Status))


@pytest.mark.parametrize("part", SEEDS)
def test_whatever_is_seen_people_hear_in_order_once_and_what_is_true(part: int) -> None:
    for number in range(TRACES):
        seed = f"{part}/{number}"
        world = life(seed)
        try:
            _events_take_turns(world)
            _nothing_is_told_that_was_not_confirmed(world)
            _everybody_hears_in_order(world)
            _what_is_covered_is_told_to_nobody(world)
        except AssertionError as error:
            raise AssertionError(f"trace {seed}: {error}") from error


def _events_take_turns(world: World) -> None:
    """Of each nature an incident opens, then ends, before the next one opens."""
    for nature in Nature:
        story = [event for event in world.events if event.incident.nature is nature]
        is_open = None
        for event in story:
            if event.kind is OPENED:
                assert is_open is None, "opened while another one stands"
                is_open = event.incident.id
            assert event.incident.id == is_open, f"{event.kind.value} of what is not open"
            if event.kind is RESOLVED:
                assert event.incident.closed_at is not None
                assert event.incident.opened_at <= event.incident.closed_at <= event.at
                is_open = None


def _nothing_is_told_that_was_not_confirmed(world: World) -> None:
    """Each opening and rise of a fault stands on as many bad looks in a row as the rule asks for."""
    for event in world.events:
        is_rise = event.kind is SEVERITY and event.before is Status.WARNING
        if event.incident.nature is Nature.FAULT and (event.kind is OPENED or is_rise):
            seen = [status for at, status in world.looks if at <= event.at and status is not Status.UNKNOWN]
            wanted = (Status.CRITICAL,) if event.incident.severity is Status.CRITICAL else BAD
            if event.kind is OPENED and BY_LOSSES in event.incident.summary:
                assert _falls(seen) >= world.rule.losses_to_warn > 0, "degraded without so many falls"
                continue
            needed = world.rule.failures_to_open
            assert _longest(seen, wanted) >= needed, f"{event.kind.value} without {needed} looks"
            assert seen[-1] in wanted, "told of what the last look did not see"


def _falls(seen: Sequence[Status]) -> int:
    """How often a critical look came right behind one that passed, or first of all."""
    return sum(now is Status.CRITICAL and before is Status.OK for before, now in pairwise((Status.OK, *seen)))


def _longest(seen: Sequence[Status], wanted: tuple[Status, ...]) -> int:
    best = run = 0
    for status in seen:
        run = run + 1 if status in wanted else 0
        best = max(best, run)
    return best


def _everybody_hears_in_order(world: World) -> None:
    for address in world.addresses.values():
        for incident_id in {row.incident_id for row in address.heard}:
            said = [row.message.event for row in address.heard if row.incident_id == incident_id]
            assert said[0] is not RESOLVED, "heard of an end before its beginning"
            assert RESOLVED not in said[:-1], "heard something after the end"
            assert said.count(OPENED) <= 1, "heard of one beginning twice"
        assert len({row.id for row in address.heard}) == len(address.heard)


def _what_is_covered_is_told_to_nobody(world: World) -> None:
    told = {row.event_id for address in world.addresses.values() for row in (*address.heard, *address.waiting)}
    covered = {event.id for event in world.events if event.incident.root is not None and not _ends_what_was_told(event)}
    on_record = {event.id for event in world.events if event.kind in {EventKind.RECOVERED, EventKind.UNSTABLE}}
    assert not told & (covered | on_record)


def _ends_what_was_told(event: IncidentEvent) -> bool:
    """People heard that it is degraded before it went down with what is above it."""
    return event.kind is RESOLVED and event.incident.was_told


def test_the_traces_meet_every_turn_there_is() -> None:
    """Else the promises above would be empty."""
    kinds: set[EventKind] = set()
    rises = covered = unstable = heard = degraded = 0
    for number in range(300):
        world = life(f"turns/{number}")
        kinds |= {event.kind for event in world.events}
        rises += sum(event.before is Status.WARNING for event in world.events)
        covered += sum(event.incident.root is not None for event in world.events)
        unstable += sum(event.kind is OPENED and event.incident.is_unstable for event in world.events)
        degraded += sum(event.kind is OPENED and BY_LOSSES in event.incident.summary for event in world.events)
        heard += sum(len(address.heard) for address in world.addresses.values())
    assert kinds >= {OPENED, SEVERITY, RESOLVED, EventKind.RECOVERED, EventKind.UNSTABLE}
    assert min(rises, covered, unstable, heard, degraded) > 4
