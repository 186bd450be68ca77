"""What waited for a channel that was out, as one message instead of a flood: what stands first, what is over last."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from alerts.directory import Directory
from alerts.incident import EventKind
from alerts.message import Message, Notification
from alerts.telling import notification_id
from alerts.words.render import render_plain
from alerts.words.wording import count, span
from checks.model import Status
from checks.wording import moment

#: More messages than this, waiting for one address, become one.
HANDFUL: Final = 5

#: Why a row is dropped that such a message told: stands in the delivery log.
IN_DIGEST: Final = "told in a digest"

#: These many are told one by one; of what is less urgent, each service gets a line.
_LONGEST_LIST: Final = 60

#: What goes on its own: a digest already, or a trial of this very way.
NEVER_GATHERED: Final = frozenset({EventKind.DIGEST, EventKind.TEST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One row, and how its incident stands now."""

    row: Notification
    opened_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    """All that waited of one incident."""

    rows: Sequence[Waiting]

    @property
    def first(self) -> Waiting:
        return self.rows[0]

    @property
    def last(self) -> Waiting:
        return self.rows[-1]

    @property
    def is_over(self) -> bool:
        return self.last.row.message.event is EventKind.RESOLVED

    @property
    def rank(self) -> tuple[bool, int, datetime]:
        return self.is_over, min(one.row.urgency for one in self.rows), self.first.row.created_at


def digest(waiting: Sequence[Waiting], at: datetime, directory: Directory) -> Notification:
    """One row to the address of all of `waiting`, which come in the order they were planned."""
    stories = _stories(waiting)
    standing = [story for story in stories if not story.is_over]
    first = waiting[0].row
    event_id = notification_id("gathered", " ".join(one.row.id for one in waiting))
    urgency = min(one.row.urgency for one in waiting)
    return Notification(
        id=notification_id(event_id, first.address),
        event_id=event_id,
        incident_id=None,
        receiver=first.receiver,
        channel=first.channel,
        recipient=first.recipient,
        address=first.address,
        message=_message(stories, len(standing), urgency, at, directory),
        urgency=urgency,
        created_at=at,
        not_before=at,
    )


def _message(stories: Sequence[_Story], standing: int, urgency: int, at: datetime, directory: Directory) -> Message:
    over = len(stories) - standing
    still = f"{count(standing, 'thing')} to know" + (f", {over} over again" if over else "")
    zone = directory.estate.time_zone
    lines = [_line(story, moment(story.first.row.created_at, zone)) for story in stories[:_LONGEST_LIST]]
    lead = "Messages could not be sent this way as fast as they came. Here is all of them, the most urgent first."
    return render_plain(
        EventKind.DIGEST,
        f"while this way was held up: {still}",
        "\n".join([lead, "", *lines, *_rest(stories[_LONGEST_LIST:])]),
        at=at,
        directory=directory,
        fields=_fields(stories, urgency),
    )


def _fields(stories: Sequence[_Story], urgency: int) -> Mapping[str, str]:
    severity = {0: Status.CRITICAL, 1: Status.WARNING}.get(urgency, Status.OK)
    ids = " ".join(story.first.row.incident_id for story in stories if story.first.row.incident_id)
    return {"severity": severity.value, "incidents": ids}


def _stories(waiting: Iterable[Waiting]) -> list[_Story]:
    of_incident: dict[str, list[Waiting]] = {}
    for one in waiting:
        of_incident.setdefault(one.row.incident_id or f"row {one.row.id}", []).append(one)
    return sorted((_Story(rows=rows) for rows in of_incident.values()), key=lambda story: story.rank)


def _line(story: _Story, when: str) -> str:
    """The last word on what stands; of what came and went, both in one line."""
    if not story.is_over:
        return f"{when}: {story.last.row.message.subject}"
    if len(story.rows) == 1:
        return f"{when}: {story.last.row.message.subject}"
    return f"{when}: {story.first.row.message.subject} (over again{_lasted(story.last)})"


def _lasted(last: Waiting) -> str:
    if last.opened_at is None or last.closed_at is None:
        return ""
    return f" after {span(last.closed_at - last.opened_at)}"


def _thing(message: Message) -> str:
    return message.fields.get("subject") or message.check or message.subject


def _rest(stories: Sequence[_Story]) -> list[str]:
    def service(story: _Story) -> tuple[bool, str]:
        return story.is_over, story.first.row.message.fields.get("service", "")

    lines = []
    for (_, name), group in groupby(sorted(stories, key=service), key=service):
        several = list(group)
        things = dict.fromkeys(_thing(story.first.row.message) for story in several)
        over = " over again" if several[0].is_over else ""
        lines.append(f"{count(len(several), 'more thing')}{over} of {name or 'other services'}: {', '.join(things)}")
    return lines
