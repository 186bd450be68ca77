"""Why who hears of a check, and when: its routes, channels, ladder of escalation, and what mutes it now. Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from alerts.concern import BESIDE_BILLS, Concern, as_bills, concerns_of, is_named_by
from alerts.directory import Directory
from alerts.incident import Incident, Nature
from alerts.judging.fault import Threshold
from alerts.judging.time_to_tell import SEND_S, Part, TimeToTell, time_to_tell, warning_time_to_tell
from alerts.mutes.answered import is_answered
from alerts.mutes.mute import Mute
from alerts.mutes.standing import check_labels
from alerts.outlook.ways import Way, ways_through
from alerts.people.escalation import coming
from alerts.people.rota import next_hand_off, reached
from alerts.people.unanswerable import unanswerable
from alerts.record import SubjectRecord
from alerts.roots.covering import WAIT_FOR_ROOT
from alerts.route import ChannelSpec, Receiver
from alerts.telling import first_ways
from checks.model import CheckId, Status
from checks.spec import CheckSpec

#: How long a channel may take for one message, in seconds.
SendTime: TypeAlias = Callable[[ChannelSpec], float]

#: What can become of a check, as routes see it; faults first.
CASES: Sequence[tuple[Nature, Status]] = (
    (Nature.FAULT, Status.CRITICAL),
    (Nature.FAULT, Status.WARNING),
    (Nature.DEADLINE, Status.CRITICAL),
    (Nature.DEADLINE, Status.WARNING),
    (Nature.STALENESS, Status.UNKNOWN),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """A check that this one hangs on, and how it stands; None where nobody knows."""

    check_id: CheckId
    status: Status | None = None
    incident: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a running daemon knows beside the settings; all empty where none runs."""

    is_watched: bool = False
    records: Sequence[SubjectRecord] = ()
    """Of the check that is asked about."""
    mutes: Sequence[Mute] = ()
    above: Sequence[Relative] = ()
    """The nearest first."""
    blind_since: datetime | None = None
    settling_since: datetime | None = None
    """The state was put back from a copy, and nobody is told before the digest about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One person or audience, and how it is reached."""

    receiver: str
    by_rota: str = ""
    """The rota that names it now, "" where the route does."""
    is_instead: bool = False
    """Nobody is on duty in that rota, nor stands in: whoever ever is is told."""
    until: datetime | None = None
    """When that duty changes."""
    channels: tuple[ChannelSpec, ...] = ()
    """Used at first: one, or all at once."""
    then: tuple[ChannelSpec, ...] = ()
    """Each when the one before it fails."""
    held_until: datetime | None = None
    """When its office opens, where it would wait for that now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """Who is told next if nobody acknowledges for so long."""

    after: timedelta
    heard: tuple[Heard, ...]
    repeats: int | None = 1
    """How often; None until somebody acknowledges."""
    is_repeat: bool = False
    at_once: str = ""
    """Why it is not waited for at all, as things are now; "" where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What happens in each of `cases`, all of which are told alike."""

    cases: tuple[tuple[Nature, Status], ...]
    ways: tuple[Way, ...]
    heard: tuple[Heard, ...]
    rises: Mapping[str, tuple[Rise, ...]] = field(default_factory=dict)
    """By id of the escalation."""
    concerns: tuple[Concern, ...] = ()
    """Whom a matter of money concerns by itself."""
    by_bills: bool = False
    """No route names its kind: `ways` are those of bills, and only where it is not known whom it concerns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """The next step that an open incident waits for."""

    incident: str
    escalation: str
    step: int
    at: datetime
    to: tuple[str, ...]
    is_repeat: bool
    """Then everybody who was told so far hears again, besides `to`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    check: CheckSpec
    worst: TimeToTell
    """Of a critical fault."""
    worst_of_warnings: TimeToTell
    told: tuple[Told, ...]
    situation: Situation
    incidents: tuple[Incident, ...] = ()
    """Open ones, of the subjects that were asked for."""
    mutes: tuple[Mute, ...] = ()
    """In force, and about it; silences first."""
    to_come: tuple[Mute, ...] = ()
    """Announced, and about it."""
    answered: tuple[Incident, ...] = ()
    """Those somebody is at: no reminders, no escalation."""
    coming: tuple[Coming, ...] = ()
    """What follows while nobody answers, by incident and escalation."""


def explain(
    check: CheckSpec,
    rule: Threshold,
    directory: Directory,
    *,
    situation: Situation,
    now: datetime,
    subject: str | None = None,
    send_s: SendTime = lambda _channel: SEND_S,
) -> Explanation:
    """How people hear of `check` as everything stands at `now`; of one subject where one is named."""
    told = {case: _told(case, check, directory, now) for case in CASES}
    critical_s, warning_s = (_longest_s(told[case], send_s) for case in CASES[:2])
    records = [one for one in situation.records if subject is None or one.subject == subject]
    incidents = tuple(one for record in records for one in record.incidents)
    mutes = [one for one in situation.mutes if not one.is_over(now) and _is_about(one, check)]
    return Explanation(
        check=check,
        worst=_worst(check, rule, critical_s, has_roots=bool(situation.above)),
        worst_of_warnings=warning_time_to_tell(
            rule, interval_s=check.interval_s, timeout_s=check.timeout_s, send_s=warning_s
        ),
        told=tuple(_alike(told.values())),
        situation=situation,
        incidents=incidents,
        mutes=tuple(one for one in mutes if one.is_in_force(now)),
        to_come=tuple(one for one in mutes if not one.is_in_force(now)),
        answered=tuple(one for one in incidents if is_answered(one, now)),
        coming=tuple(_coming(incidents, directory)),
    )


def _coming(incidents: Iterable[Incident], directory: Directory) -> Iterator[Coming]:
    for incident in incidents:
        for chase in incident.chases:
            escalation = directory.escalations.get(chase.escalation)
            step = None if escalation is None else coming(chase, escalation)
            if step is None:
                continue
            yield Coming(
                incident=incident.id,
                escalation=chase.escalation,
                step=step.number,
                at=step.at,
                to=step.to,
                is_repeat=step.is_repeat,
            )


def _is_about(mute: Mute, check: CheckSpec) -> bool:
    return any(mute.covers(_labels(case, check)) for case in CASES)


def _longest_s(told: Told, send_s: SendTime) -> float:
    """Until the last of those who are told has it over the channels that are used at first."""
    return max((send_s(channel) for heard in told.heard for channel in heard.channels), default=SEND_S)


def _worst(check: CheckSpec, rule: Threshold, send_s: float, *, has_roots: bool) -> TimeToTell:
    worst = time_to_tell(
        rule,
        interval_s=check.interval_s,
        timeout_s=check.timeout_s,
        retry_every_s=check.retry_every_s,
        send_s=send_s,
    )
    if not has_roots:
        return worst
    wait = Part("root", WAIT_FOR_ROOT.total_seconds(), "until it is known whether what it hangs on explains it")
    *before, send = worst.parts
    return TimeToTell((*before, wait, send))


def _labels(case: tuple[Nature, Status], check: CheckSpec) -> dict[str, str]:
    nature, severity = case
    return {**check_labels(check), "severity": severity.value, "nature": nature.value}


def _told(case: tuple[Nature, Status], check: CheckSpec, directory: Directory, now: datetime) -> Told:
    kind, labels = check.kind.name, _labels(case, check)
    by_bills = kind in BESIDE_BILLS and not is_named_by(directory.routes, kind, check.id)
    concerns = concerns_of(kind, directory)
    ways = ways_through(as_bills(labels) if by_bills else labels, directory.routes)
    named = dict.fromkeys(
        (*(one.receiver for one in concerns), *(hearer.receiver for way in ways for hearer in way.hearers))
    )
    covered: dict[str, dict[str, None]] = {}
    for hearer in (hearer for way in ways for hearer in way.hearers if hearer.escalation):
        covered.setdefault(hearer.escalation or "", {})[hearer.receiver] = None
    return Told(
        cases=(case,),
        ways=ways,
        heard=_heard(named, case, directory, now),
        rises={name: _rises(name, theirs, case, directory, now) for name, theirs in covered.items()},
        concerns=concerns,
        by_bills=by_bills,
    )


def _heard(named: Iterable[str], case: tuple[Nature, Status], directory: Directory, now: datetime) -> tuple[Heard, ...]:
    found: dict[str, Heard] = {}
    for name in named:
        stands_for = directory.receivers[name].rota
        for receiver in directory.people((name,), now):
            found.setdefault(receiver.id, _reached(receiver, stands_for, case, directory, now))
    return tuple(found.values())


def _reached(
    receiver: Receiver, rota: str | None, case: tuple[Nature, Status], directory: Directory, now: datetime
) -> Heard:
    first = tuple(first_ways(receiver))
    change = None if rota is None else next_hand_off(directory.rotas[rota], now)
    opens_at = directory.calendars.of(receiver.office).next_open(now)
    waits = receiver.hold_for_office_hours and case != (Nature.FAULT, Status.CRITICAL) and opens_at > now
    return Heard(
        receiver=receiver.id,
        by_rota=rota or "",
        is_instead=rota is not None and not reached(directory.rotas[rota], now),
        until=None if change is None else change.at,
        channels=first,
        then=tuple(channel for channel in receiver.channels if channel not in first),
        held_until=opens_at if waits else None,
    )


def _rises(
    name: str, covered: Collection[str], case: tuple[Nature, Status], directory: Directory, now: datetime
) -> tuple[Rise, ...]:
    """Of the escalation `name`, which follows where the receivers `covered` do not answer."""
    escalation = directory.escalations[name]
    nobody = unanswerable(covered, directory, now, {}) if escalation.steps else None
    sooner = timedelta() if nobody is None else escalation.steps[0].after
    rises = [Rise(after=step.after - sooner, heard=_heard(step.to, case, directory, now)) for step in escalation.steps]
    if nobody is not None:
        rises[0] = replace(rises[0], at_once=nobody.words)
    if escalation.repeat_every is not None:
        named = (*covered, *escalation.names(len(escalation.steps) + 1))
        everybody = _heard(named, case, directory, now)
        again = Rise(after=escalation.repeat_every, heard=everybody, repeats=escalation.repeats, is_repeat=True)
        rises.append(again)
    return tuple(rises)


def _alike(tellings: Iterable[Told]) -> Iterable[Told]:
    """Cases that are told alike together, in the order of the first of each."""
    groups: list[Told] = []
    for one in tellings:
        for place, group in enumerate(groups):
            if replace(group, cases=()) == replace(one, cases=()):
                groups[place] = replace(one, cases=(*group.cases, *one.cases))
                break
        else:
            groups.append(one)
    return groups
