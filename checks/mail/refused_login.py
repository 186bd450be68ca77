"""Logins refused, counted over runs: a wrong password must not lock the account, nor get this machine banned.

A login counts from before the password leaves: a server that answers after the run's time has counted it too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from checks.family import FamilyChoice
from checks.fault import Fault
from checks.model import Cause, Status
from checks.network.errors import ProbeError
from checks.network.values import Family
from checks.plugin import CheckContext, Json
from checks.wording import moment

#: A slip of the server is told from a wrong password by asking again, so often.
_TRIES = 3
#: Then so long between two. Guards against guessers commonly ban after five refusals within ten minutes.
_REST = timedelta(minutes=5)
#: Both families log in to one account, so each may do so half as often.
_TRIES_OF_BOTH, _REST_OF_BOTH = 2, timedelta(minutes=10)
_KEY = "refused_logins"

#: What guards count, or what goes on only as long as we go on asking: an account that is locked stays so.
_COUNTED = frozenset({Cause.AUTH_FAILED, Cause.EXPIRED, Cause.SUSPENDED, Cause.RATE_LIMITED})

_UNANSWERED = Fault(Cause.TIMEOUT, Status.CRITICAL, "left the login without an answer")


@dataclass(frozen=True, slots=True)
class _Row:
    """Logins that failed one after the other, and what came of the last."""

    count: int
    last: datetime
    fault: Fault


@dataclass(slots=True)
class Logins:
    """The logins of one user over one family of addresses."""

    ctx: CheckContext
    user: str
    family: Family
    choice: FamilyChoice
    _before: _Row | None = field(init=False)

    def __post_init__(self) -> None:
        self._before = self._recalled()

    def rest(self) -> tuple[Fault, datetime] | None:
        """The last refusal, said again instead of trying once more, and when it is tried; None: it may be now."""
        row, zone = self._before, self.ctx.estate.time_zone
        tries, pause = (_TRIES_OF_BOTH, _REST_OF_BOTH) if self.choice == "both" else (_TRIES, _REST)
        if row is None or row.count < tries or not row.last <= self.ctx.now < row.last + pause:
            return None
        again = row.last + pause
        text = (
            f"{row.fault.text}; {row.count} logins failed in a row, last at {moment(row.last, zone)}; "
            f"tried again at {moment(again, zone)}, so that the account is not locked"
        )
        return Fault(row.fault.cause, row.fault.status, text), again

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Around a login; what the server refuses with is told to `refused`."""
        self._note(_UNANSWERED)
        try:
            yield
        except ProbeError as error:
            self._note(Fault(error.cause, Status.CRITICAL, "broke the login off"))
            raise
        else:
            self.ctx.memory.note(self._key, None)

    def refused(self, fault: Fault) -> None:
        """A refusal that says nothing of this account leaves the count as it was."""
        if fault.cause in _COUNTED:
            self._note(fault)
        else:
            self.ctx.memory.note(self._key, None if self._before is None else self._as_json(self._before))

    @property
    def _key(self) -> str:
        return _KEY if self.family == "any" else f"{_KEY}/{self.family}"

    def _note(self, fault: Fault) -> None:
        count = 0 if self._before is None else self._before.count
        self.ctx.memory.note(self._key, self._as_json(_Row(count + 1, self.ctx.now, fault)))

    def _as_json(self, row: _Row) -> Json:
        fault = row.fault
        return {
            "user": self.user,
            "count": row.count,
            "last": row.last.timestamp(),
            "fault": [fault.cause.value, fault.status.value, fault.text],
        }

    def _recalled(self) -> _Row | None:
        """None where none failed, or another user's did."""
        match self.ctx.memory.get(self._key):
            case {"user": str(name), "count": int(count), "last": float(last), "fault": [cause, status, str(text)]} if (
                name == self.user
            ):
                fault = Fault(Cause(cause), Status(status), text)
                return _Row(count, datetime.fromtimestamp(last, UTC), fault)
            case _:
                return None
