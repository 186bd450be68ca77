"""What looks at a check say of those that hang on it: only what goes down together may explain each other. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.judging.fault import Held, Open, is_urgent
from alerts.record import SubjectRecord
from alerts.roots.covering import Above
from checks.model import CheckId, Status

#: Two checks that go down together are seen down this far apart at most, besides the time between looks.
TOGETHER_WITHIN = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upper:
    """A check that others hang on: all its subjects, and how long its looks say anything."""

    check_id: CheckId
    records: Sequence[SubjectRecord]
    interval: timedelta
    stale_after: timedelta

    def standing_for(self, lower: SubjectRecord, *, since: datetime | None, now: datetime) -> Above:
        """How it stands where `lower` asks, which has failed since `since`; None where it was explained before."""
        roots = (self._root(record, lower, since, now) for record in self.records)
        return Above(
            check_id=self.check_id,
            looked_at=max((record.judged_at for record in self.records), default=None),
            is_undecided=any(is_urgent(record.fault) for record in self.records),
            root=next((root for root in roots if root is not None), None),
        )

    def _root(self, record: SubjectRecord, lower: SubjectRecord, since: datetime | None, now: datetime) -> str | None:
        root = standing_root(record)
        if root is None or now - record.judged_at > self.stale_after:
            return None
        return None if self._was_well(record, lower, since) or self.was_passed_by(record, lower) else root

    def _was_well(self, record: SubjectRecord, lower: SubjectRecord, since: datetime | None) -> bool:
        """Whether this subject was well while `lower` was down, so does not explain that."""
        if since is None or record.good_at is None:
            return False
        return record.good_at > max(since, lower.good_at or since) + self._slack

    def was_passed_by(self, record: SubjectRecord, lower: SubjectRecord) -> bool:
        """Whether `lower` was well while this subject was down, so hangs on it less than the settings say."""
        since = down_since(record)
        if lower.good_at is None or since is None:
            return False
        return lower.good_at > since + self._slack

    @property
    def _slack(self) -> timedelta:
        return TOGETHER_WITHIN + self.interval


def standing_root(record: SubjectRecord) -> str | None:
    """Id of the incident that stands for all below this subject; None while it is well, or only a warning."""
    incident, fault = record.fault_incident, record.fault
    if incident is None or not isinstance(fault, Open) or fault.severity is not Status.CRITICAL:
        return None
    return incident.id if incident.root is None else incident.root


def down_since(record: SubjectRecord) -> datetime | None:
    """Since when an open fault fails without a good look between; None where it is not open."""
    if not isinstance(record.fault, Open):
        return None
    return max(record.fault.since, record.good_at or record.fault.since)


def has_calmed_down(records: Sequence[SubjectRecord], now: datetime, wait: timedelta) -> bool:
    """Whether none of these became well only a short while ago."""
    return not any(isinstance(record.fault, Held) and record.fault.well_since > now - wait for record in records)
