"""A week of on-call: incidents by service, pages per person, time to an answer, what made noise."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from statistics import median
from typing import Final

from alerts.digests.letter import digest_message
from alerts.digests.morning import ChainEnd, proof_of
from alerts.digests.week_words import WEEK_WORDS, WeekWords
from alerts.incident import Incident, Nature
from alerts.message import Message
from alerts.route import Language
from alerts.words.blocks import Block, Grid, Text, Titled

#: How far back a summary looks.
LOOKED_BACK: Final = timedelta(days=7)
#: A check that opened as many incidents in that time makes noise.
NOISY: Final = 3
_MOST_LINES: Final = 20
_FAULTS: Final = frozenset({Nature.FAULT, Nature.STALENESS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One incident with what came of it."""

    incident: Incident
    title: str
    """Of its service, else of its check."""
    pages: tuple[str, ...] = ()
    """Receivers, once for each message that reached them."""
    answered_at: datetime | None = None
    """When somebody first said to be at it."""
    flaps: int = 0
    """How often it failed again before its end was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What happened between two instants."""

    since: datetime
    until: datetime
    told: Sequence[Told]
    idle_silences: Sequence[str] = ()
    """Silences in force that match nothing, in words."""

    @property
    def faults(self) -> list[Told]:
        """What people were told of by itself: what only failed because of another one is part of that."""
        return [one for one in self.told if one.incident.nature in _FAULTS and not _is_part(one.incident)]


def week_list(week: Week, *, language: Language, zone: tzinfo, chain: ChainEnd | None = None) -> Message:
    """Dates are days of `zone`."""
    words = WEEK_WORDS[language]
    faults, pages = week.faults, Counter(page for one in week.told for page in one.pages)
    standing = [one for one in faults if one.incident.closed_at is None]
    counted = words.incidents(len(faults))
    subject = words.subject.format(count=counted, pages=words.messages(pages.total()))
    period = words.period.format(since=words.day(week.since, zone), until=words.day(week.until, zone))
    lead = words.lead.format(count=counted, pages=words.messages(pages.total()), open=len(standing))
    parts: list[Block | None] = [
        Text((period, lead)),
        _by_service(faults, words),
        _listed(words.people, [f"{words.name(who)}: {words.messages(n)}" for who, n in pages.most_common()], words),
        _listed(words.unanswered, _unanswered(standing, words, zone), words),
        _listed(words.noisy, _noisy(faults, words), words),
        _listed(words.flapping, _flapping(faults, words), words),
        _listed(words.idle, [words.number(one) for one in week.idle_silences], words),
    ]
    blocks = [*(block for block in parts if block is not None), *proof_of(chain, language)]
    return digest_message(subject, blocks, language=language, now=week.until, short=(lead,))


def _is_part(incident: Incident) -> bool:
    return incident.root is not None and not incident.was_told


def week_ahead(at: datetime, *, language: Language) -> Message:
    """Foretold for `at`: nobody knows yet what that week will hold, so it has no numbers."""
    words = WEEK_WORDS[language]
    return digest_message(words.ahead, [Text((words.uncounted,))], language=language, now=at, short=(words.uncounted,))


def _by_service(faults: Sequence[Told], words: WeekWords) -> Block | None:
    if not faults:
        return None
    titles = Counter(one.title for one in faults)
    rows = [
        (words.name(title), str(number), *_times([one for one in faults if one.title == title], words))
        for title, number in titles.most_common(_MOST_LINES)
    ]
    return Grid(words.head, tuple(rows))


def _times(faults: Sequence[Told], words: WeekWords) -> tuple[str, str]:
    """How long they lasted in all, those that ended, and the usual time to an answer."""
    lasted = [one.incident.closed_at - one.incident.since for one in faults if one.incident.closed_at is not None]
    waits = [(one.answered_at - one.incident.opened_at).total_seconds() for one in faults if one.answered_at]
    answered = words.span(timedelta(seconds=median(waits))) if waits else words.nobody
    return words.span(sum(lasted, timedelta())) if lasted else "", answered


def _unanswered(standing: Iterable[Told], words: WeekWords, zone: tzinfo) -> list[str]:
    return [
        f"{words.name(one.title)}: {words.moment(one.incident.since, zone)}"
        for one in standing
        if one.incident.acknowledged is None
    ]


def _noisy(faults: Sequence[Told], words: WeekWords) -> list[str]:
    per_check = Counter(one.incident.check_id for one in faults)
    return [
        f"{words.number(check)}: {words.incidents(number)}"
        for check, number in per_check.most_common()
        if number >= NOISY
    ]


def _flapping(faults: Sequence[Told], words: WeekWords) -> list[str]:
    return [
        f"{words.name(one.title)}: {words.number(one.incident.subject)}"
        for one in faults
        if one.flaps or one.incident.is_unstable
    ]


def _listed(title: str, lines: Sequence[str], words: WeekWords) -> Block | None:
    if not lines:
        return None
    rest = [words.more.format(count=len(lines) - _MOST_LINES)] if len(lines) > _MOST_LINES else []
    return Titled(title, (*lines[:_MOST_LINES], *rest))


def is_quiet(week: Week) -> bool:
    """Nothing to tell of it."""
    return not week.told and not week.idle_silences
