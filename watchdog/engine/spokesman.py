"""What follows from being blind and from seeing again: looks made anew, messages let go, people told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final, Protocol

from alerts.judging.fault import Settling, Suspect
from alerts.record import SubjectRecord
from alerts.words.framed import Said
from checks.model import CheckId, Status
from watchdog.engine.alarm import Alarm
from watchdog.engine.blind_words import (
    BLIND_SUBJECT,
    blind_in_urdu,
    blind_text,
    seeing_in_urdu,
    seeing_subject,
    seeing_text,
)
from watchdog.engine.blindness import AnchorView, Spell
from watchdog.engine.hold import Hold
from watchdog.engine.subjects import Subjects

#: Whoever heard that we are blind hears of this blindness no more, but for its end.
_TOLD_FOR_S = 30 * 86_400.0

#: Where the way out is what is down, trying every quarter of a minute helps nobody.
_RETRY_AFTER_S: Final = 60.0


class Announcing(Protocol):
    """watchdog.daemon.Daemon.announce."""

    def __call__(self, subject: str, text: str, *, severity: str, urdu: Said) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Spokesman:
    """Does what the lookout decides (watchdog.engine.lookout.Engine)."""

    look_again: Callable[[Iterable[CheckId], float], None]
    release: Callable[[], None]
    alarm: Alarm
    announce: Announcing
    subjects: Subjects
    hold: Hold
    zone: Callable[[], tzinfo]
    sight_check: CheckId
    """The check that shows our sight: it learns a little later that we see."""

    def tell_blind(self, since: datetime, views: tuple[AnchorView, ...], needed: int) -> None:
        self.alarm.tell(
            f"blind-{since:%Y%m%dT%H%M%S}",
            Said(BLIND_SUBJECT, blind_text(since, views, needed, self.zone())),
            blind_in_urdu(since, views, needed, self.zone()),
            told_for_s=_TOLD_FOR_S,
            retry_after_s=_RETRY_AFTER_S,
        )

    def tell_seeing(self, spells: tuple[Spell, ...], unjudged: int) -> None:
        """To the same people, over the outbox: writing and sending work again."""
        records = [subject.current() for subject in self.subjects if subject.record.check_id != self.sight_check]
        lines = [(record, _wrong(record)) for record in records]
        bad = [line for _, line in lines if line is not None]
        unknown = {one.check_id for one, line in lines if line is None and one.status is Status.UNKNOWN}
        text = seeing_text(spells, unjudged, bad, self.hold, self.zone(), unknown=len(unknown))
        urdu = seeing_in_urdu(spells, unjudged, bad, self.hold, self.zone())
        self.announce(seeing_subject(spells), text, severity=Status.CRITICAL.value, urdu=urdu)


def _wrong(record: SubjectRecord) -> str | None:
    """In one line, where something is wrong or seems to be."""
    if isinstance(record.fault, Suspect | Settling):
        return f"{record.summary} (being confirmed)"
    return next((incident.summary for incident in record.incidents), None)
