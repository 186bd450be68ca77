"""What templates lay out: frozen values, every text already safe to show, every number already in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from watchdog.web.bars import Bar
from watchdog.web.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """Something about the watchdog itself that a reader must know before believing the rest."""

    tone: str
    title: str
    lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands on every page."""

    estate: str
    at: str
    """When the page was made: "14:02:11 on Sun 22 Nov 2026"."""
    zone: str
    banners: Sequence[Banner] = ()
    notes: Sequence[Banner] = ()
    """What is no trouble yet: it stands at the end of a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A service or a check in a list."""

    href: str
    name: str
    standing: Standing
    since: str = ""
    words: str = ""
    """Why it stands so; "" where it is well."""
    who: str = ""
    """Which departments depend on it."""
    hours: Bar | None = None
    days: Bar | None = None
    partial: str = ""
    """What the bars leave out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Part of a long list, the worst first, and what the rest is."""

    rows: Sequence[Row]
    page: int = 1
    pages: int = 1
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One outcome of telling somebody."""

    at: str
    words: str
    reached: bool
    subject: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentCard:
    href: str
    tone: str
    mark: str
    word: str
    """"Not working", "Due", "Overdue", …"""
    title: str
    summary: str
    cause: str
    since: str
    who: str
    facts: Sequence[tuple[str, str]] = ()
    evidence: Sequence[str] = ()
    told: Sequence[Told] = ()
    untold: str = ""
    """Why nobody was told of it, where `told` is empty."""
    acknowledged: str = ""
    check: str = ""
    check_href: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One deadline on the time line. Places are percent of its width, None where it lies outside."""

    due_x: float
    act_x: float | None
    is_past: bool
    """Due before now: drawn at the left edge."""
    is_beyond: bool
    """Due behind the right edge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRow:
    tone: str
    mark: str
    what: str
    href: str
    due: str
    distance: str
    act_by: str
    who: str
    lane: Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLine:
    """Deadlines over one scale; overdue ones at the left edge."""

    ticks: Sequence[Tick]
    today_x: float
    rows: Sequence[DeadlineRow]
    more: Sequence[DeadlineRow] = ()
    """Later ones, folded away."""
    uncounted: int = 0
    """Those beyond what a page shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillRow:
    tone: str
    mark: str
    word: str
    vendor: str
    number: str
    amount: str
    due: str
    act_by: str
    cuts_off: str
    service: str
    who: str
    href: str
    notes: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """Sessions of what an e-office bears, in percent of the gauge's width."""

    name: str
    href: str
    words: str
    fill_x: float
    peak_x: float | None
    tone: str
    age: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    header: Header
    tone: str
    headline: str
    """The whole state in one sentence."""
    first: str
    """What of it must be read within three seconds."""
    rest: str
    last_look: str
    incidents: Sequence[IncidentCard]
    more_incidents: int
    ahead: Sequence[IncidentCard]
    """Deadlines that people were told of, and are still open."""
    more_ahead: int
    services: Listed
    others: Listed
    """Checks without a service."""
    time_line: TimeLine
    bills: Sequence[BillRow]
    more_bills: int
    gauges: Sequence[Gauge]
    told: Sequence[Told]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePage:
    header: Header
    row: Row
    vendor: str
    departments: Sequence[str]
    runbook: Sequence[str]
    checks: Listed
    incidents: Sequence[IncidentCard]


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    name: str
    value: str
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectView:
    name: str
    standing: Standing
    summary: str
    cause: str
    seen: str
    good: str
    deadline: str
    evidence: Sequence[str] = ()
    numbers: Sequence[Number] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """An incident that is over."""

    href: str
    when: str
    words: str
    ended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPage:
    header: Header
    row: Row
    kind: str
    every: str
    service: str
    service_href: str
    subjects: Sequence[SubjectView]
    more_subjects: int
    incidents: Sequence[IncidentCard]
    former: Sequence[Former]
    """Incidents that are over, the newest first."""
    runbook: Sequence[str]
    worst: str = ""
    """How soon people hear of a critical fault at worst, and of what parts that is made; "" where nobody knows."""
    formula: str = ""
    heard: Sequence[tuple[str, str]] = ()
    """What becomes of it, and who hears of that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened in an incident."""

    at: str
    word: str
    """OPENED, NOW, TOLD, NOT TOLD, ACKNOWLEDGED, CLOSED: the kind of step."""
    tone: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentPage:
    header: Header
    card: IncidentCard
    is_open: bool
    lasted: str
    steps: Sequence[Step]
    waiting: Sequence[str]
    runbook: Sequence[str]
    quiet: Sequence[str] = ()
    """How it stands in itself: held, unstable, part of another, who is next."""
    root_href: str = ""
    """Of the incident that explains it."""
    parts: Sequence[tuple[str, str]] = ()
    """Incidents that it explains: where they lead, and what they are."""
    more_parts: int = 0
    if_missed: Sequence[str] = ()
    """What to do when the service goes dark over a deadline all the same."""
    is_to_settle: bool = False
    """A deadline that ends by somebody's proof, not by a date that moves."""
