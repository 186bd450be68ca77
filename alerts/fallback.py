"""When a message that does not get through goes another way, and who hears that somebody cannot be reached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from alerts.directory import Directory
from alerts.message import Notification, NotificationState
from alerts.people.rota import ever_on_duty
from alerts.plan import SET_ASIDE, plan_fallback, plan_notice
from alerts.telling import notification_id, once_each
from alerts.words.urdu import notices
from checks.model import Status

#: Failed tries after which the next way is taken.
TRIES: Final = 3

#: Time without success since the first try, or in a channel that is out, after which it is taken; for a critical outage
#: since it was due, whether it was tried or waits behind others.
WITHIN: Final = timedelta(seconds=60)

#: A try that began so shortly ago may be getting through: what only waited for it too long is not told twice for that.
UNDER_WAY: Final = timedelta(seconds=15)

#: What takes another way rests for so long where it was, so that both do not tell it at once.
RESTS_FOR: Final = timedelta(seconds=30)

#: Begins the event id of a notice that somebody refuses what is meant for them.
REFUSED: Final = f"{SET_ASIDE}refused-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far one row has come."""

    state: NotificationState
    failed: bool
    """It was refused for good, or tried for long enough."""
    ended_at: datetime | None = None


class Step(Enum):
    PASS_ON = "pass on"  # noqa: S105  # a word, not a password
    LEAVE = "leave"
    """Others of the same receiver have it over the same channel: one mailbox is bad, nobody is uninformed."""
    WAIT = "wait"
    """Whether they have it is not known yet."""


def step(row: Standing, siblings: Iterable[Standing], now: datetime) -> Step:
    """What becomes of `row`, which failed; `siblings` tell the same to others over the same channel."""
    others = list(siblings)
    if any(one.state is NotificationState.SENT for one in others):
        return Step.LEAVE
    undecided = any(one.state is NotificationState.PENDING and not one.failed for one in others)
    if undecided and row.ended_at is not None and now - row.ended_at < WITHIN:
        return Step.WAIT
    return Step.PASS_ON


def plan_refused(
    row: Notification, why: str, *, was_told: bool, at: datetime, directory: Directory
) -> tuple[Notification, ...]:
    """Rows that say that `row` was refused for good; () where it said that of another, or this would never end.

    At most one such notice a day and address where the receiver heard otherwise (`was_told`), else one an hour.
    """
    if row.event_id.startswith(SET_ASIDE):
        return ()
    whom = row.recipient or row.receiver
    once = f"{at:%Y%m%d}" if was_told else f"{at:%Y%m%dT%H}-untold"
    told = (
        "Others have it, or it went another way."
        if was_told
        else "It reached nobody, and there is no other way to them."
    )
    rows = plan_notice(
        event_id=f"{REFUSED}{once}-{notification_id('refused', row.address)}",
        at=at,
        subject=f"messages to {whom} over {row.channel} are refused",
        text=f"{row.message.subject!r} was refused for good: {why}. {told} Mend the address or the channel.",
        directory=directory,
        labels={"severity": (Status.WARNING if was_told else Status.CRITICAL).value},
        besides=() if was_told else instead_of(row.receiver, directory),
        urdu=notices.refused(whom, row.channel, row.message.subject, why, was_told=was_told),
    )
    return _round_about(rows, row.address, directory)


def _round_about(rows: Sequence[Notification], refusing: str, directory: Directory) -> tuple[Notification, ...]:
    """`rows` without the one to the address that refuses: whoever has no other of them gets it by their next way."""
    others = [one for one in rows if one.address != refusing]
    told = {one.receiver for one in others}
    instead = [
        other
        for one in rows
        if one.address == refusing and one.receiver not in told
        for other in plan_fallback(one, directory)
    ]
    return once_each([*others, *instead])


def instead_of(receiver: str, directory: Directory) -> tuple[str, ...]:
    """Ids of those who must know that `receiver` hears nothing: who takes turns with it, and who is next in line."""
    fellows = [ever_on_duty(rota) for rota in directory.rotas.values() if receiver in ever_on_duty(rota)]
    next_in_line = [one.steps[0].to for one in directory.escalations.values() if one.steps]
    ids = dict.fromkeys(id_ for named in (*fellows, *next_in_line) for id_ in named)
    return tuple(id_ for id_ in ids if id_ != receiver and id_ in directory.receivers)
