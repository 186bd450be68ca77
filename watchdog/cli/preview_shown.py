"""Foretold messages, for scripts and for people."""

from collections.abc import Sequence
from datetime import tzinfo

from alerts.outlook.endless import Again
from alerts.outlook.preview import Foretold, kept_back, sent
from alerts.words.bidi import bare
from alerts.words.escape import one_line
from alerts.words.wording import count, span
from checks.wording import moment
from watchdog.cli.columns import table
from watchdog.cli.listing_json import instant


def preview_object(one: Foretold) -> dict[str, object]:
    row = one.row
    return {
        "at": instant(one.at),
        "receiver": row.receiver,
        "channel": row.channel,
        "recipient": row.recipient,
        "event": row.message.event.value,
        "subject": row.message.subject,
        "check": row.message.check or None,
        "incident": None if one.is_new else row.incident_id,
        "why_not": one.why_not or None,
        "again": None if one.again is None else _again_object(one.again),
    }


def _again_object(again: Again) -> dict[str, object]:
    return {"every_s": again.every.total_seconds(), "times": again.times, "until": instant(again.until)}


def preview_text(messages: Sequence[Foretold], days: int, zone: tzinfo, width: int | None) -> str:
    going, kept = sent(messages), kept_back(messages)
    if not messages:
        return f"nothing goes out in the next {count(days, 'day')}, if nothing changes"
    repeats = sum(one.again.times for one in going if one.again is not None)
    also = f" and up to {count(repeats, 'repeat')}" if repeats else ""
    parts = [f"{count(len(going), 'message')}{also} in the next {count(days, 'day')}, if nothing changes"]
    if going:
        rows = [(moment(one.at, zone), one.row.receiver, _by(one), _what(one, zone)) for one in going]
        parts.append(table(("WHEN", "WHO", "BY", "WHAT"), rows, width))
    if kept:
        rows = [(moment(one.at, zone), one.row.receiver, one.why_not, _what(one, zone)) for one in kept]
        parts += ["not sent, as things stand", table(("WHEN", "WHO", "WHY NOT", "WHAT"), rows, width)]
    return "\n\n".join(parts)


def _what(one: Foretold, zone: tzinfo) -> str:
    subject = bare(one.row.message.subject)
    if one.again is None:
        return subject
    often = f"then every {span(one.again.every)}, up to {one.again.times:,} times more while nobody answers"
    return f"{often}, until {moment(one.again.until, zone)}: {subject}"


def _by(one: Foretold) -> str:
    to = f" to {one.row.recipient}" if one.row.recipient else ""
    return one_line(f"{one.row.channel}{to}", 200)
