"""What was measured, hour by hour or day by day: from roll-ups, with what is not packed yet on top."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from watchdog.store import measured_codec, past_queries
from watchdog.store.measured_codec import Extents, extents_of
from watchdog.store.past_views import Measured
from watchdog.store.rolling import joined
from watchdog.store.spans import HOUR_US, day_begins, hour_begins, hours_of_day


def hourly(connection: Connection, series_id: int, span: range) -> list[Measured]:
    found = _hours(connection, series_id, span)
    return _named(connection, {hour_begins(hour): extents for hour, extents in sorted(found.items())})


def daily(connection: Connection, series_id: int, span: range, zone: ZoneInfo) -> list[Measured]:
    found: dict[int, Extents] = {
        day: measured_codec.unpack(blob) for day, blob in past_queries.measured(connection, "day", series_id, span)
    }
    rolled = past_queries.rolled_days(connection, span)
    for day in span:
        if day not in rolled:
            hours = _hours(connection, series_id, hours_of_day(day, zone))
            if hours:
                in_order: list[Extents] = [hours[hour] for hour in sorted(hours)]
                found[day] = reduce(joined, in_order)
    return _named(connection, {day_begins(day, zone): extents for day, extents in sorted(found.items())})


def _hours(connection: Connection, series_id: int, span: range) -> Mapping[int, Extents]:
    packed = past_queries.measured(connection, "hour", series_id, span)
    found: dict[int, Extents] = {hour: measured_codec.unpack(blob) for hour, blob in packed}
    single = past_queries.measured_single(connection, series_id, span.start * HOUR_US, span.stop * HOUR_US)
    for hour, looks in groupby(single, key=lambda look: look[0] // HOUR_US):
        found[hour] = joined(found.get(hour, {}), extents_of(blob for _, blob in looks))
    return found


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
