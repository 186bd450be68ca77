"""Time played forward over a case: its days go through the kinds, the judge and the plan that a daemon runs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Final

from alerts.directory import Directory
from alerts.incident import EventKind, Incident, IncidentEvent
from alerts.judging.episode import CheckFacts, Judgement
from alerts.judging.judge import judge, judge_passing_time
from alerts.judging.judge_deadline import told_name
from alerts.message import Notification
from alerts.people.chasing import chase
from alerts.people.escalation import due_at
from alerts.plan import plan
from alerts.record import SubjectRecord
from alerts.with_bill import told_with_bill
from checks.invoice import bill_key
from checks.ledger.fold import folded
from checks.ledger.journal import Journal
from checks.ledger.state import BillOnRecord
from checks.model import CheckId, Observation
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.plugin import Json
from checks.spec import CheckSpec
from watchdog.assembly import directory_of, facts_of, specs_of
from watchdog.billing.spoken import Speaker, new_bill, word_on
from watchdog.engine.runner import Surroundings, run_check
from watchdog.replay.case import Case, Happening, instant
from watchdog.settings.values import Settings

#: Whoever writes things down in a case.
AUTHOR: Final = "replay"
#: Between what becomes due and the look that sees it.
_NEXT_LOOK: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One message to one address, and the incident it is about; None for a list at a fixed time."""

    row: Notification
    incident: Incident | None

    @property
    def at(self) -> datetime:
        return self.row.not_before


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of a case."""

    case: Case
    settings: Settings
    directory: Directory
    told: Sequence[Told]
    """In order of time."""
    looks: int


async def play(case: Case, settings: Settings) -> Played:
    """Raises SpokenError for a happening that cannot be put on record."""
    zone = settings.estate.time_zone
    begins = datetime.combine(case.begins, time(), zone).astimezone(UTC)
    resolver = Resolver(servers=(), hosts_file=settings.resolver.hosts_file)
    now = [begins]
    with closing(Transport(resolver, lambda: now[0])) as transport:
        directory = directory_of(settings, settings.checks)
        around = Surroundings(
            estate=settings.estate,
            calendars=directory.calendars,
            ledger=(journal := Journal(settings.invoices, lambda: now[0])),
            open_network=transport.session,
        )
        playing = _Playing(case, settings, directory, around, journal, now)
        await playing.through()
    with_bill = told_with_bill(one.row for one in playing.told)
    going = (one for one in playing.told if one.row.id not in with_bill)
    told = sorted(going, key=lambda one: (one.at, one.row.receiver, one.row.message.subject))
    return Played(case=case, settings=settings, directory=directory, told=told, looks=playing.looks)


@dataclass(slots=True)
class _Playing:
    case: Case
    settings: Settings
    directory: Directory
    around: Surroundings
    journal: Journal
    now: list[datetime]
    told: list[Told] = field(default_factory=list)
    looks: int = 0
    _records: dict[tuple[CheckId, str], SubjectRecord] = field(default_factory=dict)
    _memories: dict[CheckId, dict[str, Json]] = field(default_factory=dict)
    _heard: set[tuple[str, str]] = field(default_factory=set)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    async def through(self) -> None:
        zone = self.settings.estate.time_zone
        specs, facts = specs_of(self.settings.checks), facts_of(self.settings.checks)
        ahead = [(instant(one, zone), one) for one in self.case.happenings]
        end = datetime.combine(self.case.ends + timedelta(days=1), time(), zone).astimezone(UTC)
        while self.now[0] < end:
            while ahead and ahead[0][0] <= self.now[0]:
                await self._happens(ahead.pop(0)[1])
            await self._look(specs, facts)
            self.now[0] = min(self._next_turn(), *(at for at, _ in ahead[:1]), self._next_midnight(), end)

    async def _happens(self, one: Happening) -> None:
        """Somebody puts it on record, as over the daemon's socket."""
        calendar = self.directory.calendars.of(None)
        speaker = Speaker(author=AUTHOR, now=self.now[0], estate=self.settings.estate, calendar=calendar)
        if one.bill is not None:
            await self.journal.record([new_bill(one.bill.bill(), speaker)])
        if one.word is not None:
            await self.journal.record([word_on(one.word.word(), self._about(one.word.about), speaker)])

    def _about(self, word: str) -> BillOnRecord | str:
        vendor, is_bill, number = word.partition("/")
        key = bill_key(vendor, number)
        return (is_bill and folded(event for event in self.journal.events if event.draft.about == key)) or word

    async def _look(self, specs: Mapping[CheckId, CheckSpec], facts: Mapping[CheckId, CheckFacts]) -> None:
        """Every check once; then time alone, for what no check named."""
        self.looks += 1
        for check_id, spec in specs.items():
            memory = self._memories.setdefault(check_id, {})
            run = await run_check(spec, self.around, now=self.now[0], kept=memory, timeout_s=spec.timeout_s)
            memory.update(run.memory)
            for seen in run.observations:
                self._judge(seen, facts[check_id])
        for key, record in list(self._records.items()):
            now = self.now[0]
            self._take(key, judge_passing_time(record, facts[key[0]], now, self._id, sighted_since=now))
            self._chase(key)

    def _judge(self, seen: Observation, facts: CheckFacts) -> None:
        key = seen.check_id, seen.finding.subject
        self._take(key, judge(self._records.get(key), seen, facts, self._id))

    def _chase(self, key: tuple[CheckId, str]) -> None:
        """Nobody answers in a replay: whoever is next is told."""
        record = self._records[key]
        chased = chase(record, self.directory, self.now[0], is_muted=lambda _one: False, new_id=self._id)
        if chased is not None:
            self._take(key, chased)

    def _take(self, key: tuple[CheckId, str], judged: Judgement) -> None:
        self._records[key] = judged.record
        for event in judged.events:
            self._tell(event)

    def _tell(self, event: IncidentEvent) -> None:
        """The end of something goes to whoever heard of it, as the outbox sees to it."""
        for row in plan(event, self.directory):
            thread = event.incident.id, row.address
            if event.kind is not EventKind.RESOLVED or thread in self._heard:
                self._heard.add(thread)
                self.told.append(Told(row=row, incident=event.incident))

    def _id(self) -> str:
        return f"replay-{next(self._ids)}"

    # Time ---------------------------------------------------------------------------------------------------------

    def _next_turn(self) -> datetime:
        """The next instant at which time alone changes something."""
        now, found = self.now[0], [datetime.max.replace(tzinfo=UTC)]
        for record in self._records.values():
            if record.deadline is not None:
                found += [
                    rung.at
                    for rung in record.deadline.rungs
                    if rung.at > now and told_name(record.deadline, rung.name) not in record.told
                ]
            found += [at for incident in record.incidents for at in self._steps(incident) if at > now]
        return min(found)

    def _steps(self, incident: Incident) -> Iterator[datetime]:
        for one in incident.chases:
            if one.escalation in self.directory.escalations:
                at = due_at(one, self.directory.escalations[one.escalation])
                if at is not None:
                    yield at

    def _next_midnight(self) -> datetime:
        """Just after it: days are counted anew then."""
        zone = self.settings.estate.time_zone
        tomorrow = self.now[0].astimezone(zone).date() + timedelta(days=1)
        return datetime.combine(tomorrow, time(), zone).astimezone(UTC) + _NEXT_LOOK
