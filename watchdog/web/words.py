"""Texts of a page: safe to show, short, in the estate's zone."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import assert_never
from urllib.parse import quote

from alerts.message import NotificationState
from alerts.restored import TAKEN_FOR_TOLD
from alerts.words.escape import one_line, quoted_lines
from alerts.words.wording import span
from checks.model import CheckId
from checks.wording import day_of, local
from watchdog.store.views import DeliveryLine, InOne, ToldLine, WaitingLine
from watchdog.web.view import Told

EVIDENCE_LINES = 40
EVIDENCE_CHARS = 4000
EVIDENCE_LINE_CHARS = 200

#: Blocks of the Arabic script, in which Urdu, Pashto and Sindhi are written.
_ARABIC = ((0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF))


def language(text: str) -> str | None:
    """The tag "ur" for a text whose first letter is of the Arabic script: it picks the font and the voice."""
    first = next((ord(mark) for mark in text if mark.isalpha()), 0)
    return "ur" if any(low <= first <= high for low, high in _ARABIC) else None


def evidence_lines(text: str) -> Sequence[str]:
    return quoted_lines(text, max_lines=EVIDENCE_LINES, max_chars=EVIDENCE_CHARS, line_chars=EVIDENCE_LINE_CHARS)


def safe_facts(facts: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    return [(one_line(label, 80), one_line(value, 500)) for label, value in facts[:24] if value]


def clock_time(at: datetime, now: datetime, zone: tzinfo) -> str:
    """The shortest that is clear: "02:14" today, "02:14 on Sat 14 Oct", with the year when it is another."""
    there, today = local(at, zone), local(now, zone).date()
    if there.date() == today:
        return f"{there:%H:%M}"
    day = day_of(there.date())
    return f"{there:%H:%M} on {day.removesuffix(f' {today.year}')}"


def ago(at: datetime, now: datetime) -> str:
    return f"{span(now - at)} ago" if at <= now else f"in {span(at - now)}"


def days_away(at: datetime, now: datetime, zone: tzinfo) -> str:
    """By days on the calendar: "today", "tomorrow", "in 5 days", "3 days overdue"."""
    days = (local(at, zone).date() - local(now, zone).date()).days
    if at <= now:
        return f"{_days(-days)} overdue" if days else "overdue since today"
    return {0: "today", 1: "tomorrow"}.get(days, f"in {_days(days)}")


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number:,} days"


def since_words(since: datetime | None, now: datetime, zone: tzinfo) -> str:
    if since is None:
        return ""
    return f"since {clock_time(since, now, zone)} ({span(now - since)})"


def check_href(check_id: CheckId) -> str:
    return f"/checks/{quote(check_id, safe='/')}"


def service_href(service_id: str) -> str:
    return f"/services/{quote(service_id, safe='')}"


def incident_href(incident_id: str) -> str:
    return f"/incidents/{quote(incident_id, safe='')}"


def isolated(text: str) -> str:
    """`text`, safe already, for the middle of a sentence: a name from right to left turns nothing around it.

    FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (Unicode Standard Annex 9, 2.7).
    """
    return text if text.isascii() else f"\u2068{text}\u2069"


def told(line: DeliveryLine, now: datetime, zone: tzinfo) -> Told:
    """Receiver and channel, never the address: who reads a page need not learn everybody's number."""
    return Told(
        at=clock_time(line.at, now, zone),
        words=one_line(_told_words(line) if line.in_one is None else _gathered_words(line, line.in_one), 300),
        reached=line.is_told,
    )


def told_line(one: ToldLine, now: datetime, zone: tzinfo) -> Told:
    plain = told(one.delivery, now, zone)
    href = "" if one.incident_id is None else incident_href(one.incident_id)
    return Told(at=plain.at, words=plain.words, reached=plain.reached, subject=one_line(one.subject, 160), href=href)


def whom(line: DeliveryLine | WaitingLine) -> str:
    """Like "on-call by mail": a channel is named by its receiver, its place and its kind."""
    return one_line(f"{line.receiver} by {line.channel.rpartition('-')[2]}", 120)


def in_one_words(in_one: InOne) -> str:
    match in_one:
        case InOne.TOLD:
            return "in one message with others"
        case InOne.TOLD_OTHERWISE:
            return "in one message with others, which went another way"
        case InOne.WAITS:
            return "in one message with others, which still waits"
        case InOne.NOT_TOLD:
            return "in one message with others, which did not go"
        case _:
            assert_never(in_one)


def _gathered_words(line: DeliveryLine, in_one: InOne) -> str:
    return f"{'told' if line.is_told else 'not told:'} {whom(line)} {in_one_words(in_one)}"


def _told_words(line: DeliveryLine) -> str:
    match line.state:
        case NotificationState.SENT:
            return f"told {whom(line)}{' again, after a restart' if line.repeat else ''}"
        case NotificationState.PENDING:
            return f"could not tell {whom(line)} yet, another try follows: {line.reason}"
        case NotificationState.REJECTED:
            return f"could not tell {whom(line)}: {line.reason}"
        case NotificationState.DROPPED:
            if line.reason == TAKEN_FOR_TOLD:
                return f"{whom(line)}: taken for told when the state was put back; the digest of then says what is open"
            return f"no need to tell {whom(line)}: {line.reason}"
        case NotificationState.QUARANTINED:
            return f"set aside for {whom(line)}: {line.reason}"
        case _:
            assert_never(line.state)


def fact(facts: Mapping[str, str], label: str, max_chars: int = 300) -> str:
    return one_line(facts.get(label, ""), max_chars)
