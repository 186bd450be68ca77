"""Messages that wait while we are blind: what they tell may be our own blindness."""

from dataclasses import dataclass, field
from datetime import datetime

#: Held messages whose subjects are kept for the message that tells of them.
_NAMED = 10


@dataclass(slots=True)
class Hold:
    """Shared by who decides and who sends. Nothing is claimed from the outbox while it is shut."""

    is_shut: bool = False
    window: tuple[datetime, datetime] | None = None
    """From when to when it was shut last: what was to go out then and healed meanwhile is not told (alerts.mute)."""
    count: int = 0
    """Messages planned since it was shut."""
    subjects: list[str] = field(default_factory=list)
    _since: datetime | None = None

    def shut(self, now: datetime) -> None:
        if not self.is_shut:
            self.is_shut, self._since, self.count = True, now, 0
            self.subjects.clear()

    def open(self, now: datetime) -> None:
        if self.is_shut and self._since is not None:
            self.is_shut, self.window = False, (self._since, now)

    def planned(self, subjects: list[str]) -> None:
        """These messages were put into the outbox."""
        if self.is_shut:
            self.count += len(subjects)
            self.subjects.extend(subjects[: _NAMED - len(self.subjects)])
