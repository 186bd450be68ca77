"""What the past is answered with: frozen values, never rows."""

from dataclasses import dataclass
from datetime import datetime

from checks.model import WORST_FIRST, Cause, CheckId, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one subject."""

    observed_at: datetime
    """Exact to the microsecond."""
    status: Status
    cause: Cause
    duration_s: float
    """Exact in the present hour; once packed, within 0.05 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """How the looks of one span of time ended, by status. UNKNOWN is neither good nor bad: it has its own number."""

    begins_at: datetime
    ends_at: datetime
    ok: int = 0
    warning: int = 0
    critical: int = 0
    unknown: int = 0

    @property
    def looks(self) -> int:
        return self.ok + self.warning + self.critical + self.unknown

    @property
    def worst(self) -> Status | None:
        """None where nobody looked."""
        return next((status for status in WORST_FIRST if self.of(status)), None)

    def of(self, status: Status) -> int:
        match status:
            case Status.OK:
                return self.ok
            case Status.WARNING:
                return self.warning
            case Status.CRITICAL:
                return self.critical
            case Status.UNKNOWN:
                return self.unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectSlices:
    """One subject's slices without a gap between them, oldest first; those where nobody looked are all zero."""

    check_id: CheckId
    subject: str
    slices: tuple[Slice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one number was in one span of time."""

    begins_at: datetime
    name: str
    unit: str
    """"s", "B", "timestamp_seconds", "" for a count."""
    labels: tuple[tuple[str, str], ...]
    count: int
    minimum: float
    mean: float
    maximum: float
    last: float
