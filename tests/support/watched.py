"""One check over a network of written-down answers, from its looks to the messages that people get."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from alerts.incident import IncidentEvent
from alerts.judging.episode import CheckFacts
from alerts.judging.fault import Threshold
from alerts.judging.judge import judge
from alerts.message import Message
from alerts.record import SubjectRecord
from alerts.route import Receiver
from alerts.words.render import render
from checks.calendars import OfficeCalendars
from checks.estate import Estate
from checks.ledger.journal import Journal
from checks.ledger.taxpayers import NoLists
from checks.model import CheckId, Observation, Status
from checks.network.errors import ProbeError
from checks.network.values import Connection, Family
from checks.plugin import AnyKind, Json, Taxpayers
from checks.spec import CheckSpec
from tests.support.fake_network import FakeNetwork, ScriptedServer
from tests.support.telling import ESTATE, ON_CALL, directory, local
from watchdog.engine.runner import Surroundings, run_check

NIGHT = local("2026-11-21 02:13")

_FIRST = Threshold(failures_to_open=1, passes_to_close=1, settle_s=0)


@dataclass(slots=True)
class Spoken(ScriptedServer):
    """Keeps what both sides say; "{tag}" in an answer is the tag of the command (IMAP)."""

    tag: str = "*"

    async def read_line(self) -> str:
        line = await super(Spoken, self).read_line()
        self.shown.append(f"< {line}")
        return line

    async def send_line(self, line: str, *, shown: str | None = None) -> None:
        await super(Spoken, self).send_line(line, shown=shown)
        self.shown[-1] = f"> {self.shown[-1]}"

    def _answer(self, line: str) -> Sequence[str]:
        verb = line
        if line[:1] == "N" and line[1:2].isdigit():
            self.tag, _, verb = line.partition(" ")
        return [said.replace("{tag}", self.tag) for said in super(Spoken, self)._answer(verb)]


@dataclass(slots=True)
class Overheard(FakeNetwork):
    """A network for one run; has a transcript where nobody spoke a protocol."""

    heard: str = ""
    starved: str = ""
    facts: tuple[tuple[str, str], ...] = ()

    def close(self) -> None:
        return

    def transcript(self) -> str:
        return self.heard or super(Overheard, self).transcript()


def refusing(error: ProbeError) -> Overheard:
    """Whoever dials gets this error."""

    def dialled(_family: Family) -> Connection:
        raise error

    return Overheard(dialled, heard=f"{error.cause.value}: {error.detail}")


@dataclass(slots=True)
class Watched:
    """Looks of one check, a minute apart unless said otherwise, each judged as soon as it was made."""

    check: str
    kind: AnyKind
    options: Mapping[str, object]
    service: str | None = "official-email"
    receiver: Receiver = ON_CALL
    now: datetime = NIGHT
    estate: Estate = ESTATE
    ledger: Journal = field(default_factory=Journal)
    taxpayers: Taxpayers = field(default_factory=NoLists)
    _memory: dict[str, Json] = field(default_factory=dict)
    _records: dict[str, SubjectRecord] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def look(self, net: Overheard, *, after: timedelta = timedelta(minutes=1)) -> Sequence[Message]:
        """What is told of a look at `net`, `after` the one before; nothing of what is routine."""
        self.now += after
        spec = CheckSpec(
            id=CheckId(self.check),
            kind=self.kind,
            options=self.kind.options.model_validate(self.options),
            service=self.service,
        )
        calendars = OfficeCalendars(self.estate)
        around = Surroundings(
            estate=self.estate,
            calendars=calendars,
            ledger=self.ledger,
            taxpayers=self.taxpayers,
            open_network=lambda: net,
        )
        run = asyncio.run(run_check(spec, around, now=self.now, kept=self._memory, timeout_s=10))
        self._memory |= run.memory
        happened = [event for seen in run.observations for event in self._judged(seen)]
        told = [event for event in happened if event.incident.severity is not Status.OK]
        return [render(event, self.receiver, directory(estate=self.estate)) for event in told]

    def _judged(self, seen: Observation) -> Sequence[IncidentEvent]:
        facts = CheckFacts(kind=self.kind.name, service=self.service, rule=_FIRST)
        subject = seen.finding.subject
        judged = judge(self._records.get(subject), seen, facts, self._new_id)
        self._records[subject] = judged.record
        return judged.events

    def looks(self, nets: Sequence[Overheard]) -> Iterator[Message]:
        for net in nets:
            yield from self.look(net)

    @property
    def _new_id(self) -> Callable[[], str]:
        return lambda: f"{self.check.encode().hex()[:12]:0<12}{next(self._ids):012}"
