"""A list of bills on its way into the ledger: made ready some at a time and kept in a file, then written at one go.

Of a hundred thousand bills only what they add up to is held in memory, which whoever keeps open bills has anyway.
"""

import errno
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from pydantic_core import from_json, to_json
from sqlalchemy import Connection

from checks.ledger.event import Draft
from checks.ledger.state import BillOnRecord, PayeeOnRecord
from watchdog.store.errors import StoreBrokenError, StoreFullError
from watchdog.store.ledger_overtaking import overtaking
from watchdog.store.ledger_writing import Reading, end_of, following, head_of, put_rows


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
    """What the bills and payees they are about add up to then."""
    _sizes: list[int] = field(default_factory=list)
    """Of the portions, in bytes."""
    _abouts: set[str] = field(default_factory=set)

    def add(self, drafts: Sequence[Draft]) -> None:
        """All that is said of one bill comes at once. Raises ValueError where it does not."""
        ready = following(self.reading, drafts, self.at, self.last)
        if not ready.events:
            return
        abouts = {event.draft.about for event in ready.events}
        if not self._abouts.isdisjoint(abouts):
            raise ValueError("one bill in two portions")
        self._abouts |= abouts
        self._keep(to_json((list(ready.event_rows), list(ready.state_rows))))
        self.states.update(ready.states)
        self.events += len(ready.events)
        self.last = ready.events[-1].hash

    def written(self, connection: Connection) -> bool:
        """False, and nothing is done, where something went on record since it was begun."""
        if head_of(connection) != self.head:
            return False
        with overtaking(connection, self._abouts):
            for event_rows, state_rows in self._portions():
                put_rows(connection, event_rows, state_rows)
        return True

    def _keep(self, portion: bytes) -> None:
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
            event_rows, state_rows = from_json(portion)
            yield [tuple(row) for row in event_rows], [tuple(row) for row in state_rows]


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
