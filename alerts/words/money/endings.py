"""How blocks and forecasts end, and what comes too late, in English: no more is claimed than is known."""

from alerts.words.cut_off import behind_cut_off
from alerts.words.due import moved_to
from alerts.words.money.said import Said
from alerts.words.wording import span
from checks.billing import labels


def end_of_block(said: Said, who: str) -> str:
    """Of one reason that is over; "" while it stands."""
    if not said.is_over:
        return ""
    after = f"after {span((said.scene.incident.closed_at or said.scene.event.at) - said.scene.incident.since)}"
    if said.is_payable_again:
        return f"{who} can be paid again, {after}"
    why = said.fact(labels.BLOCK)
    return f"{who}, one obstacle less{f' ({why})' if why else ''}, {after}"


def after_the_block(said: Said) -> str:
    if said.is_payable_again:
        return "Send what waits for it on its way."
    now = said.now_it_is
    return f"As it is now: {now}." if now else "Look whether anything else stands in the way: nigehban vendors show."


def end_of_forecast(said: Said) -> str:
    """Of the end of a forecast; "" while it stands."""
    deadline, title = said.scene.incident.deadline, said.scene.title
    if not said.is_over:
        return ""
    if deadline is not None and (moved := moved_to(said.scene, deadline)):
        return f"{title}: the first day on which it may be cut off is now {moved}"
    if said.will_be_in_time:
        return f"{title}: the matter will probably be settled in time"
    if said.is_lost_sight_of:
        return f"{title}: it is not followed any more; nothing says that the matter with its provider is settled"
    if said.is_past:
        return f"{title}: the matter is settled; what was cut off for it, if anything, should come back"
    return f"{title}: the matter is settled, and no reason any more to cut anything off"


def too_late(said: Said) -> str:
    """A sentence of a stage whose bill comes too late by usual times; "" for any other."""
    day = said.fact(labels.TOO_LATE)
    if not day or said.is_over:
        return ""
    ask = "Ask the vendor for grace now (nigehban invoices letter)"
    return f"By usual times the money comes too late, on {day}{behind_cut_off(said.facts)}. {ask}."
