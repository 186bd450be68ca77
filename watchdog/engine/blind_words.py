"""What people are told when we are blind, and when we see again."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from alerts.words.framed import Said
from alerts.words.urdu import notices
from alerts.words.urdu.wording import moment as urdu_moment
from alerts.words.wording import count, span
from watchdog.engine.blindness import AnchorView, Spell
from watchdog.engine.hold import Hold

#: Checks named in a message; more of them are counted.
_NAMED = 10

BLIND_SUBJECT = "Nigehban is blind: our own network seems to be down"


def blind_text(since: datetime, views: Sequence[AnchorView], needed: int, zone: tzinfo) -> str:
    answering = sum(view.ok is True for view in views)
    lines = "\n".join(f"  {view.name}: {view.words}" for view in views)
    return (
        f"Since {_at(since, zone)} {answering} of {count(len(views), 'anchor')} answer; {needed} must.\n\n{lines}\n\n"
        "Nothing outside is judged until they answer again, and nobody is told of single services: what seems to be"
        " down may be up. What has a date, bills among it, goes on being watched, and messages wait. Look at this"
        " machine's own network first: cable, router, provider, firewall. A message follows when we see again."
    )


def seeing_subject(spells: Sequence[Spell]) -> str:
    whole = timedelta(seconds=round(sum(spell.lasted_s for spell in spells)))
    return f"Nigehban sees again, after {span(whole)}"


def seeing_text(
    spells: Sequence[Spell], unjudged: int, bad: Sequence[str], hold: Hold, zone: tzinfo, *, unknown: int
) -> str:
    """`bad` is what is known to be wrong now, one line each; `unknown` is how many checks nobody can judge."""
    blind = "\n".join(f"  from {_at(spell.since, zone)} to {_at(spell.until, zone)}" for spell in spells[-_NAMED:])
    parts = [f"We were blind\n\n{blind}"]
    if unjudged:
        parts.append(
            f"{count(unjudged, 'check')} failed meanwhile and {_was(unjudged)} not judged;"
            " they are being looked at again."
        )
    else:
        parts.append("No check failed meanwhile.")
    parts.append(f"Wrong now:\n\n{_listed(bad)}" if bad else "Nothing is known to be wrong now.")
    if unknown:
        parts.append(f"{count(unknown, 'check')} could not be judged yet.")
    if waited := hold.subjects:
        news = count(len(waited), "message")
        words = f"{news} waited and {_go(len(waited))} out now, but for what healed before anybody heard of it:"
        parts.append(f"{words}\n\n{_listed(waited)}")
    return "\n\n".join(parts)


def blind_in_urdu(since: datetime, views: Sequence[AnchorView], needed: int, zone: tzinfo) -> Said:
    answering = sum(view.ok is True for view in views)
    said = [(view.name, view.words) for view in views]
    return notices.blind(urdu_moment(since, zone), answering, len(views), needed, said)


def seeing_in_urdu(spells: Sequence[Spell], unjudged: int, bad: Sequence[str], hold: Hold, zone: tzinfo) -> Said:
    lasted = timedelta(seconds=sum(spell.lasted_s for spell in spells))
    times = [(urdu_moment(one.since, zone), urdu_moment(one.until, zone)) for one in spells[-_NAMED:]]
    return notices.seeing(lasted, times, unjudged, bad[:_NAMED], len(hold.subjects))


def _listed(lines: Sequence[str]) -> str:
    more = len(lines) - _NAMED
    shown = [f"  {line}" for line in lines[:_NAMED]]
    return "\n".join([*shown, *([f"  and {more} more"] if more > 0 else [])])


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _go(number: int) -> str:
    return "goes" if number == 1 else "go"


def _at(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %Y %H:%M:%S %Z}"
