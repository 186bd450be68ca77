"""A bill that was not paid, as an incident carries it that it may explain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from checks.model import Cause, require_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """What is owed to whom, and since when."""

    number: str
    """As printed on the bill."""
    amount: str
    """What is left to pay, as people read it, "Rs 134,000"; "" where nobody knows it."""
    due_at: datetime
    """When the office closed on the last day to pay, aware UTC."""
    cause: Cause
    """OVERDUE, BLOCKED, or DUE where it is only disputed."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """By which routes find whoever hears of the bill itself."""
    is_disputed: bool = False
    """Somebody on our side says that it is not owed, or not so much: a vendor may cut off for less."""

    def __post_init__(self) -> None:
        require_utc("due_at", self.due_at)
