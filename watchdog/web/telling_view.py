"""The page of who is told: who is on duty, what must not be said for now, and how the ways out do. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.directory import Directory
from alerts.flow import Health
from alerts.mutes.mute import Mute, MuteKind
from alerts.mutes.standing import Concerned, check_labels, concerned_by
from alerts.people.rota import Rota, next_hand_off, on_duty, reached
from alerts.words.escape import one_line
from alerts.words.wording import count, listed, span
from watchdog.store.views import Waiting
from watchdog.web.glance import Glance
from watchdog.web.header import header
from watchdog.web.view import Header
from watchdog.web.words import clock_time

MAX_MUTES = 100
MAX_CHANNELS = 200
_SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is known of telling people, besides what a glance holds."""

    directory: Directory
    mutes: Sequence[Mute] = ()
    """In force and to come."""
    health: Mapping[str, Health] = field(default_factory=dict)
    """Of every channel that sends."""
    waiting: Mapping[str, Waiting] | None = None
    """What waits for each; None where the store cannot say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    rota: str
    who: str
    until: str
    tone: str = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteRow:
    tone: str
    word: str
    """"Silence", "Maintenance"."""
    reason: str
    by: str
    when: str
    about: str
    concerns: str
    """How much of the estate that is; says so where it is nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    tone: str
    mark: str
    name: str
    words: str
    waits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingPage:
    header: Header
    duty: Sequence[DutyRow]
    now: Sequence[MuteRow]
    to_come: Sequence[MuteRow]
    channels: Sequence[ChannelRow]


def telling_page(telling: Telling, glance: Glance) -> TellingPage:
    now = glance.now
    mutes = sorted((one for one in telling.mutes if not one.is_over(now)), key=lambda one: one.starts_at)
    coming = [one for one in mutes if now < one.starts_at <= now + _SOON]
    return TellingPage(
        header=header(glance),
        duty=[_duty(rota, glance) for rota in telling.directory.rotas.values()],
        now=[_mute(one, glance) for one in mutes[:MAX_MUTES] if one.is_in_force(now)],
        to_come=[_mute(one, glance) for one in coming[:MAX_MUTES]],
        channels=list(_channels(telling, glance))[:MAX_CHANNELS],
    )


def _duty(rota: Rota, glance: Glance) -> DutyRow:
    now, zone = glance.now, glance.estate.time_zone
    there = on_duty(rota, now)
    stands_in = () if there else reached(rota, now)
    change = next_hand_off(rota, now)
    who = listed([one_line(name, 80) for name in there or stands_in])
    following = "" if change is None else listed([one_line(name, 80) for name in change.comes]) or "nobody"
    return DutyRow(
        rota=one_line(rota.id, 80),
        who=f"nobody; {who} stands in" if stands_in else who or "nobody",
        until="" if change is None else f"until {clock_time(change.at, now, zone)}, then {following}",
        tone="ok" if there else "warning" if stands_in else "critical",
    )


def _mute(one: Mute, glance: Glance) -> MuteRow:
    now, zone = glance.now, glance.estate.time_zone
    labels = {spec.id: check_labels(spec) for spec in glance.specs.values()}
    open_ones = [incident for of in glance.subjects.values() for each in of for incident in each.record.incidents]
    found = concerned_by(one, labels, open_ones)
    begins = "" if one.is_in_force(now) else f"from {clock_time(one.starts_at, now, zone)} "
    ok = " or until it is well" if one.until_ok else ""
    return MuteRow(
        tone="warning" if found.is_nothing else "note",
        word="Silence" if one.kind is MuteKind.SILENCE else "Maintenance",
        reason=one_line(one.reason, 300),
        by=one_line(one.author, 120),
        when=f"{begins}until {clock_time(one.over_at, now, zone)}{ok}",
        about=one_line(one.about, 300),
        concerns=_concerns(found, is_in_force=one.is_in_force(now)),
    )


def _concerns(found: Concerned, *, is_in_force: bool) -> str:
    if found.is_nothing:
        return "no check and no open incident is like this"
    verb = "muted by it" if is_in_force else "now"
    muted = f", {count(len(found.incidents), 'open incident')} {verb}" if found.incidents else ""
    return f"{count(len(found.checks), 'check')}{muted}"


def _channels(telling: Telling, glance: Glance) -> Iterator[ChannelRow]:
    """Those that are out first."""
    names = sorted(telling.directory.ways.values())
    ranked = sorted(dict.fromkeys(names), key=lambda name: (not _is_out(name, telling), name))
    for name in ranked:
        yield _channel(name, telling, glance)


def _is_out(name: str, telling: Telling) -> bool:
    health = telling.health.get(name)
    return health is not None and health.is_out


def _channel(name: str, telling: Telling, glance: Glance) -> ChannelRow:
    is_out = _is_out(name, telling)
    return ChannelRow(
        tone="critical" if is_out else "ok",
        mark="✕" if is_out else "✓",
        name=one_line(name, 120),
        words=_state(telling.health.get(name), glance),
        waits=_waits(name, telling, glance.now),
    )


def _state(health: Health | None, glance: Glance) -> str:
    if health is None or not health.is_out:
        return "works, as far as we know"
    since = "" if health.since is None else f" since {clock_time(health.since, glance.now, glance.estate.time_zone)}"
    why = f": {one_line(health.reason, 200)}" if health.reason else ""
    return f"left alone{since}{why}; what is for it goes another way, or waits"


def _waits(name: str, telling: Telling, now: datetime) -> str:
    if telling.waiting is None:
        return "what waits cannot be read just now"
    waiting = telling.waiting.get(name)
    if waiting is None:
        return "nothing waits"
    is_due = waiting.oldest <= now
    due = f"the first since {span(now - waiting.oldest)}" if is_due else f"due in {span(waiting.oldest - now)}"
    return f"{count(waiting.count, 'message')} waiting, {due}"
