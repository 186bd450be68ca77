"""Working days of one office: its week, holidays and half days, in the estate's zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from checks.estate import Office


class WorkCalendar:
    """Working days and hours of one office. All instants in and out are aware UTC; days are the zone's."""

    def __init__(self, office: Office, zone: ZoneInfo) -> None:
        self._office = office
        self._zone = zone

    def local_date(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def is_working_day(self, day: date) -> bool:
        raise NotImplementedError

    def end_of_day(self, day: date) -> datetime:
        """When the office closes on `day`; on a day off, when it would close on a full day."""
        raise NotImplementedError

    def shift(self, day: date, working_days: int) -> date:
        """The working day that lies `working_days` before (negative) or after `day`; 0 is `day` itself."""
        raise NotImplementedError

    def next_open(self, at: datetime) -> datetime:
        """`at` itself while the office is open, else the next opening."""
        raise NotImplementedError
