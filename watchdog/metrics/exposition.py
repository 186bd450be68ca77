"""Prometheus' text format (0.0.4) of all subjects, written in chunks so that a scrape never holds the loop."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from alerts.record import SubjectRecord
from checks.model import CheckId, Measurement, Status
from checks.spec import CheckSpec
from watchdog.engine.subjects import Subject, Subjects
from watchdog.metrics.names import (
    ACT_BY,
    CHECK_CAUSE,
    CHECK_DURATION,
    CHECK_LAST_GOOD,
    CHECK_LAST_RUN,
    CHECK_STATUS,
    DEADLINE,
    INCIDENTS_OPEN,
    OUTBOX_OLDEST,
    OUTBOX_PENDING,
    PREFIX,
    Family,
)
from watchdog.store.views import Waiting

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

#: Lines between two breaths: about 2 ms of one core.
LINES_PER_CHUNK = 1000

_STATUS_VALUES = {Status.OK: 0, Status.WARNING: 1, Status.CRITICAL: 2, Status.UNKNOWN: 3}


@dataclass(slots=True)
class Exposition:
    """Renders what is known now. Label texts are rendered once per subject and settings."""

    subjects: Subjects
    specs: Mapping[CheckId, CheckSpec]

    async def chunks(self, backlog: Mapping[str, Waiting]) -> AsyncIterator[bytes]:
        """The whole exposition but the daemon's counters, each family in one piece."""
        lines = self._lines(backlog)
        while chunk := "\n".join(islice(lines, LINES_PER_CHUNK)):
            yield chunk.encode() + b"\n"
            await asyncio.sleep(0)

    def _lines(self, backlog: Mapping[str, Waiting]) -> Iterator[str]:
        rows = [(subject, self._labels(subject.record)) for subject in self.subjects]
        yield from _of_looks(rows)
        yield from _of_deadlines(rows)
        yield from self._of_measurements(rows)
        yield from self._of_incidents()
        yield from _of_backlog(backlog)

    def _labels(self, record: SubjectRecord) -> str:
        spec = self.specs.get(record.check_id)
        kind = "" if spec is None else spec.kind.name
        service = "" if spec is None else spec.service or ""
        return _label_text(
            (
                ("check", record.check_id),
                ("subject", record.subject),
                ("kind", kind),
                ("service", service),
            )
        )

    def _of_measurements(self, rows: Sequence[tuple[Subject, str]]) -> Iterator[str]:
        """Measurements that their kinds export, grouped by family; the first of two equal series stands."""
        families: dict[str, tuple[str, dict[str, float]]] = {}
        for subject, labels in rows:
            spec = self.specs.get(subject.record.check_id)
            for measurement in subject.measurements if spec is not None else ():
                text = spec.kind.exports.get(measurement.name) if spec is not None else None
                if text is not None:
                    own = _label_text(measurement.labels) if measurement.labels else labels
                    series = families.setdefault(_metric_name(measurement), (text, {}))[1]
                    series.setdefault(own, measurement.value)
        for name, (text, series) in families.items():
            yield from _head(name, "gauge", text)
            yield from (f"{name}{{{labels}}} {value!r}" for labels, value in series.items())

    def _of_incidents(self) -> Iterator[str]:
        counts: dict[tuple[str, str], int] = {}
        for spec in self.specs.values():
            counts.setdefault((spec.service or "", Status.CRITICAL.value), 0)
            counts.setdefault((spec.service or "", Status.WARNING.value), 0)
        for incident in self.subjects.incidents():
            key = (incident.service or "", incident.severity.value)
            counts[key] = counts.get(key, 0) + 1
        yield from _family_head(INCIDENTS_OPEN)
        for (service, severity), count in counts.items():
            yield _line(INCIDENTS_OPEN, _label_text((("service", service), ("severity", severity))), count)


def _of_looks(rows: Sequence[tuple[Subject, str]]) -> Iterator[str]:
    yield from _family_head(CHECK_STATUS)
    yield from (_line(CHECK_STATUS, labels, _STATUS_VALUES[subject.status]) for subject, labels in rows)
    yield from _family_head(CHECK_CAUSE)
    for subject, labels in rows:
        yield _line(CHECK_CAUSE, f'{labels},cause="{subject.record.cause.value}"', 1)
    yield from _family_head(CHECK_DURATION)
    yield from (_line(CHECK_DURATION, labels, round(subject.duration_s, 6)) for subject, labels in rows)
    yield from _family_head(CHECK_LAST_RUN)
    yield from (_line(CHECK_LAST_RUN, labels, subject.seen_at.timestamp()) for subject, labels in rows)
    yield from _family_head(CHECK_LAST_GOOD)
    for subject, labels in rows:
        if (good_at := subject.good_at) is not None:
            yield _line(CHECK_LAST_GOOD, labels, good_at.timestamp())


def _of_deadlines(rows: Sequence[tuple[Subject, str]]) -> Iterator[str]:
    with_deadline = [
        (deadline, labels) for subject, labels in rows if (deadline := subject.record.deadline) is not None
    ]
    yield from _family_head(DEADLINE)
    yield from (_line(DEADLINE, labels, deadline.at.timestamp()) for deadline, labels in with_deadline)
    yield from _family_head(ACT_BY)
    for deadline, labels in with_deadline:
        if deadline.act_by is not None:
            yield _line(ACT_BY, labels, deadline.act_by.timestamp())


def _of_backlog(backlog: Mapping[str, Waiting]) -> Iterator[str]:
    yield from _family_head(OUTBOX_PENDING)
    for channel, waiting in backlog.items():
        yield _line(OUTBOX_PENDING, _label_text((("channel", channel),)), waiting.count)
    yield from _family_head(OUTBOX_OLDEST)
    for channel, waiting in backlog.items():
        yield _line(OUTBOX_OLDEST, _label_text((("channel", channel),)), waiting.oldest.timestamp())


def _family_head(family: Family) -> Iterator[str]:
    return _head(family.full_name, family.type, family.help)


def _head(name: str, kind: str, text: str) -> Iterator[str]:
    escaped = text.replace("\\", r"\\").replace("\n", r"\n")
    yield f"# HELP {name} {escaped}"
    yield f"# TYPE {name} {kind}"


def _line(family: Family, labels: str, value: float) -> str:
    return f"{family.full_name}{{{labels}}} {value}"


def _metric_name(measurement: Measurement) -> str:
    suffix = f"_{measurement.unit}" if measurement.unit else ""
    return f"{PREFIX}{measurement.name}{suffix}"


def _label_text(labels: Sequence[tuple[str, str]]) -> str:
    return ",".join(f'{name}="{escape_label(value)}"' for name, value in labels)


def escape_label(value: str) -> str:
    """A label value in the text format: backslash, quote and line feed are escaped."""
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
