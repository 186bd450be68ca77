"""A drill's report for a terminal, for scripts, and as the message to whoever asked for the drill."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from alerts.digests.letter import digest_message
from alerts.directory import Directory
from alerts.drills.drill import DRILL_URGENCY
from alerts.message import Message, Notification
from alerts.route import ChannelSpec, Language, Receiver
from alerts.telling import Telling, first_ways, once_each, rows_of
from alerts.words.bidi import latin
from alerts.words.blocks import Block, Grid, Text, Titled
from alerts.words.escape import one_line
from alerts.words.played import DRILL_WORDS
from alerts.words.scene import zone_of
from alerts.words.urdu.wording import moment as urdu_moment
from alerts.words.wording import span
from checks.estate import Estate
from checks.wording import local, moment
from watchdog.cli.columns import table
from watchdog.cli.listing_json import instant
from watchdog.drills.report import DrillReport, Heard, Way
from watchdog.drills.report_words import REPORT_WORDS, ReportWords, exact, urdu_exact


def report_text(report: DrillReport, estate: Estate, now: datetime, width: int | None = None) -> str:
    zone = estate.time_zone
    words = REPORT_WORDS[Language.ENGLISH]
    rows = [_row(one, report, zone, words) for one in report.heard]
    besides = [f"{at}  {said}" for at, said in _besides(report, zone, words)]
    parts = [f"{_what(report, estate)}\n{_when(report, now, zone)}\n{_sum(report)}"]
    parts += [table([head.upper() for head in words.head], rows, width)] if rows else []
    return "\n\n".join([*parts, *(["\n".join(besides)] if besides else [])])


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
        for row in rows_of(receiver, _ways(receiver), letter(report, receiver, directory, at), telling, directory)
    )


def _ways(receiver: Receiver) -> Sequence[ChannelSpec]:
    """A report is no alert: an Alertmanager would fire it."""
    return [one for one in first_ways(receiver) if one.kind != "alertmanager"]


def letter(report: DrillReport, receiver: Receiver, directory: Directory, at: datetime) -> Message:
    language, zone = receiver.language, zone_of(receiver, directory.estate)
    words = REPORT_WORDS[language]
    answered = len(report.asked) - len(report.silent)
    subject = words.subject.format(answered=answered, asked=len(report.asked))
    blocks: list[Block] = [Text((_lead(report, directory.estate, at, zone, language),))]
    if report.heard:
        blocks.append(Grid(words.head, tuple(_row(one, report, zone, words) for one in report.heard)))
    if besides := _besides(report, zone, words):
        blocks.append(Titled(words.besides, tuple(f"{when} {said}" for when, said in besides)))
    message = digest_message(subject, blocks, language=language, now=at, short=(f"{subject}{words.stop}",))
    fields = {**message.fields, "severity": "ok", "drill": report.drill.kind.value, "drill_id": report.incident.id}
    return replace(message, fields=fields)


def _lead(report: DrillReport, estate: Estate, at: datetime, zone: tzinfo, language: Language) -> str:
    if language is not Language.URDU:
        return f"{_what(report, estate)} {_when(report, at, zone)} {_sum(report)}"
    ended = urdu_moment(report.incident.closed_at or at, zone)
    lead = f"{DRILL_WORDS[language]} {latin(report.incident.id)} ختم: {ended}۔"
    if report.first is None or report.first_answer is None:
        return f"{lead} کسی نے جواب نہیں دیا۔"
    stranger = "" if report.is_first_of_told else " (جو اطلاع پانے والوں میں نہیں)"
    return f"{lead} پہلا جواب {latin(report.first.by, 80)} نے دیا{stranger}، {urdu_exact(report.first_answer)} بعد۔"


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
    asked, silent = len(report.asked), len(report.silent)
    said = f"{asked - silent} of {asked} answered" if asked else "Nobody who could answer was told"
    if report.first is not None and report.first_answer is not None:
        who = one_line(report.first.by, 80) + ("" if report.is_first_of_told else ", who is no receiver that was told")
        said += f", the first answer came after {exact(report.first_answer)}, by {who}"
    word = "never" if report.incident.closed_at is not None else "not yet"
    return f"{said}; {word}: {', '.join(one.receiver for one in report.silent)}." if report.silent else f"{said}."


def _row(heard: Heard, report: DrillReport, zone: tzinfo, words: ReportWords) -> tuple[str, str, str, str]:
    told = words.never if heard.told_at is None else f"{local(heard.told_at, zone):%H:%M:%S}"
    ways = words.comma.join(_way_text(one, words) for one in heard.ways)
    return words.name(heard.receiver), told, ways, _answer_text(heard, report, words)


def _way_text(way: Way, words: ReportWords) -> str:
    at = f" at {way.recipient}" if way.recipient else ""
    return words.name(f"{way.channel}{at} ({way.why})" if way.why else f"{way.channel}{at}")


def _answer_text(heard: Heard, report: DrillReport, words: ReportWords) -> str:
    if heard.answered_at is None:
        if not heard.is_asked:
            return words.not_asked
        return words.not_yet if report.incident.closed_at is None else words.never
    after = words.before if heard.took is None else words.after.format(span=words.span(heard.took))
    return f"{after}: {words.answers[heard.answer]}" if heard.answer is not None else after


def _besides(report: DrillReport, zone: tzinfo, words: ReportWords) -> Sequence[tuple[str, str]]:
    """Steps and answers of others, in their order."""
    happened = [(one.at, words.quoted(one.words)) for one in report.steps]
    happened += [(one.at, words.by.format(who=words.name(one.by))) for one in report.others]
    return [(f"{local(at, zone):%H:%M:%S}", said) for at, said in sorted(happened)]


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()
