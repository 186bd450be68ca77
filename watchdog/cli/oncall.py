"""`nigehban oncall`: who is on duty in each rota, and who is next."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from alerts.people.rota import Rota, next_hand_off, on_duty
from checks.calendar_feed import CalendarError
from checks.registry import load_registry
from checks.wording import moment
from watchdog.cli.columns import table, terminal_width
from watchdog.clock import Clock, system_clock
from watchdog.duty_calendar import shifts_in
from watchdog.feeds import FeedCopies, mark_of
from watchdog.settings.load import load
from watchdog.settings.values import Settings


def oncall(*, config: Path, state: Path, environ: Mapping[str, str], as_json: bool, clock: Clock = system_clock) -> int:
    """By the settings, and the last good copy of calendars from elsewhere. Always 0."""
    settings, now = load(config, load_registry(), environ, clock=clock), clock()
    rotas = rotas_read_last(settings, state, now)
    if as_json:
        print(json.dumps([_object(rota, now) for rota in rotas], indent=2, ensure_ascii=False))
    elif rotas:
        rows = [_row(rota, settings, now) for rota in rotas]
        print(table(("ROTA", "ON DUTY", "NEXT", "FROM"), rows, terminal_width()))
    else:
        print("There are no rotas.")
    return 0


def rotas_read_last(settings: Settings, state: Path, now: datetime) -> Sequence[Rota]:
    """Those of the settings, with the last good copy of each calendar from elsewhere."""
    return [_as_read_last(rota, settings, state, now) for rota in settings.rotas.values()]


def _as_read_last(rota: Rota, settings: Settings, state: Path, now: datetime) -> Rota:
    calendar = settings.duty_calendars.get(rota.id)
    if calendar is None or isinstance(calendar.place, Path):
        return rota
    try:
        kept = FeedCopies(state / "rotas").read(rota.id, mark_of(calendar.place))
        return replace(rota, shifts=shifts_in(kept.data, calendar, now))
    except CalendarError:  # it was never read: who stands in is told
        return rota


def _object(rota: Rota, now: datetime) -> dict[str, object]:
    later = next_hand_off(rota, now)
    return {
        "rota": rota.id,
        "on_duty": list(on_duty(rota, now)),
        "fallback": rota.fallback,
        "next": None if later is None else {"at": later.at.isoformat(), "on_duty": list(later.comes)},
    }


def _row(rota: Rota, settings: Settings, now: datetime) -> tuple[str, str, str, str]:
    later = next_hand_off(rota, now)
    present = ", ".join(on_duty(rota, now)) or _stands_in(rota)
    if later is None:
        return rota.id, present, "", ""
    return rota.id, present, ", ".join(later.comes) or _stands_in(rota), moment(later.at, settings.estate.time_zone)


def _stands_in(rota: Rota) -> str:
    return f"nobody; {rota.fallback} stands in" if rota.fallback else "nobody; all who ever are on duty are told"
