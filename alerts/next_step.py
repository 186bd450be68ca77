"""A step of a deadline that comes due while the one before it waits for an office. Pure."""

from datetime import datetime, timedelta
from typing import Final

from alerts.incident import IncidentEvent

#: A step of a deadline is noticed at most so late, by the sweep or a look (watchdog.engine.passing_time).
NEXT_STEP_WITHIN: Final = timedelta(minutes=1)


def told_together(event: IncidentEvent, not_before: datetime) -> datetime:
    """A step that comes due while the one before waits for the office is told instead of it, and waits to be seen."""
    deadline = event.incident.deadline
    if deadline is None or event.rung is None:
        return not_before
    is_overtaken = any(event.at < rung.at <= not_before for rung in deadline.rungs)
    return not_before + NEXT_STEP_WITHIN if is_overtaken else not_before
