"""What was measured, hour by hour or day by day: from roll-ups, with what is not packed yet on top."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from watchdog.store import measured_codec, past_queries
from watchdog.store.measured_codec import Extents, extents_of
from watchdog.store.past_views import Measured
from watchdog.store.rolling import joined
from watchdog.store.spans import HOUR_US, day_begins, day_of, hour_begins, hours_of_day


def hourly(connection: Connection, series_id: int, span: range) -> list[Measured]:
    found = _hours(connection, series_id, span)
    return _named(connection, {hour_begins(hour): extents for hour, extents in sorted(found.items())})


def daily(connection: Connection, series_id: int, span: range, zone: ZoneInfo) -> list[Measured]:
    found: dict[int, Extents] = {
        day: measured_codec.unpack(blob) for day, blob in past_queries.measured(connection, "day", series_id, span)
    }
    first, stop = hours_of_day(span.start, zone).start, hours_of_day(span.stop, zone).start
    for day, hours in past_queries.unrolled_hours(connection, span, zone).items():
        for _, blob in past_queries.measured(connection, "hour", series_id, hours):
            found[day] = joined(found.get(day, {}), measured_codec.unpack(blob))
    for hour, extents in _single(connection, series_id, range(first, stop)):
        day = day_of(hour, zone)
        found[day] = joined(found.get(day, {}), extents)
    return _named(connection, {day_begins(day, zone): extents for day, extents in sorted(found.items())})


def _hours(connection: Connection, series_id: int, span: range) -> dict[int, Extents]:
    packed = past_queries.measured(connection, "hour", series_id, span)
    found: dict[int, Extents] = {hour: measured_codec.unpack(blob) for hour, blob in packed}
    for hour, extents in _single(connection, series_id, span):
        found[hour] = joined(found.get(hour, {}), extents)
    return found


def _single(connection: Connection, series_id: int, span: range) -> Iterator[tuple[int, Extents]]:
    looks = past_queries.measured_single(connection, series_id, span.start * HOUR_US, span.stop * HOUR_US)
    for hour, of_hour in groupby(looks, key=lambda look: look[0] // HOUR_US):
        yield hour, extents_of(blob for _, blob in of_hour)


def _named(connection: Connection, spans: Mapping[datetime, Extents]) -> list[Measured]:
    """Within a span by name and labels."""
    names = past_queries.measure_names(connection, {measure for extents in spans.values() for measure in extents})
    return [one for begins_at, extents in spans.items() for one in _of_span(begins_at, extents, names)]


def _of_span(
    begins_at: datetime, extents: Extents, names: Mapping[int, past_queries.MeasureName]
) -> Sequence[Measured]:
    known = sorted((names[measure], extent) for measure, extent in extents.items() if measure in names)
    return [
        Measured(
            begins_at=begins_at,
            name=name,
            unit=unit,
            labels=labels,
            count=extent.count,
            minimum=extent.minimum,
            mean=extent.mean,
            maximum=extent.maximum,
            last=extent.last,
        )
        for (name, unit, labels), extent in known
    ]
