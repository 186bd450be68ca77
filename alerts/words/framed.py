"""Messages about no incident: notices of the daemon's own, lists, tests, in a frame of the receiver's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alerts.directory import Directory
from alerts.incident import EventKind, Nature
from alerts.message import Message
from alerts.route import Language, Receiver
from alerts.words.bidi import bare, is_urdu, latin, name, shown
from alerts.words.escape import one_line, wrapped_lines
from alerts.words.plain import LINE_CHARS
from alerts.words.scene import zone_of
from alerts.words.sms import fitted
from alerts.words.urdu.catalogue import FIRST_WORDS
from alerts.words.urdu.wording import moment as urdu_moment
from checks.wording import moment

MAX_SUBJECT_CHARS: Final = 200
MAX_FIELD_CHARS: Final = 500

#: The subject of such an incident says what stands, a colon, and why.
_WITH_A_REASON: Final = frozenset({Nature.FAULT.value, Nature.STALENESS.value})

#: More of a text cannot stand in two SMS.
_SHORT_CHARS: Final = 400


@dataclass(frozen=True, slots=True)
class Said:
    """What a message about no incident says, in one language, without its frame."""

    subject: str
    text: str


def in_language(english: Said, urdu: Said | None, receiver: Receiver | None) -> Said:
    """The one of both that `receiver` reads; English where there is no other."""
    reads_urdu = receiver is not None and receiver.language is Language.URDU
    return urdu if reads_urdu and urdu is not None else english


def render_plain(
    kind: EventKind,
    subject: str,
    text: str,
    *,
    at: datetime,
    directory: Directory,
    fields: Mapping[str, str],
    receiver: Receiver | None = None,
    short: Sequence[str] = (),
) -> Message:
    """Days and hours are those of `receiver`, or the estate's. Lines may be in English whatever its language is.

    `short` is what goes into two SMS, most urgent first; () takes the beginning of the subject and the text.
    """
    language = Language.ENGLISH if receiver is None else receiver.language
    zone = directory.estate.time_zone if receiver is None else zone_of(receiver, directory.estate)
    estate = directory.estate.name
    if language is Language.URDU:
        line = f"{FIRST_WORDS[kind]}: {_in_urdu(subject, MAX_SUBJECT_CHARS)}"
        body = _urdu_lines(text)
        said_by = f"{latin('Nigehban')}، {name(estate, 80)}، {urdu_moment(at, zone)}"
        brief = fitted(map(shown, short) if short else (f"{line}. {' '.join(body)}",))
    else:
        line = one_line(f"{kind.value.upper()} {subject}", MAX_SUBJECT_CHARS)
        body = wrapped_lines(text, LINE_CHARS)
        said_by = one_line(f"Nigehban at {estate}, {moment(at, zone)}", LINE_CHARS)
        brief = fitted([one_line(one, _SHORT_CHARS) for one in short] or [_beginning(line, text)])
    return Message(
        subject=line,
        text="\n".join([*body, "", said_by]),
        event=kind,
        fields=safe_fields({**fields, "event": kind.value, "subject": line, "at": at.isoformat()}),
        language=language,
        short=brief,
    )


def in_brief(message: Message) -> str:
    """The subject, of a fault without its reason: many of them go into the room of one with it."""
    says_why = message.language is Language.ENGLISH and message.fields.get("nature") in _WITH_A_REASON
    return message.subject.partition(": ")[0] if says_why else message.subject


def safe_fields(fields: Mapping[str, str | None]) -> Mapping[str, str]:
    return {one_line(name, 40): one_line(value, MAX_FIELD_CHARS) for name, value in fields.items() if value}


def _in_urdu(line: str, max_chars: int) -> str:
    """A line as it stands in an Urdu text; one of another language runs from left to right."""
    return shown(line) if is_urdu(line) else latin(line, max_chars)


def _urdu_lines(text: str) -> list[str]:
    """A line of Urdu is never broken, since a break inside an isolate would scramble it; others are isolated anew."""
    lines: list[str] = []
    for line in text.split("\n"):
        parts = [line] if is_urdu(line) else wrapped_lines(bare(line), LINE_CHARS)
        lines += [_in_urdu(part, LINE_CHARS) for part in parts or [""]]
    return lines


def _beginning(line: str, text: str) -> str:
    return one_line(f"{line}. {text}", _SHORT_CHARS)
