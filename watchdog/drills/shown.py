"""A drill's report for a terminal, for scripts, and as the message to whoever asked for the drill."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Final

from alerts.digests.letter import digest_message
from alerts.directory import Directory
from alerts.drills.drill import DRILL_URGENCY
from alerts.links import Action
from alerts.message import Message, Notification
from alerts.route import Language, Receiver
from alerts.telling import Telling, first_ways, once_each, rows_of
from alerts.words.bidi import latin
from alerts.words.blocks import Block, Grid, Text, Titled
from alerts.words.escape import one_line
from alerts.words.played import DRILL_WORDS
from alerts.words.scene import zone_of
from alerts.words.urdu.wording import moment as urdu_moment
from alerts.words.urdu.wording import span as urdu_span
from alerts.words.wording import span
from checks.estate import Estate
from checks.wording import local, moment
from watchdog.cli.columns import table
from watchdog.cli.listing_json import instant
from watchdog.drills.report import DrillReport, Heard, Way

_SAID: Final = {
    Action.FOUR_HOURS: "at it for 4 hours",
    Action.UNTIL_WELL: "at it until it is well",
    Action.PASS_ON: "cannot, passed it on",
}
_HEAD: Final = ("RECEIVER", "TOLD", "BY", "ANSWERED")
_LETTER_HEAD: Final = {
    Language.ENGLISH: ("Receiver", "Told", "By", "Answered"),
    Language.URDU: ("وصول کنندہ", "اطلاع", "راستہ", "جواب"),
}
_STEPS_TITLE: Final = {Language.ENGLISH: "Steps that came", Language.URDU: "اگلے مرحلے جو بتائے گئے"}


def report_text(report: DrillReport, estate: Estate, now: datetime, width: int | None = None) -> str:
    zone = estate.time_zone
    rows = [_row(one, report, zone) for one in report.heard]
    parts = [f"{_what(report, estate)}\n{_when(report, now, zone)}\n{_sum(report)}"]
    parts += [table(_HEAD, rows, width)] if rows else []
    parts += ["\n".join(f"{at}  {words}" for at, words in _besides(report, zone))] if _besides(report, zone) else []
    return "\n\n".join(parts)


def report_object(report: DrillReport) -> dict[str, object]:
    incident, drill = report.incident, report.drill
    return {
        "drill": incident.id,
        "kind": drill.kind.value,
        "summary": incident.summary,
        "plays": drill.plays,
        "by": drill.by,
        "started_at": instant(incident.opened_at),
        "ends_at": instant(drill.ends_at),
        "ended_at": instant(incident.closed_at),
        "ended_why": incident.close_reason or None,
        "first_answer_s": _seconds(report.first_answer),
        "receivers": [_heard_object(one) for one in report.heard],
        "never_answered": [one.receiver for one in report.silent],
        "answers_of_others": [{"by": one.by, "at": instant(one.at)} for one in report.others],
        "steps": [{"at": instant(one.at), "words": one.words} for one in report.steps],
    }


def _heard_object(heard: Heard) -> dict[str, object]:
    return {
        "receiver": heard.receiver,
        "is_asked": heard.is_asked,
        "told_at": instant(heard.told_at),
        "answered_at": instant(heard.answered_at),
        "answer": heard.answer.value if heard.answer is not None else None,
        "took_s": _seconds(heard.took),
        "ways": [
            {
                "channel": one.channel,
                "recipient": one.recipient,
                "told_at": instant(one.told_at),
                "why": one.why or None,
            }
            for one in heard.ways
        ],
    }


def report_rows(report: DrillReport, directory: Directory, *, at: datetime) -> tuple[Notification, ...]:
    """The report to whoever is to read it, behind all that is real; the same ids however often it is planned."""
    event_id = f"drill-report-{report.incident.id}"
    telling = Telling(event_id=event_id, incident_id=None, at=at, not_before=at, urgency=DRILL_URGENCY)
    named = [one for one in report.drill.report_to if one in directory.receivers]
    return once_each(
        row
        for receiver in directory.people(named, at)
        for row in rows_of(receiver, first_ways(receiver), letter(report, receiver, directory, at), telling, directory)
    )


def letter(report: DrillReport, receiver: Receiver, directory: Directory, at: datetime) -> Message:
    language, zone = receiver.language, zone_of(receiver, directory.estate)
    word, asked = DRILL_WORDS[language], report.asked
    answered = len(asked) - len(report.silent)
    if language is Language.URDU:
        subject = f"{word} کی رپورٹ: {len(asked)} میں سے {answered} نے جواب دیا"
        lead = f"{word} {latin(report.incident.id)} ختم: {urdu_moment(report.incident.closed_at or at, zone)}۔"
        if report.first_answer is not None:
            lead += f" پہلا جواب: {urdu_span(report.first_answer)} بعد۔"
    else:
        subject = f"{word} report: {_counted(report)}"
        lead = f"{_what(report, directory.estate)} {_when(report, at, zone)} {_sum(report)}"
    blocks: list[Block] = [Text((lead,))]
    if report.heard:
        blocks.append(Grid(_LETTER_HEAD[language], tuple(_row(one, report, zone) for one in report.heard)))
    if besides := _besides(report, zone):
        blocks.append(Titled(_STEPS_TITLE[language], tuple(f"{when} {words}" for when, words in besides)))
    message = digest_message(subject, blocks, language=language, now=at, short=(f"{subject}.",))
    fields = {**message.fields, "severity": "ok", "drill": report.drill.kind.value, "drill_id": report.incident.id}
    return replace(message, fields=fields)


def _what(report: DrillReport, estate: Estate) -> str:
    service = estate.services.get(report.incident.service or "")
    about = f" of {one_line(service.title, 80)}" if service is not None else f": {one_line(report.incident.summary)}"
    return f"DRILL {report.incident.id}, {report.drill.kind.value}{about}, started by {one_line(report.drill.by, 80)}."


def _when(report: DrillReport, now: datetime, zone: tzinfo) -> str:
    incident = report.incident
    begun, ends_at = moment(incident.opened_at, zone), report.drill.ends_at
    if incident.closed_at is None:
        return f"It runs since {begun} and ends at {moment(ends_at, zone)}, in {span(ends_at - now)}."
    lasted = span(incident.closed_at - incident.opened_at)
    return f"It ran from {begun} for {lasted}: {one_line(incident.close_reason)}."


def _sum(report: DrillReport) -> str:
    first = "" if report.first_answer is None else f", the first answer came after {span(report.first_answer)}"
    silent = f"; never: {', '.join(one.receiver for one in report.silent)}" if report.silent else ""
    return f"{_counted(report).capitalize()}{first}{silent}."


def _counted(report: DrillReport) -> str:
    asked, silent = len(report.asked), len(report.silent)
    return f"{asked - silent} of {asked} answered" if asked else "nobody who could answer was told"


def _row(heard: Heard, report: DrillReport, zone: tzinfo) -> tuple[str, str, str, str]:
    told = "never" if heard.told_at is None else f"{local(heard.told_at, zone):%H:%M:%S}"
    ways = "; ".join(_way_text(one) for one in heard.ways)
    return heard.receiver, told, ways, _answer_text(heard, report)


def _way_text(way: Way) -> str:
    at = f" at {way.recipient}" if way.recipient else ""
    return f"{way.channel}{at} ({way.why})" if way.why else f"{way.channel}{at}"


def _answer_text(heard: Heard, report: DrillReport) -> str:
    if heard.answered_at is None:
        if not heard.is_asked:
            return "is not asked"
        return "not yet" if report.incident.closed_at is None else "never"
    after = "before it was told" if heard.took is None else f"after {span(heard.took)}"
    return f"{after}: {_SAID[heard.answer]}" if heard.answer is not None else after


def _besides(report: DrillReport, zone: tzinfo) -> Sequence[tuple[str, str]]:
    """Steps and answers of others, in their order."""
    happened = [(one.at, one.words) for one in report.steps]
    happened += [(one.at, f"answered by {one.by}") for one in report.others]
    return [(f"{local(at, zone):%H:%M:%S}", one_line(words)) for at, words in sorted(happened)]


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()
