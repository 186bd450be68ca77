"""A list of bills on its way into the ledger: made ready some at a time and kept in a file, then written at one go.

Of a hundred thousand bills only what the open ones add up to is held in memory, which whoever keeps open bills has
anyway.
"""

import errno
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Final, TypeAlias

from pydantic_core import from_json, to_json
from sqlalchemy import Connection

from checks.ledger.chain import linked
from checks.ledger.event import Draft, LedgerEvent
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord, PayeeOnRecord
from watchdog.store.errors import StoreBrokenError, StoreFullError
from watchdog.store.ledger_histories import Histories, History, histories_of
from watchdog.store.ledger_overtaking import overtaking
from watchdog.store.ledger_rows import event_values, state_values
from watchdog.store.ledger_words import Speech, at_once
from watchdog.store.ledger_writing import Reading, end_of, head_of, put_rows

Placing: TypeAlias = Callable[[Draft, History], Draft | None]

#: What SQLite keeps in memory of a file while a list is written; its own 2 MB take a third more of the time.
_CACHE_KIB: Final = 8_000


@dataclass(slots=True, kw_only=True)
class Spool:
    """Events that follow on `head`. Every verb raises StoreError."""

    file: IO[bytes]
    """Ours alone, without a name."""
    reading: Reading
    head: str
    at: datetime
    """When they are written down."""
    last: str
    """The hash on which the next one follows."""
    events: int = 0
    states: dict[str, BillOnRecord | PayeeOnRecord] = field(default_factory=dict)
    """What the open bills and the payees they are about add up to then."""
    _sizes: list[int] = field(default_factory=list)
    """Of the portions, in bytes."""
    _abouts: set[str] = field(default_factory=set)

    @property
    def closed(self) -> Collection[str]:
        """Keys of the bills they are about that are paid or cancelled then."""
        return self._abouts - self.states.keys()

    def add(self, drafts: Sequence[Draft]) -> None:
        """All that is said of one bill comes at once. Raises ValueError where it does not."""
        self._take(drafts, (), lambda _payment, _history: None)

    def say(
        self, drafts: Sequence[Draft], payments: Sequence[Draft], author: str, rules: BillingRules
    ) -> Sequence[Draft]:
        """As `add`, with those of `payments` for which the word of `author` is enough: no bill
        is ever on record without the payment that came with it. What is to be said to LedgerRows.say comes back.
        """
        speech = Speech(author, author, rules, self.at)
        return self._take(drafts, payments, lambda one, known: at_once(one, known, speech))

    def _take(self, drafts: Sequence[Draft], payments: Sequence[Draft], placed: Placing) -> Sequence[Draft]:
        """The payments that are not placed. Each bill is read and added up once."""
        said, paid = _by_bill(drafts), _by_bill(payments)
        with self.reading() as connection:
            histories = histories_of(connection, list(dict.fromkeys((*said, *paid))))
        events: list[LedgerEvent] = []
        left: list[Draft] = []
        for about, history in histories.items():
            news = list(self._linked(said.get(about, ()), history))
            for payment in paid.get(about, ()):
                if (one := placed(payment, history)) is None:
                    left.append(payment)
                else:
                    news += self._linked([one], history)
            if news and about in self._abouts:
                raise ValueError("one bill in two portions")
            events += news
        self._keep(events, histories)
        return left

    def _linked(self, drafts: Iterable[Draft], history: History) -> Iterator[LedgerEvent]:
        """Each behind the one before, but for those that are on record."""
        for draft in drafts:
            event = linked(draft, self.at, self.last)
            if history.add(event):
                self.last = event.hash
                yield event

    def written(self, connection: Connection) -> bool:
        """False, and nothing is done, where something went on record since it was begun."""
        if head_of(connection) != self.head:
            return False
        with _much_in_memory(connection), overtaking(connection, self._abouts):
            for event_rows, state_rows in self._portions():
                put_rows(connection, event_rows, state_rows)
        return True

    def _keep(self, events: Sequence[LedgerEvent], histories: Histories) -> None:
        if not events:
            return
        abouts = dict.fromkeys(event.draft.about for event in events)
        found = ((about, histories[about].state) for about in abouts)
        states = {about: state for about, state in found if state is not None}
        self._write(to_json((_columns(map(event_values, events)), _columns(map(state_values, states.values())))))
        self._abouts.update(abouts)
        self.states.update({about: one for about, one in states.items() if _is_kept(one)})
        self.events += len(events)

    def _write(self, portion: bytes) -> None:
        with _on_disk():
            self.file.write(portion)
            self.file.flush()
        self._sizes.append(len(portion))

    def _portions(self) -> Iterator[tuple[Sequence[tuple[object, ...]], Sequence[tuple[object, ...]]]]:
        with _on_disk():
            self.file.seek(0)
        for size in self._sizes:
            with _on_disk():
                portion = self.file.read(size)
            event_rows, state_rows = from_json(portion, cache_strings="none")
            yield list(zip(*event_rows, strict=True)), list(zip(*state_rows, strict=True))


def _by_bill(drafts: Sequence[Draft]) -> dict[str, list[Draft]]:
    found: dict[str, list[Draft]] = {}
    for draft in drafts:
        found.setdefault(draft.about, []).append(draft)
    return found


def _columns(rows: Iterable[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Read under the write lock, where they are rows again in half the time that rows would take."""
    return list(zip(*rows, strict=True))


@contextmanager
def _much_in_memory(connection: Connection) -> Iterator[None]:
    was = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA cache_size = {-_CACHE_KIB}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = {was}")


def _is_kept(state: BillOnRecord | PayeeOnRecord) -> bool:
    return isinstance(state, PayeeOnRecord) or state.is_open


@contextmanager
def spooled(reading: Reading, at: datetime, folder: Path | None) -> Iterator[Spool]:
    """An empty one, whose file is in `folder` and gone afterwards, also after a crash. Raises StoreError."""
    with reading() as connection:
        head, latest = end_of(connection)
    with _on_disk():
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # below
    with file:
        at = at if latest is None else max(at, latest)
        yield Spool(file=file, reading=reading, head=head, at=at, last=head)


@contextmanager
def _on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        no_room = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        kind = StoreFullError if no_room else StoreBrokenError
        raise kind(f"a file for a list that is taken in: {error.strerror}") from error
