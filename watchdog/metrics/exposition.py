"""All metrics but the daemon's own counters, written in pieces so that a scrape never holds the loop.

What a scrape costs is paid by the scrape: a look leaves nothing rendered behind it. Only label text is kept, which is
dear to escape; the ends of the lines are joined with it anew, many at a time. That costs less than finding out which of
the lines are still as they were, and there is no second copy of the page to hold.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from itertools import islice

from alerts.record import SubjectRecord
from checks.model import CheckId, Status
from checks.spec import CheckSpec
from watchdog.engine.subjects import Subject, Subjects
from watchdog.metrics.columns import Columns, Labelled
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
    Family,
)
from watchdog.metrics.text import head, instant_end, label_text, lines, number_end
from watchdog.store.views import Waiting

#: Subjects or lines between two breaths: about 2 ms of one core.
STEPS_AT_ONCE = 1000

#: A piece that goes out is at least this long, but for the last: a write has its price.
PIECE_CHARACTERS = 32 * 1024


class Exposition:
    """Renders what is known now. A subject's label text is kept until its check changes in the settings."""

    def __init__(self, subjects: Subjects) -> None:
        self._subjects = subjects
        self._kept: Mapping[Subject, Labelled] = {}

    async def chunks(
        self, specs: Mapping[CheckId, CheckSpec], backlog: Mapping[str, Waiting] | None
    ) -> AsyncIterator[bytes]:
        """The whole exposition but the daemon's counters, each family in one piece.

        Without a `backlog`, which only the store knows, its families are left out.
        """
        waiting, length = list[str](), 0
        for text in self._steps(specs, backlog):
            waiting.append(text)
            length += len(text)
            if length >= PIECE_CHARACTERS:
                yield _encoded(waiting)
                waiting, length = [], 0
            await asyncio.sleep(0)
        yield _encoded(waiting)

    def _steps(self, specs: Mapping[CheckId, CheckSpec], backlog: Mapping[str, Waiting] | None) -> Iterator[str]:
        """One small step of work at a time: some lines, or nothing where a step gives none."""
        columns = Columns()
        yield from self._collected(columns, specs)
        yield from _written(columns)
        yield from _of_incidents(columns, specs)
        if backlog is not None:
            yield from _of_backlog(backlog)

    def _collected(self, columns: Columns, specs: Mapping[CheckId, CheckSpec]) -> Iterator[str]:
        """Fills `columns`: the values of all families are of one moment, or nearly."""
        rows: dict[Subject, Labelled] = {}
        subjects = iter(self._subjects)
        while block := tuple(islice(subjects, STEPS_AT_ONCE)):
            for subject in block:
                spec = specs.get(subject.record.check_id)
                kept = self._kept.get(subject)
                rows[subject] = row = (
                    kept if kept is not None and kept.spec is spec else _labelled(subject.record, spec)
                )
                columns.take(subject, row)
            yield ""
        self._kept = rows


def _labelled(record: SubjectRecord, spec: CheckSpec | None) -> Labelled:
    labels = (
        ("check", record.check_id),
        ("subject", record.subject),
        ("kind", "" if spec is None else spec.kind.name),
        ("service", "" if spec is None else spec.service or ""),
    )
    return Labelled(label_text(labels), spec)


def _written(columns: Columns) -> Iterator[str]:
    yield from _of_family(CHECK_STATUS, columns.labels, columns.statuses)
    yield from _of_family(CHECK_CAUSE, columns.labels, columns.causes)
    yield from _of_family(CHECK_DURATION, columns.labels, columns.durations)
    yield from _of_family(CHECK_LAST_RUN, columns.labels, columns.seen)
    yield from _of_family(CHECK_LAST_GOOD, columns.good.labels, columns.good.ends)
    yield from _of_family(DEADLINE, columns.deadlines.labels, columns.deadlines.ends)
    yield from _of_family(ACT_BY, columns.act_by.labels, columns.act_by.ends)
    for name, exported in columns.exported.items():
        yield head(name, "gauge", exported.help)
        yield from _of_lines(name, list(exported.ends), list(exported.ends.values()))


def _of_incidents(columns: Columns, specs: Mapping[CheckId, CheckSpec]) -> Iterator[str]:
    """Every service has its two lines, zeros too: a rate or a sum over a line that comes and goes tells lies."""
    services = sorted({spec.service or "" for spec in specs.values()})
    severities = (Status.CRITICAL.value, Status.WARNING.value)
    counts = {(service, severity): 0 for service in services for severity in severities} | columns.incidents
    labels = [label_text((("service", service), ("severity", severity))) for service, severity in counts]
    yield from _of_family(INCIDENTS_OPEN, labels, [number_end(count) for count in counts.values()])


def _of_backlog(backlog: Mapping[str, Waiting]) -> Iterator[str]:
    labels = [label_text((("channel", channel),)) for channel in backlog]
    yield from _of_family(OUTBOX_PENDING, labels, [number_end(waiting.count) for waiting in backlog.values()])
    yield from _of_family(OUTBOX_OLDEST, labels, [instant_end(waiting.oldest) for waiting in backlog.values()])


def _of_family(family: Family, labels: Sequence[str], ends: Sequence[str]) -> Iterator[str]:
    yield head(family.full_name, family.type, family.help)
    yield from _of_lines(family.full_name, labels, ends)


def _of_lines(name: str, labels: Sequence[str], ends: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(labels), STEPS_AT_ONCE):
        block = slice(start, start + STEPS_AT_ONCE)
        yield lines(name, labels[block], ends[block])


def _encoded(texts: Sequence[str]) -> bytes:
    """Half a character, which only a broken plugin can name, costs itself alone."""
    return "".join(texts).encode(errors="replace")
