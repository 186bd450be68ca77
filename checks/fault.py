"""Something wrong with a target, and which of several things is the gravest: one ranking for every kind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checks.model import Cause, Status

# Unlike in lists for people, not to know comes before a mild fault: a warning would end an incident, and nothing was
# seen that could.
_GRAVEST_FIRST = (Status.CRITICAL, Status.UNKNOWN, Status.WARNING, Status.OK)


@dataclass(frozen=True, slots=True)
class Fault:
    """`text` stands behind the target's name: "answers 500, expected 200"."""

    cause: Cause
    status: Status
    text: str


def gravest_first(faults: Iterable[Fault]) -> Sequence[Fault]:
    """Among equals the order stays."""
    return sorted(faults, key=lambda fault: _GRAVEST_FIRST.index(fault.status))
