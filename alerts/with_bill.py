"""One bill is told once a morning: what the check of stages has to say of it goes with what the check of bills says.

Pure. Both look at the same bill, each with a question of its own, and often wake at the same instant. To whoever hears
of both, the message of the stage waits a little for that of the bill, which names the stage, its last day and what is
in the way; once that was told, and told as grave, the message of the stage would say nothing more. It is told by itself
where the bill had nothing to say, lay at another stage then, was silenced, could not be sent, or was less grave, and to
whoever reads of bills in a few sentences that name no stage: no step is ever lost. Nor is what only its incident says:
a step of an escalation, that an acknowledgement, a silence or a window is over, that it was passed on. Machines keep
one thing per incident and hear every word of each.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from alerts.concern import BILLS, STAGES, as_bills
from alerts.directory import Directory
from alerts.incident import EventKind, IncidentEvent
from alerts.message import Message, Notification
from alerts.route import Audience, ChannelSpec, Receiver, hearers_of
from alerts.words.scene import routing_labels
from checks.billing.labels import IS_CANCELLED, IS_PAID
from checks.model import WORST_FIRST, Status

#: Longer than the check of bills takes from one look to the next.
WAITS: Final = timedelta(minutes=10)
#: What was told of a bill so long ago is of the same morning.
WITHIN: Final = timedelta(hours=12)

_STEPS: Final = frozenset({EventKind.OPENED, EventKind.REMINDER})

#: Whose messages of a bill name the stage it lies at, and what is in the way there.
_READ_OF_STAGES: Final = frozenset({Audience.ON_CALL, Audience.FINANCE})

#: Channels that keep what they are told by incident.
_MACHINES: Final = frozenset({"webhook", "alertmanager"})

#: A field of the message; it says whether the event itself may go with that of its bill, which no row tells.
_MAY_GO_WITH: Final = "goes_with"


def waits_for_bill(event: IncidentEvent, receiver: Receiver, directory: Directory) -> bool:
    """Whether `receiver`, who is told of `event` by itself, may hear of its bill at the same time."""
    if event.incident.kind != STAGES or not (_goes_with_step(event, receiver) or _ends_with_bill(event)):
        return False
    named = (one.receiver for one in hearers_of(as_bills(routing_labels(event.incident)), directory.routes))
    return receiver.id in {one.id for one in directory.people(named, event.at)}


def goes_with_bill(message: Message) -> Message:
    """`message` as that of a row that waits for its bill; no other is ever left out for it."""
    return replace(message, fields={**message.fields, _MAY_GO_WITH: BILLS})


def is_read_by_people(way: ChannelSpec) -> bool:
    return way.kind not in _MACHINES


def _goes_with_step(event: IncidentEvent, receiver: Receiver) -> bool:
    """Not for whoever reads of a bill without its stage: they would hear of the end of what they never heard of."""
    return receiver.audience in _READ_OF_STAGES and _is_of_its_ladder(event)


def _is_of_its_ladder(event: IncidentEvent) -> bool:
    """No word of people, no step of an escalation and no end of a silence: the bill says nothing of those."""
    is_step = event.kind is EventKind.OPENED or (event.kind is EventKind.REMINDER and event.rung is not None)
    return is_step and not (event.step or event.note or event.to)


def is_told_with(stage: Notification, bill: Notification) -> bool:
    """Whether `bill`, which was told, leaves nothing to say to `stage`."""
    here, there = stage.message.fields, bill.message.fields
    if not may_be_told_with_bill(stage) or there.get("kind") != BILLS or stage.address != bill.address:
        return False
    is_one_bill = bill_in(here.get("subject", "")) == there.get("subject")
    is_one_morning = abs(stage.not_before - bill.not_before) <= WITHIN
    return is_one_bill and is_one_morning and _says_as_much(stage, bill)


def may_be_told_with_bill(row: Notification) -> bool:
    """Whether it is worth looking for what was told of its bill."""
    fields, kind = row.message.fields, row.message.event
    if fields.get("kind") != STAGES or _MAY_GO_WITH not in fields or row.address.partition(":")[0] in _MACHINES:
        return False
    return kind in _STEPS or (kind is EventKind.RESOLVED and _is_closed(fields.get("close_reason", "")))


def told_with_bill(rows: Iterable[Notification]) -> frozenset[str]:
    """Ids of those of `rows` that are told with their bill, where each goes out in its time."""
    bills: dict[tuple[str, str], list[Notification]] = {}
    stages: list[Notification] = []
    for row in rows:
        if row.message.fields.get("kind") == BILLS:
            bills.setdefault((row.address, row.message.fields.get("subject", "")), []).append(row)
        elif may_be_told_with_bill(row):
            stages.append(row)
    return frozenset(
        one.id
        for one in stages
        for bill in bills.get((one.address, bill_in(one.message.fields.get("subject", ""))), ())
        if bill.not_before <= one.not_before and is_told_with(one, bill)
    )


def bill_in(subject: str) -> str:
    """Of the subject of a stage, "acme/INV-7 pre-audit", that of its bill."""
    return subject.rpartition(" ")[0]


def _says_as_much(stage: Notification, bill: Notification) -> bool:
    if stage.message.event is EventKind.RESOLVED:
        return bill.message.event is EventKind.RESOLVED
    is_step = stage.message.event in _STEPS and bill.message.event in _STEPS
    names_it = stage.message.fields.get("stage") == bill.message.fields.get("stage")
    return is_step and names_it and _gravity(bill) <= _gravity(stage)


def _gravity(row: Notification) -> int:
    """Less is worse."""
    said = row.message.fields.get("severity", "")
    return WORST_FIRST.index(Status(said)) if said in {status.value for status in Status} else len(WORST_FIRST)


def _ends_with_bill(event: IncidentEvent) -> bool:
    return event.kind is EventKind.RESOLVED and _is_closed(event.incident.close_reason)


def _is_closed(reason: str) -> bool:
    return IS_PAID in reason or IS_CANCELLED in reason
