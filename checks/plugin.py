"""The whole contract of a kind of check, on one page. See docs/writing-a-check.md.

A kind is one file: options that validate themselves, a `run` that looks and judges, and a `CheckKind` that
names both. No clock, no timeout, no logging, no metrics: the daemon owns those. `run` may raise ProbeError
(checks.network.errors); the runner turns it, a timeout or a bug into a finding about the primary subject.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict

from checks.estate import Estate, Service
from checks.invoice import Invoice
from checks.ledger.event import Draft, LedgerEvent
from checks.ledger.state import BillOnRecord, PayeeOnRecord
from checks.ledger.taxpayers import ListKind, Lookup, NoLists
from checks.model import Finding
from checks.network.values import (
    ApiAnswer,
    ApiRequest,
    Connection,
    DnsAnswer,
    DnsQuestion,
    Family,
    HttpRequest,
    HttpResponse,
    LineDialogue,
    TlsTerms,
)
from checks.workdays import WorkCalendar

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None


class OptionsBase(BaseModel):
    """Options of one kind: frozen, unknown keys refused, values of secrets never printed."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True)


class Network(Protocol):
    """The one way out. Every call is cut by the run's total deadline and writes what it saw to the transcript.

    All of it raises ProbeError with a cause; `transcript()` is the dialogue so far, secrets removed.
    """

    def transcript(self) -> str: ...

    async def addresses(self, host: str, family: Family) -> Sequence[str]: ...

    async def connect(self, host: str, port: int, family: Family, tls: TlsTerms | None = None) -> Connection: ...

    async def dialogue(self, host: str, port: int, family: Family, tls: TlsTerms | None = None) -> LineDialogue: ...

    async def fetch(self, request: HttpRequest) -> HttpResponse: ...

    async def query(self, question: DnsQuestion) -> DnsAnswer: ...

    async def ask_api(self, request: ApiRequest) -> ApiAnswer:
        """Over the library `requests`, in a thread that ends with the run. Dearer than `fetch`: for counters and
        queries, not for thousands of pages. Raises BodyError where the body cannot be read or is over the cap.
        """
        ...

    async def turn(self, place: str, gap_s: float, patience_s: float) -> bool:
        """Wait for a turn at a server that many checks ask, `gap_s` behind the one before; False, and at once, where
        that takes over `patience_s`.
        """
        ...

    def rest(self, place: str, length_s: float) -> None:
        """No check gets a turn at `place` for `length_s`: it has said that it is asked too often."""
        ...


#: Bills from which times are learnt: a few hundred teach all there is to learn, and ways change.
MOST_LATELY = 2000


class Lessons(Protocol):
    """What was learnt from a ledger, for all who ask: checks, letters and calendars then say the same."""

    @property
    def kept(self) -> MutableMapping[str, Json]: ...

    def alone(self) -> AbstractAsyncContextManager[object]:
        """Within it nobody else learns; whoever came second finds what the first has learnt."""
        ...


class Ledger(Protocol):
    """The bills the estate knows of."""

    @property
    def lessons(self) -> Lessons: ...

    def bills(self) -> Sequence[Invoice]:
        """Those that stand in the settings."""
        ...

    def on_record(self) -> Sequence[BillOnRecord]:
        """Every open bill, by key."""
        ...

    async def closed(self, keys: Collection[str]) -> Mapping[str, BillOnRecord]:
        """Of the bills with these keys those that are paid or cancelled, by key."""
        ...

    async def lately_closed(self) -> Sequence[BillOnRecord]:
        """Bills paid or cancelled last, MOST_LATELY at most: for what can be learnt from them, once a day."""
        ...

    async def bills_of(self, vendors: Collection[str], since: datetime) -> Sequence[BillOnRecord]:
        """Bills of these vendors, open or not, of which something was put on record since then. Dear: all are read."""
        ...

    def payees(self) -> Mapping[str, PayeeOnRecord]:
        """What is on record of vendors, by id; none for those of whom there is nothing."""
        ...

    async def record(self, drafts: Sequence[Draft]) -> Sequence[LedgerEvent]:
        """Puts on record what is news, and answers that; it is durable then. What was said before changes nothing."""
        ...

    async def say(self, drafts: Sequence[Draft], author: str) -> Sequence[LedgerEvent]:
        """As `record`, as far as the word of `author` is enough by the estate's rules; the rest waits for a person."""
        ...


class Taxpayers(Protocol):
    """The lists of active taxpayers that were imported."""

    async def look_up(self, kind: ListKind, numbers: Sequence[str]) -> Lookup | None:
        """Who of `numbers` stands on the newest list of `kind`; None where there is no list. Costs little per number,
        however long the list.
        """
        ...


class Memory(Protocol):
    """What one check keeps over restarts, say a last good date. Written with its findings, or not at all."""

    def get(self, key: str) -> Json: ...

    def set(self, key: str, value: Json) -> None: ...

    def note(self, key: str, value: Json) -> None:
        """Like `set`, but stays even where the run is cut: for what was done to the target, say a login tried."""
        ...


class Calendars(Protocol):
    """Working days by office id; None is the estate's first office, or Monday to Friday where there is none."""

    def of(self, office_id: str | None) -> WorkCalendar: ...


class CheckContext(NamedTuple):
    """What one run is handed."""

    now: datetime
    estate: Estate
    service: Service | None
    net: Network
    calendars: Calendars
    ledger: Ledger
    memory: Memory
    timeout_s: float = 10.0
    """What the whole run may take. Only a kind that looks at things side by side needs it, to judge each alone."""
    taxpayers: Taxpayers = NoLists()


OptionsT = TypeVar("OptionsT", bound=OptionsBase)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckKind(Generic[OptionsT]):
    """A kind of check."""

    name: str
    options: type[OptionsT]
    run: Callable[[OptionsT, CheckContext], Awaitable[Sequence[Finding]]]
    subject: Callable[[OptionsT], str]
    """The primary subject: what a failure before any finding is about. The same text `run` uses."""

    host: Callable[[OptionsT], str | None] = field(default=lambda _options: None)
    """Whom it burdens; the daemon limits how many runs go to one host at once."""

    target: str = "host"
    """The option that each entry of `targets:` in the settings stands for."""

    is_local: bool = False
    """It looks at nothing outside this machine: goes on being judged while our own network is dead."""

    dated: Callable[[str], bool] = field(default=lambda _subject: False)
    """Whether a subject of this name is a date that comes, such as a bill, and nothing that works or fails. It stays
    so when it is settled and gone: its past is nobody's outage.
    """

    default_interval_s: float | None = None
    default_timeout_s: float | None = None
    """What a check of this kind takes that does not say otherwise, where the general defaults do not suit it."""

    is_certain: bool = False
    """Its faults are facts on record, not looks that may err: unless settings say otherwise, one look opens an incident
    and one closes it, and nobody waits for a second.
    """

    is_on_record: bool = False
    """What it tells of stands on record, under names that no option changes. Told to look at another list or at a part,
    it goes on with all it knows; what it is not asked about any more it must not name.
    """

    exports: Mapping[str, str] = field(default_factory=dict)
    """Measurements that become metrics `nigehban_<name>[_<unit>]`: name to help text."""


AnyKind: TypeAlias = CheckKind[Any]
