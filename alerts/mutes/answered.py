"""Whether somebody is at it: then reminders and escalation stop, and rises and the end are told all the same."""

from datetime import datetime

from alerts.incident import Incident
from checks.model import Status


def is_answered(incident: Incident, now: datetime) -> bool:
    """Whether an acknowledgement stands at `now`; one whose end has come does not, taken off or not.

    Whoever is at a warning has not said to be at what is critical.
    """
    said = incident.acknowledged
    return said is not None and (said.until is None or said.until > now) and not is_outgrown(incident)


def is_outgrown(incident: Incident) -> bool:
    """Whether it has become critical since somebody said to be at it."""
    said = incident.acknowledged
    then = None if said is None else said.severity
    return incident.severity is Status.CRITICAL and then not in {None, Status.CRITICAL}
