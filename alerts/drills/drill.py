"""What marks an incident as played, and who plays it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from checks.model import CheckId, require_utc

#: No check of the settings can take this id (watchdog.own_checks.OWN_ID).
DRILL_CHECK: Final = CheckId("nigehban/drill")

#: Behind everything real, whatever it is; also how a row is known as a drill's where only its urgency is looked at.
DRILL_URGENCY: Final = 3

USUAL_MINUTES: Final = 30
SHORTEST: Final = timedelta(minutes=1)
#: Whoever has not answered by then will not.
LONGEST: Final = timedelta(hours=8)


class DrillKind(Enum):
    """What is played."""

    BILL = "bill"
    OUTAGE = "outage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """Stands in an incident that is only played: nothing is wrong, nothing is owed."""

    kind: DrillKind
    by: str
    """Who started it, as the kernel or a link names them."""
    ends_at: datetime
    plays: CheckId
    """The check whose routes it goes by; DRILL_CHECK where the settings have none that fits."""
    receivers: tuple[str, ...] = ()
    """Ids of those who are told instead of whom the routes name; then nothing goes up either."""
    report_to: tuple[str, ...] = ()
    """Ids of those who read how it went; () where nobody in particular does."""

    def __post_init__(self) -> None:
        require_utc("ends_at", self.ends_at)
