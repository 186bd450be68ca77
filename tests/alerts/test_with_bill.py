"""When the message of a stage is told with that of its bill, and when it is told by itself."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.concern import BILLS, STAGES
from alerts.incident import EventKind, IncidentEvent
from alerts.message import Message, Notification
from alerts.mute import Muted, Surroundings, worth_telling
from alerts.plan import plan
from alerts.route import Audience, ChannelSpec, Language, Receiver, Route
from alerts.with_bill import WAITS, WITHIN, goes_with_bill, is_told_with, told_with_bill
from checks.billing.labels import IS_PAID, NOT_PAID_YET
from tests.support.money_matters import BILLS_TO_FINANCE, LATE
from tests.support.telling import BILL as INVOICE
from tests.support.telling import directory, event, local

NINE = local("2017-11-06 09:00")


def row(kind: str, event: EventKind = EventKind.REMINDER, **fields: str) -> Notification:
    """Of a morning, to finance."""
    subject = "acme/INV-7 pre-audit" if kind == STAGES else "acme/INV-7"
    said = {"kind": kind, "subject": subject, "severity": "warning", "stage": "pre-audit", **fields}
    message = Message(subject="s", text="t", event=event, fields=said)
    return Notification(
        id=f"{kind} {event.value} {sorted(fields.items())}",
        event_id="e",
        incident_id=kind,
        receiver="finance",
        channel="finance-1-mail",
        recipient="so@example.gov.pk",
        address="mail:so@example.gov.pk",
        message=goes_with_bill(message) if kind == STAGES else message,
        urgency=1,
        created_at=NINE,
        not_before=NINE + WAITS if kind == STAGES else NINE,
    )


STAGE, BILL = row(STAGES), row(BILLS)


@pytest.mark.parametrize("said", [EventKind.OPENED, EventKind.REMINDER])
def test_a_step_of_a_stage_goes_with_a_step_of_its_bill(said: EventKind) -> None:
    assert is_told_with(STAGE, row(BILLS, said))
    assert is_told_with(row(STAGES, said), BILL)


@pytest.mark.parametrize(
    "bill",
    [
        pytest.param(row(BILLS, subject="acme/INV-8"), id="another bill"),
        pytest.param(replace(BILL, address="mail:ag@example.gov.pk"), id="another mailbox"),
        pytest.param(replace(BILL, not_before=NINE - WITHIN), id="yesterday"),
        pytest.param(row(BILLS, EventKind.RESOLVED), id="its end"),
        pytest.param(row(BILLS, stage="sanction"), id="at another stage"),
        pytest.param(row(STAGES), id="a stage"),
        pytest.param(row("payment_cut_off", subject="acme/INV-7"), id="a cut-off"),
    ],
)
def test_nothing_else_takes_its_place(bill: Notification) -> None:
    assert not is_told_with(STAGE, bill)


def test_what_is_graver_than_its_bill_is_told_by_itself() -> None:
    grave = row(STAGES, severity="critical")
    assert not is_told_with(grave, BILL)
    assert is_told_with(grave, row(BILLS, severity="critical"))
    assert is_told_with(STAGE, row(BILLS, severity="critical"))


def test_the_end_of_a_stage_goes_with_the_end_of_a_bill_that_is_paid_and_no_other() -> None:
    paid = row(BILLS, EventKind.RESOLVED)
    assert is_told_with(row(STAGES, EventKind.RESOLVED, close_reason=f"x is over: {IS_PAID}"), paid)
    assert not is_told_with(row(STAGES, EventKind.RESOLVED, close_reason=f"x is over: lies, {NOT_PAID_YET}"), paid)


def test_of_many_rows_those_whose_bill_went_out_before_them_are_left_out() -> None:
    early = replace(STAGE, id="early", not_before=NINE - timedelta(minutes=1))
    assert told_with_bill([STAGE, BILL, early]) == {STAGE.id}
    assert told_with_bill([STAGE]) == frozenset()


def test_it_is_dropped_as_told() -> None:
    assert worth_telling(STAGE, Surroundings(is_told_with_bill=True)) is Muted.WITH_BILL


def test_only_whoever_hears_of_the_bill_too_waits_for_it() -> None:
    everybody = directory(routes=(*BILLS_TO_FINANCE[:1], Route(match={"kind": STAGES}, to=("on-call", "finance"))))
    rows = plan(event(LATE, EventKind.REMINDER, NINE, rung="10wd"), everybody)
    waits = {one.receiver: one.not_before - NINE for one in rows}
    assert waits == {"finance": WAITS, "on-call": timedelta()}


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("language", Language)
def test_it_waits_only_for_a_bill_whose_message_names_the_stage(audience: Audience, language: Language) -> None:
    clerk = replace(directory().receivers["finance"], audience=audience, language=language)
    found = directory(clerk, routes=(Route(match={}, to=("finance",)),))
    (row,) = plan(event(LATE, EventKind.REMINDER, NINE, rung="10wd"), found)
    stage = (("Due", "Mon 27 Nov 2017"), *LATE.facts)
    (bill,) = plan(event(replace(INVOICE, facts=stage), EventKind.REMINDER, NINE, rung="10wd"), found)
    names_it = any(stage in bill.message.text for stage in ("pre-audit", "پری آڈٹ"))
    assert (row.not_before > NINE) is names_it


def test_the_end_of_a_paid_stage_goes_with_its_bill_for_whoever_reads_of_no_stage() -> None:
    secretary = replace(directory().receivers["finance"], audience=Audience.SECRETARY)
    found = directory(secretary, routes=(Route(match={}, to=("finance",)),))
    paid = replace(LATE, closed_at=NINE, close_reason=f"x is over: {IS_PAID}")
    (row,) = plan(event(paid, EventKind.RESOLVED, NINE), found)
    assert row.not_before == NINE + WAITS


def hooked(event: IncidentEvent) -> dict[str, Notification]:
    """Rows of one who reads mail and keeps tickets, by the kind of the way."""
    ways = (
        ChannelSpec(name="finance-1-mail", kind="mail", to=("so@example.gov.pk",)),
        ChannelSpec(name="finance-2-webhook", kind="webhook", url="https://tickets.example/hook"),
    )
    clerk = Receiver(id="finance", channels=ways)
    found = directory(clerk, routes=(Route(match={}, to=("finance",)),))
    return {row.address.partition(":")[0]: row for row in plan(event, found)}


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"step": 1, "rung": "10wd", "note": "Nobody has acknowledged this"}, id="a step"),
        pytest.param({"note": "clerk acknowledged it, and the time given is over"}, id="the end of an acknowledgement"),
        pytest.param({"note": "the silence by clerk ended, and it is still bad"}, id="the end of a silence"),
        pytest.param({}, id="told anew after a restore"),
    ],
)
def test_what_only_the_stage_says_waits_for_no_bill_and_is_never_left_out(said: dict[str, Any]) -> None:
    row = hooked(replace(event(LATE, EventKind.REMINDER, NINE), **said))["mail"]
    bill = replace(row, message=Message(subject="s", text="t", event=EventKind.REMINDER, fields=of_bill(row)))
    assert row.not_before == NINE
    assert not is_told_with(row, bill)


def test_machines_hear_every_word_of_a_stage_at_once() -> None:
    rows = hooked(event(LATE, EventKind.REMINDER, NINE, rung="10wd"))
    mail, hook = rows["mail"], rows["webhook"]
    bill = Message(subject="s", text="t", event=EventKind.REMINDER, fields=of_bill(mail))
    assert (mail.not_before, hook.not_before) == (NINE + WAITS, NINE)
    assert is_told_with(mail, replace(mail, message=bill))
    assert not is_told_with(hook, replace(hook, message=bill))
    assert not is_told_with(replace(hook, message=mail.message), replace(hook, message=bill))


def of_bill(row: Notification) -> dict[str, str]:
    """The fields of a message of its bill that says as much."""
    subject = row.message.fields["subject"].rpartition(" ")[0]
    return {**row.message.fields, "kind": BILLS, "subject": subject}
