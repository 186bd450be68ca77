"""What one scrape says of all subjects, family by family: collected subject by subject, then joined."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from checks.model import Cause, Status
from checks.spec import CheckSpec
from watchdog.engine.subjects import Subject
from watchdog.metrics.names import RESERVED, measured_name
from watchdog.metrics.text import instant_end, label_text, number_end

_STATUS_VALUES = {Status.OK: 0, Status.WARNING: 1, Status.CRITICAL: 2, Status.UNKNOWN: 3}

# By identity: the hash of an enum's member is computed in Python, anew at every look-up.
_STATUS_ENDS = {id(status): number_end(value) for status, value in _STATUS_VALUES.items()}
_CAUSE_ENDS = {id(cause): f',cause="{cause.value}"{number_end(1)}' for cause in Cause}


class Labelled(NamedTuple):
    """A subject's label text, and the check it was rendered for."""

    labels: str
    spec: CheckSpec | None


class Column(NamedTuple):
    """Lines of one family: label text, and how each line ends behind it."""

    labels: list[str]
    ends: list[str]

    def add(self, labels: str, end: str) -> None:
        self.labels.append(labels)
        self.ends.append(end)


class Exported(NamedTuple):
    """One family of measurements: ends of lines by label text. Of two equal series the first stands."""

    help: str
    ends: dict[str, str]


def _column() -> Column:
    return Column([], [])


@dataclass(slots=True)
class Columns:
    """Filled by `take`. Lines share what text they can, so that one costs two references until it is joined."""

    labels: list[str] = field(default_factory=list)
    """Of each subject, as the four lists below."""
    statuses: list[str] = field(default_factory=list)
    causes: list[str] = field(default_factory=list)
    durations: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    good: Column = field(default_factory=_column)
    deadlines: Column = field(default_factory=_column)
    act_by: Column = field(default_factory=_column)
    exported: dict[str, Exported] = field(default_factory=dict)
    """By the name of the metric."""
    incidents: dict[tuple[str, str], int] = field(default_factory=dict)
    """How many are open, by service and severity."""

    def take(self, subject: Subject, row: Labelled) -> None:
        record, seen_at, good_at = subject.record, subject.seen_at, subject.good_at
        labels = row.labels
        seen = instant_end(seen_at)
        self.labels.append(labels)
        self.statuses.append(_STATUS_ENDS[id(subject.status)])
        self.causes.append(_CAUSE_ENDS[id(record.cause)])
        self.durations.append(f"}} {subject.duration_s:.6f}\n")
        self.seen.append(seen)
        if good_at is not None:
            self.good.add(labels, seen if good_at is seen_at else instant_end(good_at))
        if record.deadline is not None:
            self.deadlines.add(labels, instant_end(record.deadline.at))
            if record.deadline.act_by is not None:
                self.act_by.add(labels, instant_end(record.deadline.act_by))
        if record.fault_incident or record.deadline_incident or record.stale_incident:
            self._count_incidents(subject)
        if row.spec is not None and row.spec.kind.exports:
            self._export(subject, labels, row.spec.kind.exports)

    def _count_incidents(self, subject: Subject) -> None:
        for incident in subject.record.incidents:
            key = (incident.service or "", incident.severity.value)
            self.incidents[key] = self.incidents.get(key, 0) + 1

    def _export(self, subject: Subject, labels: str, exports: Mapping[str, str]) -> None:
        for measurement in subject.measurements:
            if (text := exports.get(measurement.name)) is None:
                continue
            name = measured_name(measurement)
            if name in RESERVED:
                continue
            own = label_text(measurement.labels) if measurement.labels else labels
            family = self.exported.setdefault(name, Exported(text, {}))
            family.ends.setdefault(own, number_end(measurement.value))
