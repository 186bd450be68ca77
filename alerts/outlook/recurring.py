"""What is told at known times whatever is seen: lists, proofs of the ways out, and duty that passes on. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

from alerts.digests.bills import KIND, bills_of
from alerts.digests.morning import morning_list
from alerts.digests.rule import DigestKind, DigestRule, due_day
from alerts.digests.tell import list_rows
from alerts.digests.week import week_ahead
from alerts.directory import Directory
from alerts.incident import Incident
from alerts.message import Message, Notification
from alerts.outlook.preview import Recurring
from alerts.people.hand_off import is_used, plan_hand_off
from alerts.people.rota import HandOff, Rota, hand_offs
from alerts.proof import ProofRule, due_at, period, plan_proof
from alerts.record import SubjectRecord
from alerts.route import Receiver
from alerts.words.scene import zone_of
from checks.model import CheckId
from checks.workdays import WorkCalendar


def hand_overs(directory: Directory, since: datetime, until: datetime) -> Iterator[Recurring]:
    """One for each change of duty of a rota that anybody is told by."""
    for rota in directory.rotas.values():
        if is_used(rota, directory):
            for hand_off in hand_offs(rota, since, until):
                yield Recurring(times=(hand_off.at,), rows=partial(_handed_over, rota, hand_off, directory))


def _handed_over(
    rota: Rota, hand_off: HandOff, directory: Directory, at: datetime, records: Sequence[SubjectRecord]
) -> Iterable[Notification]:
    return plan_hand_off(rota, hand_off, _open(records), at, directory)


def lists(
    rules: Iterable[DigestRule],
    directory: Directory,
    kinds: Mapping[CheckId, str],
    *,
    since: datetime,
    until: datetime,
) -> Iterator[Recurring]:
    """One for each list. Of a week to come nothing is counted: nobody knows what it will hold."""
    for rule in rules:
        calendars = {directory.calendars.of(one.office) for one in directory.people(rule.to, since)}
        times = {at for calendar in calendars for at in _times(rule, calendar, since, until)}
        yield Recurring(times=sorted(times), rows=partial(_list, rule, directory, kinds))


def proofs(rule: ProofRule, directory: Directory, *, since: datetime, until: datetime) -> Iterator[Recurring]:
    """One for each message of the dead man's switch."""
    zone = directory.estate.time_zone
    for number in range(period(rule, since, zone) + 1, period(rule, until, zone) + 1):
        yield Recurring(times=(due_at(rule, number, zone),), rows=partial(_proof, rule, number, directory))


def _proof(
    rule: ProofRule, number: int, directory: Directory, at: datetime, _records: Sequence[SubjectRecord]
) -> Iterable[Notification]:
    return plan_proof(rule, number, at=at, directory=directory)


def _times(rule: DigestRule, calendar: WorkCalendar, since: datetime, until: datetime) -> Iterator[datetime]:
    day, last = calendar.local_date(since), calendar.local_date(until)
    while day <= last:
        at = datetime.combine(day, rule.at, calendar.zone).astimezone(UTC)
        if since < at <= until and due_day(rule, calendar, at) == day:
            yield at
        day += timedelta(days=1)


def _list(
    rule: DigestRule,
    directory: Directory,
    kinds: Mapping[CheckId, str],
    at: datetime,
    records: Sequence[SubjectRecord],
) -> Iterator[Notification]:
    by_day: dict[date, list[tuple[Receiver, Message]]] = {}
    for receiver in directory.people(rule.to, at):
        calendar = directory.calendars.of(receiver.office)
        day = due_day(rule, calendar, at)
        is_now = day is not None and datetime.combine(day, rule.at, calendar.zone).astimezone(UTC) == at
        message = _message(rule, receiver, directory, kinds, at=at, records=records) if is_now else None
        if day is not None and message is not None:
            by_day.setdefault(day, []).append((receiver, message))
    for day, letters in by_day.items():
        yield from list_rows(rule, day, letters, at=at, directory=directory)


def _message(
    rule: DigestRule,
    receiver: Receiver,
    directory: Directory,
    kinds: Mapping[CheckId, str],
    *,
    at: datetime,
    records: Sequence[SubjectRecord],
) -> Message | None:
    zone = zone_of(receiver, directory.estate)
    match rule.kind:
        case DigestKind.BILLS:
            of_bills = (one for one in records if kinds.get(one.check_id) == KIND)
            bills = bills_of(of_bills, directory.calendars.of(receiver.office), at)
            wanted = bool(bills) or rule.tells_nothing
            return morning_list(bills, language=receiver.language, zone=zone, now=at) if wanted else None
        case DigestKind.ON_CALL_SUMMARY:
            wanted = rule.tells_nothing or bool(_open(records))
            return week_ahead(at, language=receiver.language) if wanted else None


def _open(records: Sequence[SubjectRecord]) -> list[Incident]:
    return [one for record in records for one in record.incidents]
