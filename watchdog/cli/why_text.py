"""An explanation as people read it on a terminal."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import ceil
from typing import assert_never
from zoneinfo import ZoneInfo

from alerts.incident import Incident, Nature
from alerts.judging.time_to_tell import TimeToTell
from alerts.mutes.mute import Mute, MuteKind
from alerts.outlook.explanation import Explanation, Heard, Relative, Rise, Told
from alerts.outlook.ways import Way
from alerts.route import ChannelSpec
from alerts.words.wording import listed, span
from checks.estate import Estate
from checks.model import Status
from checks.wording import moment
from watchdog.cli.columns import cell_text


def why_text(one: Explanation, estate: Estate, now: datetime) -> str:
    return "\n".join(_lines(one, estate, now))


def _lines(one: Explanation, estate: Estate, now: datetime) -> Iterator[str]:
    service = estate.services.get(one.check.service or "")
    of = f", {cell_text(service.title)}" if service else ""
    yield f"{one.check.id}  ({one.check.kind.name}{of})"
    yield from _standing(one, now, estate.time_zone)
    yield ""
    yield "How soon people hear"
    yield f"  at worst {worst_text(one.worst)} after a critical fault begins:"
    yield f"  {formula(one.worst)}"
    yield from (f"  {part.seconds:>6g} s  {part.name}: {part.why}" for part in one.worst.parts)
    yield f"  at worst {worst_text(one.worst_of_warnings)} after a fault begins that is no more than a warning:"
    yield f"  {formula(one.worst_of_warnings)}"
    yield "  deadlines are told when their day comes; nothing has to be confirmed"
    for told in one.told:
        yield ""
        yield from _told_lines(told, estate.time_zone)
    yield ""
    yield "What keeps people from hearing now"
    yield from (_muting(one, estate.time_zone) or ["  nothing"])
    yield from _above_lines(one.situation.above)


def formula(worst: TimeToTell) -> str:
    """Like "60 s interval + 10 s timeouts + 10 s send = 80 s"."""
    return f"{' + '.join(f'{part.seconds:g} s {part.name}' for part in worst.parts)} = {worst.seconds:g} s"


def worst_text(worst: TimeToTell) -> str:
    """Like "3 min 50 s": never rounded down, as alerts.words.wording.span would."""
    minutes, seconds = divmod(ceil(worst.seconds), 60)
    parts = [f"{minutes} min" if minutes else "", f"{seconds} s" if seconds or not minutes else ""]
    return " ".join(filter(None, parts))


def _standing(one: Explanation, now: datetime, zone: ZoneInfo) -> Iterator[str]:
    if not one.situation.is_watched:
        return
    if not one.situation.records:
        yield "  now: not looked at yet"
    for record in one.situation.records:
        open_ones = [incident for incident in record.incidents if incident in one.incidents]
        yield f"  now: {record.status.value}, {span(now - record.seen_at)} ago: {cell_text(record.summary)}"
        yield from (f"  {_incident(incident, zone)}" for incident in open_ones)
    for coming in one.coming:
        who = "everybody again" if coming.is_repeat else listed([cell_text(name) for name in coming.to])
        which = coming.escalation if coming.is_repeat else f"step {coming.step} of {coming.escalation}"
        yield f"  nobody answers: {who} at {moment(coming.at, zone)} ({which})"


def _incident(incident: Incident, zone: ZoneInfo) -> str:
    root = "" if incident.root is None else f", part of incident {incident.root}, which is told instead"
    well = "" if incident.recovered_at is None else f", well since {moment(incident.recovered_at, zone)}, end not told"
    shaky = ", comes and goes" if incident.is_unstable else ""
    return f"incident {incident.id}: {incident.nature.value}, {incident.severity.value}{root}{well}{shaky}"


# Who hears -----------------------------------------------------------------------------------------------------------


def _told_lines(told: Told, zone: ZoneInfo) -> Iterator[str]:
    yield f"Who hears of {listed([case_words(*case) for case in told.cases])}"
    if not told.heard:
        yield "  nobody: no route takes it"
    yield from (f"  {line}" for line in _concern_lines(told))
    yield from (f"  {_way(way)}" for way in told.ways)
    yield from (f"  {line}" for heard in told.heard for line in heard_lines(heard, zone))
    for name, rises in told.rises.items():
        yield f"  nobody answers (escalation {cell_text(name)}):"
        yield from (f"    {_rise(rise)}" for rise in rises)


def _concern_lines(told: Told) -> Iterator[str]:
    """Whom a matter of money concerns by itself, and what is left to the routes."""
    of: dict[str, list[str]] = {}
    for one in told.concerns:
        of.setdefault(one.receiver, []).append(cell_text(one.what))
    yield from (f"whom it concerns: {cell_text(name)}, for {listed(whats)}" for name, whats in of.items())
    if told.by_bills:
        yield "no route names this kind: " + (
            "nobody else hears of it; where nobody is concerned, it goes the way of bills"
            if of
            else "it goes the way of bills"
        )


def case_words(nature: Nature, severity: Status) -> str:
    match nature:
        case Nature.FAULT | Nature.CHANGE:
            return f"a {severity.value} {nature.value}"
        case Nature.DEADLINE:
            return f"a {severity.value} deadline"
        case Nature.STALENESS:
            return "not being judged for too long"
        case _:
            assert_never(nature)


def _way(way: Way) -> str:
    matched = ", in it ".join(cell_text(str(turn)) for turn in way.turns)
    names = listed(list(dict.fromkeys(cell_text(hearer.receiver) for hearer in way.hearers)))
    return f"route {way.place} matches {matched}: {names}"


def heard_lines(heard: Heard, zone: ZoneInfo) -> Iterator[str]:
    duty = ""
    if heard.by_rota:
        until = "" if heard.until is None else f" until {moment(heard.until, zone)}"
        rota = cell_text(heard.by_rota)
        duty = f" (as nobody is on duty in {rota}{until})" if heard.is_instead else f" (on duty in {rota}{until})"
    first = " and ".join(_channel(channel) for channel in heard.channels) or "no channel"
    then = "".join(f", if that fails {_channel(channel)}" for channel in heard.then)
    yield f"  {cell_text(heard.receiver)}{duty}: {first}{then}"
    if heard.held_until is not None:
        yield f"    waits for office hours: {moment(heard.held_until, zone)}"


def _channel(channel: ChannelSpec) -> str:
    to = f" to {', '.join(map(cell_text, channel.to))}" if channel.to else ""
    slow = "" if channel.per_minute is None else f", at most {channel.per_minute} a minute"
    return f"{cell_text(channel.name)}{to}{slow}"


def _rise(rise: Rise) -> str:
    names = listed([cell_text(heard.receiver) for heard in rise.heard]) or "the same again"
    if rise.at_once:
        return f"at once: {names} ({cell_text(rise.at_once)})"
    if not rise.is_repeat:
        return f"after {span(rise.after)}: {names}"
    often = "until somebody does" if rise.repeats is None else f"{rise.repeats} times"
    return f"then every {span(rise.after)}, {often}: {names}"


# What mutes it -------------------------------------------------------------------------------------------------------


def _muting(one: Explanation, zone: ZoneInfo) -> list[str]:
    situation = one.situation
    found = [f"  {mute_line(mute, zone)}" for mute in one.mutes]
    if situation.blind_since is not None:
        found.append(
            f"  we are blind since {moment(situation.blind_since, zone)}: all messages wait, nothing is judged"
        )
    if situation.settling_since is not None:
        since = moment(situation.settling_since, zone)
        found.append(f"  the state was put back from a copy at {since}: nobody is told before the digest of it")
    found += [f"  {_answer(incident, zone)}" for incident in one.answered]
    found += [
        f"  incident {incident.id} is part of incident {incident.root}: that one is told"
        for incident in one.incidents
        if incident.root is not None
    ]
    found += [f"  to come: {mute_line(mute, zone)}" for mute in one.to_come]
    if not situation.is_watched:
        found.append("  not known: no daemon was asked")
    return found


def mute_line(mute: Mute, zone: ZoneInfo) -> str:
    """Like "silence 1a2b by asad until 09:00 on …: relay is being moved (service=mail)"."""
    word = "silence" if mute.kind is MuteKind.SILENCE else "maintenance"
    until = f"from {moment(mute.starts_at, zone)} until {moment(mute.over_at, zone)}"
    ok = " or until it is well" if mute.until_ok else ""
    about = cell_text(mute.about)
    return f"{word} {mute.id} by {cell_text(mute.author)}, {until}{ok}: {cell_text(mute.reason)} ({about})"


def _answer(incident: Incident, zone: ZoneInfo) -> str:
    said = incident.acknowledged
    if said is None:
        return f"incident {incident.id} is answered"
    until = "until it is well" if said.until is None else f"until {moment(said.until, zone)}"
    by = f"acknowledged by {cell_text(said.by)} {until}"
    return f"incident {incident.id} is {by}: no reminders, no escalation; what gets worse is told"


def _above_lines(above: Sequence[Relative]) -> Iterator[str]:
    if not above:
        return
    yield ""
    yield "What it hangs on: where that is down, it is told instead"
    for one in above:
        stands = "not known" if one.status is None else one.status.value
        told = "" if one.incident is None else f", incident {one.incident}"
        yield f"  {one.check_id}: {stands}{told}"
