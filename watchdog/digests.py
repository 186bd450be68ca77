"""Sends the lists that go out at fixed times: the bills of the morning, the week of on-call."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

import structlog

from alerts.digests.morning import ChainEnd
from alerts.digests.rule import DigestKind, DigestRule, due_at, due_day, event_id, is_list_of
from alerts.digests.tell import list_rows
from alerts.digests.week import LOOKED_BACK, Told, Week, is_quiet, week_list
from alerts.incident import EventKind
from alerts.message import Message
from alerts.mutes.mute import MuteKind
from alerts.mutes.standing import check_labels, concerned_by
from alerts.route import Receiver
from alerts.words.escape import one_line
from alerts.words.scene import zone_of
from checks.ledger.state import BillOnRecord
from watchdog.bill_lists import BillLists, chain_of
from watchdog.clock import Clock
from watchdog.daemon import Daemon
from watchdog.questions import Questions
from watchdog.store.errors import StoreDamagedError, StoreError
from watchdog.store.executor import Caller
from watchdog.store.listings import Listings
from watchdog.store.views import DeliveryLine, IncidentHistory

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: A list is at most so late.
LOOK_EVERY_S: Final = 15.0
#: Readers live in different days at one moment, and no further apart.
_KEPT: Final = timedelta(days=2)
_SOON_S: Final = 1.0
#: More incidents than this in a week are counted no further.
_MOST_INCIDENTS: Final = 2000


@dataclass(slots=True, kw_only=True)
class Digests:
    """What was sent today is kept in memory; after a restart the same rows are planned again and found to be there."""

    daemon: Daemon
    listings: Listings
    reading: Caller
    clock: Clock
    on_record: Callable[[], Sequence[BillOnRecord]] = tuple
    """Open bills of the ledger."""
    questions: Questions | None = None
    """What was asked just before the daemon ended is told on at its start."""
    _done: set[tuple[str, str, date]] = field(default_factory=set)
    """Ids of the events of lists, receivers, days."""
    _bills: BillLists = field(init=False)

    def __post_init__(self) -> None:
        self._bills = BillLists(
            daemon=self.daemon, listings=self.listings, reading=self.reading, on_record=self.on_record
        )

    async def forever(self) -> None:
        """Raises StoreDamagedError; a store that cannot be read now is asked again in the next round."""
        while True:
            try:
                if self.questions is not None:
                    await self.questions.tell_what_waits()
                    self.questions = None
                await self.round()
            except StoreDamagedError:
                raise
            except StoreError as error:
                log.warning("a list cannot be made yet, trying again", error=str(error))
            await asyncio.sleep(_SOON_S if self._bills.awaits() else LOOK_EVERY_S)

    async def round(self) -> None:
        """Send what is due and was not sent; what a state that was put back says is old. Raises StoreError."""
        if self.daemon.quiet.is_settling:
            return
        now = self.clock()
        for rule in self.daemon.settings.digests:
            if rule.kind is DigestKind.BILLS and self._bills.awaits():
                continue
            by_day: dict[date, list[Receiver]] = {}
            for receiver, day in self._due(rule, now):
                by_day.setdefault(day, []).append(receiver)
            for day, receivers in by_day.items():
                await self._send(rule, day, receivers, now)

    def _due(self, rule: DigestRule, now: datetime) -> Iterator[tuple[Receiver, date]]:
        """Who takes over later the same day had no duty when the list was due."""
        directory = self.daemon.directory
        for receiver in directory.receivers.values():
            calendar = directory.calendars.of(receiver.office)
            day = due_day(rule, calendar, now)
            done = (event for event, whose, _ in self._done if whose == receiver.id)
            if day is None or self._is_told(rule, day, done):
                continue
            if receiver in directory.people(rule.to, due_at(rule, calendar, day)):
                yield receiver, day

    async def _send(self, rule: DigestRule, day: date, receivers: Sequence[Receiver], now: datetime) -> None:
        directory = self.daemon.directory
        has_all = rule.kind is not DigestKind.BILLS or self._bills.has_all()
        make = await self._maker(rule, day, now)
        letters = [
            (receiver, message)
            for receiver in receivers
            if (message := await self.reading.call(make, receiver)) is not None
        ]
        rows = list_rows(rule, day, letters, at=now, directory=directory)
        told = await self.reading.call(self.listings.lists.told, {row.address for row in rows})
        if directory is not self.daemon.directory:  # settings became others meanwhile: the next round goes by them
            return
        rows = tuple(row for row in rows if not self._is_told(rule, day, told.get(row.address, ())))
        self.daemon.tell(rows)
        self._done = {done for done in self._done if done[2] >= day - _KEPT}
        reached = receivers if has_all else [receiver for receiver, _ in letters]
        self._done |= {(event_id(rule, day), receiver.id, day) for receiver in reached}
        if rows:
            self.daemon.wake()

    def _is_told(self, rule: DigestRule, day: date, events: Iterable[str]) -> bool:
        """Whether one of `events` is that list, by whatever name."""
        names = {one.id for one in self.daemon.settings.digests}
        return any(is_list_of(event, rule, day, names) for event in events)

    async def _maker(self, rule: DigestRule, day: date, now: datetime) -> Callable[[Receiver], Message | None]:
        match rule.kind:
            case DigestKind.BILLS:
                return await self._bills.maker(rule, day, now)
            case DigestKind.ON_CALL_SUMMARY:
                week, chain = await self._week(now), await chain_of(self.listings, self.reading)
                return lambda receiver: self._summary(rule, week, chain, receiver)

    # On-call ----------------------------------------------------------------------------------------------------

    def _summary(self, rule: DigestRule, week: Week, chain: ChainEnd, receiver: Receiver) -> Message | None:
        if is_quiet(week) and not rule.tells_nothing:
            return None
        return week_list(
            week, language=receiver.language, zone=zone_of(receiver, self.daemon.settings.estate), chain=chain
        )

    async def _week(self, now: datetime) -> Week:
        since = now - LOOKED_BACK
        histories = await self.reading.call(self._histories, since)
        counted: set[str] = set()
        return Week(
            since=since,
            until=now,
            told=[self._told(one, since, counted) for one in histories],
            idle_silences=self._idle_silences(now),
        )

    def _histories(self, since: datetime) -> list[IncidentHistory]:
        recent = [one.id for one in self.listings.recent_incidents(_MOST_INCIDENTS, since)]
        standing = [one.id for one in self.listings.open_incidents()]
        return list(self.listings.histories(list(dict.fromkeys([*standing, *recent]))).values())

    def _told(self, history: IncidentHistory, since: datetime, counted: set[str]) -> Told:
        """Of what began before the week, messages and failures of other weeks were in their lists.

        `counted` are messages that told of several incidents, and that one of them has: each is one message.
        """
        incident = history.incident
        service = self.daemon.settings.estate.services.get(incident.service or "")
        title = service.title if service else self.daemon.directory.titles.get(incident.check_id, incident.check_id)
        sent = told_since(history.deliveries, since, counted)
        answers = (one.at for one in history.events if one.kind is EventKind.ACKNOWLEDGED)
        return Told(
            incident=incident,
            title=title,
            pages=tuple(one.receiver for one in sent),
            answered_at=next(answers, None),
            flaps=sum(one.kind is EventKind.UNSTABLE and one.at >= since for one in history.events),
        )

    def _idle_silences(self, now: datetime) -> list[str]:
        labels = {check_id: check_labels(spec) for check_id, spec in self.daemon.specs.items()}
        standing = [incident for subject in self.daemon.subjects for incident in subject.record.incidents]
        silences = (one for one in self.daemon.mutes.in_force(now) if one.kind is MuteKind.SILENCE)
        idle = (one for one in silences if concerned_by(one, labels, standing).is_nothing)
        return [one_line(f"{one.about} ({one.author}: {one.reason})", 120) for one in idle]


def told_since(lines: Iterable[DeliveryLine], since: datetime, counted: set[str]) -> Iterator[DeliveryLine]:
    """One line for each message that was told; one that told of several incidents is put in `counted` by the first."""
    for line in lines:
        if line.is_told and line.at >= since and line.detail not in (counted if line.in_one else ()):
            if line.in_one:
                counted.add(line.detail)
            yield line
