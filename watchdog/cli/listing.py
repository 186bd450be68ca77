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
from checks.model import WORST_FIRST, Cause
from checks.registry import load_registry
from watchdog.cli.columns import span, table, when
from watchdog.clock import system_clock
from watchdog.settings.load import load
from watchdog.settings.problems import SettingsError
from watchdog.store.database import DATABASE_NAME, open_listing_database
from watchdog.store.errors import StoreError
from watchdog.store.listings import Listings
from watchdog.store.lock import is_held
from watchdog.store.views import IncidentHistory

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
                _print_json([_status_object(record) for record in records])
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
                _print_json([_history_object(history) for history in histories])
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
                _print_json([_deadline_object(record) for record in records])
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
        for event in history.events:
            told = [line for line in history.deliveries if line.event is event.kind]
            print(f"  {when(event.at, view.zone)}  {event.kind.value}{f' ({event.rung})' if event.rung else ''}")
            for line in told:
                why = f" ({line.reason}: {_plain(line.detail)})" if line.reason else ""
                to = f"{line.receiver} {line.recipient}".rstrip()
                print(f"    {when(line.at, view.zone)}  {line.state.value} to {to} over {line.channel}{why}")


def _times(one: Incident, view: _View) -> str:
    began = f"since {when(one.since, view.zone)}"
    if one.closed_at is None:
        return f"{began}, for {span(view.now - one.since)}"
    return f"{began}, ended {when(one.closed_at, view.zone)}: {_plain(one.close_reason)}"


def _print_deadlines(records: Sequence[SubjectRecord], view: _View) -> None:
    if not records:
        print("no deadline is known")
        return
    rows = []
    for record in records:
        deadline = record.deadline
        if deadline is not None:
            left = deadline.at - view.now
            act_by = "" if deadline.act_by is None else when(deadline.act_by, view.zone)
            shown = f"{'in ' if left.total_seconds() > 0 else 'past '}{span(left)}"
            rows.append((when(deadline.at, view.zone), shown, act_by, record.check_id, record.summary))
    print(table(("BY", "LEFT", "ACT BY", "CHECK", "WHAT"), rows))


def _plain(text: str) -> str:
    return table((text,), ())


# JSON -------------------------------------------------------------------------------------------------------------


def _status_object(record: SubjectRecord) -> dict[str, object]:
    return {
        "check": record.check_id,
        "subject": record.subject,
        "status": record.status.value,
        "cause": record.cause.value,
        "summary": record.summary,
        "observed_at": _instant(record.seen_at),
        "last_good_at": _instant(record.good_at),
        "incidents": [incident.id for incident in record.incidents],
        "evidence": record.evidence,
    }


def _history_object(history: IncidentHistory) -> dict[str, object]:
    one = history.incident
    return {
        "incident": one.id,
        "check": one.check_id,
        "subject": one.subject,
        "kind": one.kind,
        "service": one.service,
        "nature": one.nature.value,
        "severity": one.severity.value,
        "cause": one.cause.value,
        "summary": one.summary,
        "since": _instant(one.since),
        "opened_at": _instant(one.opened_at),
        "closed_at": _instant(one.closed_at),
        "close_reason": one.close_reason,
        "evidence": one.evidence,
        "events": [{"event": line.kind.value, "at": _instant(line.at), "rung": line.rung} for line in history.events],
        "deliveries": [
            {
                "event": line.event.value,
                "receiver": line.receiver,
                "channel": line.channel,
                "recipient": line.recipient,
                "at": _instant(line.at),
                "state": line.state.value,
                "reason": line.reason,
                "detail": line.detail,
                "repeat": line.repeat,
            }
            for line in history.deliveries
        ],
    }


def _deadline_object(record: SubjectRecord) -> dict[str, object]:
    deadline = record.deadline
    return {
        "check": record.check_id,
        "subject": record.subject,
        "status": record.status.value,
        "summary": record.summary,
        "at": None if deadline is None else _instant(deadline.at),
        "act_by": None if deadline is None else _instant(deadline.act_by),
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


def _refuse(error: StoreError) -> int:
    print(f"nigehban: {error}", file=sys.stderr)
    return 1
