"""What the daemon writes, and what it reads back at its start: plain calls, each one transaction."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from alerts.distress import Told
from alerts.incident import Incident
from alerts.message import Message, Notification, NotificationState
from alerts.misdated import Believable
from alerts.mute import Surroundings
from alerts.mutes.mute import Mute
from alerts.outbox import SetAside
from alerts.record import SubjectRecord
from alerts.restored import Restoration
from alerts.return_digest import Gathered
from checks.model import CheckId
from checks.plugin import Json
from watchdog.store import gathering, handing_over, link_uses, mutes, own_notices, passing_on, queue, restorations
from watchdog.store.attic import Attic
from watchdog.store.changes import Changes
from watchdog.store.database import DATABASE_NAME, Database, open_database, open_memory
from watchdog.store.errors import StoreRefusedError
from watchdog.store.gathering import Compose
from watchdog.store.history import History
from watchdog.store.history_reading import Past
from watchdog.store.ledger import LedgerRows
from watchdog.store.listings import Listings, load_records
from watchdog.store.memory_rows import load_memories
from watchdog.store.own_notices import Announce
from watchdog.store.passing_on import Instead, PassedOn, Refused
from watchdog.store.queue import Ending
from watchdog.store.reached import Reach
from watchdog.store.reroute import Replan, Rerouted, reroute, strays
from watchdog.store.setting_right import let_nothing_lie_after
from watchdog.store.taxpayers import TaxpayerRows
from watchdog.store.told_open import told_open
from watchdog.store.views import LinkUse
from watchdog.store.writes import write_changes

#: Claims without an outcome after which a row is taken for the cause of the crashes.
CRASH_LIMIT = 3


class Store:
    """Every verb is durable when it returns, raises StoreError otherwise, and may then be called again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._history = History()
        self.listings = Listings(database)
        self.past = Past(database)
        self.reach = Reach(database)
        self.attic = Attic(database, self._history)
        self.ledger = LedgerRows(database)
        self.taxpayers = TaxpayerRows(database)

    def close(self) -> None:
        self._database.close()

    # State ----------------------------------------------------------------------------------------------------

    def commit(self, changes: Changes) -> None:
        """Raises StoreRefusedError where a value of `changes` cannot be stored at all: that is a bug of ours."""
        try:
            with self._database.write() as connection:
                write_changes(connection, changes)
                self._history.write(connection, changes.observations)
                if changes.right_at is not None:
                    let_nothing_lie_after(connection, changes.right_at)
        except (ValueError, TypeError, ArithmeticError) as error:
            raise StoreRefusedError(f"{self._database.name}: a value that cannot be stored: {error}") from error
        self._history.learned(until=changes.right_at)

    def load_records(self) -> list[SubjectRecord]:
        with self._database.peek() as connection:
            return load_records(connection)

    def load_memories(self) -> dict[CheckId, dict[str, Json]]:
        with self._database.peek() as connection:
            return load_memories(connection)

    # Outbox: see alerts.outbox.Outbox -------------------------------------------------------------------------

    def claim_next(
        self,
        channel: str,
        now: datetime,
        held: Sequence[tuple[datetime, datetime]] = (),
        in_force: Sequence[Mute] = (),
        compose: Compose | None = None,
    ) -> Notification | None:
        """`held` is as in alerts.mute.Surroundings; `in_force` are the silences and windows that are.

        What was gathered and may not be said as it is any more is gathered anew by `compose`, or goes row by row.
        """
        with self._database.write() as connection:
            if in_force and gathering.dissolve(connection, channel, now, in_force) and compose is not None:
                gathering.gather(connection, channel, now, self._around(held, in_force), compose, what=Gathered.ALL)
            return queue.claim_next(connection, channel, now, held, in_force)

    def hurry(self, channel: str, now: datetime, but: AbstractSet[str] = frozenset()) -> int:
        """What waits for its next try is due now, since the channel works again, `but` for rows of those ids."""
        with self._database.write() as connection:
            return gathering.hurry(connection, channel, now, but)

    def gather(
        self,
        channel: str,
        now: datetime,
        compose: Compose,
        held: Sequence[tuple[datetime, datetime]] = (),
        in_force: Sequence[Mute] = (),
        *,
        what: Gathered = Gathered.ALL,
    ) -> int:
        """Where more than a handful waits for one address, one message takes their place; answers how many it took."""
        with self._database.write() as connection:
            around = self._around(held, in_force)
            return gathering.gather(connection, channel, now, around, compose, what=what)

    @staticmethod
    def _around(held: Sequence[tuple[datetime, datetime]], in_force: Sequence[Mute]) -> gathering.Around:
        def around(connection: Connection, row: Notification, now: datetime) -> Surroundings:
            return replace(queue.surroundings(connection, row, now, in_force), held=held)

        return around

    def told_open(self, address: str, mutes: Sequence[Mute] = ()) -> list[Message]:
        """The last message of each open incident that `address` was told of, and that no mute in force covers."""
        with self._database.peek() as connection:
            return told_open(connection, address, mutes)

    def pass_on(
        self,
        instead: Instead,
        refused: Refused,
        now: datetime,
        out: Sequence[str],
        sends_since: datetime | None = None,
        *,
        compose: Compose | None = None,
    ) -> PassedOn:
        """What fails over its own way goes another, and what waits there too long: see passing_on.failing.

        What one message told is gathered anew by `compose` where it comes to.
        """
        with self._database.peek() as connection:
            if not passing_on.failing(connection, now, out, sends_since):
                return PassedOn()
        with self._database.write() as connection:
            failing = passing_on.failing(connection, now, out, sends_since)
            done = passing_on.pass_on(connection, failing, instead, refused, now)
            if compose is not None:
                for channel in sorted(done.crowded):
                    gathering.gather(connection, channel, now, self._around((), ()), compose, what=Gathered.FAULTS)
            return done

    def next_due(self, channel: str) -> datetime | None:
        with self._database.peek() as connection:
            return queue.next_due(connection, channel)

    def mark_sent(self, notification_id: str, at: datetime, detail: str) -> None:
        with self._database.write() as connection:
            queue.end(connection, notification_id, Ending(at, NotificationState.SENT, "", detail))

    def postpone(self, notification_id: str, at: datetime, until: datetime, reason: str, detail: str) -> None:
        with self._database.write() as connection:
            queue.postpone(connection, notification_id, until, Ending(at, NotificationState.PENDING, reason, detail))

    def bury(self, notification_id: str, at: datetime, state: NotificationState, reason: str, detail: str) -> None:
        with self._database.write() as connection:
            queue.end(connection, notification_id, Ending(at, state, reason, detail))

    def reroute(self, ways: Mapping[str, str], replan: Replan, at: datetime) -> Rerouted:
        """After settings were read: what waits for a way that is gone goes to whoever is to be told now.

        `ways` is every address there is, with its channel. Costs one short look where nothing is astray.
        """
        with self._database.peek() as connection:
            if not strays(connection, ways):
                return Rerouted()
        with self._database.write() as connection:
            return reroute(connection, ways, replan, at)

    def redate(self, limits: Believable) -> int:
        """What waits for a time that only a wrong clock knew is due now. Answers how many rows it was, mostly none."""
        with self._database.peek() as connection:
            if not queue.is_misdated(connection, limits):
                return 0
        with self._database.write() as connection:
            return queue.redate(connection, limits)

    def quarantine_crashed(self, at: datetime, limit: int = CRASH_LIMIT) -> Sequence[str]:
        """Once at the start, before delivery: takes back the claims of the daemon that ended.

        They come back with `repeat` set, but for those claimed `limit` times without an outcome, which are
        quarantined: their ids are answered, and `announce_set_aside` tells somebody.
        """
        with self._database.write() as connection:
            return queue.release_crashed(connection, at, limit)

    def announce_set_aside(self, plan: Announce, at: datetime) -> Sequence[SetAside]:
        """Plans, once for each, the notices of rows that were quarantined; answers those rows."""
        with self._database.peek() as connection:
            if not own_notices.set_aside(connection):
                return ()
        with self._database.write() as connection:
            rows = own_notices.set_aside(connection)
            own_notices.announce(connection, rows, plan, at)
            return rows

    def record_told(self, told: Sequence[Told]) -> None:
        """Keeps what was told straight from memory while nothing could be written."""
        with self._database.write() as connection:
            own_notices.record_told(connection, told)

    def use_link(self, use: LinkUse) -> LinkUse:
        """Puts the use of a signed link on record; answers the one that counts: this, or an earlier one."""
        with self._database.write() as connection:
            return link_uses.use(connection, use)

    # Silences and maintenance: see alerts.mutes.mute --------------------------------------------------------------

    def keep_mute(self, mute: Mute) -> None:
        """One whose id is there already stays as it is."""
        with self._database.write() as connection:
            mutes.keep(connection, mute)

    def end_mute(self, mute: Mute) -> bool:
        """Writes its end before its time; False where it was ended before."""
        with self._database.write() as connection:
            return mutes.end(connection, mute)

    def settle_mute(self, mute_id: str, at: datetime) -> None:
        """Whoever had to hear that it is over has rows in the outbox."""
        with self._database.write() as connection:
            mutes.settle(connection, mute_id, at)

    def standing_mutes(self, now: datetime) -> list[Mute]:
        """Those to come, those in force, those whose end is not settled, and those ended before their time."""
        with self._database.peek() as connection:
            return mutes.standing(connection, now)

    def recent_mutes(self, since: datetime) -> list[Mute]:
        """Those that are not settled, and those that were after `since`."""
        with self._database.peek() as connection:
            return mutes.recent(connection, since)

    def was_muted(self, mute: Mute, incident_id: str) -> bool:
        """Whether something about the incident was dropped for `mute`."""
        with self._database.peek() as connection:
            return mutes.was_muted(connection, mute, incident_id)

    def was_heard_of(self, incident_id: str) -> bool:
        """Whether somebody was told of the incident, or will be by what waits."""
        with self._database.peek() as connection:
            return mutes.was_heard_of(connection, incident_id)

    # State that was put back from a copy: see alerts.restored -----------------------------------------------------

    def restoration(self) -> Restoration | None:
        """The last one, told or not; None for state that was never put back."""
        with self._database.peek() as connection:
            return restorations.latest(connection)

    def since_restoration(self, restoration: Restoration, until: datetime) -> tuple[int, Sequence[Incident]]:
        """How many incidents of the copy have ended since, and the changes that were noticed since."""
        with self._database.peek() as connection:
            over = restorations.ended_between(connection, restoration, until)
            return over, restorations.changes_between(connection, restoration.at, until)

    def settle_restoration(
        self, restoration: Restoration, at: datetime, rows: Sequence[Notification], threads: Sequence[Notification]
    ) -> None:
        """`rows` are the digest; whoever stands in `threads` knows of those incidents by it."""
        with self._database.write() as connection:
            restorations.settle(connection, restoration, at, rows, threads)

    def hand_over(self, rows: Sequence[Notification], known: Sequence[Notification], at: datetime) -> bool:
        """`rows` tell of a hand-off; whoever stands in `known` knows of those incidents by it. False: it was told."""
        with self._database.write() as connection:
            return handing_over.hand_over(connection, rows, known, at)


def open_store(folder: Path | None) -> Store:
    """The store of a state folder, or in memory. Raises StoreError; hold a StateLock on the folder first."""
    return Store(open_memory() if folder is None else open_database(folder / DATABASE_NAME))
