"""The morning list of bills, made of what looks found and of what is on record."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from alerts.bill_links import bill_answers
from alerts.digests.bills import KIND, Bill, bills_of, key_of, worst_first
from alerts.digests.leaning import leaning
from alerts.digests.morning import ChainEnd, Unseen, morning_list
from alerts.digests.rule import DigestRule, event_id
from alerts.digests.waiting import ASKED_WITHIN, ProposalLinks, Waiting
from alerts.message import Message
from alerts.proposal_links import ProposalWord, proposal_links
from alerts.record import SubjectRecord
from alerts.route import Receiver
from alerts.words.scene import zone_of
from checks.billing.risk.stake import stakes
from checks.ledger.proposal import Proposal, why_not_theirs
from checks.ledger.state import BillOnRecord
from checks.model import CheckId, Status
from watchdog.daemon import Daemon
from watchdog.engine.subjects import Subject
from watchdog.store.executor import Caller
from watchdog.store.listings import Listings

#: After a start, and where settings have bills looked at elsewhere, their first look is waited for, but no longer.
_FIRST_LOOK_WITHIN_S: Final = 120.0


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
    fresh: Sequence[SubjectRecord]
    """Those of them that were looked at since the start."""
    unread: Sequence[str]
    """Lists that cannot be read now."""
    unseen_lists: int
    """Checks whose first look is not over."""
    lists: int

    @property
    def is_all(self) -> bool:
        """Whether nothing to tell means that there is nothing."""
        return not self.unseen_lists and not self.unread

    def unseen(self, on_record: Mapping[str, BillOnRecord]) -> Unseen | None:
        """How much is missing, or stands as a life before left it; None where every first look is over."""
        if not self.unseen_lists:
            return None
        bills = on_record.keys() - {key_of(record) for record in self.fresh}
        return Unseen(bills=len(bills), lists=self.unseen_lists, of=self.lists)


@dataclass(slots=True, kw_only=True)
class BillLists:
    """Makes the list of one moment, for one reader after the other."""

    daemon: Daemon
    listings: Listings
    reading: Caller
    on_record: Callable[[], Sequence[BillOnRecord]]
    _awaits_since_s: float | None = field(default=None)

    def awaits(self) -> bool:
        """Whether a list had better wait: before the first look at the bills is over it would miss some, or all."""
        if not self._unseen_lists():
            self._awaits_since_s = None
            return False
        now_s = asyncio.get_running_loop().time()
        since_s = self._awaits_since_s = now_s if self._awaits_since_s is None else self._awaits_since_s
        return now_s - since_s < _FIRST_LOOK_WITHIN_S

    def has_all(self) -> bool:
        """Whether nothing to tell means that there is nothing."""
        return not self._unseen_lists() and not self._unread()

    async def maker(self, rule: DigestRule, day: date, now: datetime) -> Callable[[Receiver], Message | None]:
        """What makes the list of a reader; it may be called beside the loop. Raises StoreError."""
        ledger, seen = await self._looked_up(now), self._seen()
        return lambda receiver: self._list(rule, day, receiver, ledger, seen, now)

    def _seen(self) -> _Seen:
        bills = [subject for check_id in self._checks() for subject in self.daemon.subjects.of(check_id)]
        return _Seen(
            records=[one.record for one in bills],
            fresh=[one.record for one in bills if one.last is not None],
            unread=self._unread(),
            unseen_lists=len(self._unseen_lists()),
            lists=len(self._checks()),
        )

    def _checks(self) -> Sequence[CheckId]:
        return [check_id for check_id, spec in self.daemon.specs.items() if spec.kind.name == KIND]

    def _unseen_lists(self) -> Sequence[CheckId]:
        return [check_id for check_id in self._checks() if not self.daemon.subjects.is_whole(check_id)]

    def _unread(self) -> Sequence[str]:
        """Lists of bills that cannot be read now, by the names of their subjects."""
        subjects = (subject for check_id in self._checks() for subject in self.daemon.subjects.of(check_id))
        return sorted(one.record.subject for one in subjects if _is_unread(one))

    def _list(  # noqa: PLR0917  # all that one list is made of
        self, rule: DigestRule, day: date, receiver: Receiver, ledger: _Ledger, seen: _Seen, now: datetime
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
            zone=zone_of(receiver, daemon.settings.estate),
            now=now,
            links=self._links(receiver, ledger, event_id(rule, day), now),
            chain=ledger.chain,
            waiting=ledger.waiting,
            decisions=self._decisions(receiver, ledger, event_id(rule, day), now),
            leaning=leaning(daemon.settings.estate, receiver.language),
            unread=seen.unread,
            unseen=seen.unseen(ledger.bills),
        )

    def _decisions(self, receiver: Receiver, ledger: _Ledger, event: str, now: datetime) -> ProposalLinks:
        """Nobody is offered what is not theirs to say; to refuse is anybody's."""
        rules, links = self.daemon.settings.estate.billing, self.daemon.directory.links

        def offered(one: Proposal) -> Sequence[tuple[str, str]]:
            is_theirs = not why_not_theirs(one, receiver.id, rules, ledger.bills)
            words = tuple(ProposalWord) if is_theirs else (ProposalWord.REFUSE,)
            return proposal_links(one, receiver, links, event_id=event, at=now, words=words)

        return offered

    async def _looked_up(self, now: datetime) -> _Ledger:
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
            chain=await chain_of(self.listings, self.reading),
            waiting=waiting,
        )

    def _links(
        self, receiver: Receiver, ledger: _Ledger, event: str, now: datetime
    ) -> Callable[[Bill], Sequence[tuple[str, str]]]:
        rules, links = self.daemon.settings.estate.billing, self.daemon.directory.links

        def offered(bill: Bill) -> Sequence[tuple[str, str]]:
            found = ledger.bills.get(bill.key)
            if found is None:
                return ()
            answers = bill_answers(found, rules, receiver, links, event_id=event, at=now)
            return [(one.label, one.url) for one in answers]

        return offered


def _is_unread(one: Subject) -> bool:
    return one.record.deadline is None and one.status is Status.UNKNOWN


async def chain_of(listings: Listings, reading: Caller) -> ChainEnd:
    """The end of the ledger's chain, as lists have it. Raises StoreError."""
    head = await reading.call(listings.ledger.head)
    return ChainEnd(hash=head.hash, events=head.events)
