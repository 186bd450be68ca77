"""`nigehban note`: one sheet of paper for when all else is down. It asks no daemon: it reads what was written."""

import json
import re
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from alerts.digests.note import Known
from alerts.digests.note_sheet import Sheet
from alerts.digests.note_text import sheet_text
from alerts.digests.note_words import Part
from alerts.people.rota import Rota
from alerts.route import Language
from checks.estate import Estate
from checks.model import CheckId
from checks.registry import load_registry
from watchdog.assembly import directory_of
from watchdog.cli.asking import DONE, REFUSED, USAGE, say
from watchdog.cli.oncall import rotas_read_last
from watchdog.clock import Clock, system_clock
from watchdog.daily_note import known_of, sheet_for
from watchdog.settings.load import load
from watchdog.settings.problems import SettingsError
from watchdog.store.database import DATABASE_NAME, open_listing_database
from watchdog.store.errors import StoreError
from watchdog.store.listings import Listings

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_NO_DAY: Final = '--date: must be a day such as "2026-12-01"'
#: Names of the cells, for scripts: the same in every language.
_FIELDS: Final[Mapping[Part, tuple[str, ...]]] = {
    Part.INCIDENTS: ("since", "service", "what"),
    Part.BILLS: ("bill", "vendor", "amount", "due", "act_by"),
    Part.PAYEES: ("vendor", "why", "since"),
    Part.DEADLINES: ("act_by", "what", "last_day"),
    Part.DUTY: ("rota", "who", "until"),
}
_NOWHERE: Final = Estate(name="Nigehban", time_zone=ZoneInfo("UTC"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings:
    """What of the settings a note goes by; without any, it is made all the same."""

    estate: Estate = _NOWHERE
    kinds: Mapping[CheckId, str]
    titles: Mapping[CheckId, str]
    rotas: tuple[Rota, ...] | None = None


def note(
    *,
    day: str,
    office: str,
    language: str,
    as_html: bool,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    as_json: bool,
    clock: Clock = system_clock,
) -> int:
    """0 printed, 1 the database cannot be read, 2 wrong usage."""
    if as_html and as_json:
        return say("give one of --html and --json", USAGE)
    try:
        asked = _asked(day, office, language)
        settings = _settings(config, state, environ, clock)
        sheet = _sheet(asked, settings, state, clock)
    except ValueError as error:
        return say(str(error), USAGE)
    except StoreError as error:
        return say(str(error), REFUSED)
    _print(sheet, as_html=as_html, as_json=as_json)
    return DONE


@dataclass(frozen=True, slots=True)
class _Asked:
    day: date | None
    office: str | None
    language: Language


def _asked(day: str, office: str, language: str) -> _Asked:
    """Raises ValueError."""
    if language not in {one.value for one in Language}:
        raise ValueError("--language: must be en or ur")
    if day and not _DAY.fullmatch(day):
        raise ValueError(_NO_DAY)
    try:
        return _Asked(date.fromisoformat(day) if day else None, office or None, Language(language))
    except ValueError:
        raise ValueError(_NO_DAY) from None


def _sheet(asked: _Asked, settings: _Settings, state: Path, clock: Clock) -> Sheet:
    """Raises ValueError and StoreError."""
    estate, office = settings.estate, asked.office
    if office is not None and office not in estate.offices:
        raise ValueError(f"--office: there is no {office}; there are: {', '.join(estate.offices) or 'none'}")
    known = _known(state, settings)
    try:
        return sheet_for(
            known, estate, settings.titles, now=clock(), language=asked.language, day=asked.day, office=office
        )
    except ValueError as error:
        raise ValueError(f"--date: {error}") from None


def _settings(config: Path, state: Path, environ: Mapping[str, str], clock: Clock) -> _Settings:
    try:
        found = load(config, load_registry(), environ, clock=clock)
    except SettingsError:
        say(f"the settings of {config} cannot be read: times are in UTC, and nobody can say who is on duty", DONE)
        return _Settings(kinds={}, titles={})
    return _Settings(
        estate=found.estate,
        kinds={check.spec.id: check.spec.kind.name for check in found.checks},
        titles=directory_of(found, found.checks).titles,
        rotas=tuple(rotas_read_last(found, state, clock())),
    )


def _known(state: Path, settings: _Settings) -> Known:
    """Raises StoreError."""
    with closing(open_listing_database(state / DATABASE_NAME)) as database:
        listings = Listings(database)
        return known_of(
            listings,
            settings.estate,
            records=listings.subjects(),
            incidents=listings.open_incidents(),
            kinds=settings.kinds,
            rotas=settings.rotas,
        )


def _print(sheet: Sheet, *, as_html: bool, as_json: bool) -> None:
    if as_html:
        from watchdog.web.note_page import note_html  # noqa: PLC0415  # templates take a moment

        sys.stdout.write(note_html(sheet, stands_alone=True).decode())
    elif as_json:
        print(json.dumps(_object(sheet), indent=2, ensure_ascii=False))
    else:
        print(sheet_text(sheet))


def _object(sheet: Sheet) -> dict[str, object]:
    return {
        "estate": sheet.estate,
        "title": sheet.title,
        "warnings": list(sheet.warnings),
        "lead": list(sheet.lead),
        "sections": [
            {
                "id": section.part.value,
                "title": section.title,
                "rows": [
                    {
                        **dict(zip(_FIELDS[section.part], row.cells, strict=True)),
                        "more": row.under,
                        "presses": row.presses,
                    }
                    for row in section.rows
                ],
                "left_off": section.more,
            }
            for section in sheet.sections
        ],
        "foot": list(sheet.foot),
    }
