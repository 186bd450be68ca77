"""Every message that will go out if nothing changes: time is played forward through the very code that decides. Pure.

What is seen stays as it was seen last; only time passes. So rungs of deadlines come due, acknowledgements, silences and
windows end while it is still bad, lists and duties come round. What follows once a date has passed (an expired
certificate breaks things) would be seen, and is not foretold.
"""

import heapq
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import TypeAlias

from alerts.directory import Directory
from alerts.incident import EventKind, Incident, IncidentEvent
from alerts.judging.episode import CheckFacts, Judgement
from alerts.judging.judge import judge, judge_passing_time
from alerts.message import Notification
from alerts.mute import Muted, is_told_whole_again
from alerts.mutes.answered import is_answered
from alerts.mutes.mute import Mute, MuteKind, first_muting, in_force
from alerts.mutes.overrun import said_of_end, tell_again, told_at
from alerts.outlook.endless import Again, Endless
from alerts.outlook.turns import next_turn
from alerts.people.chasing import chase
from alerts.plan import plan
from alerts.record import SubjectRecord
from alerts.with_bill import told_with_bill
from alerts.words.scene import routing_labels
from checks.model import CheckId, Observation, Status
from checks.wording import moment

#: More than this many turns of one subject within one preview: something goes in circles.
MAX_TURNS = 5_000

Look: TypeAlias = Callable[[CheckId, datetime], Awaitable[Sequence[Observation]]]
"""What a check would see at that instant if nothing changed; () for one that would have to look outside."""

Key: TypeAlias = tuple[CheckId, str]
"""A subject of a check."""

Rows: TypeAlias = Callable[[datetime, Sequence[SubjectRecord]], Iterable[Notification]]

#: Begins the ids of events and incidents that are foretold.
_NEW = "preview-"

_BEHIND = timedelta(microseconds=1)

_GRAVITY = {Status.OK: 0, Status.UNKNOWN: 1, Status.WARNING: 2, Status.CRITICAL: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """One message to one recipient. `why_not` says why it will not go out after all, "" where it will."""

    row: Notification
    why_not: str = ""
    again: Again | None = None
    """How often more the same is told, where nobody answers; such repeats are counted, and not listed."""

    @property
    def at(self) -> datetime:
        return self.row.not_before

    @property
    def is_new(self) -> bool:
        """Of an incident that is not open yet."""
        return (self.row.incident_id or "").startswith(_NEW)


class GivenUpError(Exception):
    """Nobody waits for it any more; the message says how far it had come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """Something that is told at known times whatever is seen: a list, a change of duty."""

    times: Sequence[datetime]
    rows: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """How everything stands now."""

    now: datetime
    directory: Directory
    facts: Mapping[CheckId, CheckFacts]
    records: Sequence[SubjectRecord]
    mutes: Sequence[Mute] = ()
    """In force, and to come."""
    look: Look
    recurring: Sequence[Recurring] = ()
    is_given_up: Callable[[], bool] = lambda: False


async def foretold(present: Present, until: datetime) -> list[Foretold]:
    """In order of time; also those that something keeps back, with what. Raises GivenUpError."""
    play = _Play(present, until, Endless(present.directory))
    await play.through()
    return sorted(play.judged(), key=lambda one: (one.at, one.row.receiver, one.row.message.subject, one.row.address))


@dataclass(slots=True)
class _Play:
    """Time going by. A subject's turns are done one after the other, in the order of all."""

    present: Present
    until: datetime
    endless: Endless
    records: dict[Key, SubjectRecord] = field(default_factory=dict)
    rows: list[tuple[Notification, Incident | None]] = field(default_factory=list)
    _seen: dict[CheckId, Mapping[str, Observation]] = field(default_factory=dict)
    """By check and subject, at `_seen_at`."""
    _seen_at: datetime | None = None
    _turns: list[tuple[datetime, Key]] = field(default_factory=list)
    _next: dict[Key, datetime] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))
    _standing: Mapping[str, Incident] | None = None

    async def through(self) -> None:
        self.records = {(one.check_id, one.subject): one for one in self.present.records}
        for key in self.records:
            self._schedule(key, self.present.now)
        left = dict.fromkeys(self.records, MAX_TURNS)
        others = sorted(self._others(), key=lambda pair: pair[0])
        while others or self._turns:
            if others and (not self._turns or others[0][0] < self._turns[0][0]):
                others.pop(0)[1]()
                continue
            at, key = heapq.heappop(self._turns)
            if self.present.is_given_up():
                raise GivenUpError(moment(at, self.present.directory.estate.time_zone))
            if at > self.until:
                self._turns.clear()
            elif self._next.get(key) == at and left[key]:
                left[key] -= 1
                del self._next[key]
                await self._turn(key, at)
                self._schedule(key, next_turn(self.records[key], at, self.present.directory))

    def _schedule(self, key: Key, at: datetime | None) -> None:
        """The earliest turn of a subject counts; it schedules the next."""
        if at is not None and at < self._next.get(key, datetime.max.replace(tzinfo=UTC)):
            self._next[key] = at
            heapq.heappush(self._turns, (at, key))

    def _others(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """What happens at times known beforehand, beside the turns of subjects."""
        for mute in self.present.mutes:
            if self.present.now < told_at(mute) <= self.until:
                yield told_at(mute), partial(self._mute_ends, mute)
        for one in self.present.recurring:
            yield from ((at, partial(self._recurs, one, at)) for at in one.times if at <= self.until)

    async def _turn(self, key: Key, at: datetime) -> None:
        record = self.records[key]
        facts = self.present.facts.get(record.check_id)
        if facts is None:
            return
        seen = await self._look(record, at)
        if seen is None:
            self._take(judge_passing_time(record, facts, at, self._id, sighted_since=at), key)
        else:
            self._take(judge(record, seen, facts, self._id), key)
            self._take(judge_passing_time(self.records[key], facts, at, self._id, sighted_since=at), key)
        self._chase(key, at)

    def _chase(self, key: Key, at: datetime) -> None:
        """Who is next while nobody answers."""
        muting = in_force(self.present.mutes, at)
        chased = chase(
            self.records[key],
            self.present.directory,
            at,
            is_muted=lambda one: first_muting(routing_labels(one), muting) is not None,
            new_id=self._id,
        )
        told: list[tuple[IncidentEvent, Sequence[str]]] = []
        if chased is not None:
            self.records[key] = chased.record
            told = [(event, self._tell(event)) for event in chased.events]
        self.endless.told(self.records[key], at, told)
        rest = self.endless.without(self.records[key])
        if rest is not self.records[key]:
            self.records[key] = self.endless.counted(self.records[key], self._edge(rest, at))

    def _edge(self, rest: SubjectRecord, at: datetime) -> datetime:
        """Until when nothing but repeats comes of it, but for `rest`."""
        edges = [one for mute in self.present.mutes for one in (mute.starts_at, told_at(mute)) if one > at]
        turn = next_turn(rest, at, self.present.directory)
        return min([self.until + _BEHIND, *edges, *([] if turn is None else [turn])])

    async def _look(self, record: SubjectRecord, at: datetime) -> Observation | None:
        if at != self._seen_at:  # time goes on alone: what was seen of thousands of bills is not kept for each instant
            self._seen_at = at
            self._seen.clear()
        if record.check_id not in self._seen:
            seen = await self.present.look(record.check_id, at)
            self._seen[record.check_id] = {one.finding.subject: one for one in seen}
        return self._seen[record.check_id].get(record.subject)

    def _take(self, judged: Judgement, key: Key) -> None:
        self.records[key] = judged.record
        for event in judged.events:
            self._tell(event)

    def _mute_ends(self, mute: Mute) -> None:
        now = told_at(mute)
        words = said_of_end(mute, moment(mute.over_at, self.present.directory.estate.time_zone))
        for record in list(self.records.values()):
            heard = {one.id for one in record.incidents}  # what seems well now ends in its own time
            for event in tell_again(record, mute, self.present.mutes, words, now=now, heard=heard).events:
                self._tell(event)
            if record.incidents:
                self._schedule((record.check_id, record.subject), now)

    def _recurs(self, one: Recurring, at: datetime) -> None:
        self.rows += [(row, None) for row in one.rows(at, list(self.records.values()))]

    def _tell(self, event: IncidentEvent) -> Sequence[str]:
        """Ids of the rows."""
        rows = plan(event, self.present.directory)
        told = replace(event.incident, deadline=None)  # its rungs, forty to a row, would be kept for nothing
        self.rows += [(row, told) for row in rows]
        return [row.id for row in rows]

    def _id(self) -> str:
        return f"{_NEW}{next(self._ids)}"

    # What is kept back --------------------------------------------------------------------------------------------

    def judged(self) -> Iterator[Foretold]:
        overtaken = _overtaken([row for row, _ in self.rows])
        kept = {row.id: self._kept_back(row, incident) for row, incident in self.rows}
        going = [row for row, _ in self.rows if row.id not in overtaken and not kept[row.id]]
        with_bill = told_with_bill(going)
        for row, _incident in self.rows:
            if row.not_before <= self.until:
                later = "a later reminder says more" if row.id in overtaken else kept[row.id]
                why_not = Muted.WITH_BILL.value if row.id in with_bill else later
                yield Foretold(row=row, why_not=why_not, again=self.endless.again.get(row.id))

    def _kept_back(self, row: Notification, incident: Incident | None) -> str:
        if incident is None or row.message.event is EventKind.RESOLVED:
            return ""
        muting = first_muting(routing_labels(incident), in_force(self.present.mutes, row.not_before))
        if muting is not None:
            word = "silence" if muting.kind is MuteKind.SILENCE else "maintenance"
            return f"{word} by {muting.author}: {muting.reason}"
        if row.message.event is EventKind.REMINDER and self._is_answered(incident, row.not_before):
            return "somebody is at it"
        return ""

    def _open_now(self) -> Mapping[str, Incident]:
        if self._standing is None:
            self._standing = {one.id: one for record in self.present.records for one in record.incidents}
        return self._standing

    def _is_answered(self, incident: Incident, at: datetime) -> bool:
        """By somebody who has seen it as grave as it is then."""
        standing = self._open_now().get(incident.id)
        graver = standing is not None and _GRAVITY[incident.severity] > _GRAVITY[standing.severity]
        return is_answered(incident, at) and not graver


def _overtaken(rows: Sequence[Notification]) -> frozenset[str]:
    """What waits for an office until a later reminder of the same thread is there that says as much."""
    kinds = {EventKind.OPENED, EventKind.REMINDER}
    reminders = [
        row for row in rows if row.incident_id is not None and row.message.event in kinds and is_told_whole_again(row)
    ]
    threads: dict[tuple[str | None, str], list[Notification]] = {}
    for row in reminders:
        threads.setdefault((row.incident_id, row.address), []).append(row)
    return frozenset(
        row.id
        for thread in threads.values()
        for row in thread
        if row.created_at < row.not_before
        and any(row.created_at < later.created_at <= row.not_before for later in thread)
    )


def sent(messages: Iterable[Foretold]) -> list[Foretold]:
    """Those that will go out."""
    return [one for one in messages if not one.why_not]


def kept_back(messages: Iterable[Foretold]) -> list[Foretold]:
    """The others."""
    return [one for one in messages if one.why_not]
