"""After the state was put back from a copy: who hears of what, once, and what is taken for told.

What happened between the copy and now is on no record. What waited in the copy was most likely sent since, what was
open in it may be over. So for the first looks nobody is told anything; then each receiver gets one digest.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, tzinfo

from alerts.address import address_of
from alerts.directory import Directory
from alerts.incident import EventKind, Incident, IncidentEvent, Nature
from alerts.judging.fault import Held, Open
from alerts.message import Notification
from alerts.plan import Digest, concerned, notice_receivers, plan, plan_digests, plan_notice, wakes
from alerts.record import SubjectRecord
from alerts.route import Receiver
from alerts.words.framed import in_brief
from alerts.words.render import render
from alerts.words.scene import Scene, zone_of
from alerts.words.urdu import notices
from alerts.words.urdu.wording import moment as urdu_moment
from alerts.words.wording import count, listed
from checks.model import Status
from checks.wording import moment

#: Why a row is dropped that was told before, as far as anybody can know: stands in the delivery log.
TAKEN_FOR_TOLD = "restored"

_ONLY_YOURS = ("Below stands what concerns you; others are told of the rest.",)

_CRITICAL: Mapping[str, str] = {"severity": Status.CRITICAL.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """State that was put in place: from a copy, or empty where there was none."""

    id: str
    at: datetime
    copied_at: datetime | None
    """The newest thing in the copy; None where the state begins empty."""
    source: str
    """The copy's file, or ""."""
    why: str = ""
    """What was wrong with the state that was there, and where it lies now; "" where somebody asked for it."""
    open_then: int = 0
    """Incidents that were open in the copy."""
    settled_at: datetime | None = None
    """When people were told of it."""


def unconfirmed(records: Iterable[SubjectRecord], restoration: Restoration) -> frozenset[str]:
    """Incidents of the copy that no look has confirmed since it was put in place: they may have ended long ago."""
    if restoration.copied_at is None:
        return frozenset()
    return frozenset(
        incident.id
        for record in records
        if record.judged_at < restoration.at or _may_be_over(record)
        for incident in record.incidents
        if incident.opened_at <= restoration.copied_at
    )


def _may_be_over(record: SubjectRecord) -> bool:
    """A look has seen it well since, and its end is not believed yet."""
    return isinstance(record.fault, Held) or (isinstance(record.fault, Open) and record.fault.passes > 0)


def is_quiet(event: IncidentEvent, doubtful: AbstractSet[str], *, settling: bool) -> bool:
    """Whether `event` is told to nobody: all of them until the digest, later the end of a `doubtful` incident."""
    return settling or (event.kind is EventKind.RESOLVED and event.incident.id in doubtful)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What the first looks found."""

    standing: Sequence[Incident]
    """All that is open now."""
    doubtful: AbstractSet[str]
    """Those of them that nothing has looked at yet."""
    noticed: Sequence[Incident] = ()
    """Changes that were noticed, perhaps again."""
    over: int = 0
    """Incidents of the copy that ended without a word."""


def plan_aftermath(
    restoration: Restoration, found: Aftermath, at: datetime, directory: Directory
) -> tuple[Notification, ...]:
    """One digest per address, with what concerns it; what concerns nobody goes to who hears of the daemon's matters.

    Those hear of it even where nothing concerns them, and how many incidents there were in all.
    """
    told = (*found.standing, *found.noticed)
    keepers = notice_receivers({"severity": _worst(told)}, directory, at)
    hearing = {incident.id: concerned(incident, directory, at) or keepers for incident in told}
    receivers = dict.fromkeys((*keepers, *(receiver for incident in told for receiver in hearing[incident.id])))
    digests = []
    for receiver in receivers:
        beside = _sharing_an_address(receiver, receivers)
        page = _Page(
            restoration=restoration,
            found=found,
            at=at,
            receiver=receiver,
            directory=directory,
            is_whole=any(one in keepers for one in beside),
        )
        digests.append(page.digest([one for one in told if any(whom in beside for whom in hearing[one.id])]))
    return plan_digests(digests, event_id=f"restored-{restoration.id}", at=at, directory=directory)


def _sharing_an_address(receiver: Receiver, receivers: Iterable[Receiver]) -> Sequence[Receiver]:
    """`receiver`, and those who read the same mailbox: it gets one digest for all of them."""
    own = _addresses(receiver)
    return [one for one in receivers if one == receiver or own & _addresses(one)]


def _addresses(receiver: Receiver) -> frozenset[str]:
    return frozenset(address_of(spec, one) for spec in receiver.channels for one in spec.recipients)


def plan_threads(
    restoration: Restoration, standing: Iterable[Incident], at: datetime, directory: Directory
) -> tuple[Notification, ...]:
    """Rows of all who know of `standing` by the digest; kept as told, so that they hear of the end too."""
    events = (
        IncidentEvent(id=f"restored-{restoration.id}-{one.id}", kind=EventKind.REMINDER, at=at, incident=one)
        for one in standing
    )
    return tuple(row for event in events for row in plan(event, directory))


def plan_damage(restoration: Restoration, directory: Directory) -> tuple[Notification, ...]:
    """What is said at once where state was found damaged. Planned again it is the same."""
    zone = directory.estate.time_zone
    if restoration.copied_at is None:
        outcome = (
            "No copy could be put in its place, so Nigehban begins anew: what is wrong is told again, deadlines that "
            "people know of are told again, and the history is gone."
        )
    else:
        outcome = (
            f"A copy that ends at {moment(restoration.copied_at, zone)} was put in its place ({restoration.source}); "
            "what was recorded after it is lost. A digest follows when everything was looked at."
        )
    return plan_notice(
        event_id=f"restored-{restoration.id}-damage",
        at=restoration.at,
        subject="the state of Nigehban was damaged",
        text=f"{restoration.why}\n{outcome}",
        directory=directory,
        labels=_CRITICAL,
        urdu=notices.damaged(
            restoration.why,
            "" if restoration.copied_at is None else urdu_moment(restoration.copied_at, zone),
            restoration.source,
        ),
    )


def _is_open(number: int) -> str:
    return "is open" if number == 1 else "are open"


def _worst(incidents: Sequence[Incident]) -> str:
    severe = any(one.severity is Status.CRITICAL for one in incidents)
    return Status.CRITICAL.value if severe else Status.WARNING.value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What one receiver reads."""

    restoration: Restoration
    found: Aftermath
    at: datetime
    receiver: Receiver
    directory: Directory
    is_whole: bool
    """Whether the receiver hears how many incidents there were in all."""

    def digest(self, told: Sequence[Incident]) -> Digest:
        by_urgency = sorted(told, key=lambda one: (one.severity is not Status.CRITICAL, one.recovered_at is not None))
        open_ones = [one for one in by_urgency if one.nature is not Nature.CHANGE]
        still = [one for one in open_ones if one.root is None]
        parts = [one for one in open_ones if one.root is not None]
        is_all = self.is_whole and len(open_ones) == len(self.found.standing)
        yours = "" if is_all else " of yours"
        standing = (
            f"{count(len(still), 'incident')}{yours} {_is_open(len(still))}" if still else f"nothing{yours} is open"
        )
        doubtful = self.found.doubtful
        failing = [one for one in still if one.recovered_at is None]
        text = [
            *self._preamble(),
            *(self._sum(still, parts) if self.is_whole else _ONLY_YOURS),
            *self._listed("Open now:", (one for one in failing if one.id not in doubtful), parts),
            *self._listed("Open then, and perhaps over by now:", (one for one in failing if one.id in doubtful), parts),
            *self._listed(
                "Well for now, which is not believed yet:", (one for one in still if one.recovered_at), parts
            ),
            *self._explained(still, parts),
            *self._listed(
                "Noticed, perhaps for the second time:", (one for one in told if one.nature is Nature.CHANGE)
            ),
        ]
        subject = f"state put back from a copy of {self._copied}: {standing}"
        return Digest(
            receiver=self.receiver,
            subject=subject,
            text="\n".join(text),
            severity=_worst(told),
            urgent=any(wakes(one) for one in told),
            short=(f"{standing[:1].upper()}{standing[1:]}.", *dict.fromkeys(map(self._brief, still))),
        )

    @property
    def _zone(self) -> tzinfo:
        return zone_of(self.receiver, self.directory.estate)

    @property
    def _copied(self) -> str:
        return moment(self.restoration.copied_at or self.restoration.at, self._zone)

    def _preamble(self) -> list[str]:
        put_back = moment(self.restoration.at, self._zone)
        return [
            f"The state of Nigehban was put back at {put_back} from a copy that ends at {self._copied}.",
            (
                "What happened between the two is missing from its record. Messages of that time may have reached you "
                "and are not repeated; what was acknowledged then is to be acknowledged again."
            ),
            "",
        ]

    def _sum(self, still: Sequence[Incident], parts: Sequence[Incident]) -> list[str]:
        over, elsewhere = self.found.over, len(self.found.standing) - len(still) - len(parts)
        is_are = "is" if over == 1 else "are"
        ended = f"Of these {over} {is_are} over, and closed without a message." if over else "None of these is over."
        lines = [f"Open in the copy: {count(self.restoration.open_then, 'incident')}. {ended}"]
        if parts:
            lines.append(f"{count(len(parts), 'incident')} more {_is_open(len(parts))} because of another one.")
        if elsewhere:
            concerns = "concerns" if elsewhere == 1 else "concern"
            lines.append(
                f"{count(elsewhere, 'incident')} that {_is_open(elsewhere)} now {concerns} others, who are told."
            )
        return lines

    def _listed(self, head: str, incidents: Iterable[Incident], parts: Sequence[Incident] = ()) -> list[str]:
        lines = [f"- {self._line(one)}{_and_parts(one, parts)}" for one in incidents]
        return ["", head, *lines] if lines else []

    def _explained(self, still: Sequence[Incident], parts: Sequence[Incident]) -> list[str]:
        """What fails because of something that this receiver does not hear of."""
        roots = {one.id for one in still}
        names = [self._scene(one).title_and_subject for one in parts if one.root not in roots]
        return ["", "Open because of what others are told of:", f"- {listed(names)}"] if names else []

    def _line(self, incident: Incident) -> str:
        """As the subject of a message about it would put it."""
        if incident.recovered_at is not None:
            return f"{self._scene(incident).title_and_subject}: since {moment(incident.recovered_at, self._zone)}"
        return render(self._scene(incident).event, self.receiver, self.directory).subject

    def _brief(self, incident: Incident) -> str:
        if incident.recovered_at is not None:
            return f"Well for now: {self._scene(incident).title}."
        return f"{in_brief(render(self._scene(incident).event, self.receiver, self.directory))}."

    def _scene(self, incident: Incident) -> Scene:
        kind = EventKind.NOTICE if incident.nature is Nature.CHANGE else EventKind.REMINDER
        event = IncidentEvent(id="", kind=kind, at=self.at, incident=incident)
        return Scene(event=event, receiver=self.receiver, directory=self.directory)


def _and_parts(incident: Incident, parts: Sequence[Incident]) -> str:
    number = sum(one.root == incident.id for one in parts)
    return f", and {number:,} more because of it" if number else ""
