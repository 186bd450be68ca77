"""An incident, from open to close, and what happens to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

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


class Retirement(Enum):
    """Why the incidents of a subject end though nobody saw it healed; the words are their close reason."""

    REMOVED = "the check was taken out of the settings"
    ELSEWHERE = "the check looks at something else now"
    UNSEEN = "the check no longer sees it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Somebody has seen an incident and is at it."""

    by: str
    at: datetime
    note: str = ""
    until: datetime | None = None
    """People are told again when it is still bad then; None lasts until it is well."""

    def __post_init__(self) -> None:
        require_utc("at", self.at)
        if self.until is not None:
            require_utc("until", self.until)


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
    close_reason: str = ""
    acknowledged: Acknowledgement | None = None
    """None, too, once it was taken back or its end has come."""

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
