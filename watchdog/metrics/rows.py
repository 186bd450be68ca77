"""How each subject stands on the page: rendered when a scrape finds that it was looked at, and kept until the next."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
        "check_id",
        "deadline",
        "duration",
        "good",
        "incidents",
        "labels",
        "measured",
        "seen",
        "status",
        "subject",
    )

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.check_id = subject.record.check_id
        self.labels = ""
        self._spec: CheckSpec | None = None
        self._record: SubjectRecord | None = None

    def renew(self, spec: CheckSpec | None) -> None:
        """Render what is new since. A look has an instant of its own, by which it is known: it is not kept alive."""
        subject = self.subject
        if self._spec is not spec or not self.labels:
            self._spec = spec
            self.labels = _labels(subject.record, spec)
        elif self._record is subject.record:
            if self._seen_at is not subject.seen_at:
                self._render_look()
            return
        self._render_record()
        self._render_look()

    def _render_record(self) -> None:
        self._record = record = self.subject.record
        self.cause = _CAUSE_ENDS[id(record.cause)]
        deadline = record.deadline
        self.deadline = None if deadline is None else instant_end(deadline.at)
        self.act_by = None if deadline is None or deadline.act_by is None else instant_end(deadline.act_by)
        self.incidents = record.incidents

    def _render_look(self) -> None:
        subject = self.subject
        seen_at, good_at, status, duration_s = subject.last_look()
        self._seen_at = seen_at
        self.status = _STATUS_ENDS[id(status)]
        self.duration = f"}} {duration_s:.6f}\n"
        self.seen = instant_end(seen_at)
        self.good = None if good_at is None else self.seen if good_at is seen_at else instant_end(good_at)
        exports = {} if self._spec is None else self._spec.kind.exports
        self.measured = tuple(_measured(subject, self.labels, exports)) if exports else ()


class Rows:
    """All rows, in the order of the subjects."""

    def __init__(self) -> None:
        self._kept: Sequence[Row] = ()

    def __len__(self) -> int:
        return len(self._kept)

    def renewed(self, subjects: Iterable[Subject], specs: Mapping[CheckId, CheckSpec]) -> Iterator[Row]:
        """The row of each subject, as it stands. Once exhausted, rows of subjects that are gone are forgotten."""
        rows = list[Row]()
        for row in self._rows_of(subjects):
            row.renew(specs.get(row.check_id))
            rows.append(row)
            yield row
        self._kept = rows

    def _rows_of(self, subjects: Iterable[Subject]) -> Iterator[Row]:
        """Subjects mostly come in the order of the last time, which is faster to find out than to look each up."""
        expected = iter(self._kept)
        kept: Mapping[Subject, Row] | None = None
        for subject in subjects:
            row = next(expected, None)
            if row is None or row.subject is not subject:
                kept = {row.subject: row for row in self._kept} if kept is None else kept
                row = kept.get(subject) or Row(subject)
            yield row


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
        if (text := exports.get(measurement.name)) is not None and _is_free(metric):
            own = label_text(measurement.labels) if measurement.labels else labels
            yield Measured(metric, text, own, number_end(measurement.value))


def _is_free(metric: str) -> bool:
    """Whether a kind may call a metric so. A name that Prometheus cannot read, or reads twice, costs the whole page."""
    return metric not in RESERVED and metric.isascii() and metric.isidentifier()
