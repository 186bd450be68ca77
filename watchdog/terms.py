"""What all open incidents have in common while they wait for an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.directory import Directory
from alerts.incident import Incident
from alerts.mutes.mute import Mute, first_muting
from alerts.words.scene import routing_labels
from watchdog.daemon import Daemon


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """As they are at one moment."""

    directory: Directory
    mutes: Sequence[Mute]
    """In force."""
    is_blind: bool
    """Nor is anything told while we look again after the state was put back."""

    def is_muted(self, incident: Incident) -> bool:
        return bool(self.mutes) and first_muting(routing_labels(incident), self.mutes) is not None

    def are(self, others: "Terms") -> bool:
        """Whether nothing differs. Costs nothing to speak of: a reload replaces the directory whole."""
        same = self.directory is others.directory and self.is_blind is others.is_blind
        return same and self.mutes == others.mutes


def terms_of(daemon: Daemon, now: datetime) -> Terms:
    is_blind = daemon.sight.is_blind or daemon.quiet.is_settling
    return Terms(daemon.directory, tuple(daemon.mutes.in_force(now)), is_blind)
