"""What is made of one set of settings before any of it takes force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from alerts.directory import Directory
from alerts.judging.episode import CheckFacts
from alerts.mutes.mute import Mute
from alerts.roots.family import Family, family, ties
from checks.model import CheckId
from checks.spec import CheckSpec
from watchdog.assembly import directory_of, facts_of, specs_of
from watchdog.engine.runner import Surroundings
from watchdog.settings.ties import members_of
from watchdog.settings.values import ConfiguredCheck, Settings
from watchdog.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Values alone; the daemon takes them whole."""

    specs: Mapping[CheckId, CheckSpec]
    facts: Mapping[CheckId, CheckFacts]
    jobs: Sequence[tuple[CheckSpec, str | None]]
    directory: Directory
    family: Family
    around: Surroundings
    windows: Sequence[Mute]
    """The next times of maintenance; a calendar costs a file and some milliseconds."""


def prepared(settings: Settings, world: World, sight_check: ConfiguredCheck) -> Prepared:
    """Raises what plugins or contradictions of `settings` raise."""
    sight = (sight_check,) if settings.anchors else ()
    checks = (*settings.checks, *world.own_checks, *sight)
    ledger, specs = world.ledger_of(settings), specs_of(checks)
    directory = replace(directory_of(settings, checks), on_record=ledger.on_record)
    return Prepared(
        specs=specs,
        facts=facts_of(checks),
        jobs=[(spec, spec.kind.host(spec.options)) for spec in specs.values()],
        directory=directory,
        family=family(ties(settings.estate, members_of(checks))),
        windows=world.windows(settings),
        around=Surroundings(
            estate=settings.estate,
            calendars=directory.calendars,
            ledger=ledger,
            open_network=world.open_network,
            taxpayers=world.taxpayers,
        ),
    )
