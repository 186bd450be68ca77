"""A case that was played, for people and for scripts: what happened, and beside it who would have been told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alerts.incident import EventKind
from checks.wording import day_of
from watchdog.cli.columns import table
from watchdog.cli.listing_json import instant
from watchdog.replay.case import Basis
from watchdog.replay.judging import Judgement, judgements
from watchdog.replay.playing import Played, Told

Object = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Line:
    """Something on one day: of reality, or messages that say the same thing on many days."""

    day: date
    at: datetime
    who: str
    what: str


def case_text(played: Played, width: int | None) -> str:
    """A page: what happened and who would have been told, day by day; then the judgements."""
    case = played.case
    rows = [(day_of(one.day), one.who, one.what) for one in _lines(played)]
    listed = table(("DAY", "WHO", "WHAT"), rows, width)
    judged = [f"{'ok  ' if one.holds else 'FAIL'}  {one.asked}: {one.was}" for one in judgements(played)]
    return "\n".join([case.title, "", listed, "", *judged])


def case_object(played: Played) -> Object:
    """Every message by itself."""
    return {
        "title": played.case.title,
        "happened": [
            {"day": str(one.day), "basis": one.basis.value, "what": one.what, "source": one.source}
            for one in played.case.happenings
        ],
        "told": [_told_object(one) for one in played.told],
        "judgements": [_judgement_object(one) for one in judgements(played)],
    }


def _told_object(one: Told) -> Object:
    return {
        "at": instant(one.at),
        "receiver": one.row.receiver,
        "recipient": one.row.recipient,
        "kind": None if one.incident is None else one.incident.kind,
        "event": one.row.message.event.value,
        "subject": one.row.message.subject,
    }


def _judgement_object(one: Judgement) -> Object:
    return {
        "name": one.name,
        "asked": one.asked,
        "was": one.was,
        "holds": one.holds,
        "on": None if one.on is None else str(one.on),
        "working_days": one.working_days,
    }


def _lines(played: Played) -> Sequence[_Line]:
    zone = played.settings.estate.time_zone
    found = [
        _Line(
            one.day,
            datetime.combine(one.day, one.at, zone),
            "(reality)",
            f"{one.what}{' [assumed]' if one.basis is Basis.ASSUMED else ''}",
        )
        for one in played.case.happenings
    ]
    return sorted([*found, *_messages(played)], key=lambda one: (one.at, one.who != "(reality)", one.who))


def _messages(played: Played) -> Iterator[_Line]:
    """What is said again on many days stands once, on its first."""
    zone = played.settings.estate.time_zone
    threads: dict[tuple[str, ...], list[Told]] = {}
    for one in played.told:
        threads.setdefault(_thread(one), []).append(one)
    for told in threads.values():
        receivers = dict.fromkeys(one.row.receiver for one in told)
        days = sorted({one.at.astimezone(zone).date() for one in told})
        again = f" (and on {len(days) - 1} more days until {day_of(days[-1])})" if len(days) > 1 else ""
        subject = told[0].row.message.subject
        yield _Line(days[0], told[0].at, ", ".join(receivers), f"{subject}{again}")


def _thread(one: Told) -> tuple[str, ...]:
    """The same event word of one incident to one receiver."""
    message = one.row.message
    word = message.subject.split(" ", 1)[0]
    if one.incident is None:
        return one.row.receiver, word
    end = str(one.at) if message.event is EventKind.RESOLVED else ""
    return one.row.receiver, one.incident.id, word, one.incident.severity.value, end
