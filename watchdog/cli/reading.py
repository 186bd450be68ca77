"""Listings from the database, where no daemon answers: read only, as it was written last."""

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

from checks.estate import Estate
from checks.model import CheckId
from checks.registry import load_registry
from watchdog.cli.columns import terminal_width
from watchdog.cli.looks import Listing, NotFoundError, SeveralError, View
from watchdog.clock import Clock
from watchdog.settings.load import load
from watchdog.settings.problems import SettingsError
from watchdog.store.database import DATABASE_NAME, open_listing_database
from watchdog.store.errors import StoreError
from watchdog.store.listings import Listings
from watchdog.store.lock import is_held


def read(  # where to look, and how to show it
    module: str,
    name: str,
    with_: Mapping[str, object],
    *,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    clock: Clock,
    as_json: bool,
) -> int:
    """What the function `name` of `module` finds. Exit code: 0 shown, 1 it cannot be."""
    listing = found(module, name, with_, config=config, state=state, environ=environ, clock=clock)
    if listing is None:
        return 1
    for note in listing.notes:
        _say(note)
    print(json.dumps(listing.objects, indent=2, ensure_ascii=False) if as_json else listing.text)
    return 0


def found(
    module: str,
    name: str,
    with_: Mapping[str, object],
    *,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    clock: Clock,
) -> Listing | None:
    """As `read`, unshown; None where it cannot be read, which is said."""
    look: Callable[..., Listing] = getattr(import_module(module), name)
    try:
        with closing(open_listing_database(state / DATABASE_NAME)) as database:
            _say(_how(state))
            estate, kinds, invoices = _settings_of(config, environ)
            view = View(
                listings=Listings(database),
                estate=estate,
                now=clock(),
                width=terminal_width(),
                kinds=kinds,
                invoices=invoices,
            )
            return look(view, **with_)
    except (StoreError, NotFoundError, SeveralError) as error:
        _say(str(error))
        return None


def _how(state: Path) -> str:
    if is_held(state):
        return "the daemon does not answer; this is what it has written"
    return "the daemon is not running; this is what it saw last"


def estate_of(config: Path, environ: Mapping[str, str]) -> Estate:
    """The estate of the settings; where they cannot be read now, times are shown in UTC and services by their ids."""
    return _settings_of(config, environ)[0]


def _settings_of(config: Path, environ: Mapping[str, str]) -> tuple[Estate, Mapping[CheckId, str], int]:
    """The estate, the kind of every check, and how many bills are written there."""
    try:
        settings = load(config, load_registry(), environ)
    except SettingsError:
        _say(f"the settings of {config} cannot be read, so times are in UTC")
        return Estate(name="", time_zone=ZoneInfo("UTC")), {}, 0
    kinds = {check.spec.id: check.spec.kind.name for check in settings.checks}
    return settings.estate, kinds, len(settings.invoices)


def _say(text: str) -> None:
    print(f"nigehban: {text}", file=sys.stderr)
