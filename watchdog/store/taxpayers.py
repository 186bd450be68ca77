"""Lists of active taxpayers in the store.

A list comes in many small transactions that nobody has to wait for, and is not seen before it is whole; one short
transaction then puts it in the place of the one before it, whose rows go in small steps, too.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from checks.ledger.taxpayers import ListKind, Lookup, TaxpayerList
from checks.wording import day_of
from watchdog.store.database import Database
from watchdog.store.errors import StoreRefusedError
from watchdog.store.rows import Row
from watchdog.store.taxpayer_tables import taxpayer_lists, taxpayers

#: Rows of one step: some 50 ms under the write lock.
STEP_ROWS: Final = 10_000
#: A list that is not whole by then was given up.
GIVEN_UP: Final = timedelta(hours=1)

_ASKED_AT_ONCE: Final = 500


class TaxpayerRows:
    """Every verb is one transaction. Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, coming: TaxpayerList, *, force: bool = False) -> None:
        """Its rows follow; `rows` of it counts for nothing, those that come are counted. Raises as `finish`, before
        anybody has posted half a million rows.
        """
        with self._database.write() as connection:
            _refuse_older(connection, coming.kind, coming.listed_on, force=force)
            connection.execute(
                insert(taxpayer_lists).values(
                    id=coming.id,
                    kind=coming.kind,
                    listed_on=coming.listed_on.isoformat(),
                    imported_at=coming.imported_at,
                    author=coming.author,
                    source=coming.source,
                    sha256=coming.sha256,
                    rows=0,
                    is_current=False,
                )
            )

    def add(self, id_: str, rows: Sequence[tuple[str, str]]) -> None:
        """Numbers and names, at most STEP_ROWS; of two with one number the first stays. Raises StoreRefusedError for
        a list that was not begun, or is whole already.
        """
        with self._database.write() as connection:
            seq = _unfinished(connection, id_).seq
            statement = insert(taxpayers).prefix_with("OR IGNORE", dialect="sqlite")
            if rows:
                connection.execute(statement, [{"list": seq, "number": number, "name": name} for number, name in rows])

    def finish(self, id_: str, at: datetime, *, force: bool = False) -> TaxpayerList:
        """It is the list of its kind from now on. Raises StoreRefusedError for one without a row, as `add`, and, unless
        `force`, for one of an earlier day than the list in force: vendors would be judged by what is over.
        """
        with self._database.write() as connection:
            row = _unfinished(connection, id_)
            _refuse_older(connection, row.kind, date.fromisoformat(row.listed_on), force=force)
            count = connection.execute(
                select(func.count()).select_from(taxpayers).where(taxpayers.c.list == row.seq)
            ).scalar_one()
            if not count:
                raise StoreRefusedError("a list without a row replaces none")
            of_kind = taxpayer_lists.c.kind == row.kind
            connection.execute(update(taxpayer_lists).where(of_kind).values(is_current=False))
            values = {"is_current": True, "rows": count, "imported_at": at}
            connection.execute(update(taxpayer_lists).where(taxpayer_lists.c.seq == row.seq).values(values))
            current = _current(connection, row.kind)
            if current is None:
                raise StoreRefusedError("the list is gone")
            return _list_of(current)

    def sweep(self, now: datetime) -> bool:
        """Lets go of STEP_ROWS of lists that were replaced or given up; whether there is more of them."""
        is_over = taxpayer_lists.c.rows > 0
        is_late = taxpayer_lists.c.imported_at < now - GIVEN_UP
        old = select(taxpayer_lists.c.seq).where(~taxpayer_lists.c.is_current, is_over | is_late).limit(1)
        with self._database.write() as connection:
            seq = connection.execute(old).scalar()
            if seq is None:
                return False
            there = taxpayers.c.list == seq
            last = select(taxpayers.c.number).where(there).order_by(taxpayers.c.number).offset(STEP_ROWS - 1).limit(1)
            number = connection.execute(last).scalar()
            if number is None:
                connection.execute(delete(taxpayers).where(there))
                connection.execute(delete(taxpayer_lists).where(taxpayer_lists.c.seq == seq))
            else:
                connection.execute(delete(taxpayers).where(there, taxpayers.c.number <= number))
            return True

    def lists(self) -> Sequence[TaxpayerList]:
        """Those that count, one of a kind at most."""
        rows = select(taxpayer_lists).where(taxpayer_lists.c.is_current).order_by(taxpayer_lists.c.kind)
        with self._database.read() as connection:
            return [_list_of(row) for row in connection.execute(rows)]

    def look_up(self, kind: ListKind, numbers: Sequence[str]) -> Lookup | None:
        """As checks.plugin.Taxpayers."""
        with self._database.read() as connection:
            row = _current(connection, kind)
            if row is None:
                return None
            names: dict[str, str] = {}
            for start in range(0, len(numbers), _ASKED_AT_ONCE):
                some = numbers[start : start + _ASKED_AT_ONCE]
                found = select(taxpayers.c.number, taxpayers.c.name).where(
                    taxpayers.c.list == row.seq, taxpayers.c.number.in_(some)
                )
                names.update((number, name) for number, name in connection.execute(found))
            return Lookup(source=_list_of(row), names=names)


def _unfinished(connection: Connection, id_: str) -> Row:
    row = connection.execute(select(taxpayer_lists).where(taxpayer_lists.c.id == id_)).first()
    if row is None or row.rows:
        raise StoreRefusedError("no such list is being imported: it was given up, or is whole already")
    return row


def _refuse_older(connection: Connection, kind: ListKind, listed_on: date, *, force: bool) -> None:
    current = _current(connection, kind)
    if not force and current is not None and listed_on < (newest := date.fromisoformat(current.listed_on)):
        raise StoreRefusedError(
            f"the {kind.value} list of {day_of(newest)} is in force, and this one is of {day_of(listed_on)}: download "
            "a new one, or say --force to go back to it"
        )


def _current(connection: Connection, kind: ListKind) -> Row | None:
    rows = select(taxpayer_lists).where(taxpayer_lists.c.kind == kind, taxpayer_lists.c.is_current)
    return connection.execute(rows).first()


def _list_of(row: Row) -> TaxpayerList:
    return TaxpayerList(
        id=row.id,
        kind=row.kind,
        listed_on=date.fromisoformat(row.listed_on),
        imported_at=row.imported_at,
        author=row.author,
        source=row.source,
        sha256=row.sha256,
        rows=row.rows,
    )
