"""The calendars of an estate's offices."""

from datetime import time
from types import MappingProxyType

from checks.estate import Estate, Office
from checks.workdays import WorkCalendar

#: Where an estate names no office: Monday to Friday, nine to five.
MONDAY_TO_FRIDAY = Office(
    id="monday-to-friday",
    week=MappingProxyType({weekday: (time(9), time(17)) for weekday in range(1, 6)}),
)


class OfficeCalendars:
    """A calendar per office of one estate, built once. Raises ValueError where an office cannot work."""

    def __init__(self, estate: Estate) -> None:
        self._by_id = {office.id: _calendar(office, estate) for office in estate.offices.values()}
        self._usual = next(iter(self._by_id.values()), WorkCalendar(MONDAY_TO_FRIDAY, estate.time_zone))

    def of(self, office_id: str | None) -> WorkCalendar:
        """The calendar of that office; None is the first one. Raises KeyError for an office that is not there."""
        return self._usual if office_id is None else self._by_id[office_id]


def _calendar(office: Office, estate: Estate) -> WorkCalendar:
    return WorkCalendar(office, office.time_zone or estate.time_zone)
