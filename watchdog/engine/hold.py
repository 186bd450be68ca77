"""Messages that wait while we are blind: what they tell may be our own blindness."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alerts.incident import EventKind, IncidentEvent
from alerts.message import Notification

#: Times of waiting that are kept: a row of an older one was sent, or could not be for reasons of its own.
MAX_WINDOWS = 50


@dataclass(slots=True)
class Hold:
    """Shared by who decides and who sends. Nothing is claimed from the outbox while it is shut."""

    is_shut: bool = False
    windows: tuple[tuple[datetime, datetime], ...] = ()
    """From when to when it was shut, oldest first: what was to go out then and healed meanwhile is not told
    (alerts.mute).
    """
    _since: datetime | None = None
    _news: dict[str, list[str]] = field(default_factory=dict)
    """By incident, what was planned since it was shut: one subject for each event, however many hear of it."""
    _begun: set[str] = field(default_factory=set)
    """Incidents that began since it was shut."""

    @property
    def subjects(self) -> list[str]:
        """Of what waited since it was shut and is worth telling."""
        return [subject for subjects in self._news.values() for subject in subjects]

    def shut(self, now: datetime) -> None:
        if not self.is_shut:
            self.is_shut, self._since = True, now
            self._news.clear()
            self._begun.clear()

    def open(self, now: datetime) -> None:
        if self.is_shut and self._since is not None:
            self.is_shut, self.windows = False, (*self.windows, (self._since, now))[-MAX_WINDOWS:]

    def planned(self, event: IncidentEvent, rows: Sequence[Notification]) -> None:
        """`rows` tell of `event` and were put into the outbox. Of what began and ended in the hold nobody hears."""
        if not self.is_shut or not rows:
            return
        incident = event.incident.id
        if event.kind is EventKind.OPENED:
            self._begun.add(incident)
        if event.kind is EventKind.RESOLVED and incident in self._begun:
            self._news.pop(incident, None)
        else:
            self._news.setdefault(incident, []).append(rows[0].message.subject)
