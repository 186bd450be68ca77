"""`nigehban status`, `incidents` and `deadlines`: read from the database, whether the daemon runs or not."""

import contextlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.incident import Incident
from alerts.record import SubjectRecord
from alerts.wording import span
from checks.model import WORST_FIRST, Cause
from checks.registry import load_registry
from checks.wording import moment
from watchdog.cli.columns import table
from watchdog.cli.listing_json import deadline_object, history_object, status_object
from watchdog.clock import system_clock
from watchdog.settings.load import load
from watchdog.settings.problems import SettingsError
from watchdog.store.database import DATABASE_NAME, open_listing_database
from watchdog.store.errors import StoreError
from watchdog.store.listings import Listings
from watchdog.store.lock import is_held
from watchdog.store.views import DeliveryLine, EventLine, IncidentHistory

#: How many ended incidents `incidents --closed` goes back.
RECENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    listings: Listings
    zone: ZoneInfo
    now: datetime


def status(*, config: Path, state: Path, environ: Mapping[str, str], as_json: bool) -> int:
    """Every subject, worst first."""
    try:
        with _opened(config, state, environ) as view:
            records = sorted(view.listings.subjects(), key=lambda one: (WORST_FIRST.index(one.status), one.check_id))
            if as_json:
                _print_json([status_object(record) for record in records])
            else:
                _print_status(records, view)
    except StoreError as error:
        return _refuse(error)
    return 0


def incidents(*, config: Path, state: Path, environ: Mapping[str, str], closed: bool, as_json: bool) -> int:
    """Open incidents, oldest first; with `closed` the recent ones too, newest first. Each with who was told."""
    try:
        with _opened(config, state, environ) as view:
            found = view.listings.recent_incidents(RECENT) if closed else view.listings.open_incidents()
            histories = [history for one in found if (history := view.listings.history(one.id)) is not None]
            if as_json:
                _print_json([history_object(history) for history in histories])
            else:
                _print_incidents(histories, view)
    except StoreError as error:
        return _refuse(error)
    return 0


def deadlines(*, config: Path, state: Path, environ: Mapping[str, str], as_json: bool) -> int:
    """What lapses or falls due, soonest first."""
    try:
        with _opened(config, state, environ) as view:
            records = view.listings.deadlines()
            if as_json:
                _print_json([deadline_object(record) for record in records])
            else:
                _print_deadlines(records, view)
    except StoreError as error:
        return _refuse(error)
    return 0


@contextlib.contextmanager
def _opened(config: Path, state: Path, environ: Mapping[str, str]) -> Iterator[_View]:
    database = open_listing_database(state / DATABASE_NAME)
    try:
        if not is_held(state):
            print("nigehban: the daemon is not running; this is what it saw last", file=sys.stderr)
        yield _View(listings=Listings(database), zone=_zone(config, environ), now=system_clock())
    finally:
        database.close()


def _zone(config: Path, environ: Mapping[str, str]) -> ZoneInfo:
    """The estate's zone; where the settings cannot be read now, times are shown in UTC and say so."""
    try:
        return load(config, load_registry(), environ).estate.time_zone
    except (SettingsError, OSError):
        print("nigehban: the settings cannot be read, so times are in UTC", file=sys.stderr)
        return ZoneInfo("UTC")


# Text -------------------------------------------------------------------------------------------------------------


def _print_status(records: Sequence[SubjectRecord], view: _View) -> None:
    if not records:
        print("nothing has been looked at yet")
        return
    rows = [
        (record.status.value, record.check_id, record.subject, f"{span(view.now - record.seen_at)} ago", _said(record))
        for record in records
    ]
    print(table(("STATUS", "CHECK", "SUBJECT", "SEEN", "WHAT WAS SEEN"), rows))


def _said(record: SubjectRecord) -> str:
    return record.summary if record.cause is Cause.NONE else f"{record.summary} [{record.cause.value}]"


def _print_incidents(histories: Sequence[IncidentHistory], view: _View) -> None:
    if not histories:
        print("no incident")
    for history in histories:
        one = history.incident
        print(f"{one.severity.value.upper()}  {one.service or one.check_id}: {_plain(one.summary)}")
        print(f"  {_times(one, view)}; {one.nature.value}, cause {one.cause.value}; incident {one.id}")
        happened = [(event.at, _event_text(event)) for event in history.events]
        told = [(line.at, _delivery_text(line)) for line in history.deliveries]
        for at, text in sorted(happened + told, key=lambda pair: pair[0]):
            print(f"  {moment(at, view.zone)}  {text}")


def _event_text(event: EventLine) -> str:
    return event.kind.value if event.rung is None else f"{event.kind.value} ({event.rung})"


def _delivery_text(line: DeliveryLine) -> str:
    to = f"{line.receiver} {line.recipient}".rstrip()
    why = f" ({line.reason}: {_plain(line.detail)})" if line.reason else ""
    again = ", a repeat after a restart" if line.repeat else ""
    return f"  {line.event.value} {line.state.value} to {to} over {line.channel}{why}{again}"


def _times(one: Incident, view: _View) -> str:
    began = f"since {moment(one.since, view.zone)}"
    if one.closed_at is None:
        return f"{began}, for {span(view.now - one.since)}"
    return f"{began}, ended {moment(one.closed_at, view.zone)}: {_plain(one.close_reason)}"


def _print_deadlines(records: Sequence[SubjectRecord], view: _View) -> None:
    if not records:
        print("no deadline is known")
        return
    rows = []
    for record in records:
        deadline = record.deadline
        if deadline is not None:
            left = deadline.at - view.now
            act_by = "" if deadline.act_by is None else moment(deadline.act_by, view.zone)
            shown = f"{'in ' if left.total_seconds() > 0 else 'past '}{span(abs(left))}"
            rows.append((moment(deadline.at, view.zone), shown, act_by, record.check_id, record.summary))
    print(table(("BY", "LEFT", "ACT BY", "CHECK", "WHAT"), rows))


def _plain(text: str) -> str:
    return table((text,), ())


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


def _refuse(error: StoreError) -> int:
    print(f"nigehban: {error}", file=sys.stderr)
    return 1
