"""The outbox against a list in memory: whatever happens in whatever order, both say the same."""

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from alerts.incident import EventKind
from alerts.message import NotificationState
from tests.support.stored import at, closed, incident, notification
from watchdog.store.changes import Changes
from watchdog.store.store import Store, open_store

CHANNELS = ("mail", "sms")
INCIDENTS = ("i1", "i2")
CRASHES_ALLOWED = 2

events = st.sampled_from([EventKind.OPENED, EventKind.SEVERITY, EventKind.REMINDER, EventKind.RESOLVED])
delays = st.sampled_from([0, 0, 30, 300])


@dataclass
class Row:
    """A notification as the model sees it."""

    id: str
    event: EventKind
    thread: tuple[str, str] | None
    channel: str
    urgency: int
    not_before: float
    due: float
    pending: bool = True
    claimed: bool = False
    attempts: int = 0
    crashes: int = 0
    repeat: bool = False


@dataclass
class Model:
    rows: list[Row] = field(default_factory=list)
    closed: dict[str, float] = field(default_factory=dict)

    def put(self, row: Row) -> None:
        """The end of an incident is for those who were told of it, or still are to be."""
        thread = [one for one in self.rows if one.thread == row.thread and one.event is not EventKind.RESOLVED]
        if row.thread and row.event is EventKind.RESOLVED and not any(one.pending or one.attempts for one in thread):
            return
        if row.thread and row.event is EventKind.SEVERITY:
            self.hasten(row)
        self.rows.append(row)

    def hasten(self, turn: Row) -> None:
        """A turn of the incident does not wait for what waits before it, be it an end."""
        for one in self.rows:
            if one.thread == turn.thread and one.pending and not one.attempts:
                one.due = min(one.due, turn.not_before)

    def free(self, channel: str) -> list[Row]:
        """Unclaimed rows that no earlier pending row of their thread holds back."""
        waiting = [row for row in self.rows if row.pending]
        heads: dict[object, Row] = {}
        for row in waiting:
            heads.setdefault(row.thread or row.id, row)
        return [row for row in heads.values() if row.channel == channel and not row.claimed]

    def claim(self, channel: str, now: float) -> Row | None:
        suspect_is_out = any(row.claimed and row.crashes for row in self.rows)
        while due := [row for row in self.free(channel) if row.due <= now and not (row.crashes and suspect_is_out)]:
            row = min(due, key=lambda one: (one.urgency, self.rows.index(one)))
            if self.is_wanted(row, now):
                row.claimed, row.attempts = True, row.attempts + 1
                return row
            row.pending = False
        return None

    def is_wanted(self, row: Row, now: float) -> bool:
        if row.thread is None:
            return True
        place = self.rows.index(row)
        before = [one for one in self.rows[:place] if one.thread == row.thread]
        after = [one for one in self.rows[place + 1 :] if one.thread == row.thread]
        if row.event is EventKind.RESOLVED:
            return any(one.attempts for one in before)
        if any(one.event is EventKind.SEVERITY and one.pending and one.not_before < row.not_before for one in after):
            return False
        if row.event is EventKind.SEVERITY and row.thread[0] in self.closed and not any(one.attempts for one in before):
            return False
        if row.event is EventKind.REMINDER and any(
            one.event is EventKind.REMINDER and one.pending and one.due <= now for one in after
        ):
            return False
        return self.closed.get(row.thread[0], row.not_before) >= row.not_before

    def restart(self) -> list[str]:
        lost = [row for row in self.rows if row.claimed]
        for row in lost:
            row.claimed, row.repeat, row.crashes = False, True, row.crashes + 1
            row.pending = row.crashes <= CRASHES_ALLOWED
        return [row.id for row in lost if not row.pending]


def is_something_in_flight(machine: "OutboxMachine") -> bool:
    return bool(machine.in_flight())


class OutboxMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.model = Model()
        self.put_so_far = 0
        self.store: Store = open_store(None)

    @initialize()
    def open_incidents(self) -> None:
        self.store.commit(Changes(incidents=tuple(incident(name, subject=name) for name in INCIDENTS)))

    def teardown(self) -> None:
        self.store.close()

    @rule(
        event=events,
        name=st.sampled_from([*INCIDENTS, None]),
        to=st.tuples(st.sampled_from(CHANNELS), st.sampled_from(["a", "b"])),
        urgency=st.integers(0, 2),
        delay=delays,
    )
    def put(self, event: EventKind, name: str | None, to: tuple[str, str], urgency: int, delay: float) -> None:
        self.put_so_far += 1
        row_id, due = f"n{self.put_so_far}", self.now + delay
        channel, recipient = to
        thread = None if name is None else (name, recipient)
        self.model.put(Row(row_id, event, thread, channel, urgency, due, due))
        row = notification(
            row_id,
            event,
            incident_id=name,
            channel=channel,
            recipient=recipient,
            urgency=urgency,
            created=self.now,
            not_before=due,
        )
        for _ in range(2):  # a repeated commit changes nothing
            self.store.commit(Changes(notifications=(row,)))

    @rule(name=st.sampled_from(INCIDENTS))
    def close(self, name: str) -> None:
        self.model.closed.setdefault(name, self.now)
        ended = closed(incident(name, subject=name), self.model.closed[name])
        self.store.commit(Changes(incidents=(ended,)))

    @rule(seconds=st.sampled_from([1, 30, 60, 300, -60]))
    def pass_time(self, seconds: float) -> None:
        """Wall clocks step back as well."""
        self.now += seconds

    @rule(channel=st.sampled_from(CHANNELS))
    def claim(self, channel: str) -> None:
        expected = self.model.claim(channel, self.now)
        claimed = self.store.claim_next(channel, at(self.now))
        assert (claimed and (claimed.id, claimed.repeat, claimed.attempts)) == (
            expected and (expected.id, expected.repeat, expected.attempts)
        )

    def in_flight(self) -> list[Row]:
        return [row for row in self.model.rows if row.claimed]

    @precondition(is_something_in_flight)
    @rule(data=st.data())
    def send(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(self.in_flight()))
        row.pending = row.claimed = False
        for _ in range(2):
            self.store.mark_sent(row.id, at(self.now), "250 ok")

    @precondition(is_something_in_flight)
    @rule(data=st.data())
    def reject(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(self.in_flight()))
        row.pending = row.claimed = False
        self.store.bury(row.id, at(self.now), NotificationState.REJECTED, "refused", "")

    @precondition(is_something_in_flight)
    @rule(data=st.data(), delay=delays)
    def postpone(self, data: st.DataObject, delay: float) -> None:
        row = data.draw(st.sampled_from(self.in_flight()))
        row.claimed, row.crashes, row.due = False, 0, self.now + delay
        for _ in range(2):
            self.store.postpone(row.id, at(self.now), at(row.due), "busy", "")

    @rule()
    def crash_and_restart(self) -> None:
        quarantined = self.store.quarantine_crashed(at(self.now), CRASHES_ALLOWED + 1)
        assert quarantined == self.model.restart()

    @invariant()
    def both_wait_for_the_same(self) -> None:
        for channel in CHANNELS:
            due = min((row.due for row in self.model.free(channel)), default=None)
            assert self.store.next_due(channel) == (None if due is None else at(due))

    @invariant()
    def both_hold_the_same(self) -> None:
        waiting = self.store.listings.outbox_pending()
        for channel in CHANNELS:
            held = sum(row.pending for row in self.model.rows if row.channel == channel)
            assert (waiting[channel].count if channel in waiting else 0) == held


OutboxMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=40)
TestOutboxAgainstAModel = OutboxMachine.TestCase
