"""`nigehban status`, `incidents` and `deadlines`: read from the database, whether the daemon runs or not."""

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.incident import Incident
from checks.estate import Estate
from checks.model import WORST_FIRST
from checks.registry import load_registry
from watchdog.cli.columns import terminal_width
from watchdog.cli.listing_json import deadline_object, history_object, status_object
from watchdog.cli.listing_text import deadlines_text, incidents_text, notices_text, status_text
from watchdog.clock import Clock, system_clock
from watchdog.settings.load import load
from watchdog.settings.problems import SettingsError
from watchdog.store.database import DATABASE_NAME, open_listing_database
from watchdog.store.errors import StoreError
from watchdog.store.listings import Listings
from watchdog.store.lock import is_held

#: How many incidents `incidents --closed` goes back.
RECENT = 100
RECENT_NOTICES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    listings: Listings
    estate: Estate
    now: datetime


@dataclass(frozen=True, slots=True)
class _Listing:
    """The same for scripts and for people."""

    objects: list[dict[str, object]]
    text: str


def status(*, config: Path, state: Path, environ: Mapping[str, str], as_json: bool, clock: Clock = system_clock) -> int:
    """Every subject, worst first."""

    def look(view: _View) -> _Listing:
        records = sorted(view.listings.subjects(), key=lambda one: (WORST_FIRST.index(one.status), one.check_id))
        text = status_text(records, view.now, view.estate.time_zone, terminal_width())
        return _Listing([status_object(record) for record in records], text)

    return _list(look, config, state, environ, clock, as_json=as_json)


def incidents(
    *,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    closed: bool,
    as_json: bool,
    clock: Clock = system_clock,
) -> int:
    """The open ones, worst first; or open and closed, the newest first, and what the watchdog said of itself."""

    def look(view: _View) -> _Listing:
        listings = view.listings
        found = listings.recent_incidents(RECENT) if closed else sorted(listings.open_incidents(), key=_gravity)
        histories = [history for one in found if (history := listings.history(one.id)) is not None]
        text = incidents_text(histories, view.now, view.estate)
        if closed and (notices := listings.notices(RECENT_NOTICES)):
            text += "\n\n" + notices_text(notices, view.estate.time_zone)
        return _Listing([history_object(history) for history in histories], text)

    return _list(look, config, state, environ, clock, as_json=as_json)


def deadlines(
    *, config: Path, state: Path, environ: Mapping[str, str], as_json: bool, clock: Clock = system_clock
) -> int:
    """What lapses or falls due, soonest first."""

    def look(view: _View) -> _Listing:
        records = view.listings.deadlines()
        text = deadlines_text(records, view.now, view.estate.time_zone, terminal_width())
        return _Listing([deadline_object(record) for record in records], text)

    return _list(look, config, state, environ, clock, as_json=as_json)


def _gravity(one: Incident) -> int:
    return WORST_FIRST.index(one.severity)


def _list(
    look: Callable[[_View], _Listing],
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    clock: Clock,
    *,
    as_json: bool,
) -> int:
    try:
        with closing(open_listing_database(state / DATABASE_NAME)) as database:
            if not is_held(state):
                print("nigehban: the daemon is not running; this is what it saw last", file=sys.stderr)
            estate = _estate(config, environ, clock)
            listing = look(_View(listings=Listings(database), estate=estate, now=clock()))
    except StoreError as error:
        print(f"nigehban: {error}", file=sys.stderr)
        return 1
    print(json.dumps(listing.objects, indent=2, ensure_ascii=False) if as_json else listing.text)
    return 0


def _estate(config: Path, environ: Mapping[str, str], clock: Clock) -> Estate:
    """The estate of the settings; where they cannot be read now, times are shown in UTC and services by their ids."""
    try:
        return load(config, load_registry(), environ, clock=clock).estate
    except SettingsError:
        print(f"nigehban: the settings of {config} cannot be read, so times are in UTC", file=sys.stderr)
        return Estate(name="", time_zone=ZoneInfo("UTC"))
