"""Deadlines in words: what is due, by when to begin, and which step of the ladder this is."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.concern import is_money_back, is_sooner
from alerts.incident import EventKind
from alerts.words.blocks import Row
from alerts.words.cut_off import behind_cut_off, cut_off, put_forward, settled_before
from alerts.words.escape import one_line
from alerts.words.money_back import owed_again, word_of_money_back
from alerts.words.scene import Scene
from alerts.words.withdrawal import LISTED_AGAIN
from alerts.words.wording import count, span
from checks.billing import labels
from checks.model import Cause, Deadline

#: Dates as kinds label them, in lower case; what is worked out here goes behind them.
_DATE_LABELS = ("due", "vendor cuts off", "act by")

#: Kinds whose deadline is the end of a thing's life, not a day to pay or to decide by.
LAPSING_KINDS = frozenset({"tls_certificate", "domain_expiry"})


def deadline_subject(scene: Scene, deadline: Deadline) -> str:
    """With the day on which the vendor cuts off, where it presses: that is what it is all about."""
    if is_sooner(scene.event):
        return f"{due_word(scene)} {scene.summary}: {put_forward(scene, deadline)}"
    cut = cut_off(scene, deadline)
    return f"{_state_subject(scene, deadline)}, {cut}" if cut else _state_subject(scene, deadline)


def _state_subject(scene: Scene, deadline: Deadline) -> str:
    if scene.incident.cause is Cause.WITHDRAWN:
        return f"WITHDRAWN? {scene.summary}: no longer listed, still open"
    if scene.event.note == LISTED_AGAIN:
        return _back_subject(scene, deadline)
    if deadline.is_to_confirm:
        return _confirm_subject(scene, deadline)
    return _lapse_subject(scene, deadline) if lapses(scene) else _due_subject(scene, deadline)


def lapses(scene: Scene) -> bool:
    return scene.incident.kind in LAPSING_KINDS


def is_past(scene: Scene, deadline: Deadline) -> bool:
    return deadline.at <= scene.event.at


def _thing(scene: Scene) -> str:
    return f"{scene.title}: {scene.summary}" if scene.incident.service else scene.summary


def _confirm_subject(scene: Scene, deadline: Deadline) -> str:
    word = "REMINDER" if scene.event.kind is EventKind.REMINDER else "CONFIRM"
    return f"{'UNCONFIRMED' if is_past(scene, deadline) else word} {_thing(scene)} by {scene.day(deadline.at)}"


def _lapse_subject(scene: Scene, deadline: Deadline) -> str:
    thing = _thing(scene)
    if is_past(scene, deadline):
        return f"EXPIRED {thing}, on {scene.day(deadline.at)}"
    if scene.event.kind is EventKind.REMINDER:
        return f"REMINDER {thing} expires {scene.day(deadline.at)}"
    return f"EXPIRES {thing}, on {scene.day(deadline.at)}"


def _back_subject(scene: Scene, deadline: Deadline) -> str:
    when = f"was due {scene.day(deadline.at)}" if is_past(scene, deadline) else _by_when(scene, deadline)
    return f"LISTED AGAIN {scene.summary}: {when}, not settled"


def _due_subject(scene: Scene, deadline: Deadline) -> str:
    due = scene.day(deadline.at)
    if is_money_back(scene.event):
        was = "was due" if is_past(scene, deadline) else "due"
        return f"{due_word(scene)} {scene.summary}: owed again, {was} {due}"
    if scene.incident.cause is Cause.BLOCKED:
        was = "was due" if is_past(scene, deadline) else "due"
        return f"{due_word(scene)} {scene.summary}: {was} {due}"
    if is_past(scene, deadline):
        return f"OVERDUE {scene.summary}: was due {due}"
    if too_late(scene):
        return f"TOO LATE {scene.summary}: by usual times paid on {too_late(scene)} only, due {due}"
    word = "REMINDER" if scene.event.kind is EventKind.REMINDER else "DUE"
    return f"{word} {scene.summary}: {_by_when(scene, deadline)}"


def due_word(scene: Scene) -> str:
    """In short; of a bill on which nobody can act before what stands in its way is over, that comes first."""
    if is_money_back(scene.event):
        return word_of_money_back(dict(scene.incident.facts))
    if is_sooner(scene.event):
        return "CUT OFF SOONER"
    if scene.incident.cause is Cause.BLOCKED:
        return "STILL BLOCKED" if scene.event.kind is EventKind.REMINDER else "BLOCKED"
    return "DUE"


def _by_when(scene: Scene, deadline: Deadline) -> str:
    due, today = scene.day(deadline.at), scene.day(scene.event.at)
    if due == today:
        return f"due today, {due}"
    if deadline.act_by is None or deadline.act_by > deadline.at:
        return f"due {due}"
    act_by = scene.day(deadline.act_by)
    if act_by == today:
        return f"act today, due {due}"
    return f"act by {act_by}" if deadline.act_by > scene.event.at else f"act now, due {due}"


def deadline_lead(scene: Scene, deadline: Deadline) -> str:
    """What stands first: the state of the thing and the days that count, in a few sentences."""
    cut = cut_off(scene, deadline)
    sooner = (
        f"The vendor has put its cut-off forward: {put_forward(scene, deadline)}. " if is_sooner(scene.event) else ""
    )
    return f"{sooner}{f'The {cut}. ' if cut else ''}{_state_lead(scene, deadline)}"


def _state_lead(scene: Scene, deadline: Deadline) -> str:
    if scene.incident.cause is Cause.WITHDRAWN:
        return (
            f"No longer listed: {scene.summary}. Nothing says that it was settled, so it stays open until somebody "
            f"says what became of it."
        )
    if deadline.is_to_confirm:
        return _confirm_lead(scene, deadline)
    return _lapse_lead(scene, deadline) if lapses(scene) else _due_lead(scene, deadline)


def _confirm_lead(scene: Scene, deadline: Deadline) -> str:
    at = scene.moment(deadline.at)
    if is_past(scene, deadline):
        return f"Nobody confirmed it by {at}, so it counts no more: {scene.summary}."
    return f"Somebody has to look again by {at}, in {span(deadline.at - scene.event.at)}: {scene.summary}."


def _lapse_lead(scene: Scene, deadline: Deadline) -> str:
    at = scene.moment(deadline.at)
    if is_past(scene, deadline):
        since = scene.event.at - deadline.at
        ago = f", {span(since)} ago" if since >= timedelta(minutes=1) else ""
        return f"Expired at {at}{ago}: {scene.summary}."
    return f"Expires at {at}, in {span(deadline.at - scene.event.at)}: {scene.summary}."


def _due_lead(scene: Scene, deadline: Deadline) -> str:
    blocked = f"{said[:1].upper()}{said[1:]}. " if (said := blocked_by(scene)) else ""
    return blocked + owed_again(dict(scene.incident.facts)) + _when_due(scene, deadline)


def blocked_by(scene: Scene) -> str:
    """Like "the payment is blocked: a court order forbids it"; "" where nothing stands in its way."""
    if scene.incident.cause is not Cause.BLOCKED:
        return ""
    why = one_line(dict(scene.incident.facts).get(labels.BLOCK, ""), 200).rstrip(". ")
    return f"the payment is blocked{f': {why}' if why else ''}"


def too_late(scene: Scene) -> str:
    """The day on which a bill is paid by usual times, where that is too late; "" for any other."""
    return one_line(dict(scene.incident.facts).get(labels.TOO_LATE, ""), 40)


_ASK_FOR_GRACE = (
    "By usual times the money comes too late, on {day}{behind}: the vendor may cut off before. Ask it for grace now "
    "(nigehban invoices letter)."
)


def _grace(scene: Scene, late: str) -> str:
    return _ASK_FOR_GRACE.format(day=late, behind=behind_cut_off(dict(scene.incident.facts)))


def _when_due(scene: Scene, deadline: Deadline) -> str:
    due = scene.day(deadline.at)
    if is_past(scene, deadline):
        return f"Not settled and overdue: {scene.summary}. It was due on {due}{_ago(scene, deadline)}.{_late_at(scene)}"
    act_by = deadline.act_by
    if act_by is None:
        return f"Not settled yet: {scene.summary}. It is due on {due}."
    if late := too_late(scene):
        return f"Not settled yet: {scene.summary}. It is due on {due}. {_grace(scene, late)}"
    return f"Not settled yet: {scene.summary}. {_to_begin(scene, deadline, act_by)}"


def _to_begin(scene: Scene, deadline: Deadline, act_by: datetime) -> str:
    due, begin = scene.day(deadline.at), scene.day(act_by)
    if act_by > deadline.at:
        return (
            f"It is due on {due}. At the latest it must move on by {begin}, or the money does not arrive before the "
            f"vendor may cut off."
        )
    if begin == scene.day(scene.event.at):
        return f"It must start moving today to be settled {settled_before(scene, deadline)}. It is due on {due}."
    if act_by < scene.event.at:
        late = _late_at(scene).strip() or f"It had to start moving by {begin}."
        return f"{late} It is due on {due}, so every day counts."
    return f"It must start moving by {begin} to be settled {settled_before(scene, deadline)}. It is due on {due}."


def _late_at(scene: Scene) -> str:
    """Like " It lies in pre-audit, which it had to leave by Wed 11 Oct 2017."; "" for a bill that is not late there."""
    deadline, stage = scene.incident.deadline, dict(scene.incident.facts).get(labels.STAGE, "")
    if not stage or deadline is None or deadline.act_by is None or deadline.act_by >= scene.event.at:
        return ""
    where = f'is at "{one_line(stage, 80)}"' if " " in stage else f"lies in {one_line(stage, 80)}"
    return f" It {where}, which it had to leave by {scene.day(deadline.act_by)}."


def _ago(scene: Scene, deadline: Deadline) -> str:
    days = scene.working_days_until(deadline.at)
    return f", {count(-days, 'working day')} ago" if days is not None and days < 0 else ""


def unless_done(scene: Scene) -> str:
    """The beginning of what happens otherwise."""
    if not lapses(scene):
        return "If it is not settled"
    deadline = scene.incident.deadline
    if deadline is not None and deadline.is_to_confirm:
        return "If its date is not what was declared"
    return "Until it is renewed" if deadline and is_past(scene, deadline) else "If it is not renewed"


def with_dates(facts: Sequence[Row], scene: Scene, deadline: Deadline) -> list[Row]:
    """The kind's facts and, behind the dates among them, those that follow from the deadline itself."""
    named = [label.casefold() for label, _ in facts]
    missing = [row for row in _dates(scene, deadline) if row[0].casefold() not in named]
    place = max((named.index(label) + 1 for label in _DATE_LABELS if label in named), default=len(facts))
    return [*facts[:place], *missing, *facts[place:]]


def _dates(scene: Scene, deadline: Deadline) -> list[Row]:
    if deadline.is_to_confirm:
        return [("Confirm by", scene.moment(deadline.at))]
    if lapses(scene):
        return [("Expired" if is_past(scene, deadline) else "Expires", scene.moment(deadline.at))]
    rows = [("Due", scene.day(deadline.at))]
    if deadline.act_by is not None:
        rows.append(("Act by", scene.day(deadline.act_by)))
    return rows + _days_left(scene, deadline)


def _days_left(scene: Scene, deadline: Deadline) -> list[Row]:
    """Counted to the day it is due, as in the list; once that has passed, not at all."""
    if deadline.at < scene.event.at:
        return []
    days = scene.working_days_until(deadline.at)
    return [] if days is None else [("Working days to due day", str(days) if days else "none, it is today")]


def moved_to(scene: Scene, deadline: Deadline) -> str | None:
    """The new day, where an incident ended because its deadline now lies too far ahead to be told of."""
    ahead = all(scene.event.at < rung.at for rung in deadline.rungs)
    return scene.day(deadline.at) if deadline.rungs and ahead else None


def step(scene: Scene, deadline: Deadline, rung_name: str) -> str:
    """Like "The next reminder follows on Fri 17 Nov 2017."; first of all how late this is told, if it is."""
    upcoming = [rung.at for rung in deadline.rungs if rung.at > scene.event.at]
    is_ahead = any(rung.name == rung_name and rung.at <= deadline.at for rung in deadline.rungs)
    sentences = [f"This is {late}."] if is_ahead and (late := _how_late(scene, deadline)) else []
    if upcoming:
        when = f"at {scene.moment(min(upcoming))}" if lapses(scene) else f"on {scene.day(min(upcoming))}"
        sentences.append(f"The next reminder follows {when}.")
    return " ".join(sentences)


def _how_late(scene: Scene, deadline: Deadline) -> str:
    """For a step of the ladder that is told long after the deadline itself; "" for one told in its time."""
    late = scene.event.at - deadline.at
    if late < timedelta(days=1):
        return ""
    first = "told for the first time now, " if scene.event.kind is EventKind.OPENED else "told late, "
    return f"{first}{span(late)} after the last day"


def lasted(scene: Scene) -> timedelta:
    """How long the incident was, from its first sign to its end."""
    return (scene.incident.closed_at or scene.event.at) - scene.incident.since
