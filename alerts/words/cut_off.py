"""The day on which a vendor cuts a service off for a bill, said up front once it presses."""

from typing import Final

from alerts.words.scene import Scene
from alerts.words.wording import count
from checks.model import Deadline
from checks.wording import local

#: Days ahead from which the cut-off presses even where the bill is not overdue yet.
PRESSES_DAYS: Final = 14


def cut_off(scene: Scene, deadline: Deadline) -> str:
    """Like "vendor cuts off Tue 24 Nov 2017, in 2 days"; "" where no such day presses."""
    at, now, zone = deadline.cuts_off_at, scene.event.at, scene.zone
    if at is None:
        return ""
    if now >= at:
        return f"vendor's cut-off day {scene.day(at)} has passed"
    days = local(at, zone).toordinal() - local(now, zone).toordinal()
    if days > PRESSES_DAYS and now < deadline.at:
        return ""
    return f"vendor cuts off {scene.day(at)}, {_ahead(days)}"


def _ahead(days: int) -> str:
    if not days:
        return "today"
    return "tomorrow" if days == 1 else f"in {count(days, 'day')}"
