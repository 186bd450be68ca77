"""Who is not told what, after the state was put back from a copy."""

from collections.abc import Iterable

from alerts.incident import IncidentEvent
from alerts.record import SubjectRecord
from alerts.restored import Restoration, is_quiet, unconfirmed


class Quiet:
    """What the planner asks of each event. Nothing is quiet where no state was put back."""

    def __init__(self, restoration: Restoration | None = None, records: Iterable[SubjectRecord] = ()) -> None:
        self.restoration = restoration
        self._settling = False
        self._doubtful: frozenset[str] = frozenset()
        if restoration is not None:
            self._settling = restoration.settled_at is None and restoration.copied_at is not None
            self._doubtful = unconfirmed(records, restoration)

    @property
    def is_settling(self) -> bool:
        """Until the digest."""
        return self._settling

    @property
    def doubtful(self) -> frozenset[str]:
        """Incidents of the copy that no look has confirmed yet: their end is told to nobody."""
        return self._doubtful

    def hides(self, event: IncidentEvent) -> bool:
        return is_quiet(event, self._doubtful, settling=self._settling)

    def confirm(self, records: Iterable[SubjectRecord]) -> None:
        """What was looked at meanwhile is as it is; nothing becomes doubtful again."""
        if self.restoration is not None and self._doubtful:
            self._doubtful &= unconfirmed(records, self.restoration)

    def end(self) -> None:
        """From now on everything is told again."""
        self._settling = False
