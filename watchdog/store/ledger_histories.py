"""What is on record of bills and payees while more is said of them: read once, and added up once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from checks.ledger.event import LedgerEvent, LedgerEventKind
from checks.ledger.fold import after, folded, folded_payee
from checks.ledger.state import BillOnRecord, PayeeOnRecord
from watchdog.store.ledger_rows import event_of
from watchdog.store.ledger_tables import ledger_events
from watchdog.store.portions import AT_ONCE, portions


@dataclass(slots=True)
class History:
    """Of one bill or payee. What it adds up to is worked out where somebody asks, and goes on from there: a bill that
    is received and paid in one breath is not folded anew for each question about it.
    """

    events: list[LedgerEvent] = field(default_factory=list)
    """In the order of recording."""
    _bill: BillOnRecord | None = None
    _counted: int = 0
    """How many of `events` are in `_bill`."""

    def add(self, event: LedgerEvent) -> bool:
        """False, and nothing is done, where just that is on record."""
        if any(one.id == event.id for one in self.events):
            return False
        self.events.append(event)
        return True

    def copy(self) -> "History":
        """To which something may be added that is only thought of."""
        return History(list(self.events), self._bill, self._counted)

    @property
    def bill(self) -> BillOnRecord | None:
        """None before it was received."""
        if self._counted < len(self.events):
            self._bill = self._gone_on()
            self._counted = len(self.events)
        return self._bill

    @property
    def state(self) -> BillOnRecord | PayeeOnRecord | None:
        """Of a bill or of a payee, whichever it is about."""
        is_of_bill = bool(self.events) and self.events[0].draft.is_of_bill
        return self.bill if is_of_bill else folded_payee(self.events)

    def _gone_on(self) -> BillOnRecord | None:
        """What comes last in order is added to what the others add up to; anything else is folded anew."""
        bill = self._bill
        if bill is None:
            return folded(self.events)
        last = max(event.order for event in self.events[: self._counted])
        for event in self.events[self._counted :]:
            if event.order < last or event.draft.kind is LedgerEventKind.RECEIVED:
                return folded(self.events)
            bill, last = after(bill, event), event.order
        return bill


Histories = Mapping[str, History]


def histories_of(connection: Connection, abouts: Sequence[str]) -> dict[str, History]:
    """Of each of `abouts`, however many there are, and be there nothing on record of it."""
    found = {about: History() for about in abouts}
    for about, events in events_of_all(connection, abouts).items():
        found[about] = History(events)
    return found


def events_of_all(connection: Connection, abouts: Sequence[str]) -> dict[str, list[LedgerEvent]]:
    """As `events_of`, however many there are."""
    found: dict[str, list[LedgerEvent]] = {}
    for some in portions(abouts, AT_ONCE):
        found |= events_of(connection, some)
    return found


def events_of(connection: Connection, abouts: Sequence[str]) -> dict[str, list[LedgerEvent]]:
    """By bill or payee, in the order of recording."""
    found: dict[str, list[LedgerEvent]] = {}
    rows = select(ledger_events).where(ledger_events.c.about.in_(abouts)).order_by(ledger_events.c.seq)
    for row in connection.execute(rows):
        found.setdefault(row.about, []).append(event_of(row))
    return found
