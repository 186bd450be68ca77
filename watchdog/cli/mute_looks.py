"""Silences and windows as listings show them, for scripts and for people."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from alerts.mutes.mute import Mute, MuteKind
from alerts.mutes.standing import Concerned, concerned_by
from checks.wording import moment
from watchdog.cli.columns import table
from watchdog.cli.listing_json import instant

if TYPE_CHECKING:
    from watchdog.cli.looks import View  # which looks by what is here

#: How far back those that are over are listed.
OVER_SINCE: Final = timedelta(days=30)


def mute_listing(view: "View", *, kind: MuteKind, over: bool) -> tuple[list[dict[str, object]], str]:
    """Those in force and to come, the first to end first; with `over` those of the last 30 days as well."""
    found = [mute for mute in _known(view, over=over) if mute.kind is kind and (over or not mute.is_over(view.now))]
    found.sort(key=lambda mute: (mute.is_over(view.now), mute.over_at, mute.id))
    concerned = [_concerned(mute, view) for mute in found]
    objects = [
        mute_object(mute, view.now) | _about(matched, view) for mute, matched in zip(found, concerned, strict=True)
    ]
    if not found:
        return objects, f"no {kind.value} is in force or to come"
    rows = [_row(mute, matched, view) for mute, matched in zip(found, concerned, strict=True)]
    heads = ("ID", "STATE", "FROM", "UNTIL", "WHAT", "MATCHES", "BY", "WHY")
    return objects, table(heads, rows, view.width)


def in_force_text(view: "View") -> str:
    """What `status` says of it: a line for each that is in force; "" for none."""
    lines = [_line(mute, view) for mute in _known(view, over=False) if mute.is_in_force(view.now)]
    return "".join(f"\n{line}" for line in ["", "Not told for now:", *lines]) if lines else ""


def mute_object(mute: Mute, now: datetime) -> dict[str, object]:
    return {
        "id": mute.id,
        "kind": mute.kind.value,
        "state": _state(mute, now),
        "matchers": [str(matcher) for matcher in mute.matchers],
        "by": mute.author,
        "reason": mute.reason,
        "starts_at": instant(mute.starts_at),
        "ends_at": instant(mute.ends_at),
        "until_ok": mute.until_ok,
        "ended_at": instant(mute.ended_at),
        "ended_by": mute.ended_by or None,
        "ended_why": mute.ended_why,
    }


def _known(view: "View", *, over: bool) -> Sequence[Mute]:
    stored = {} if view.remembered and not over else _stored(view)
    remembered = view.remembered.mutes if view.remembered else ()
    return list((stored | {mute.id: mute for mute in remembered}).values())


def _stored(view: "View") -> dict[str, Mute]:
    return {mute.id: mute for mute in view.listings.mutes(view.now - OVER_SINCE)}


def _concerned(mute: Mute, view: "View") -> Concerned:
    labels = view.remembered.labels if view.remembered else {}
    return concerned_by(mute, labels, view.open_incidents())


def _about(matched: Concerned, view: "View") -> dict[str, object]:
    """Where the settings in force are not known, so is what is matched."""
    checks = list(matched.checks) if view.remembered else None
    nothing = matched.is_nothing if view.remembered else None
    return {"checks": checks, "incidents": list(matched.incidents), "matches_nothing": nothing}


def _row(mute: Mute, matched: Concerned, view: "View") -> tuple[str, ...]:
    zone = view.estate.time_zone
    until = moment(mute.over_at, zone)
    if mute.until_ok and mute.ended_at is None:
        until = f"it is well, at most {until}"
    return (
        mute.id,
        _state(mute, view.now),
        moment(mute.starts_at, zone),
        until,
        mute.about,
        _matches(matched, view),
        mute.author,
        mute.reason,
    )


def _line(mute: Mute, view: "View") -> str:
    until = moment(mute.ends_at, view.estate.time_zone)
    until = f"until it is well, at most until {until}" if mute.until_ok else f"until {until}"
    matched = _matches(_concerned(mute, view), view)
    what = f"{mute.kind.value} {mute.id} by {mute.author} {until}: {mute.about} ({mute.reason})"
    return f"  {what}; matches {matched}" if matched else f"  {what}"


def _matches(matched: Concerned, view: "View") -> str:
    if view.remembered is None:
        return f"{len(matched.incidents)} open" if matched.incidents else ""
    if matched.is_nothing:
        return "NOTHING"
    checks = f"{len(matched.checks)} check{'' if len(matched.checks) == 1 else 's'}"
    return f"{checks}, {len(matched.incidents)} open" if matched.incidents else checks


def _state(mute: Mute, now: datetime) -> str:
    if mute.is_over(now):
        return "over"
    return "in force" if mute.is_in_force(now) else "to come"
