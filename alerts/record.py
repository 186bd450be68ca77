"""What is remembered of one subject of one check between two looks."""

from dataclasses import dataclass, replace
from datetime import datetime

from alerts.incident import Incident
from alerts.judging.fault import HEALTHY, Fault
from checks.model import Cause, CheckId, Deadline, Measurement, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineWords:
    """How the last look that could see a deadline put it: what people are told when a rung comes due unseen."""

    summary: str
    cause: Cause
    facts: tuple[tuple[str, str], ...] = ()
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectRecord:
    """The state of one (check, subject): durable, except for the last look, which each run renews."""

    check_id: CheckId
    subject: str
    # The last look.
    status: Status = Status.UNKNOWN
    cause: Cause = Cause.NONE
    summary: str = ""
    evidence: str = ""
    measurements: tuple[Measurement, ...] = ()
    duration_s: float = 0.0
    seen_at: datetime
    """The last look of any status."""
    judged_at: datetime
    """The last look that was not unknown; the first look, until there is one."""
    good_at: datetime | None = None
    # Judgement.
    fault: Fault = HEALTHY
    deadline: Deadline | None = None
    """The last known deadline; it outlives looks that fail, and never moves by time alone."""
    deadline_words: DeadlineWords | None = None
    """Kept as long as `deadline` is."""
    told: frozenset[str] = frozenset()
    """Names of the deadline's rungs that people were told of."""
    looks_without_rung: int = 0
    """Looks in a row that saw the deadline of an open incident moved away. Not kept over restarts: it only waits."""
    other_cause: Cause | None = None
    """A cause, or class of causes, that is not the open fault's and that the last looks saw
    (alerts.judging.judge_cause).
    """
    other_looks: int = 0
    """How many in a row. Neither is kept over restarts: they only wait."""
    rises_since: datetime | None = None
    """Since when a warning is known to have become critical while something above it may explain that. Not kept."""
    fault_incident: Incident | None = None
    deadline_incident: Incident | None = None
    stale_incident: Incident | None = None

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """The open incidents of this subject."""
        standing = (self.fault_incident, self.deadline_incident, self.stale_incident)
        return tuple(incident for incident in standing if incident is not None)

    def with_incident(self, incident: Incident) -> "SubjectRecord":
        """`incident` in the place of the open one that has its id."""
        return replace(
            self,
            fault_incident=_instead(self.fault_incident, incident),
            deadline_incident=_instead(self.deadline_incident, incident),
            stale_incident=_instead(self.stale_incident, incident),
        )


def _instead(standing: Incident | None, incident: Incident) -> Incident | None:
    return incident if standing is not None and standing.id == incident.id else standing
