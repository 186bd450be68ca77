"""How each subject stands on the page: rendered when a scrape finds that it was looked at, and kept until the next."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from alerts.record import SubjectRecord
from checks.model import Cause, CheckId, Status
from checks.spec import CheckSpec
from watchdog.engine.subjects import Subject
from watchdog.metrics.names import RESERVED, measured_name
from watchdog.metrics.text import instant_end, label_text, number_end

_STATUS_VALUES = {Status.OK: 0, Status.WARNING: 1, Status.CRITICAL: 2, Status.UNKNOWN: 3}

# By identity: the hash of an enum's member is computed in Python, anew at every look-up.
_STATUS_ENDS = {id(status): number_end(value) for status, value in _STATUS_VALUES.items()}
_CAUSE_ENDS = {id(cause): f',cause="{cause.value}"{number_end(1)}' for cause in Cause}


class Measured(NamedTuple):
    """A measurement that its kind exports."""

    metric: str
    help: str
    labels: str
    end: str


class Row:
    """A subject's label text, and how its line of each family ends behind it (watchdog.metrics.text.number_end)."""

    __slots__ = (
        "_record",
        "_seen_at",
        "_spec",
        "act_by",
        "cause",
        "deadline",
        "duration",
        "good",
        "incidents",
        "labels",
        "measured",
        "seen",
        "status",
    )

    def __init__(self, subject: Subject, spec: CheckSpec | None) -> None:
        self.labels = _labels(subject.record, spec)
        self._render(subject, spec)

    def renew(self, subject: Subject, spec: CheckSpec | None) -> None:
        """Render what is new since. A look has an instant of its own, by which it is known: it is not kept alive."""
        if self._spec is not spec:
            self.labels = _labels(subject.record, spec)
        elif self._seen_at is subject.seen_at and self._record is subject.record:
            return
        self._render(subject, spec)

    def _render(self, subject: Subject, spec: CheckSpec | None) -> None:
        record, seen_at, good_at = subject.record, subject.seen_at, subject.good_at
        self._spec, self._record, self._seen_at = spec, record, seen_at
        self.status = _STATUS_ENDS[id(subject.status)]
        self.cause = _CAUSE_ENDS[id(record.cause)]
        self.duration = f"}} {subject.duration_s:.6f}\n"
        self.seen = instant_end(seen_at)
        self.good = None if good_at is None else self.seen if good_at is seen_at else instant_end(good_at)
        deadline = record.deadline
        self.deadline = None if deadline is None else instant_end(deadline.at)
        self.act_by = None if deadline is None or deadline.act_by is None else instant_end(deadline.act_by)
        has_open = record.fault_incident or record.deadline_incident or record.stale_incident
        self.incidents = record.incidents if has_open else ()
        exports = {} if spec is None else spec.kind.exports
        self.measured = tuple(_measured(subject, self.labels, exports)) if exports else ()


class Rows:
    """All rows, in the order of the subjects."""

    def __init__(self) -> None:
        self._kept: Mapping[Subject, Row] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def renewed(self, subjects: Iterator[Subject], specs: Mapping[CheckId, CheckSpec]) -> Iterator[Row]:
        """The row of each subject, as it stands. Once exhausted, rows of subjects that are gone are forgotten."""
        rows: dict[Subject, Row] = {}
        for subject in subjects:
            spec = specs.get(subject.record.check_id)
            row = self._kept.get(subject)
            if row is None:
                row = Row(subject, spec)
            else:
                row.renew(subject, spec)
            rows[subject] = row
            yield row
        self._kept = rows


def _labels(record: SubjectRecord, spec: CheckSpec | None) -> str:
    labels = (
        ("check", record.check_id),
        ("subject", record.subject),
        ("kind", "" if spec is None else spec.kind.name),
        ("service", "" if spec is None else spec.service or ""),
    )
    return label_text(labels)


def _measured(subject: Subject, labels: str, exports: Mapping[str, str]) -> Iterator[Measured]:
    for measurement in subject.measurements:
        metric = measured_name(measurement)
        if (text := exports.get(measurement.name)) is not None and metric not in RESERVED:
            own = label_text(measurement.labels) if measurement.labels else labels
            yield Measured(metric, text, own, number_end(measurement.value))
