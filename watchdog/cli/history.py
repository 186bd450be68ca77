"""`nigehban history CHECK [SUBJECT]`: what a check saw, out of the database, whether the daemon runs or not."""

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from checks.model import CheckId, Status
from watchdog.cli.asking import DONE, REFUSED, say
from watchdog.cli.columns import cell_text, terminal_width
from watchdog.cli.history_shown import Shown, history_object, history_text
from watchdog.cli.reading import estate_of
from watchdog.cli.sparkline import Pen
from watchdog.clock import Clock, system_clock
from watchdog.store.database import DATABASE_NAME, open_listing_database
from watchdog.store.errors import StoreError
from watchdog.store.history_reading import Past
from watchdog.store.past_standing import outages, standing
from watchdog.store.past_views import Slice

#: Cells of a picture where no terminal says how wide it is.
_CELLS = 72
_INDENT = 2
_FEWEST_CELLS = 24
#: Subjects named to whoever named none of them.
MAX_NAMES = 10

#: With fewer looks than this, those of a month before tell how often there is one.
_FEW_LOOKS = 4
_RHYTHM = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    check_id: CheckId
    subject: str | None
    since: datetime
    until: datetime
    cells: int


def history(
    check: str,
    subject: str | None,
    *,
    days: int,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    as_json: bool,
    clock: Clock = system_clock,
    out: TextIO | None = None,
) -> int:
    """Every subject of the check, or the one named, over the last `days`."""
    until = clock()
    cells = min(max((terminal_width() or _CELLS + _INDENT) - _INDENT, _FEWEST_CELLS), _CELLS)
    wanted = _Wanted(
        check_id=CheckId(check), subject=subject, since=until - timedelta(days=days), until=until, cells=cells
    )
    try:
        with closing(open_listing_database(state / DATABASE_NAME)) as database:
            past = Past(database)
            known = past.subjects(wanted.check_id)
            if problem := _unknown(wanted, known):
                return say(problem, REFUSED)
            zone = estate_of(config, environ).time_zone
            shown = [_seen(past, wanted, one, zone) for one in known if subject in {None, one}]
    except StoreError as error:
        return say(str(error), REFUSED)
    to = out or sys.stdout
    has_colour = to.isatty() and not environ.get("NO_COLOR")
    print(_json(shown) if as_json else _text(shown, zone, Pen(_has_blocks(to), has_colour)), file=to)
    return DONE


def _unknown(wanted: _Wanted, known: Sequence[str]) -> str | None:
    if not known:
        return f"nothing was ever seen of a check {cell_text(wanted.check_id)}; `nigehban status` lists all checks"
    if wanted.subject is not None and wanted.subject not in known:
        names = ", ".join(map(cell_text, known[:MAX_NAMES])) + (", …" if len(known) > MAX_NAMES else "")
        return f"check {wanted.check_id} has no subject {cell_text(wanted.subject)}; it has: {names}"
    return None


def _seen(past: Past, wanted: _Wanted, subject: str, zone: ZoneInfo) -> Shown:
    since, until = wanted.since, wanted.until
    looks = past.looks(wanted.check_id, subject, since, until)
    rare = len(looks) < _FEW_LOOKS
    earlier = past.looks(wanted.check_id, subject, since - _RHYTHM, since) if rare else ()
    step = (until - since) / wanted.cells
    edges = [*(since + step * number for number in range(wanted.cells)), until]
    singles = looks.sliced(edges)
    first = looks[0].observed_at if looks else until
    days = _days_before(first, past, wanted, subject, zone)
    return Shown(
        check_id=wanted.check_id,
        subject=subject,
        since=since,
        until=until,
        slices=[_with_days(one, days) for one in singles],
        looks=len(looks) + len(earlier),
        single_since=first if days else None,
        standing=standing(looks, since, until, earlier),
        outages=tuple(outages(looks, until)),
        measured=tuple(past.measured(wanted.check_id, subject, since, until)),
    )


def _days_before(first: datetime, past: Past, wanted: _Wanted, subject: str, zone: ZoneInfo) -> list[Slice]:
    """Sums of days that were over before the first single look; [] where it is no older than a day of the span."""
    if first - wanted.since < timedelta(days=1):
        return []
    counts = past.daily_counts([wanted.check_id], wanted.since, first, zone)
    days = (one for series in counts if series.subject == subject for one in series.slices)
    return [one for one in days if one.looks and one.ends_at <= first and one.begins_at >= wanted.since]


def _with_days(cell: Slice, days: Sequence[Slice]) -> Slice:
    """A cell is filled by the days that begin in it; one shorter than a day, by the day it lies in."""
    within = [day for day in days if cell.begins_at <= day.begins_at < cell.ends_at]
    around = within or [day for day in days if day.begins_at <= cell.begins_at < day.ends_at]
    if cell.looks or not around:
        return cell
    ok, warning, critical, unknown = (
        sum(day.of(status) for day in around) for status in (Status.OK, Status.WARNING, Status.CRITICAL, Status.UNKNOWN)
    )
    return replace(cell, ok=ok, warning=warning, critical=critical, unknown=unknown)


def _json(shown: Sequence[Shown]) -> str:
    return json.dumps([history_object(one) for one in shown], indent=2, ensure_ascii=False)


def _has_blocks(out: TextIO) -> bool:
    return (out.encoding or "").lower().replace("-", "") == "utf8"


def _text(shown: Sequence[Shown], zone: ZoneInfo, pen: Pen) -> str:
    return "\n\n".join(history_text(one, zone, pen) for one in shown)
