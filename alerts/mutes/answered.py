"""Whether somebody is at it: then reminders and escalation stop, and rises and the end are told all the same."""

from datetime import datetime

from alerts.incident import Incident


def is_answered(incident: Incident, now: datetime) -> bool:
    """Whether an acknowledgement stands at `now`; one whose end has come does not, taken off or not."""
    said = incident.acknowledged
    return said is not None and (said.until is None or said.until > now)
