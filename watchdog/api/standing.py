"""How the daemon itself stands, and what whoever looks at a listing should know beside it."""

from checks.wording import moment
from watchdog.api.desk import Desk
from watchdog.cli.listing_json import instant
from watchdog.engine.blindness import Sight
from watchdog.reload import Reloaded


def standing(desk: Desk) -> dict[str, object]:
    settings = desk.daemon.settings
    return {
        "version": desk.version,
        "started_at": instant(desk.started_at),
        "now": instant(desk.clock()),
        "state": str(desk.state_dir),
        "checks": len(settings.checks),
        "settings": str(settings.source),
        "sight": _sight(desk.daemon.sight),
        "reloaded": _reloaded(desk.reloading.last),
        "notes": notes(desk),
    }


def notes(desk: Desk) -> list[str]:
    """Sentences; [] where nothing is amiss."""
    return [*_blind(desk), *_doubted(desk), *_unwritten(desk), *_settling(desk), *_refused(desk), *_played(desk)]


def _reloaded(last: Reloaded | None) -> dict[str, object] | None:
    if last is None:
        return None
    return {
        "at": instant(last.at),
        "is_refused": last.is_refused,
        "problems": list(last.problems),
        "at_next_start": list(last.at_next_start),
    }


def _sight(sight: Sight) -> dict[str, object]:
    return {
        "is_blind": sight.is_blind,
        "since": instant(sight.since),
        "anchors": len(sight.anchors),
        "needed": sight.needed,
    }


def _blind(desk: Desk) -> list[str]:
    sight = desk.daemon.sight
    if not sight.is_blind or sight.since is None:
        return []
    since = moment(sight.since, desk.daemon.settings.estate.time_zone)
    return [f"blind since {since}: too few anchors answer, so nothing is judged"]


def _doubted(desk: Desk) -> list[str]:
    says, zone = desk.doubted(), desk.daemon.settings.estate.time_zone
    if says is None:
        return []
    return [f"the clock says {moment(says, zone)} and is doubted: all goes by {moment(desk.clock(), zone)}"]


def _unwritten(desk: Desk) -> list[str]:
    standstill = desk.daemon.standstill
    if standstill is None:
        return []
    since = moment(standstill.since, desk.daemon.settings.estate.time_zone)
    return [f"nothing is being written since {since}: {standstill.text}"]


def _settling(desk: Desk) -> list[str]:
    restoration = desk.daemon.quiet.restoration
    if restoration is None or not desk.daemon.quiet.is_settling:
        return []
    at = moment(restoration.at, desk.daemon.settings.estate.time_zone)
    return [f"the state was put back from a copy at {at}: nobody is told anything before the digest"]


def _played(desk: Desk) -> list[str]:
    running = desk.drills.drills.running()
    if running is None or running.drill is None:
        return []
    until = moment(running.drill.ends_at, desk.daemon.settings.estate.time_zone)
    return [f"a drill runs until {until}, started by {running.drill.by}: what begins with DRILL is not real"]


def _refused(desk: Desk) -> list[str]:
    last = desk.reloading.last
    if last is None or not last.is_refused:
        return []
    settings = desk.daemon.settings
    more = f" (and {len(last.problems) - 1} more)" if len(last.problems) > 1 else ""
    at = moment(last.at, settings.estate.time_zone)
    refused = f"the settings of {settings.source} were refused at {at}, the former ones stay in force"
    return [f"{refused}: {last.problems[0]}{more}"]
