"""What stands on top of every page: whose it is, as of when, and what to know before believing it. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from alerts.words.escape import one_line
from alerts.words.wording import span
from checks.wording import day_of, local, moment
from watchdog.web.glance import Glance
from watchdog.web.view import Banner, Header
from watchdog.web.words import clock_time

MAX_PROBLEMS = 20

#: Without a look for this long something is wrong with the watchdog, unless its checks are meant to be rarer.
STALE_AFTER = timedelta(seconds=90)
STALE_INTERVALS = 3


def header(glance: Glance) -> Header:
    there = local(glance.now, glance.estate.time_zone)
    return Header(
        estate=one_line(glance.estate.name, 120),
        at=f"{there:%H:%M:%S} on {day_of(there.date())}",
        zone=str(glance.estate.time_zone),
        banners=list(_banners(glance)),
        notes=list(_notes(glance)),
    )


def newest_look(glance: Glance) -> datetime | None:
    return max((one.seen_at for subjects in glance.subjects.values() for one in subjects), default=None)


def _banners(glance: Glance) -> Iterator[Banner]:
    """The gravest first."""
    yield from _blind(glance)
    yield from _doubted(glance)
    yield from _stale(glance)
    yield from _unwritten(glance)
    yield from _refused(glance)
    if glance.conditions.unread:
        yield Banner(
            tone="unknown",
            title="The history cannot be read just now",
            lines=["Bars, who was told, and former incidents are missing below. What stands there is from memory."],
        )


def _notes(glance: Glance) -> Iterator[Banner]:
    yield from _played(glance)
    if not glance.has_anchors:
        yield Banner(
            tone="note",
            title="No anchors are set",
            lines=[
                "If the link of this machine fails, everything behind it will look down. See anchors in the settings."
            ],
        )


def _played(glance: Glance) -> Iterator[Banner]:
    one = glance.conditions.drill
    if one is not None and one.drill is not None:
        until = clock_time(one.drill.ends_at, glance.now, glance.estate.time_zone)
        yield Banner(
            tone="note",
            title=f"A drill runs until {until}: {one.drill.kind.value}, started by {one_line(one.drill.by, 80)}",
            lines=["Messages that begin with DRILL are of it. Nothing on this page is: all that stands here is real."],
        )


def _blind(glance: Glance) -> Iterator[Banner]:
    since = glance.conditions.blind_since
    if since is not None:
        at = clock_time(since, glance.now, glance.estate.time_zone)
        yield Banner(
            tone="critical",
            title=f"Blind since {at}: this machine cannot see out",
            lines=[
                *([one_line(glance.conditions.blind_why, 300)] if glance.conditions.blind_why else []),
                "Nothing below is judged until sight returns; what stands there is from before.",
            ],
        )


def _doubted(glance: Glance) -> Iterator[Banner]:
    says, zone = glance.conditions.clock_says, glance.estate.time_zone
    if says is not None:
        yield Banner(
            tone="warning",
            title=f"The clock of this machine says {moment(says, zone)}, and nobody vouches for it",
            lines=[
                f"All goes by {moment(glance.now, zone)} until a time service confirms it, for six hours at most.",
                "If it is wrong, set it right; if it is right, there is nothing to do.",
            ],
        )


def _stale(glance: Glance) -> Iterator[Banner]:
    intervals = [spec.interval_s for spec in glance.specs.values()]
    if not intervals:
        return
    last = newest_look(glance)
    silent = glance.now - max(filter(None, (last, glance.conditions.started_at)))
    if silent > max(STALE_AFTER, timedelta(seconds=STALE_INTERVALS * min(intervals))):
        yield Banner(
            tone="critical",
            title=f"Stale: nothing was looked at for {span(silent)}",
            lines=["The watchdog runs and does not look. What stands below is that old; nothing new would be told."],
        )


def _unwritten(glance: Glance) -> Iterator[Banner]:
    since = glance.conditions.unwritten_since
    if since is not None:
        at = clock_time(since, glance.now, glance.estate.time_zone)
        yield Banner(
            tone="critical",
            title=f"Nothing can be written since {at}",
            lines=[one_line(glance.conditions.unwritten_why, 300), "Checks go on; this page is from memory."],
        )


def _refused(glance: Glance) -> Iterator[Banner]:
    problems, at = glance.conditions.refused, glance.conditions.refused_at
    if at is None:
        return
    more = len(problems) - MAX_PROBLEMS
    yield Banner(
        tone="warning",
        title=f"New settings were refused at {clock_time(at, glance.now, glance.estate.time_zone)}; "
        "the former ones stay in force",
        lines=[
            *(one_line(problem, 300) for problem in problems[:MAX_PROBLEMS]),
            *([f"and {more} more"] if more > 0 else []),
        ],
    )
