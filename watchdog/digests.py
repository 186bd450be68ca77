"""Sends the lists that go out at fixed times: the bills of the morning, the week of on-call."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Final

import structlog

from alerts.bill_links import bill_answers
from alerts.digests.bills import KIND, Bill, bills_of, worst_first
from alerts.digests.leaning import leaning
from alerts.digests.morning import ChainEnd, morning_list
from alerts.digests.rule import DigestKind, DigestRule, due_at, due_day, event_id
from alerts.digests.tell import list_rows
from alerts.digests.waiting import ASKED_WITHIN, ProposalLinks, Waiting
from alerts.digests.week import LOOKED_BACK, Told, Week, is_quiet, week_list
from alerts.incident import EventKind
from alerts.message import Message, NotificationState
from alerts.mutes.mute import MuteKind
from alerts.mutes.standing import check_labels, concerned_by
from alerts.proposal_links import ProposalWord, proposal_links
from alerts.record import SubjectRecord
from alerts.route import Receiver
from alerts.words.escape import one_line
from alerts.words.scene import zone_of
from checks.billing.risk.stake import stakes
from checks.ledger.proposal import Proposal, why_not_theirs
from checks.ledger.state import BillOnRecord
from checks.model import CheckId, Status
from watchdog.clock import Clock
from watchdog.daemon import Daemon
from watchdog.questions import Questions
from watchdog.store.errors import StoreDamagedError, StoreError
from watchdog.store.executor import Caller
from watchdog.store.listings import Listings
from watchdog.store.views import IncidentHistory

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: A list is at most so late.
LOOK_EVERY_S: Final = 15.0
#: After a start, and where settings have bills looked at elsewhere, their first look is waited for, but no longer.
_FIRST_LOOK_WITHIN_S: Final = 120.0
_SOON_S: Final = 1.0
#: More incidents than this in a week are counted no further.
_MOST_INCIDENTS: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ledger:
    bills: Mapping[str, BillOnRecord]
    places: Mapping[str, int]
    """By key, in the order of what is lost per rupee."""
    chain: ChainEnd
    waiting: Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What looks at bills have found, at one moment: lists are made beside the loop."""

    records: Sequence[SubjectRecord]
    unread: Sequence[str]
    """Lists that cannot be read now."""
    is_all: bool


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
    _awaits_since_s: float | None = field(default=None)

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
            await asyncio.sleep(_SOON_S if self._awaits_bills() else LOOK_EVERY_S)

    async def round(self) -> None:
        """Send what is due and was not sent; what a state that was put back says is old. Raises StoreError."""
        if self.daemon.quiet.is_settling:
            return
        now = self.clock()
        for rule in self.daemon.settings.digests:
            if rule.kind is DigestKind.BILLS and self._awaits_bills():
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
            if day is None or (rule.id, receiver.id, day) in self._done:
                continue
            if receiver in directory.people(rule.to, due_at(rule, calendar, day)):
                yield receiver, day

    async def _send(self, rule: DigestRule, day: date, receivers: Sequence[Receiver], now: datetime) -> None:
        directory, has_all = self.daemon.directory, self._has_all(rule)
        make = await self._maker(rule, day, now)
        letters = [
            (receiver, message)
            for receiver in receivers
            if (message := await self.reading.call(make, receiver)) is not None
        ]
        if directory is not self.daemon.directory:  # settings became others meanwhile: the next round goes by them
            return
        rows = list_rows(rule, day, letters, at=now, directory=directory)
        self.daemon.tell(rows)
        self._done = {done for done in self._done if done[0] != rule.id or done[2] >= day}
        told = receivers if has_all else [receiver for receiver, _ in letters]
        self._done |= {(rule.id, receiver.id, day) for receiver in told}
        if rows:
            self.daemon.wake()

    async def _maker(self, rule: DigestRule, day: date, now: datetime) -> Callable[[Receiver], Message | None]:
        match rule.kind:
            case DigestKind.BILLS:
                ledger = await self._looked_up(now)
                seen = _Seen(records=self._records(), unread=self._unread(), is_all=self._has_all(rule))
                return lambda receiver: self._bills(rule, day, receiver, ledger, seen, now)
            case DigestKind.ON_CALL_SUMMARY:
                week, chain = await self._week(now), await self._chain()
                return lambda receiver: self._summary(rule, week, chain, receiver)

    # Bills ------------------------------------------------------------------------------------------------------

    def _awaits_bills(self) -> bool:
        """A list before the first look at the bills is over would miss some, or all."""
        if all(map(self.daemon.subjects.is_whole, self._bill_checks())):
            self._awaits_since_s = None
            return False
        now_s = asyncio.get_running_loop().time()
        since_s = self._awaits_since_s = now_s if self._awaits_since_s is None else self._awaits_since_s
        return now_s - since_s < _FIRST_LOOK_WITHIN_S

    def _has_all(self, rule: DigestRule) -> bool:
        """Whether nothing to tell means that there is nothing."""
        if rule.kind is not DigestKind.BILLS:
            return True
        return all(map(self.daemon.subjects.is_whole, self._bill_checks())) and not self._unread()

    def _bill_checks(self) -> Sequence[CheckId]:
        return [check_id for check_id, spec in self.daemon.specs.items() if spec.kind.name == KIND]

    def _unread(self) -> Sequence[str]:
        """Lists of bills that cannot be read now, by the names of their subjects."""
        subjects = (subject for check_id in self._bill_checks() for subject in self.daemon.subjects.of(check_id))
        lists = (one for one in subjects if one.record.deadline is None)
        return sorted(one.record.subject for one in lists if one.status is Status.UNKNOWN)

    def _records(self) -> Sequence[SubjectRecord]:
        kinds = {check_id: spec.kind.name for check_id, spec in self.daemon.specs.items()}
        return [one.record for one in self.daemon.subjects if kinds.get(one.record.check_id) == KIND]

    def _bills(  # noqa: PLR0917  # all that one list is made of
        self, rule: DigestRule, day: date, receiver: Receiver, ledger: "_Ledger", seen: "_Seen", now: datetime
    ) -> Message | None:
        daemon = self.daemon
        desks = {stage.title: stage.owner for stage in daemon.settings.estate.billing.path if stage.owner}
        bills = bills_of(seen.records, daemon.directory.calendars.of(receiver.office), now, desks)
        tells_nothing = rule.tells_nothing and seen.is_all
        if not bills and not tells_nothing and ledger.waiting.is_nothing:
            return None
        return morning_list(
            worst_first(bills, ledger.places),
            language=receiver.language,
            zone=self._zone(receiver),
            now=now,
            links=self._links(receiver, ledger, event_id(rule, day), now),
            chain=ledger.chain,
            waiting=ledger.waiting,
            decisions=self._decisions(receiver, ledger, event_id(rule, day), now),
            leaning=leaning(daemon.settings.estate, receiver.language),
            unread=seen.unread,
        )

    def _decisions(self, receiver: Receiver, ledger: "_Ledger", event: str, now: datetime) -> ProposalLinks:
        """Nobody is offered what is not theirs to say; to refuse is anybody's."""
        rules, links = self.daemon.settings.estate.billing, self.daemon.directory.links

        def offered(one: Proposal) -> Sequence[tuple[str, str]]:
            is_theirs = not why_not_theirs(one, receiver.id, rules, ledger.bills)
            words = tuple(ProposalWord) if is_theirs else (ProposalWord.REFUSE,)
            return proposal_links(one, receiver, links, event_id=event, at=now, words=words)

        return offered

    async def _looked_up(self, now: datetime) -> "_Ledger":
        """What the ledger has to say to one list, for whoever reads it."""
        rows = self.listings.ledger
        waiting = Waiting(
            proposals=await self.reading.call(rows.proposals),
            questions=await self.reading.call(rows.questions, now - ASKED_WITHIN),
            names={bill.key: f"{bill.vendor}/{bill.number}" for bill in self.on_record()},
        )
        estate, calendars = self.daemon.settings.estate, self.daemon.directory.calendars
        bills = self.on_record()
        in_order = await self.reading.call(stakes, bills, estate, calendars)
        return _Ledger(
            bills={bill.key: bill for bill in bills},
            places={stake.bill.key: place for place, stake in enumerate(in_order)},
            chain=await self._chain(),
            waiting=waiting,
        )

    async def _chain(self) -> ChainEnd:
        head = await self.reading.call(self.listings.ledger.head)
        return ChainEnd(hash=head.hash, events=head.events)

    def _links(
        self, receiver: Receiver, ledger: "_Ledger", event: str, now: datetime
    ) -> Callable[[Bill], Sequence[tuple[str, str]]]:
        rules, links = self.daemon.settings.estate.billing, self.daemon.directory.links

        def offered(bill: Bill) -> Sequence[tuple[str, str]]:
            found = ledger.bills.get(bill.key)
            if found is None:
                return ()
            answers = bill_answers(found, rules, receiver, links, event_id=event, at=now)
            return [(one.label, one.url) for one in answers]

        return offered

    def _zone(self, receiver: Receiver) -> tzinfo:
        return zone_of(receiver, self.daemon.settings.estate)

    # On-call ----------------------------------------------------------------------------------------------------

    def _summary(self, rule: DigestRule, week: Week, chain: ChainEnd, receiver: Receiver) -> Message | None:
        if is_quiet(week) and not rule.tells_nothing:
            return None
        return week_list(week, language=receiver.language, zone=self._zone(receiver), chain=chain)

    async def _week(self, now: datetime) -> Week:
        since = now - LOOKED_BACK
        histories = await self.reading.call(self._histories, since)
        return Week(
            since=since, until=now, told=[self._told(one) for one in histories], idle_silences=self._idle_silences(now)
        )

    def _histories(self, since: datetime) -> list[IncidentHistory]:
        recent = [one.id for one in self.listings.recent_incidents(_MOST_INCIDENTS) if one.opened_at >= since]
        standing = [one.id for one in self.listings.open_incidents()]
        return list(self.listings.histories(list(dict.fromkeys([*standing, *recent]))).values())

    def _told(self, history: IncidentHistory) -> Told:
        incident = history.incident
        service = self.daemon.settings.estate.services.get(incident.service or "")
        title = service.title if service else self.daemon.directory.titles.get(incident.check_id, incident.check_id)
        sent = (one for one in history.deliveries if one.state is NotificationState.SENT)
        answers = (one.at for one in history.events if one.kind is EventKind.ACKNOWLEDGED)
        return Told(
            incident=incident,
            title=title,
            pages=tuple(one.receiver for one in sent),
            answered_at=next(answers, None),
            flaps=sum(one.kind is EventKind.UNSTABLE for one in history.events),
        )

    def _idle_silences(self, now: datetime) -> list[str]:
        labels = {check_id: check_labels(spec) for check_id, spec in self.daemon.specs.items()}
        standing = [incident for subject in self.daemon.subjects for incident in subject.record.incidents]
        silences = (one for one in self.daemon.mutes.in_force(now) if one.kind is MuteKind.SILENCE)
        idle = (one for one in silences if concerned_by(one, labels, standing).is_nothing)
        return [one_line(f"{one.about} ({one.author}: {one.reason})", 120) for one in idle]
