"""History as the daemon keeps it up: short transactions, one after the other, with breath between them."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Delete, Table, delete, select

from watchdog.store import late, packing, rolling
from watchdog.store.database import Database
from watchdog.store.history import RENEW_EVERY, History
from watchdog.store.packing import PackedRow, TailRow
from watchdog.store.rolling import DayRow, HourRow
from watchdog.store.spans import day_of, hour_of, hours_of_day, row_id
from watchdog.store.tables import (
    day_measures,
    days,
    hour_measures,
    hours,
    late_observations,
    observations,
    packed_looks,
    packed_spans,
)

#: Rows: some milliseconds of the write lock.
_CHUNK = 500


class Attic:
    """Every verb is one short transaction and raises StoreError. Those that answer a number are called until it is 0.

    `shut_hour` and whatever writes must be called where looks are written, so that no look slips in between.
    """

    def __init__(self, database: Database, history: History) -> None:
        self._database = database
        self._history = history

    # Hours ----------------------------------------------------------------------------------------------------

    def shut_hour(self, now: datetime) -> int | None:
        """The oldest hour that is over and not packed; its looks are late from now on. None where there is none."""
        with self._database.peek() as connection:
            self._history.know_closed(connection)
            hour = packing.first_unpacked(connection)
        if hour is None or not packing.is_over(hour, now):
            return None
        self._history.close(hour)
        return hour

    def tail_rows(self, hour: int, after: int, up_to: int) -> Sequence[TailRow]:
        with self._database.read() as connection:
            return packing.tail_rows(connection, hour, after, up_to)

    def series_up_to(self) -> int:
        with self._database.read() as connection:
            return packing.series_up_to(connection)

    def keep(self, rows: Sequence[PackedRow]) -> None:
        with self._database.write() as connection:
            packing.keep(connection, rows)

    def mark_packed(self, hour: int, zone: ZoneInfo) -> None:
        """Once all series of the hour are kept. Its day may be rolled up, where the clock was set back since."""
        day = day_of(hour, zone)
        with self._database.write() as connection:
            can_be_rolled_anew = rolling.is_whole(connection, day, zone)
            packing.mark_packed(connection, hour)
            if can_be_rolled_anew:
                rolling.mark_unrolled(connection, day)
            else:
                rolling.count_in(connection, day, rolling.hour_rows(connection, range(hour, hour + 1)))

    def sweep(self) -> int:
        """Lets go of rows of the tail that are packed, but for those the last look is found in."""
        with self._database.write() as connection:
            return packing.sweep(connection, 2 * RENEW_EVERY, _CHUNK)

    def merge_late(self, zone: ZoneInfo) -> int:
        with self._database.write() as connection:
            return late.merge(connection, zone)

    # Days -----------------------------------------------------------------------------------------------------

    def unrolled_day(self, now: datetime, zone: ZoneInfo) -> int | None:
        with self._database.read() as connection:
            return rolling.unrolled_day(connection, now, zone)

    def hour_rows(self, day: int, zone: ZoneInfo, after: int, up_to: int) -> Sequence[HourRow]:
        with self._database.read() as connection:
            return rolling.hour_rows(connection, hours_of_day(day, zone), after, up_to)

    def keep_days(self, rows: Sequence[DayRow]) -> None:
        with self._database.write() as connection:
            rolling.keep_days(connection, rows)

    def mark_rolled(self, day: int) -> None:
        with self._database.write() as connection:
            rolling.mark_rolled(connection, day)

    # Letting go -----------------------------------------------------------------------------------------------

    def prune(self, looks_since: datetime, hours_since: datetime, days_since: date) -> int:
        """Lets go of one bounded chunk of what is older; 0 when nothing is."""
        old_look, old_hour, old_day = hour_of(looks_since), hour_of(hours_since), days_since.toordinal()
        levels = ((packed_looks, old_look), (hours, old_hour), (hour_measures, old_hour))
        with self._database.write() as connection:
            for table in (observations, late_observations):
                if gone := packing.drop_oldest(connection, table, None, looks_since, _CHUNK):
                    return gone
            for table, span in (*levels, (days, old_day), (day_measures, old_day)):
                if gone := connection.execute(_oldest(table, span)).rowcount:
                    return gone
            for name, number in (("hour", old_hour), ("day", old_day)):
                is_old = (packed_spans.c.span == name) & (packed_spans.c.number < number)
                connection.execute(delete(packed_spans).where(is_old))
        return 0


def _oldest(table: Table, span: int) -> Delete:
    old = select(table.c.id).where(table.c.id < row_id(span, 0)).order_by(table.c.id).limit(_CHUNK)
    return delete(table).where(table.c.id.in_(old))
