"""What keeps an installation from doing its work: looked at one thing at a time, each with what to do."""

import os
import resource
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import Final

from alerts.address import address_of, ways_of
from alerts.message import NotificationState
from alerts.words.wording import count
from checks.ledger.taxpayers import ListKind, TaxpayerList
from checks.pasted import pasted
from checks.registry import Registry
from checks.secret import Secret
from checks.wording import day_of, moment
from watchdog.clock import TIME_ERROR
from watchdog.engine.scheduler import DEFAULT_CONCURRENCY
from watchdog.ownership import second_owners
from watchdog.settings.fields import is_address, is_loopback
from watchdog.settings.values import Anchors, BackupSettings, Settings
from watchdog.store.passing_on import PASSED_ON
from watchdog.store.views import DeliveryLine, ToldLine

_ENOUGH_ANCHORS = 3
_LOW_DISK_BYTES = 200 * 1024 * 1024
#: Of its last tries on one way; fewer that fail are any bad minute.
_TRIES: Final = 3
_OUTCOMES: Final = {NotificationState.SENT, NotificationState.REJECTED, NotificationState.PENDING}


class Level(Enum):
    GOOD = "good"
    ADVICE = "advice"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing looked at; `text` of an advice or a problem says what to do."""

    level: Level
    about: str
    text: str


def _good(about: str, text: str) -> Diagnosis:
    return Diagnosis(Level.GOOD, about, text)


def _advice(about: str, text: str) -> Diagnosis:
    return Diagnosis(Level.ADVICE, about, text)


def _problem(about: str, text: str) -> Diagnosis:
    return Diagnosis(Level.PROBLEM, about, text)


def of_names(owners: Mapping[str, Sequence[str]]) -> Iterator[Diagnosis]:
    """Whether our import packages are ours alone."""
    clashes = second_owners(owners)
    yield from (_problem("names", text) for text in clashes)
    if not clashes:
        yield _good("names", "the packages watchdog, checks and alerts are Nigehban's own")


def of_plugins(registry: Registry) -> Iterator[Diagnosis]:
    yield _good("kinds", ", ".join(sorted(registry.kinds)))
    yield from (_problem("kinds", f"plugin {name}: {reason}") for name, reason in registry.broken.items())


def of_settings(settings: Settings) -> Iterator[Diagnosis]:
    """What valid settings leave to be desired."""
    if settings.checks:
        receivers = count(len(settings.receivers), "receiver")
        yield _good("settings", f"valid: {count(len(settings.checks), 'check')}, {receivers}")
    else:
        yield _problem("settings", "no checks: nothing is watched; add some under `checks:`")
    yield from _of_anchors(settings.anchors)
    if settings.heartbeat is None:
        yield _advice(
            "heartbeat", "none: when this machine dies nobody hears; name a dead man's switch under `heartbeat:`"
        )
    ways = {spec.kind for receiver in settings.receivers.values() for spec in receiver.channels}
    if ways == {"mail"}:
        yield _advice(
            "ways out", "mail is the only one: when the relay is down nobody hears; add a webhook or apprise channel"
        )


def _of_anchors(anchors: Anchors) -> Iterator[Diagnosis]:
    """What keeps the gate of anchors from telling a dead network of ours from a dead target."""
    if not anchors.hosts:
        yield _advice(
            "anchors", "none: when our own network is down, every check fails and pages; name 3 hosts under `anchors:`"
        )
        return
    yield _good("anchors", f"we see as long as {anchors.needed} of {count(len(anchors.hosts), 'anchor')} answer")
    if len(anchors.hosts) < _ENOUGH_ANCHORS:
        yield _advice("anchors", "fewer than 3: one that is down by itself can blind us, or keep us from noticing")
    for anchor in anchors.hosts:
        if not is_address(anchor.host):
            text = "is a name: when the name servers are down it cannot be asked; use its address"
            yield _advice("anchors", f"{anchor.name} {text}")
        elif is_loopback(anchor.host):
            yield _advice(
                "anchors", f"{anchor.name} is this machine: it answers though the network is dead; name one outside"
            )


def of_secrets(users: Mapping[Secret, Sequence[str]]) -> Iterator[Diagnosis]:
    """Whether every credential can be read now, and who needs it. Names them, never their values."""
    for secret, needed_by in users.items():
        more = f" and {len(needed_by) - 1} more" if len(needed_by) > 1 else ""
        needed = f"needed by {needed_by[0]}{more}"
        problem = secret.problem()
        if problem is None:
            yield _good("secrets", f"{secret.name} can be read; {needed}")
        else:
            yield _problem("secrets", f"{problem}; {needed}")


def of_files(files: Mapping[Path, str]) -> Iterator[Diagnosis]:
    """Whether the files that settings name can be read now. `files` maps each to who needs it."""
    for path, needed_by in files.items():
        if not path.is_file():
            yield _problem("files", f"{path} is no file; needed by {needed_by}")
        elif not os.access(path, os.R_OK):
            yield _problem("files", f"{path} cannot be read by this user; needed by {needed_by}")


def of_state(folder: Path) -> Iterator[Diagnosis]:
    """Whether what is kept is safe where it is."""
    if not may_be_looked_at(folder):
        yield _problem("state", f"{folder} is for root and the daemon alone; run this as root")
        return
    if not folder.exists():
        yield _good("state", f"{folder} is not there yet; the daemon makes it")
        return
    if not folder.is_dir():
        yield _problem("state", f"{folder} is no directory; name another with --state")
        return
    if stat.S_IMODE(folder.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        yield _problem("state", f"{folder} is open to others; chmod 0700 it")
    if not os.access(folder, os.W_OK | os.X_OK):
        yield _problem("state", f"{folder} cannot be written by this user; chown it to the user of the daemon")
    free = shutil.disk_usage(folder).free
    if free < _LOW_DISK_BYTES:
        yield _problem("state", f"only {free // 2**20} MiB are left for {folder}; make room")
    else:
        yield _good("state", f"{folder}: {free / 2**30:.1f} GiB free")


def of_backups(made: Sequence[datetime], settings: BackupSettings, now: datetime) -> Iterator[Diagnosis]:
    """Whether there is a copy to go back to. `made` is when those in the folder were made, the newest first."""
    if not settings.keep:
        yield _advice("backups", "the daemon makes none (keep: 0): let somebody else call `nigehban backup` every day")
        return
    newest = next((at for at in made if at <= now), None)
    if newest is None:
        yield _advice("backups", "there is none yet; the daemon makes the first some minutes after its start")
        return
    hours = (now - newest) / timedelta(hours=1)
    text = f"the newest of {count(len(made), 'backup')} is {hours:.0f} h old"
    if now - newest > timedelta(seconds=2 * settings.every_s):
        yield _problem("backups", f"{text}: the daemon's log says why there is no newer one")
    else:
        yield _good("backups", text)


def may_be_looked_at(folder: Path) -> bool:
    """Whether this user may know what is in `folder`, and whether it is there at all."""
    try:
        folder.exists()
    except PermissionError:
        return False
    return True


def of_daemon(folder: Path, *, runs: bool) -> Iterator[Diagnosis]:
    """Whether anybody watches."""
    if runs:
        yield _good("daemon", f"runs on {folder}")
    else:
        yield _advice("daemon", f"none runs on {folder}: nothing is watched; start it with `nigehban run` or systemctl")


def of_ways(settings: Settings, told: Sequence[ToldLine]) -> Iterator[Diagnosis]:
    """Whether messages get through, by the last tries on each way. `told` newest first, as far back as it goes."""
    ways = ways_of(settings.receivers.values())
    for receiver in settings.receivers.values():
        for spec in receiver.channels:
            for recipient in spec.recipients:
                place = ways[address_of(spec, recipient)], recipient
                tries = [one.delivery for one in told if (one.delivery.channel, one.delivery.recipient) == place]
                if trouble := _trouble(tries):
                    to = f" to {recipient}" if recipient else ""
                    since = moment(trouble.at, settings.estate.time_zone)
                    text = (
                        f"{receiver.id} over {spec.name}{to}: nothing gets through, last at {since}: {trouble.reason}"
                    )
                    yield _problem("ways out", f"{text}; mend it, then `nigehban notify test {pasted(receiver.id)}`")


def _trouble(tries: Iterable[DeliveryLine]) -> DeliveryLine | None:
    """The newest of `tries`, where it was refused for good or the last ones all failed."""
    ended = (one for one in tries if one.state in _OUTCOMES and one.reason != PASSED_ON)
    last = list(islice(ended, _TRIES))
    if not last or last[0].state is NotificationState.SENT:
        return None
    is_refused = last[0].state is NotificationState.REJECTED
    all_failed = len(last) == _TRIES and all(one.state is NotificationState.PENDING for one in last)
    return last[0] if is_refused or all_failed else None


def of_permissions(paths: Iterable[Path]) -> Iterator[Diagnosis]:
    """Whether others could change what we are told to watch."""
    for path in paths:
        if stat.S_IMODE(path.stat().st_mode) & stat.S_IWOTH:
            yield _problem("permissions", f"{path} can be changed by everyone; chmod o-w it")


def of_clock(now: datetime, newest_look: datetime | None, adjtimex: Callable[[], int]) -> Iterator[Diagnosis]:
    """Whether deadlines are judged by a sane clock. `newest_look` is the last time anything was seen."""
    if newest_look is not None and newest_look > now:
        yield _problem("clock", "the clock is behind what was seen before: it was set back; set it right")
        return
    match adjtimex():
        case state if state == TIME_ERROR:
            yield _advice(
                "clock", "not synchronised: deadlines are only as right as this clock; run chrony or timesyncd"
            )
        case state if state < 0:
            yield _advice("clock", "the kernel does not say whether it is synchronised; look with `timedatectl`")
        case _:
            yield _good("clock", "synchronised")


def of_taxpayer_lists(settings: Settings, listed: Sequence[TaxpayerList], today: date) -> Iterator[Diagnosis]:
    """Lists on which vendors must stand, where anything asks for them at all."""
    if all(check.spec.kind.name != "payee" for check in settings.checks):
        return
    vendors = settings.estate.vendors.values()
    imported = {one.kind: one for one in listed}
    for kind in ListKind:
        asking = sum(kind in vendor.taxpayer_lists for vendor in vendors)
        if not asking:
            continue
        found, stale_days = imported.get(kind), settings.estate.billing.list_stale_days
        how = "nigehban vendors import-list FILE --list-date DAY"
        who = f"nobody can say of {count(asking, 'vendor')} whether a payment would come back"
        if found is None:
            yield _advice(f"{kind.value} list", f"never imported: {who}; {how}, or taxpayer_lists: [] of the vendors")
        elif found.is_stale(today, stale_days):
            of_day = day_of(found.listed_on)
            yield _advice(f"{kind.value} list", f"of {of_day}, counts for {stale_days} days: {who}; {how}")
        else:
            yield _good(f"{kind.value} list", f"of {day_of(found.listed_on)}, {found.rows:,} numbers")


def of_limits(checks: int) -> Iterator[Diagnosis]:
    """Whether the process may open what its checks need at once."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(checks, DEFAULT_CONCURRENCY) * 2 + 100
    if soft != resource.RLIM_INFINITY and soft < wanted:
        yield _advice("limits", f"{soft} open files for {checks} checks; raise LimitNOFILE to {wanted}")
