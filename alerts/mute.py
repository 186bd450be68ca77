"""Whether a waiting notification is still worth telling, judged at the moment it would go out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from alerts.drills.drill import DRILL_URGENCY
from alerts.incident import EventKind, Nature
from alerts.message import Notification
from alerts.mutes.mute import Mute, MuteKind


class Muted(Enum):
    """Why a row is dropped; the words stand in the delivery log and are a metric label."""

    HEALED = "healed before it was told"
    NEVER_TOLD = "never told"
    SUPERSEDED = "superseded"
    SILENCED = "silenced"
    MAINTENANCE = "maintenance"
    ANSWERED = "somebody is at it"
    REACHED = "reached another way"
    WITH_BILL = "told with its bill"
    """Of a stage: see alerts.with_bill."""
    DRILL_OVER = "the drill was over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What else is known when a row's turn comes. Its thread: rows of the same incident to the same address."""

    incident_closed_at: datetime | None = None
    told_before: bool = False
    """An earlier row of the thread was sent or at least tried, so the recipient may know of the incident."""
    newer_reminder: bool = False
    """A later reminder of the thread waits and may go out as well."""
    is_overtaken: bool = False
    """A later turn of the incident could not wait for what this row waits for, and tells all there is to tell; or a
    newer message of the dead man's switch waits for the same way.
    """
    held: Sequence[tuple[datetime, datetime]] = ()
    """From when to when all messages waited, since we were blind: what was due then is due at its end. Oldest first."""
    mute: Mute | None = None
    """The silence or window in force that covers the incident."""
    is_told_with_bill: bool = False
    """Of a stage: what was told of its bill this morning leaves nothing to say."""
    is_answered: bool = False
    """Somebody is at it, and the row tells of no step of a ladder that is graver than what they said to be at."""


def worth_telling(row: Notification, around: Surroundings) -> Muted | None:
    """None where `row` is to be sent, else why not.

    Late is no reason: what happened while a channel was down is told when it is back. `row.not_before` is the
    instant planned at first, not that of a later retry. The end of what people were told of is told under a silence
    as well; all else that is muted is dropped, and if it is still bad at the mute's end, that is told
    (alerts.mutes.overrun).
    """
    if row.incident_id is None:
        return Muted.SUPERSEDED if around.is_overtaken else None
    if around.is_told_with_bill:
        return Muted.WITH_BILL
    if row.message.event is EventKind.RESOLVED:
        return None if around.told_before else Muted.NEVER_TOLD
    if row.urgency == DRILL_URGENCY and around.incident_closed_at is not None:
        return Muted.DRILL_OVER
    return _muted(around) or _needless(row, around)


def _muted(around: Surroundings) -> Muted | None:
    if around.mute is None:
        return None
    return Muted.MAINTENANCE if around.mute.kind is MuteKind.MAINTENANCE else Muted.SILENCED


def _needless(row: Notification, around: Surroundings) -> Muted | None:
    match row.message.event:
        case EventKind.NOTICE:
            return None  # of a change, which is over when it is noticed
        case EventKind.OPENED | EventKind.SEVERITY | EventKind.REMINDER if around.is_overtaken:
            return Muted.SUPERSEDED
        case EventKind.SEVERITY if around.incident_closed_at is not None and not around.told_before:
            return Muted.NEVER_TOLD  # its beginning waited to settle and was dropped; so is what followed
        case EventKind.OPENED | EventKind.REMINDER if around.newer_reminder and is_told_whole_again(row):
            return Muted.SUPERSEDED
        case EventKind.REMINDER if around.is_answered and around.told_before:
            return Muted.ANSWERED
        case _:
            return Muted.HEALED if _healed_in_time(row, around) else None


def is_told_whole_again(row: Notification) -> bool:
    """A later reminder says all that `row` does: each step of a deadline does, where the first one had to wait."""
    if row.message.event is EventKind.REMINDER:
        return True
    waited = row.not_before > row.created_at
    return waited and row.message.fields.get("nature") == Nature.DEADLINE.value


def _healed_in_time(row: Notification, around: Surroundings) -> bool:
    due = row.not_before
    for begun, ended in around.held:
        if begun <= due <= ended:
            due = ended
    return around.incident_closed_at is not None and around.incident_closed_at < due
