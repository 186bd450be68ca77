"""The day on which a vendor cuts a service off for a bill, and the day on which an accounts office stops taking it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from alerts.words.escape import one_line
from alerts.words.scene import Scene
from alerts.words.wording import count
from checks.billing.labels import CUT_OFF, CUT_OFF_CHANGED, CUT_OFF_FROM
from checks.model import Deadline
from checks.wording import local

#: Days ahead from which the cut-off presses even where the bill is not overdue yet.
PRESSES_DAYS: Final = 14


def cut_off(scene: Scene, deadline: Deadline) -> str:
    """Like "vendor cuts off Tue 24 Nov 2017, in 2 days"; "" where no such day presses."""
    at, now, zone = deadline.cuts_off_at, scene.event.at, scene.zone
    if at is None:
        return ""
    if now >= at:
        return f"vendor's cut-off day {scene.day(at)} has passed"
    days = local(at, zone).toordinal() - local(now, zone).toordinal()
    if days > PRESSES_DAYS and now < deadline.at:
        return ""
    return f"vendor cuts off {scene.day(at)}, {_ahead(days)}"


def changed_from(facts: Mapping[str, str]) -> str:
    """The day of cutting off that held before, as kinds write days; "" where it never changed."""
    found = _WAS.match(one_line(facts.get(CUT_OFF_CHANGED, ""), 200))
    return "" if found is None else found[1]


def settled_before(scene: Scene, deadline: Deadline) -> str:
    """Like "before the cut-off on Wed 16 Dec 2026": from that day the act-by day is counted, not from the due one."""
    if deadline.cuts_off_at is not None:
        return f"before the cut-off on {scene.day(deadline.cuts_off_at)}"
    first = one_line(dict(scene.incident.facts).get(CUT_OFF_FROM, ""), 60).partition(" (")[0]
    return f"before the vendor may cut off on {first}" if first else f"by {scene.day(deadline.at)}"


def put_forward(scene: Scene, deadline: Deadline) -> str:
    """Like "now Wed 16 Dec 2026, no longer Sun 20 Dec 2026"."""
    if deadline.cuts_off_at is None:
        return ""
    was = changed_from(dict(scene.incident.facts))
    return f"now {scene.day(deadline.cuts_off_at)}{f', no longer {was}' if was else ''}"


def _ahead(days: int) -> str:
    if not days:
        return "today"
    return "tomorrow" if days == 1 else f"in {count(days, 'day')}"


@dataclass(frozen=True, slots=True)
class MissedCutOff:
    """A cut-off of the accounts office that a bill will miss, as its check says it; days like "Tue 16 Jun 2026"."""

    title: str
    day: str
    returns: str
    """When money returns."""


_WAS: Final = re.compile(r"was ([A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2} \d{4})")

_MISSED: Final = re.compile(
    r"(.+), ([A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2} \d{4}): .*, ([A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2} \d{4})"
)


def missed_cut_off(facts: Mapping[str, str]) -> MissedCutOff | None:
    """Of the facts of a bill or a stage; None where no cut-off lies before its money (checks.billing.path.told)."""
    found = _MISSED.fullmatch(one_line(facts.get(CUT_OFF, ""), 300))
    return None if found is None else MissedCutOff(*found.groups())


def behind_cut_off(facts: Mapping[str, str]) -> str:
    """Like ", since it misses the cut-off of Tue 16 Jun 2026 (bills to the Accountant General)"; "" for none."""
    one = missed_cut_off(facts)
    return "" if one is None else f", since it misses the cut-off of {one.day} ({one.title})"
