"""What a state folder holds against what people were told: the invariants I1 to I3 of the fault list."""

import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.support.daemon_process import Home
from tests.support.http_sink import HttpSink
from tests.support.smtp_sink import SmtpSink


@dataclass(frozen=True, slots=True)
class Copy:
    """One message as it arrived."""

    channel: str
    key: str
    """The same for every copy: the Message-ID of a mail, the id of a webhook."""
    incident: str
    event: str
    is_repeat: bool


def mails(sink: SmtpSink, channel: str) -> list[Copy]:
    """All mails of a sink, in the order they came."""
    return [
        Copy(
            channel,
            key=str(mail["Message-ID"]),
            incident=str(mail["X-Nigehban-Incident"] or ""),
            event=str(mail["X-Nigehban-Event"]),
            is_repeat=mail["X-Nigehban-Repeat"] == "1",
        )
        for mail in [taken.mail for taken in sink.taken]
    ]


def hooks(sink: HttpSink, channel: str) -> list[Copy]:
    """All webhooks of a sink, in the order they came."""
    bodies = [posted.json for posted in sink.posted]
    return [Copy(channel, one["id"], one["incident"], one["event"], is_repeat=one["repeat"]) for one in bodies]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the outbox, with the reasons the delivery log gives for it."""

    reasons: tuple[str, ...]
    id: str
    event_id: str
    incident: str
    channel: str
    event: str
    state: str
    has_ended: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What a state folder holds."""

    integrity: str
    events: dict[str, tuple[str, str]]
    """Event id to its incident and kind."""
    rows: dict[str, Row]
    open_checks: frozenset[str]
    """Checks with an open incident."""

    @property
    def is_drained(self) -> bool:
        return all(row.has_ended for row in self.rows.values())


def kept(home: Home) -> Kept:
    """Read from a copy: whoever closes the real one last would tidy up what the next start must cope with."""
    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("", "-wal"):
            part = home.database.with_name(home.database.name + suffix)
            if part.exists():
                shutil.copy(part, folder)
        with closing(sqlite3.connect(Path(folder) / home.database.name)) as connection:
            return _read(connection)


def standing(home: Home) -> Kept:
    """Read beside a daemon that runs."""
    with closing(sqlite3.connect(f"file:{home.database}?mode=ro", uri=True, timeout=10)) as connection:
        connection.execute("BEGIN")
        return _read(connection)


def _read(connection: sqlite3.Connection) -> Kept:
    ((integrity,),) = connection.execute("PRAGMA integrity_check").fetchall()
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'outbox'").fetchone():
        return Kept(integrity, {}, {}, frozenset())
    reasons: dict[str, list[str]] = {}
    for notification, reason in connection.execute("SELECT notification_id, reason FROM deliveries ORDER BY seq"):
        reasons.setdefault(notification, []).append(reason)
    query = "SELECT id, event_id, coalesce(incident_id, ''), channel, event, state, ended_at IS NOT NULL FROM outbox"
    rows = [Row(tuple(reasons.get(values[0], ())), *values) for values in connection.execute(query)]
    return Kept(
        integrity=integrity,
        events={one: (of, kind) for one, of, kind in connection.execute("SELECT id, incident_id, kind FROM events")},
        rows={row.id: row for row in rows},
        open_checks=frozenset(
            check for (check,) in connection.execute("SELECT check_id FROM incidents WHERE closed_at IS NULL")
        ),
    )


def assert_nothing_lost(before: Kept, after: Kept) -> None:
    """What was committed once stays; an ended row keeps its end."""
    assert after.integrity == "ok"
    assert before.events.items() <= after.events.items()
    assert before.rows.keys() <= after.rows.keys()
    ended = {one for one, row in before.rows.items() if row.has_ended}
    assert all(after.rows[one].state == before.rows[one].state for one in ended)


def assert_told(state: Kept, told: Sequence[Copy], channels: Sequence[str]) -> None:
    """I1: every change reached every channel or has a written reason, and nothing was told that is not kept."""
    assert state.is_drained
    planned = {(row.event_id, row.channel) for row in state.rows.values()}
    assert {(event, channel) for event in state.events for channel in channels} <= planned
    arrived = Counter((one.channel, one.incident, one.event) for one in told if one.incident)
    of_incidents = [row for row in state.rows.values() if row.incident]
    assert arrived.keys() <= {(row.channel, row.incident, row.event) for row in of_incidents}
    for row in of_incidents:
        assert arrived[row.channel, row.incident, row.event] or (row.state != "sent" and row.reasons[-1]), row


def assert_repeats(told: Sequence[Copy], kills: int) -> None:
    """I2: at most one extra copy per kill and channel, with the same id, and marked."""
    extra: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    keys: dict[tuple[str, str, str], str] = {}
    for one in told:
        if (one.channel, one.key) in seen:
            assert one.is_repeat, one
            extra[one.channel] += 1
        seen.add((one.channel, one.key))
        if one.incident:
            assert keys.setdefault((one.channel, one.incident, one.event), one.key) == one.key
    assert all(count <= kills for count in extra.values()), extra


def assert_bad_news_first(told: Sequence[Copy]) -> None:
    """I3: nobody hears "resolved" before "down"."""
    opened: set[tuple[str, str]] = set()
    for one in told:
        if one.event == "opened":
            opened.add((one.channel, one.incident))
        elif one.event == "resolved":
            assert (one.channel, one.incident) in opened, one
