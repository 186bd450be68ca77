"""What silences and windows are about right now: which checks, which open incidents. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.incident import Incident
from alerts.mutes.mute import SETTINGS, Mute
from alerts.words.scene import routing_labels
from checks.model import CheckId
from checks.spec import CheckSpec

OVER_BY_ITSELF = "nothing that it matches is open any more"
NOT_IN_SETTINGS = "taken out of the settings"
MOVED = "it has another end now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """What one mute is about."""

    checks: tuple[CheckId, ...]
    incidents: tuple[str, ...]
    """Ids of open ones."""

    @property
    def is_nothing(self) -> bool:
        return not self.checks and not self.incidents


def check_labels(spec: CheckSpec) -> dict[str, str]:
    """What of routing_labels an incident of the check has in any case."""
    service = {} if spec.service is None else {"service": spec.service}
    return {**spec.labels, "kind": spec.kind.name, "check": spec.id, **service}


def concerned_by(mute: Mute, labels: Mapping[CheckId, Mapping[str, str]], incidents: Iterable[Incident]) -> Concerned:
    """`labels` of every check there is."""
    return Concerned(
        checks=tuple(check_id for check_id, of_check in labels.items() if mute.may_cover(of_check)),
        incidents=tuple(one.id for one in incidents if mute.covers(routing_labels(one))),
    )


def ended_by_itself(mutes: Iterable[Mute], incidents: Iterable[Incident], now: datetime) -> list[Mute]:
    """Silences until it is well, of which nothing is open any more. Costs nothing where there is no such silence."""
    asked = [mute for mute in mutes if mute.until_ok and mute.is_in_force(now)]
    labels = [routing_labels(one) for one in incidents] if asked else []
    return [
        replace(mute, ended_at=now, ended_why=OVER_BY_ITSELF)
        for mute in asked
        if not any(mute.covers(one) for one in labels)
    ]


def ended_by_settings(said: Iterable[Mute], planned: Iterable[Mute], now: datetime) -> list[Mute]:
    """Times of windows in force that the settings no longer name, or with another end."""
    named = {mute.id for mute in planned}
    starts = {_start_of(mute) for mute in planned}
    return [
        replace(mute, ended_at=now, ended_why=MOVED if _start_of(mute) in starts else NOT_IN_SETTINGS)
        for mute in said
        if mute.author == SETTINGS and mute.is_in_force(now) and mute.id not in named
    ]


def window_of(mute: Mute) -> str:
    """The window of the settings that it is a time of; of a silence it says nothing."""
    return _start_of(mute).rpartition("-")[0]


def _start_of(mute: Mute) -> str:
    """Which window it is a time of, and when that begins (alerts.mutes.maintenance.time_of)."""
    return mute.id.rpartition("-")[0]
