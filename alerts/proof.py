"""Messages that prove a way out: one by every channel, again and again, so that its absence is noticed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

from alerts.directory import Directory
from alerts.incident import EventKind
from alerts.message import Message, Notification
from alerts.route import Language, Receiver
from alerts.telling import Telling, notification_id, rows_of
from alerts.words.bidi import latin
from alerts.words.framed import render_plain
from alerts.words.urdu.wording import span as urdu_span
from alerts.words.wording import span

#: An Alertmanager has an alert that always fires instead.
_FIRES_ALWAYS = "alertmanager"

#: Begins the event id of each.
ALIVE: Final = "alive-"

_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)  # a Monday
_URGENCY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRule:
    """By which receivers' channels, and how often."""

    every: timedelta
    at: time
    """By the estate's clock: when the first of a day goes out."""
    to: tuple[str, ...] = ()
    """() takes all receivers."""


def period(rule: ProofRule, now: datetime, zone: tzinfo) -> int:
    """Which of its messages is the last that is due: a number that grows by one with each."""
    local = now.astimezone(zone).replace(tzinfo=UTC)
    offset = timedelta(hours=rule.at.hour, minutes=rule.at.minute)
    return (local - _EPOCH - offset) // rule.every


def due_at(rule: ProofRule, number: int, zone: tzinfo) -> datetime:
    """When the message `number` is due: where `period` begins to answer it."""
    offset = timedelta(hours=rule.at.hour, minutes=rule.at.minute)
    local = _EPOCH + offset + number * rule.every
    return local.replace(tzinfo=zone).astimezone(UTC)


def plan_proof(rule: ProofRule, number: int, *, at: datetime, directory: Directory) -> tuple[Notification, ...]:
    """One row per channel and recipient, with the same ids however often it is planned. No fallback takes its place."""
    event_id = f"{ALIVE}{int(rule.every.total_seconds())}-{number}"
    telling = Telling(event_id=event_id, incident_id=None, at=at, not_before=at, urgency=_URGENCY)
    rows: list[Notification] = []
    for receiver in _receivers(rule, directory):
        used = [channel for channel in receiver.channels if channel.kind != _FIRES_ALWAYS]
        ways = [channel.name for channel in used for _ in dict.fromkeys(channel.recipients)]
        for row, way in zip(
            rows_of(receiver, used, _message(rule, receiver, at, directory), telling, directory), ways, strict=True
        ):
            rows.append(replace(row, id=notification_id(event_id, f"{way} {row.address}"), channel=way))
    return tuple(rows)


def _message(rule: ProofRule, receiver: Receiver, at: datetime, directory: Directory) -> Message:
    """In the receiver's language; days and hours are the estate's, as the rule's are."""
    subject = f"this way works: Nigehban at {directory.estate.name} is alive"
    text = (
        f"Nothing is wrong. Such a message comes every {span(rule.every)}, by every way there is to you."
        " When it stays away, this way is broken, or nobody is watching: tell whoever runs Nigehban."
    )
    is_urdu = receiver.language is Language.URDU
    if is_urdu:
        subject = f"یہ راستہ ٹھیک ہے: {latin('Nigehban')} چل رہا ہے"
        text = (
            f"کوئی خرابی نہیں۔ ایسا پیغام آپ تک پہنچنے کے ہر راستے سے آتا ہے، وقفہ: {urdu_span(rule.every)}۔"
            " نہ آئے تو یہ راستہ خراب ہے یا نگرانی نہیں ہو رہی: نظام چلانے والوں کو بتائیے۔"
        )
    return render_plain(
        EventKind.TEST,
        subject,
        text,
        at=at,
        directory=directory,
        fields={"alert": "NigehbanAlive"},
        receiver=receiver if is_urdu else None,
    )


def _receivers(rule: ProofRule, directory: Directory) -> Iterable[Receiver]:
    """Also those who are not on duty: their way must work when they are."""
    return [directory.receivers[id_] for id_ in rule.to or directory.receivers]
