"""The steps of a deadline in Urdu."""

from alerts.words.due import lapses
from alerts.words.urdu.telling import Urdu
from alerts.words.urdu.wording import moment


def next_reminder(urdu: Urdu) -> str:
    """When it is told again; "" for what has no steps, or none left, and for what is no step itself."""
    deadline = urdu.incident.deadline
    upcoming = [rung.at for rung in deadline.rungs if rung.at > urdu.event.at] if deadline else []
    if not upcoming or urdu.event.rung is None:
        return ""
    at = min(upcoming)
    return f"اگلی یاد دہانی: {moment(at, urdu.scene.zone) if lapses(urdu.scene) else urdu.day(at)}۔"
