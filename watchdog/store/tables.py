"""The tables as the code of today knows them; migrations/ is how a file gets there."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from alerts.incident import EventKind, Nature
from alerts.links import Action
from alerts.message import NotificationState
from alerts.mutes.mute import MuteKind
from checks.model import Cause, Status
from watchdog.store import append_only
from watchdog.store.columns import Instant, JsonText, Member, Seconds, Words
from watchdog.store.history_shapes import by_span, counts, looks
from watchdog.store.metadata import Sequence, metadata

incidents = Table(
    "incidents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("check_id", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("nature", Member(Nature), nullable=False),
    Column("kind", Words, nullable=False),
    Column("service", Words),
    Column("labels", JsonText, nullable=False),
    Column("severity", Member(Status), nullable=False),
    Column("cause", Member(Cause), nullable=False),
    Column("summary", Words, nullable=False),
    Column("changed", Words, nullable=False, server_default=text("''")),
    Column("facts", JsonText, nullable=False),
    Column("evidence", Words, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("since", Instant, nullable=False),
    Column("deadline", JsonText, nullable=False),
    Column("closed_at", Instant),
    Column("close_reason", Words, nullable=False),
    Column("earlier", JsonText, nullable=False, server_default=text("'[]'")),
    Column("acknowledged", JsonText, nullable=False, server_default=text("'null'")),
    Column("chases", JsonText, nullable=False, server_default=text("'[]'")),
    Column("root", Text),
    Column("was_told", Boolean, nullable=False, server_default=text("0")),
    Column("debts", JsonText, nullable=False, server_default=text("'[]'")),
    Column("is_unstable", Boolean, nullable=False, server_default=text("0")),
    Column("recovered_at", Instant),
    Column("drill", JsonText, nullable=False, server_default=text("'null'")),
    # One open incident of each nature per subject: I6 of the invariants, kept by the database too.
    Index(
        "uq_incidents_open",
        "check_id",
        "subject",
        "nature",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index("ix_incidents_opened_at", "opened_at"),
    Index(
        "ix_incidents_root", "root", sqlite_where=text("root IS NOT NULL"), postgresql_where=text("root IS NOT NULL")
    ),
)

subjects = Table(
    "subjects",
    metadata,
    Column("check_id", Words, primary_key=True),
    Column("subject", Words, primary_key=True),
    Column("status", Member(Status), nullable=False),
    Column("cause", Member(Cause), nullable=False),
    Column("summary", Words, nullable=False),
    Column("evidence", Words, nullable=False),
    Column("measurements", JsonText, nullable=False),
    Column("duration_us", Seconds, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("judged_at", Instant, nullable=False),
    Column("good_at", Instant),
    Column("fault", JsonText, nullable=False),
    Column("deadline", JsonText, nullable=False),
    Column("deadline_words", JsonText, nullable=False),
    Column("told", JsonText, nullable=False),
    Column("fault_incident", Text, ForeignKey("incidents.id")),
    Column("deadline_incident", Text, ForeignKey("incidents.id")),
    Column("stale_incident", Text, ForeignKey("incidents.id")),
)

events = Table(
    "events",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("incident_id", Text, ForeignKey("incidents.id"), nullable=False, index=True),
    Column("kind", Member(EventKind), nullable=False),
    Column("at", Instant, nullable=False),
    Column("rung", Words),
    Column("severity", Member(Status), nullable=False),
    Column("cause", Member(Cause), nullable=False),
    Column("summary", Words, nullable=False),
    Column("author", Words, nullable=False, server_default=text("''")),
    Column("note", Words, nullable=False, server_default=text("''")),
    Column("until", Instant),
)

#: `seq` is the order of creation, true also when the wall clock steps back. A row is pending while `ended_at` is
#: NULL: SQLite uses a partial index only for a condition without parameters. `not_before` is what was planned and
#: stays; `due_at` moves with every postponement. Rows of one incident to one address are a thread. `announced_at` is
#: when somebody was told that a row was quarantined. `passed_on` is NULL until it was asked whether a row that fails
#: goes another way, then the ids of the rows that stand in for it, "" where there are none; `stands_for` points back.
outbox = Table(
    "outbox",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("event_id", Text, nullable=False),
    Column("incident_id", Text, ForeignKey("incidents.id")),
    Column("receiver", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("event", Member(EventKind), nullable=False),
    Column("message", JsonText, nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", Member(NotificationState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("crashes", Integer, nullable=False),
    Column("repeat", Boolean, nullable=False),
    Column("claimed_at", Instant),
    Column("ended_at", Instant),
    Column("announced_at", Instant),
    Column("first_tried_at", Instant),
    Column("passed_on", Text),
    Column("stands_for", Text),
    Index(
        "ix_outbox_pending",
        "channel",
        "urgency",
        "seq",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index("ix_outbox_thread", "incident_id", "address", "seq"),
    Index(
        "ix_outbox_claimed",
        "crashes",
        sqlite_where=text("claimed_at IS NOT NULL"),
        postgresql_where=text("claimed_at IS NOT NULL"),
    ),
    Index(
        "ix_outbox_set_aside",
        "seq",
        sqlite_where=text("state = 'quarantined' AND announced_at IS NULL"),
        postgresql_where=text("state = 'quarantined' AND announced_at IS NULL"),
    ),
    Index(
        "ix_outbox_refused",
        "seq",
        sqlite_where=text("state = 'rejected' AND passed_on IS NULL"),
        postgresql_where=text("state = 'rejected' AND passed_on IS NULL"),
    ),
)

#: The delivery log: one row per outcome. `state` is where it left the notification: PENDING is a postponement.
deliveries = Table(
    "deliveries",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("notification_id", Text, ForeignKey("outbox.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("state", Member(NotificationState), nullable=False),
    Column("reason", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("repeat", Boolean, nullable=False),
)

#: Signed links that were used (alerts.links), each once: what somebody did by one, and what they answered.
link_uses = Table(
    "link_uses",
    metadata,
    Column("nonce", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("action", Member(Action), nullable=False),
    Column("incident_id", Text, ForeignKey("incidents.id")),
    Column("receiver", Words, nullable=False),
    Column("about", Words, nullable=False),
    Column("answer", Words, nullable=False),
    Column("already_by", Words, nullable=False),
    Index("ix_link_uses_incident_id", "incident_id"),
)

for _on_record in (events, deliveries, link_uses):
    append_only.keep(_on_record)

#: Every (check, subject) ever observed, as one small number.
series = Table(
    "series",
    metadata,
    Column("id", Sequence, primary_key=True),
    Column("check_id", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Index("uq_series_check_subject", "check_id", "subject", unique=True),
)

#: The tail of history, in order of time, so that a commit touches one page. Rows of a packed hour are there only to
#: find the last look again, until they are swept.
observations = looks("observations")

#: Looks that came when their hour was packed already, or just being packed: a clock that went backward, a full disk.
late_observations = looks("late_observations")

#: Every (name, unit, labels) ever measured, as one small number.
measures = Table(
    "measures",
    metadata,
    Column("id", Sequence, primary_key=True),
    Column("name", Words, nullable=False),
    Column("unit", Words, nullable=False),
    Column("labels", JsonText, nullable=False),
    Index("uq_measures_name_unit_labels", "name", "unit", "labels", unique=True),
)

#: Hours and days of which the rows below are the truth. A row of another hour is work that a crash cut short.
packed_spans = Table(
    "packed_spans",
    metadata,
    Column("span", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)

packed_looks = by_span("packed_looks", Column("looks", LargeBinary, nullable=False))
hours = by_span("hours", *counts())
days = by_span("days", *counts())
hour_measures = by_span("hour_measures", Column("measured", LargeBinary, nullable=False))
day_measures = by_span("day_measures", Column("measured", LargeBinary, nullable=False))

memories = Table(
    "memories",
    metadata,
    Column("check_id", Words, primary_key=True),
    Column("key", Words, primary_key=True),
    Column("value", JsonText, nullable=False),
)

#: State that was put in place, from a copy or empty: see alerts.restored.Restoration.
restorations = Table(
    "restorations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("copied_at", Instant),
    Column("source", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("open_then", Integer, nullable=False),
    Column("settled_at", Instant),
)

#: Silences and times of maintenance (alerts.mutes.mute.Mute). `settled_at` is when those were told again of what was
#: still bad at its end.
mutes = Table(
    "mutes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Member(MuteKind), nullable=False),
    Column("matchers", JsonText, nullable=False),
    Column("author", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("until_ok", Boolean, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Words, nullable=False),
    Column("ended_why", Words, nullable=False),
    Column("settled_at", Instant),
)
