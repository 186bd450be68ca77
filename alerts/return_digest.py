"""What waited for a channel that was out, as one message instead of a flood: what stands first, what is over last."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from itertools import groupby
from typing import Final

from alerts.directory import Directory
from alerts.incident import EventKind
from alerts.message import Message, Notification
from alerts.route import Language, Receiver
from alerts.telling import notification_id
from alerts.words.framed import in_brief, render_plain
from alerts.words.held_up import HELD_UP, HeldUpWords
from alerts.words.scene import zone_of
from checks.estate import Estate
from checks.model import Status

#: More messages than this, waiting for one address, become one.
HANDFUL: Final = 5

#: Why a row is dropped that such a message told: stands in the delivery log.
IN_DIGEST: Final = "told in a digest"

#: These many are told one by one; of what is less urgent, each service gets a line.
_LONGEST_LIST: Final = 60

_SEVERITY: Final = {0: Status.CRITICAL, 1: Status.WARNING}

#: What goes on its own: a digest already, or a trial of this very way.
NEVER_GATHERED: Final = frozenset({EventKind.DIGEST, EventKind.TEST})


class Gathered(Enum):
    """What is gathered, and so why."""

    ALL = "all"
    """The channel is back after it was out: also what goes another way meanwhile."""
    HERE = "here"
    """Its limit let messages wait: all but what goes another way already."""
    FAULTS = "faults"
    """Too many come at once, or faster than it takes them. A bill keeps a message of its own, and its links."""


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


@dataclass(frozen=True, slots=True)
class _Reader:
    """Whoever reads it, by their own clock and in their own language."""

    receiver: Receiver | None
    """None where the settings have no such receiver any more."""
    estate: Estate

    @property
    def words(self) -> HeldUpWords:
        return HELD_UP[Language.ENGLISH if self.receiver is None else self.receiver.language]

    def moment(self, at: datetime) -> str:
        zone = self.estate.time_zone if self.receiver is None else zone_of(self.receiver, self.estate)
        return self.words.moment(at, zone)


def digest(waiting: Sequence[Waiting], at: datetime, directory: Directory) -> Notification:
    """One row to the address of all of `waiting`, which come in the order they were planned."""
    stories = _stories(waiting)
    first = waiting[0].row
    reader = _Reader(directory.receivers.get(first.receiver), directory.estate)
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
        message=_message(stories, urgency, at, directory, reader),
        urgency=urgency,
        created_at=at,
        not_before=at,
    )


def _message(stories: Sequence[_Story], urgency: int, at: datetime, directory: Directory, reader: _Reader) -> Message:
    words = reader.words
    standing = [story for story in stories if not story.is_over]
    over = len(stories) - len(standing)
    lines = [_line(story, reader) for story in stories[:_LONGEST_LIST]]
    subject = words.subject(stories[0].last.row.message.subject, more=max(0, len(standing) - 1), over=over)
    said = render_plain(
        EventKind.DIGEST,
        subject,
        "\n".join([words.lead, "", *lines, *_rest(stories[_LONGEST_LIST:], words)]),
        at=at,
        directory=directory,
        fields={"severity": _SEVERITY.get(urgency, Status.OK).value},
        receiver=reader.receiver,
        short=(words.counted(len(standing), over) + (":" if standing else "."), *_briefs(stories, words)),
    )
    return replace(said, fields={**said.fields, "incidents": _incidents(stories)})


def _briefs(stories: Iterable[_Story], words: HeldUpWords) -> Iterator[str]:
    """What stands in as few words as say it, the most urgent first, each once."""
    briefs = Counter(in_brief(story.last.row.message) for story in stories if not story.is_over)
    for brief, number in briefs.items():
        yield brief if number == 1 else f"{brief}{words.comma}{words.things(number)}."


def _incidents(stories: Iterable[_Story]) -> str:
    """All of them, however many: what is silenced meanwhile is found by it."""
    return " ".join(story.first.row.incident_id for story in stories if story.first.row.incident_id)


def _stories(waiting: Iterable[Waiting]) -> list[_Story]:
    of_incident: dict[str, list[Waiting]] = {}
    for one in waiting:
        of_incident.setdefault(one.row.incident_id or f"row {one.row.id}", []).append(one)
    return sorted((_Story(rows=rows) for rows in of_incident.values()), key=lambda story: story.rank)


def _line(story: _Story, reader: _Reader) -> str:
    """The last word on what stands; of what came and went, both in one line."""
    words, when = reader.words, reader.moment(story.first.row.created_at)
    if not story.is_over or len(story.rows) == 1:
        return f"{when}: {story.last.row.message.subject}"
    return f"{when}: {story.first.row.message.subject} ({_lasted(story.last, words)})"


def _lasted(last: Waiting, words: HeldUpWords) -> str:
    if last.opened_at is None or last.closed_at is None:
        return words.over_again
    return words.after.format(span=words.span(last.closed_at - last.opened_at))


def _thing(message: Message) -> str:
    return message.fields.get("subject") or message.check or message.subject


def _rest(stories: Sequence[_Story], words: HeldUpWords) -> list[str]:
    def service(story: _Story) -> tuple[bool, str]:
        return story.is_over, story.first.row.message.fields.get("service", "")

    lines = []
    for (is_over, name), group in groupby(sorted(stories, key=service), key=service):
        several = list(group)
        things = dict.fromkeys(words.name(_thing(story.first.row.message)) for story in several)
        said = words.many_more.format(
            count=words.more(len(several)),
            service=words.name(name) if name else words.others,
            over=f" {words.over_again}" if is_over else "",
            things=words.comma.join(things),
        )
        lines.append(said)
    return lines
