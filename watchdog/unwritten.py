"""While nothing can be written nobody would hear of an outage: it is told from memory, and so is the end of that."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from alerts.channel import Delivered
from alerts.directory import Directory
from alerts.incident import EventKind, Incident, IncidentEvent
from alerts.message import Message
from alerts.mutes.mute import first_muting
from alerts.plan import heard_by, wakes
from alerts.route import Language, Receiver
from alerts.words.framed import Said
from alerts.words.render import render
from alerts.words.scene import named_for, routing_labels
from alerts.words.urdu import notices
from alerts.words.urdu.wording import moment as urdu_moment
from alerts.words.wording import count, span
from checks.model import Status
from checks.wording import moment
from watchdog.clock import Clock
from watchdog.engine.alarm import Alarm
from watchdog.engine.blindness import Sight
from watchdog.engine.mutes import Mutes
from watchdog.engine.quiet import Quiet
from watchdog.engine.subjects import Subjects
from watchdog.engine.vitals import Vitals
from watchdog.engine.writer import Standstill

LOOK_EVERY_S: Final = 1.0

#: What cannot be written for so long is told from memory; a short lock is waited out.
WAITED_S: Final = 30.0

#: What opened so shortly before a commit began may be in it.
_JUST_BEFORE: Final = timedelta(seconds=5)

#: Whoever heard of an outage from memory is left alone about it until the usual message.
_TOLD_FOR_S: Final = 30 * 86_400.0
_BEFORE_ALL: Final = datetime.min.replace(tzinfo=UTC)
_LISTED: Final = 20

#: After one such message the next waits so long for company: where much goes down, nobody needs a message for each.
_GATHERED: Final = timedelta(minutes=1)
_NOBODY: Final = Receiver(id="", channels=())
_URDU_NOBODY: Final = replace(_NOBODY, language=Language.URDU)


class Engine(Protocol):
    """watchdog.daemon.Daemon, as far as it is asked here."""

    @property
    def subjects(self) -> Subjects: ...
    @property
    def vitals(self) -> Vitals: ...
    @property
    def standstill(self) -> Standstill | None: ...
    @property
    def directory(self) -> Directory: ...
    @property
    def distress(self) -> Alarm: ...
    @property
    def mutes(self) -> Mutes: ...
    @property
    def quiet(self) -> Quiet: ...
    @property
    def sight(self) -> Sight: ...
    def announce(self, subject: str, text: str, *, severity: str, urdu: Said) -> None: ...


@dataclass(slots=True, kw_only=True)
class Unwritten:
    """Runs beside the daemon. Its DOWN goes out once more in the usual way, when it can be written."""

    engine: Engine
    clock: Clock
    _told: set[str] = field(default_factory=set)
    """Incidents."""
    _silent_until: datetime = _BEFORE_ALL
    _standstill: Standstill | None = None
    _is_known: bool = False
    """Whether anybody was told of `_standstill`."""

    async def forever(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self.look()

    def look(self) -> None:
        now, stands = self.clock(), self.engine.standstill
        if stands is not None:
            self._standstill = stands
            self._is_known |= self._was_told(stands)
        elif self._standstill is not None:
            self._tell_end(self._standstill, now)
        self._tell_outages(now)

    # Outages ----------------------------------------------------------------------------------------------------

    def _tell_outages(self, now: datetime) -> None:
        unwritten_s = self.engine.vitals.unwritten_s
        if (
            unwritten_s < WAITED_S
            or now < self._silent_until
            or self.engine.sight.is_blind
            or self.engine.quiet.is_settling
        ):
            return
        since = now - timedelta(seconds=unwritten_s) - _JUST_BEFORE
        news = [one for one in self._opened(since) if one.id not in self._told and not self._is_muted(one, now)]
        if news:
            self._silent_until = now + _GATHERED
            self._told.update(one.id for one in news)
        for to, theirs in self._by_hearers(news, now).items():
            english = Said(*from_memory([self._message(one, now, _NOBODY) for one in theirs]))
            urdu = notices.from_memory([self._message(one, now, _URDU_NOBODY).subject for one in theirs[:_LISTED]])
            key = f"unwritten-{theirs[0].id}"
            self.engine.distress.tell(key, english, urdu, told_for_s=_TOLD_FOR_S, insist=True, to=to)

    def _is_muted(self, incident: Incident, now: datetime) -> bool:
        """Silences and windows are known in memory; what is still bad at their end is told then."""
        return first_muting(routing_labels(incident), self.engine.mutes.in_force(now)) is not None

    def _by_hearers(self, news: Iterable[Incident], now: datetime) -> Mapping[tuple[str, ...], Sequence[Incident]]:
        """By ids of those whom the routes name for it, as for the usual message; () where they name nobody."""
        directory, found = self.engine.directory, dict[tuple[str, ...], list[Incident]]()
        for one in news:
            to = tuple(receiver.id for receiver in heard_by(named_for(one, directory), directory, now))
            found.setdefault(to, []).append(one)
        return found

    def _opened(self, since: datetime) -> Iterator[Incident]:
        """Nobody is woken by what is well again, if only for now, nor by what another incident explains."""
        standing = (one for one in self.engine.subjects.incidents() if one.recovered_at is None and one.root is None)
        return (one for one in standing if wakes(one) and one.opened_at >= since)

    def _message(self, incident: Incident, now: datetime, reader: Receiver) -> Message:
        event = IncidentEvent(id="", kind=EventKind.OPENED, at=now, incident=incident)
        return render(event, reader, replace(self.engine.directory, routes=()))

    # The end ----------------------------------------------------------------------------------------------------

    def _was_told(self, stands: Standstill) -> bool:
        stem = f"distress-{stands.key}-"
        return any(
            told.notification.event_id.startswith(stem)
            and told.at >= stands.since
            and isinstance(told.outcome, Delivered)
            for told in self.engine.distress.unrecorded
        )

    def _tell_end(self, stood: Standstill, now: datetime) -> None:
        is_known, self._is_known, self._standstill = self._is_known, False, None
        self._told.clear()
        if is_known:
            began = sum(one.opened_at >= stood.since for one in self.engine.subjects.incidents())
            subject, text = again(stood, now, began, self.engine.directory)
            zone = self.engine.directory.estate.time_zone
            urdu = notices.writable_again(stood.key, urdu_moment(stood.since, zone), now - stood.since, began)
            self.engine.announce(subject, text, severity=Status.CRITICAL.value, urdu=urdu)


def from_memory(messages: Sequence[Message]) -> tuple[str, str]:
    """Subject and text of one message about all of them."""
    preface = (
        "This is told from memory, since nothing can be written just now. It is told once more, to whom it concerns, "
        "when it can be.\n\n"
    )
    if len(messages) == 1:
        return f"{messages[0].subject} (told from memory)", preface + messages[0].text
    lines = [f"- {message.subject}" for message in messages[:_LISTED]]
    if len(messages) > _LISTED:
        lines.append(f"- and {len(messages) - _LISTED} more")
    return f"{len(messages)} things are down (told from memory)", preface + "\n".join(lines)


def again(stood: Standstill, now: datetime, began: int, directory: Directory) -> tuple[str, str]:
    """Subject and text of what people hear when a standstill that they know of is over."""
    since = moment(stood.since, directory.estate.time_zone)
    is_are = "is" if began == 1 else "are"
    news = (
        f" {count(began, 'incident')} that began meanwhile and {is_are} still open {is_are} among them."
        if began
        else ""
    )
    text = (
        f"Nothing could be written since {since} ({stood.key}). Now that works again: what was seen meanwhile is kept, "
        f"and messages that waited go out now.{news} There is nothing to do."
    )
    return f"the state can be written again, after {span(now - stood.since)}", text
