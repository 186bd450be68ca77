"""`nigehban history CHECK [SUBJECT]`: what a check saw, out of the database, whether the daemon runs or not."""

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from checks.model import CheckId
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

#: Cells of a picture where no terminal says how wide it is.
_CELLS = 72
_INDENT = 2
_FEWEST_CELLS = 24
#: Subjects named to whoever named none of them.
MAX_NAMES = 10


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
            shown = [_seen(past, wanted, one) for one in known if subject in {None, one}]
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


def _seen(past: Past, wanted: _Wanted, subject: str) -> Shown:
    since, until = wanted.since, wanted.until
    looks = past.looks(wanted.check_id, subject, since, until)
    step = (until - since) / wanted.cells
    edges = [*(since + step * number for number in range(wanted.cells)), until]
    return Shown(
        check_id=wanted.check_id,
        subject=subject,
        since=since,
        until=until,
        slices=looks.sliced(edges),
        standing=standing(looks, since, until),
        outages=tuple(outages(looks)),
        measured=tuple(past.measured(wanted.check_id, subject, since, until)),
    )


def _json(shown: Sequence[Shown]) -> str:
    return json.dumps([history_object(one) for one in shown], indent=2, ensure_ascii=False)


def _has_blocks(out: TextIO) -> bool:
    return (out.encoding or "").lower().replace("-", "") == "utf8"


def _text(shown: Sequence[Shown], zone: ZoneInfo, pen: Pen) -> str:
    return "\n\n".join(history_text(one, zone, pen) for one in shown)
