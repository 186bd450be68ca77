"""An incident, from open to close, and what happens to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from alerts.debt import Debt
from alerts.drills.drill import Drill
from checks.model import Cause, CheckId, Deadline, Status, require_utc


class Nature(Enum):
    """Why an incident exists. One subject may have one open incident of each nature; a change is never open."""

    FAULT = "fault"
    DEADLINE = "deadline"
    STALENESS = "staleness"
    CHANGE = "change"


class EventKind(Enum):
    """What happened; stands in X-Nigehban-Event and begins the subject of a message."""

    OPENED = "opened"
    SEVERITY = "severity"
    REMINDER = "reminder"
    RESOLVED = "resolved"
    HANDOFF = "handoff"
    DIGEST = "digest"
    NOTICE = "notice"
    TEST = "test"
    ACKNOWLEDGED = "acknowledged"
    UNACKNOWLEDGED = "unacknowledged"
    RECOVERED = "recovered"
    """Well for now; its end is not told before it has stayed so."""
    JOINED = "joined"
    """Another incident became part of it; the note says which."""
    UNSTABLE = "unstable"
    """Down again before its end was told."""


class Retirement(Enum):
    """Why the incidents of a subject end though nobody saw it healed; the words are their close reason."""

    REMOVED = "the check was taken out of the settings"
    ELSEWHERE = "the check looks at something else now"
    UNSEEN = "the check no longer sees it"


class Nobody(Enum):
    """Why nobody who was told so far can answer: the next step of the escalation comes at once."""

    ON_DUTY = "nobody is on duty"
    REACHED = "every way to them refuses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Somebody has seen an incident and is at it."""

    by: str
    at: datetime
    note: str = ""
    until: datetime | None = None
    """People are told again when it is still bad then; None lasts until it is well."""
    severity: Status | None = None
    """Of the incident when this was said; None where that is not known."""

    def __post_init__(self) -> None:
        require_utc("at", self.at)
        if self.until is not None:
            require_utc("until", self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A check that fails because of what an incident is about."""

    check_id: CheckId
    service: str | None = None
    was_told: bool = False
    """It has an incident that people were told of before."""
    still_fails: bool = False
    """It does though what explained it is well again."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What routes would see of a critical fault of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chase:
    """How far the wait for an answer to an incident has come, by one escalation (alerts.people.escalation)."""

    escalation: str
    since: datetime
    """Nobody has answered since then."""
    waits_from: datetime
    """Since when the next step is waited for."""
    severity: Status
    """Of the incident when this was last looked at."""
    step: int = 0
    """Steps told so far; repeats count on."""
    told: tuple[tuple[str, ...], ...] | None = None
    """Receiver ids of each step that was told: new settings may name others. None: what the settings name, as in what
    was written by a version that kept no names.
    """
    waited: timedelta = timedelta()
    """The wait of the step told last, and of the repeats behind it; of no account where `told` is None."""
    is_held: bool = False
    """Somebody answered, or it may not be said for now: nothing is waited for."""
    paused_at: datetime | None = None
    """Since when it is held for what nobody said, such as being well for a moment: after it the wait goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One open-to-close episode of one subject."""

    id: str
    check_id: CheckId
    subject: str
    nature: Nature
    kind: str
    """Kind of the check: a routing label."""
    service: str | None
    labels: Mapping[str, str] = field(default_factory=dict)
    severity: Status
    cause: Cause
    summary: str
    earlier: tuple[tuple[Cause, str], ...] = ()
    """Causes it had before the present one, in the words of then: each cause once, the first one first."""
    changed: str = ""
    """The thing that changed, where the nature is a change."""
    facts: tuple[tuple[str, str], ...] = ()
    evidence: str = ""
    opened_at: datetime
    """When it became an incident; what it is about may have begun earlier (`since`)."""
    since: datetime
    deadline: Deadline | None = None
    closed_at: datetime | None = None
    """When it became well, which may be long before its end is told."""
    close_reason: str = ""
    acknowledged: Acknowledgement | None = None
    """None, too, once it was taken back, or its end has come while it is bad."""
    chases: tuple[Chase, ...] = ()
    """One for each escalation its routes name, once it was begun."""
    root: str | None = None
    """Id of the incident that explains it: nobody is told of this one, its root lists it."""
    was_told: bool = False
    """People were told of it before its root opened; they hear of its end."""
    debts: tuple[Debt, ...] = ()
    """Unpaid bills that may lie behind it, the likeliest first."""
    is_unstable: bool = False
    """It comes and goes: it was well for a short while, and failed again."""
    recovered_at: datetime | None = None
    """Well since then, while its end is not told yet; None while it fails, and once it is closed."""
    drill: Drill | None = None
    """It is only played, and this says by whom; None for what is really so."""

    @property
    def is_still_bad(self) -> bool:
        """Whether it stands by itself, failing: it is not over, not well for now, and no part of another."""
        return self.closed_at is None and self.recovered_at is None and self.root is None

    @property
    def retirement(self) -> Retirement | None:
        """Why it ended, where it was not by recovery."""
        return next((why for why in Retirement if why.value == self.close_reason), None)

    def __post_init__(self) -> None:
        require_utc("opened_at", self.opened_at)
        require_utc("since", self.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentEvent:
    """One change of an incident; the incident as it stood then goes with it to whoever renders it."""

    id: str
    kind: EventKind
    at: datetime
    incident: Incident
    rung: str | None = None
    """The most urgent rung a reminder or a deadline's opening tells of."""
    by: str = ""
    """The person who did it; "" where it came of looks or of time."""
    note: str = ""
    """What that person had to say."""
    before: Status | None = None
    """The severity until then, where it rose or fell."""
    to: tuple[str, ...] = ()
    """Receiver ids to tell instead of those the routes name; () goes by the routes."""
    parts: tuple[Part, ...] = ()
    """What else fails because of it by now; of one that is resolved, whatever may have failed because of it."""
    step: int = 0
    """Which step of an escalation this is, from 1, repeats after the steps; 0 where it is none."""
    nobody: Nobody | None = None
    """Why that step was not waited for."""
    real: tuple[Incident, ...] = ()
    """Of the end of a drill: what is really open of the service then, which people may have taken for played."""
