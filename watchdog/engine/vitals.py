"""Whether the daemon does its work, and does not merely exist."""

import asyncio
from dataclasses import dataclass
from typing import Final

from watchdog.engine.group_commit import Writer
from watchdog.store.changes import Changes

#: A check that is due is started within milliseconds; on a crowded machine it may wait for its turn this long.
MAX_OVERDUE_S: Final = 60.0

#: A backup may hold the database for a minute; what is not on disk after two is not being kept.
MAX_UNWRITTEN_S: Final = 120.0

#: No lock and no full disk holds a single call to the store up for longer than its busy timeout of seconds, and no
#: machine is crowded for so long that nothing at all is started: what lasts this long hangs, and a restart may end it.
STUCK_AFTER_S: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What the daemon's parts say of themselves at one moment."""

    overdue_s: float
    """How long the check that is due longest has waited for its start; 0 when none waits."""
    unwritten_s: float
    """How long the commit under way has lasted; 0 when none is."""
    unanswered_s: float = 0.0
    """How long the store has answered neither yes nor no to the one call under way; 0 when none is."""


class TimedWriter:
    """A writer that says how long it has been at it, whatever holds it up: a lock, a full disk, a disk that hangs."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._since_s: float | None = None

    async def commit(self, changes: Changes) -> None:
        self._since_s = asyncio.get_running_loop().time()
        try:
            await self._writer.commit(changes)
        finally:
            self._since_s = None

    @property
    def unwritten_s(self) -> float:
        """How long the commit under way has lasted; 0 when none is."""
        return 0.0 if self._since_s is None else asyncio.get_running_loop().time() - self._since_s


def ailment(vitals: Vitals) -> str:
    """What the daemon fails at, in plain words; "" when it is well."""
    if vitals.overdue_s > MAX_OVERDUE_S:
        return f"a check has been due for {vitals.overdue_s:.0f} s and was not started"
    if vitals.unwritten_s > MAX_UNWRITTEN_S:
        return f"the store has not taken what was seen for {vitals.unwritten_s:.0f} s"
    return ""


def hang(vitals: Vitals) -> str:
    """What has come to a stop in this process that a restart may set going again; "" when nothing has.

    A store that says no, of a lock or a full disk, answers: a restart would free neither, and lose what is in memory.
    """
    if vitals.overdue_s > STUCK_AFTER_S:
        return f"a check has been due for {vitals.overdue_s:.0f} s and was not started"
    if vitals.unanswered_s > STUCK_AFTER_S:
        return f"the store has not answered for {vitals.unanswered_s:.0f} s"
    return ""
