"""`nigehban doctor`: what keeps this installation from doing its work."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from checks.calendars import OfficeCalendars
from checks.ledger.taxpayers import TaxpayerList
from checks.registry import load_registry
from watchdog import doctor as look
from watchdog.backups import backup_folder
from watchdog.cli.columns import table, terminal_width
from watchdog.clock import Clock, kernel_clock_state, system_clock
from watchdog.doctor import Diagnosis, Level
from watchdog.ownership import installed_owners
from watchdog.settings.load import load
from watchdog.settings.needs import files_of, secrets_of
from watchdog.settings.problems import SettingsError
from watchdog.settings.values import BackupSettings
from watchdog.store.backup_names import copies_in, made_at
from watchdog.store.database import DATABASE_NAME, open_listing_database
from watchdog.store.errors import StoreError, StoreMissingError
from watchdog.store.listings import Listings
from watchdog.store.lock import is_held
from watchdog.store.views import ToldLine

#: So many outcomes of messages are gone through for the last ones on each way.
_TOLD = 2000

_WORST_FIRST = (Level.PROBLEM, Level.ADVICE, Level.GOOD)


def doctor(*, config: Path, state: Path, environ: Mapping[str, str], as_json: bool, clock: Clock = system_clock) -> int:
    """0 when nothing is wrong (advice is not), 1 when something is."""
    found = sorted(_diagnoses(config, state, environ, clock), key=lambda one: _WORST_FIRST.index(one.level))
    if as_json:
        objects = [{"level": one.level.value, "about": one.about, "text": one.text} for one in found]
        print(json.dumps(objects, indent=2, ensure_ascii=False))
    else:
        rows = [(one.level.value, one.about, one.text) for one in found]
        print(table(("LEVEL", "ABOUT", "WHAT WAS FOUND"), rows, terminal_width()))
    return 1 if any(one.level is Level.PROBLEM for one in found) else 0


def _diagnoses(config: Path, state: Path, environ: Mapping[str, str], clock: Clock) -> Iterator[Diagnosis]:
    registry = load_registry()
    yield from look.of_names(installed_owners())
    yield from look.of_plugins(registry)
    yield from look.of_permissions(path for path in (config, *sorted(config.glob("*.y*ml"))) if path.exists())
    yield from look.of_state(state)
    if look.may_be_looked_at(state):
        yield from look.of_daemon(state, runs=is_held(state))
    kept, store = _kept(state)
    yield from store
    yield from look.of_clock(clock(), kept.newest_look, kernel_clock_state)
    try:
        settings = load(config, registry, environ)
    except SettingsError as error:
        yield from (Diagnosis(Level.PROBLEM, "settings", str(problem)) for problem in error.problems)
        return
    yield from look.of_settings(settings)
    yield from look.of_ways(settings, kept.told)
    yield from look.of_secrets(secrets_of(settings))
    yield from look.of_files(files_of(settings))
    if look.may_be_looked_at(state) and state.exists():
        yield from _of_copies(backup_folder(state, settings.backup), settings.backup, clock())
    today = OfficeCalendars(settings.estate).of(None).local_date(clock())
    yield from look.of_taxpayer_lists(settings, kept.listed, today)
    yield from look.of_limits(len(settings.checks))


def _of_copies(folder: Path, settings: BackupSettings, now: datetime) -> Iterator[Diagnosis]:
    try:
        made = [made_at(one) for one in copies_in(folder, now)]
    except OSError as error:
        yield Diagnosis(Level.PROBLEM, "backups", f"nobody can tell which there are: {error}")
        return
    yield from look.of_backups(made, settings, now)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the database knows that is looked at here."""

    newest_look: datetime | None = None
    listed: Sequence[TaxpayerList] = ()
    told: Sequence[ToldLine] = ()


def _kept(state: Path) -> tuple[_Kept, list[Diagnosis]]:
    """And what is wrong with the database that should know it."""
    try:
        with closing(open_listing_database(state / DATABASE_NAME)) as database:
            listings = Listings(database)
            newest = max((one.seen_at for one in listings.subjects()), default=None)
            return _Kept(newest, listings.taxpayers.lists(), listings.told(_TOLD)), []
    except (StoreMissingError, PermissionError):  # who may not look is told so once, of the folder
        return _Kept(), []
    except StoreError as error:
        return _Kept(), [Diagnosis(Level.PROBLEM, "state", str(error))]
