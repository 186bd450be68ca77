"""A case that was played, for people and for scripts: what happened, and beside it who would have been told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from alerts.incident import EventKind
from checks.wording import day_of
from watchdog.cli.columns import table
from watchdog.cli.listing_json import instant
from watchdog.replay.case import Basis
from watchdog.replay.judging import Judgement, judgements
from watchdog.replay.playing import Played, Told

Object = dict[str, object]

#: Stands for whoever it happened to.
_REALITY: Final = "(happened)"


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


def case_in_short(played: Played) -> Sequence[str]:
    """For a screen: what happened, the first that everybody heard of each matter, and the judgements."""
    zone = played.settings.estate.time_zone
    found, known = _reality(played), set[tuple[str, str]]()
    for one in played.told:
        matter = one.row.receiver, "" if one.incident is None else one.incident.kind
        if matter not in known and one.row.message.event is not EventKind.RESOLVED:
            known.add(matter)
            found.append(_Line(one.at.astimezone(zone).date(), one.at, one.row.receiver, one.row.message.subject))
    lines = [f"{day_of(one.day)}  {one.who}: {one.what}" for one in _in_order(found)]
    return [*lines, *(f"{'ok' if one.holds else 'FAIL'}: {one.asked}: {one.was}" for one in judgements(played))]


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
    return _in_order([*_reality(played), *_messages(played)])


def _in_order(lines: Sequence[_Line]) -> list[_Line]:
    return sorted(lines, key=lambda one: (one.at, one.who != _REALITY, one.who))


def _reality(played: Played) -> list[_Line]:
    zone = played.settings.estate.time_zone
    found = []
    for one in played.case.happenings:
        mark = " [assumed]" if one.basis is Basis.ASSUMED else ""
        found.append(_Line(one.day, datetime.combine(one.day, one.at, zone), _REALITY, f"{one.what}{mark}"))
    return found


def _messages(played: Played) -> Iterator[_Line]:
    """What is said again on many days stands once, on its first; what several hear alike stands once, too."""
    zone = played.settings.estate.time_zone
    threads: dict[tuple[str, ...], list[Told]] = {}
    for one in played.told:
        threads.setdefault(_thread(one), []).append(one)
    hearers: dict[tuple[datetime, str], list[str]] = {}
    for told in threads.values():
        days = sorted({one.at.astimezone(zone).date() for one in told})
        again = f" (and {_times(len(days) - 1)} until {day_of(days[-1])})" if len(days) > 1 else ""
        said = told[0].at, f"{told[0].row.message.subject}{again}"
        hearers.setdefault(said, []).append(told[0].row.receiver)
    for (at, what), receivers in hearers.items():
        yield _Line(at.astimezone(zone).date(), at, ", ".join(dict.fromkeys(receivers)), what)


def _times(days: int) -> str:
    return "once more" if days == 1 else f"on {days} more days"


def _thread(one: Told) -> tuple[str, ...]:
    """The same event word of one incident to one receiver."""
    message = one.row.message
    word = message.subject.split(" ", 1)[0]
    if one.incident is None:
        return one.row.receiver, word
    end = str(one.at) if message.event is EventKind.RESOLVED else ""
    return one.row.receiver, one.incident.id, word, end
