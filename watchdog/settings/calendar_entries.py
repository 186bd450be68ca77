"""Days that are added, confirmed or worked after all, for all offices or some: `calendar:`.

A section of its own, so that whoever keeps the calendar may keep it in a file of its own in the folder of settings.
"""

from collections.abc import Mapping, Sequence

from pydantic import Field

from watchdog.settings.fields import Id
from watchdog.settings.holiday_entries import HolidayEntry
from watchdog.settings.reader import Reader


class CalendarDayEntry(HolidayEntry):
    offices: tuple[Id, ...] = Field((), description="whose day it is; left out: everybody's")


def read_calendar(reader: Reader, offices: Mapping[str, object]) -> Mapping[str, Sequence[HolidayEntry]]:
    """By office, as written. They win over what the office itself says."""
    found: dict[str, list[HolidayEntry]] = {office: [] for office in offices}
    for index, entry in reader.listing("calendar", CalendarDayEntry):
        for place, office in enumerate(entry.offices):
            if office not in reader.keys("offices"):
                path = ("calendar", index, "offices", place)
                reader.refuse_reference(path, "office", office, reader.keys("offices"))
        for office in entry.offices or offices:
            found.setdefault(office, []).append(entry)
    return found
