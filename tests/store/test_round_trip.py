"""Whatever is committed comes back equal."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.debt import Debt
from alerts.drills.drill import Drill, DrillKind
from alerts.incident import Acknowledgement, Chase, EventKind, Incident, Nature
from alerts.judging.fault import Fault, Healthy, Held, Open, Settling, Suspect
from alerts.message import Message, Notification
from alerts.record import SubjectRecord
from checks.model import Cause, CheckId, Deadline, Measurement, Rung, Status
from watchdog.store.changes import Changes
from watchdog.store.store import open_store

NOW = datetime(2026, 11, 2, tzinfo=UTC)

words = st.text(st.characters(codec="utf-8"), max_size=20)
names = words.filter(bool)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds
pairs = st.lists(st.tuples(words, words), max_size=3).map(tuple)
counts = st.integers(0, 1000)
statuses = st.sampled_from(Status)
causes = st.sampled_from(Cause)
labels = st.dictionaries(words, words, max_size=3)

deadlines = st.builds(
    Deadline,
    at=instants,
    act_by=st.none() | instants,
    rungs=st.lists(st.builds(Rung, name=words, at=instants, status=statuses), max_size=4).map(tuple),
    is_to_confirm=st.booleans(),
)
measurements = st.builds(Measurement, name=words, value=st.floats(allow_nan=False), unit=words, labels=pairs)
debts = st.builds(
    Debt,
    number=words,
    amount=words,
    due_at=instants,
    cause=st.sampled_from((Cause.OVERDUE, Cause.BLOCKED)),
    labels=labels,
)
perhaps = st.none() | instants
acknowledgements = st.builds(
    Acknowledgement, by=names, at=instants, note=words, until=perhaps, severity=st.none() | statuses
)
chases = st.builds(
    Chase,
    escalation=names,
    since=instants,
    waits_from=instants,
    severity=statuses,
    step=counts,
    told=st.none() | st.lists(st.lists(names).map(tuple)).map(tuple),
    waited=st.integers(0, 10**15).map(lambda us: timedelta(microseconds=us)),
    is_held=st.booleans(),
    paused_at=perhaps,
)
drills = st.builds(
    Drill,
    kind=st.sampled_from(DrillKind),
    by=names,
    ends_at=instants,
    plays=names.map(CheckId),
    receivers=st.lists(names, max_size=2).map(tuple),
    report_to=st.lists(names, max_size=2).map(tuple),
)
faults: st.SearchStrategy[Fault] = st.one_of(
    st.builds(Healthy, perhaps),
    st.builds(Suspect, instants, counts, counts, perhaps),
    st.builds(Settling, instants, instants, counts, perhaps),
    st.builds(Open, instants, statuses, counts, counts, st.booleans()),
    st.builds(Held, instants, instants, statuses, counts, counts, st.booleans()),
)


def incidents(subject: str, nature: Nature) -> st.SearchStrategy[Incident]:
    return st.builds(
        Incident,
        id=st.just(f"i-{nature.value}"),
        check_id=st.just(CheckId("mx")),
        subject=st.just(subject),
        nature=st.just(nature),
        kind=words,
        service=st.none() | words,
        labels=labels,
        severity=statuses,
        cause=causes,
        summary=words,
        changed=words,
        facts=pairs,
        evidence=words,
        opened_at=instants,
        since=instants,
        deadline=st.none() | deadlines,
        closed_at=st.none(),
        close_reason=words,
        earlier=st.lists(st.tuples(causes, words), max_size=3).map(tuple),
        acknowledged=st.none() | acknowledgements,
        chases=st.lists(chases, max_size=2).map(tuple),
        root=st.none() | names,
        was_told=st.booleans(),
        debts=st.lists(debts, max_size=2).map(tuple),
        is_unstable=st.booleans(),
        recovered_at=perhaps,
        drill=st.none() | drills,
    )


@st.composite
def records(draw: st.DrawFn) -> SubjectRecord:
    subject = draw(names)
    return SubjectRecord(
        check_id=CheckId("mx"),
        subject=subject,
        status=draw(statuses),
        cause=draw(causes),
        summary=draw(words),
        evidence=draw(words),
        measurements=tuple(draw(st.lists(measurements, max_size=3))),
        duration_s=draw(st.integers(0, 10**9)) / 1_000_000,
        seen_at=draw(instants),
        judged_at=draw(instants),
        good_at=draw(st.none() | instants),
        fault=draw(faults),
        deadline=draw(st.none() | deadlines),
        told=draw(st.frozensets(words, max_size=4)),
        fault_incident=draw(st.none() | incidents(subject, Nature.FAULT)),
        deadline_incident=draw(st.none() | incidents(subject, Nature.DEADLINE)),
        stale_incident=draw(st.none() | incidents(subject, Nature.STALENESS)),
    )


messages = st.builds(
    Message, subject=words, text=words, event=st.sampled_from(EventKind), check=words, incident=words, fields=labels
)
notifications = st.builds(
    Notification,
    id=names,
    event_id=words,
    incident_id=st.none(),
    receiver=words,
    channel=words,
    recipient=words,
    message=messages,
    urgency=st.integers(0, 9),
    created_at=instants,
    not_before=st.just(NOW),
    attempts=st.integers(0, 50),
    repeat=st.booleans(),
)


@settings(max_examples=60)
@given(records())
def test_a_record_and_its_incidents_come_back_equal(record: SubjectRecord) -> None:
    store = open_store(None)
    store.commit(Changes(records=(record,), incidents=record.incidents))
    loaded, listed = store.load_records(), store.listings.open_incidents()
    store.close()
    assert loaded == [record]
    assert {one.id: one for one in listed} == {one.id: one for one in record.incidents}


@settings(max_examples=60)
@given(notifications)
def test_a_notification_comes_back_equal_but_for_the_try_that_began(row: Notification) -> None:
    store = open_store(None)
    store.commit(Changes(notifications=(row,)))
    claimed = store.claim_next(row.channel, NOW)
    store.close()
    assert claimed == replace(row, attempts=row.attempts + 1)
