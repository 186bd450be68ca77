"""Prometheus' text format (0.0.4) of all subjects, written in chunks so that a scrape never holds the loop."""

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple, TypeAlias

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

#: Steps between two breaths: about 2 ms of one core.
STEPS_AT_ONCE = 1000

_STATUS_VALUES = {Status.OK: 0, Status.WARNING: 1, Status.CRITICAL: 2, Status.UNKNOWN: 3}


class _Labelled(NamedTuple):
    """A subject's label text, and the check it was rendered for."""

    labels: str
    spec: CheckSpec | None


Rows: TypeAlias = Mapping[Subject, _Labelled]


class Exposition:
    """Renders what is known now. A subject's label text is kept until its check changes in the settings."""

    def __init__(self, subjects: Subjects) -> None:
        self._subjects = subjects
        self._kept: Mapping[Subject, _Labelled] = {}

    async def chunks(
        self, specs: Mapping[CheckId, CheckSpec], backlog: Mapping[str, Waiting] | None
    ) -> AsyncIterator[bytes]:
        """The whole exposition but the daemon's counters, each family in one piece.

        Without a `backlog`, which only the store knows, its families are left out.
        """
        rows: dict[Subject, _Labelled] = {}
        lines = self._lines(rows, specs, backlog)
        while steps := tuple(islice(lines, STEPS_AT_ONCE)):
            if text := "\n".join(filter(None, steps)):
                yield text.encode() + b"\n"
            await asyncio.sleep(0)
        self._kept = rows

    def _lines(
        self, rows: dict[Subject, _Labelled], specs: Mapping[CheckId, CheckSpec], backlog: Mapping[str, Waiting] | None
    ) -> Iterator[str]:
        """One small step of work at a time: a line, or nothing where a step gives none. Fills `rows` on its way."""
        yield from self._labelled(rows, specs)
        yield from _of_looks(rows)
        yield from _of_deadlines(rows)
        yield from _of_measurements(rows)
        yield from self._of_incidents(specs)
        if backlog is not None:
            yield from _of_backlog(backlog)

    def _labelled(self, rows: dict[Subject, _Labelled], specs: Mapping[CheckId, CheckSpec]) -> Iterator[str]:
        for subject in self._subjects:
            spec = specs.get(subject.record.check_id)
            kept = self._kept.get(subject)
            rows[subject] = kept if kept is not None and kept.spec is spec else _labelled(subject.record, spec)
            yield ""

    def _of_incidents(self, specs: Mapping[CheckId, CheckSpec]) -> Iterator[str]:
        services = sorted({spec.service or "" for spec in specs.values()})
        severities = (Status.CRITICAL.value, Status.WARNING.value)
        counts = {(service, severity): 0 for service in services for severity in severities}
        for subject in self._subjects:
            for incident in subject.record.incidents:
                key = (incident.service or "", incident.severity.value)
                counts[key] = counts.get(key, 0) + 1
            yield ""
        head = yield from _headed(INCIDENTS_OPEN)
        for (service, severity), count in counts.items():
            yield f"{head}{_label_text((('service', service), ('severity', severity)))}}} {count}"


def _labelled(record: SubjectRecord, spec: CheckSpec | None) -> _Labelled:
    labels = (
        ("check", record.check_id),
        ("subject", record.subject),
        ("kind", "" if spec is None else spec.kind.name),
        ("service", "" if spec is None else spec.service or ""),
    )
    return _Labelled(_label_text(labels), spec)


def _of_looks(rows: Rows) -> Iterator[str]:
    head = yield from _headed(CHECK_STATUS)
    yield from (f"{head}{row.labels}}} {_STATUS_VALUES[subject.status]}" for subject, row in rows.items())
    head = yield from _headed(CHECK_CAUSE)
    yield from (f'{head}{row.labels},cause="{subject.record.cause.value}"}} 1' for subject, row in rows.items())
    head = yield from _headed(CHECK_DURATION)
    yield from (f"{head}{row.labels}}} {subject.duration_s:.6f}" for subject, row in rows.items())
    head = yield from _headed(CHECK_LAST_RUN)
    yield from (f"{head}{row.labels}}} {_seconds(subject.seen_at)}" for subject, row in rows.items())
    head = yield from _headed(CHECK_LAST_GOOD)
    for subject, row in rows.items():
        good_at = subject.good_at
        yield "" if good_at is None else f"{head}{row.labels}}} {_seconds(good_at)}"


def _of_deadlines(rows: Rows) -> Iterator[str]:
    head = yield from _headed(DEADLINE)
    for subject, row in rows.items():
        deadline = subject.record.deadline
        yield "" if deadline is None else f"{head}{row.labels}}} {_seconds(deadline.at)}"
    head = yield from _headed(ACT_BY)
    for subject, row in rows.items():
        act_by = None if (deadline := subject.record.deadline) is None else deadline.act_by
        yield "" if act_by is None else f"{head}{row.labels}}} {_seconds(act_by)}"


def _of_measurements(rows: Rows) -> Iterator[str]:
    """Measurements that their kinds export, grouped by family; the first of two equal series stands."""
    families: dict[str, tuple[str, dict[str, float]]] = {}
    for subject, row in rows.items():
        exports = {} if row.spec is None else row.spec.kind.exports
        for measurement in subject.measurements if exports else ():
            if (text := exports.get(measurement.name)) is not None:
                own = _label_text(measurement.labels) if measurement.labels else row.labels
                series = families.setdefault(_metric_name(measurement), (text, {}))[1]
                series.setdefault(own, measurement.value)
        yield ""
    for name, (text, series) in families.items():
        yield from _head(name, "gauge", text)
        yield from (f"{name}{{{labels}}} {value!r}" for labels, value in series.items())


def _of_backlog(backlog: Mapping[str, Waiting]) -> Iterator[str]:
    head = yield from _headed(OUTBOX_PENDING)
    for channel, waiting in backlog.items():
        yield f"{head}{_label_text((('channel', channel),))}}} {waiting.count}"
    head = yield from _headed(OUTBOX_OLDEST)
    for channel, waiting in backlog.items():
        yield f"{head}{_label_text((('channel', channel),))}}} {_seconds(waiting.oldest)}"


def _headed(family: Family) -> Generator[str, None, str]:
    """The head of a family; answers how each of its lines begins."""
    yield from _head(family.full_name, family.type, family.help)
    return f"{family.full_name}{{"


def _head(name: str, kind: str, text: str) -> Iterator[str]:
    escaped = text.replace("\\", r"\\").replace("\n", r"\n")
    yield f"# HELP {name} {escaped}"
    yield f"# TYPE {name} {kind}"


def _seconds(at: datetime) -> str:
    return f"{at.timestamp():.3f}"


def _metric_name(measurement: Measurement) -> str:
    suffix = f"_{measurement.unit}" if measurement.unit else ""
    return f"{PREFIX}{measurement.name}{suffix}"


def _label_text(labels: Sequence[tuple[str, str]]) -> str:
    return ",".join(f'{name}="{escape_label(value)}"' for name, value in labels)


def escape_label(value: str) -> str:
    """A label value in the text format: backslash, quote and line feed are escaped."""
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
