"""All metrics but the daemon's own counters, written in pieces so that a scrape never holds the loop.

What a scrape costs is paid by the scrape: a look leaves nothing rendered behind it. Ends of lines are kept, and
rendered anew for subjects that were looked at since; the lines themselves are joined for each scrape, which costs less
than a copy of the page is worth in memory.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from operator import attrgetter
from typing import TypeVar

from checks.model import CheckId, Status
from checks.spec import CheckSpec
from watchdog.engine.subjects import Subjects
from watchdog.engine.writer import STANDSTILLS, Standstill
from watchdog.metrics.names import (
    ACT_BY,
    CHECK_CAUSE,
    CHECK_DURATION,
    CHECK_LAST_GOOD,
    CHECK_LAST_RUN,
    CHECK_STATUS,
    DEADLINE,
    DRILL_RUNNING,
    INCIDENTS_OPEN,
    OUTBOX_OLDEST,
    OUTBOX_PENDING,
    STORE_STANDSTILL,
    Family,
)
from watchdog.metrics.rows import Row, Rows
from watchdog.metrics.text import head, instant_end, label_text, lines, number_end
from watchdog.store.views import Waiting

T = TypeVar("T")

#: Subjects or lines between two breaths: about 2 ms of one core.
STEPS_AT_ONCE = 1000

#: A piece that goes out is at least this long, but for the last: a write has its price.
PIECE_CHARACTERS = 32 * 1024

#: Families of the subjects, in their order on the page, and how a line of each ends.
_ENDS: Sequence[tuple[Family, Callable[[Row], str | None]]] = (
    (CHECK_STATUS, attrgetter("status")),
    (CHECK_CAUSE, attrgetter("cause")),
    (CHECK_DURATION, attrgetter("duration")),
    (CHECK_LAST_RUN, attrgetter("seen")),
    (CHECK_LAST_GOOD, attrgetter("good")),
    (DEADLINE, attrgetter("deadline")),
    (ACT_BY, attrgetter("act_by")),
)


class Exposition:
    """Renders what is known now."""

    def __init__(self, subjects: Subjects) -> None:
        self._subjects = subjects
        self._rows = Rows()

    async def chunks(
        self,
        specs: Mapping[CheckId, CheckSpec],
        backlog: Mapping[str, Waiting] | None,
        standstill: Standstill | None = None,
    ) -> AsyncIterator[bytes]:
        """The whole exposition but the daemon's counters, each family in one piece.

        Without a `backlog`, which only the store knows, its families are left out.
        """
        waiting, length = list[str](), 0
        for text in chain(self._steps(specs, backlog), _of_writing(standstill)):
            waiting.append(text)
            length += len(text)
            if length >= PIECE_CHARACTERS:
                yield _encoded(waiting)
                waiting, length = [], 0
            await asyncio.sleep(0)
        yield _encoded(waiting)

    def _steps(self, specs: Mapping[CheckId, CheckSpec], backlog: Mapping[str, Waiting] | None) -> Iterator[str]:
        """One small step of work at a time: some lines, or nothing where a step gives none."""
        rows = list[Row]()
        renewed = self._rows.renewed(self._subjects, specs)
        while block := tuple(islice(renewed, STEPS_AT_ONCE)):
            rows += block
            yield ""
        yield from _of_subjects(rows)
        yield from _of_measurements(rows)
        yield from _of_incidents(rows, specs)
        yield from _of_drills(self._subjects)
        if backlog is not None:
            yield from _of_backlog(backlog)


def _of_subjects(rows: Sequence[Row]) -> Iterator[str]:
    """Families with at most one line for each subject."""
    for family, end_of in _ENDS:
        yield _head(family)
        begin = f"{family.full_name}{{"
        for block in _blocks(rows):
            yield "".join([f"{begin}{row.labels}{end}" for row in block if (end := end_of(row)) is not None])


def _of_measurements(rows: Sequence[Row]) -> Iterator[str]:
    """Grouped by family; the first of two equal series stands."""
    families: dict[str, tuple[str, dict[str, str]]] = {}
    for block in _blocks(rows):
        for metric, text, labels, end in chain.from_iterable([row.measured for row in block]):
            families.setdefault(metric, (text, {}))[1].setdefault(labels, end)
        yield ""
    for metric, (text, ends) in families.items():
        yield head(metric, "gauge", text)
        for some in _blocks(tuple(ends.items())):
            yield lines(metric, some)


def _of_incidents(rows: Sequence[Row], specs: Mapping[CheckId, CheckSpec]) -> Iterator[str]:
    """Every service has both its lines, zeros too: a sum over lines that come and go misses what it should count."""
    services = sorted({spec.service or "" for spec in specs.values()})
    severities = (Status.CRITICAL.value, Status.WARNING.value)
    counts = Counter({(service, severity): 0 for service in services for severity in severities})
    counts.update(
        (incident.service or "", incident.severity.value)
        for incident in chain.from_iterable([row.incidents for row in rows])
    )
    yield _head(INCIDENTS_OPEN)
    yield lines(
        INCIDENTS_OPEN.full_name,
        [
            (label_text((("service", service), ("severity", severity))), number_end(count))
            for (service, severity), count in counts.items()
        ],
    )


def _of_drills(subjects: Subjects) -> Iterator[str]:
    runs = any(subject.record.incidents for subject in subjects.drills)
    yield _head(DRILL_RUNNING)
    yield lines(DRILL_RUNNING.full_name, [("", number_end(int(runs)))])


def _of_backlog(backlog: Mapping[str, Waiting]) -> Iterator[str]:
    labelled = [(label_text((("channel", channel),)), waiting) for channel, waiting in backlog.items()]
    yield _head(OUTBOX_PENDING)
    yield lines(OUTBOX_PENDING.full_name, [(labels, number_end(waiting.count)) for labels, waiting in labelled])
    yield _head(OUTBOX_OLDEST)
    yield lines(OUTBOX_OLDEST.full_name, [(labels, instant_end(waiting.oldest)) for labels, waiting in labelled])


def _of_writing(standstill: Standstill | None) -> Iterator[str]:
    yield _head(STORE_STANDSTILL)
    stands = {reason: standstill is not None and standstill.key == reason for reason in STANDSTILLS}
    yield lines(
        STORE_STANDSTILL.full_name,
        [(label_text((("reason", reason),)), number_end(int(is_so))) for reason, is_so in stands.items()],
    )


def _head(family: Family) -> str:
    return head(family.full_name, family.type, family.help)


def _blocks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + STEPS_AT_ONCE] for start in range(0, len(items), STEPS_AT_ONCE))


def _encoded(texts: Sequence[str]) -> bytes:
    """Half a character, which only a broken plugin can name, costs itself alone."""
    return "".join(texts).encode(errors="replace")
