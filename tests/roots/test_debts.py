"""Outages and the unpaid bills that may lie behind them: which bills, said how, to whom."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from alerts.debt import Debt
from alerts.incident import EventKind, Part
from alerts.judging.episode import CheckFacts, Judgement
from alerts.judging.judge import judge
from alerts.plan import plan
from alerts.record import SubjectRecord
from alerts.roots.debts import MAX_DEBTS, is_joined_at, unpaid, vendors_behind, with_debts
from alerts.words.render import render
from checks.estate import Estate, Service, Vendor
from checks.invoice import Invoice
from checks.model import Cause, CheckId, Observation, Status
from checks.units import Money
from tests.support.telling import (
    BILLS,
    FINANCE,
    INVOICE,
    KARACHI,
    ON_CALL,
    OUTAGE,
    bill_finding,
    directory,
    event,
    local,
)

NOW = local("2017-12-09 10:00")
ACME = frozenset({"acme"})
DEBT = Debt(
    number="INV-7",
    amount="Rs 134,000",
    due_at=local("2017-11-27 17:00"),
    cause=Cause.OVERDUE,
    labels={"kind": "invoice_due", "nature": "deadline", "check": "bills"},
)
CUT_OFF = replace(OUTAGE, debts=(DEBT,), opened_at=NOW, since=NOW)


def seen(
    invoice: Invoice = INVOICE, now: datetime = NOW, cause: Cause | None = None
) -> tuple[SubjectRecord, CheckFacts]:
    """A bill as the check that watches it remembers it."""
    finding = bill_finding(now, invoice)
    if cause is not None:
        finding = replace(finding, cause=cause)
    look = Observation(check_id=CheckId("bills"), finding=finding, observed_at=now, duration_s=0.0)
    return judge(None, look, BILLS, lambda: "0a").record, BILLS


def test_an_overdue_bill_of_the_vendor_is_a_debt_with_all_that_people_need_of_it() -> None:
    (debt,) = unpaid(ACME, "official-email", [seen()], NOW)
    assert (debt.number, debt.amount, debt.cause) == ("INV-7", "Rs 134,000", Cause.OVERDUE)
    assert debt.due_at == local("2017-11-27 17:00")
    assert (debt.labels["kind"], debt.labels["nature"], debt.labels["check"]) == ("invoice_due", "deadline", "bills")


def test_a_bill_that_is_not_due_yet_is_no_debt() -> None:
    early = local("2017-11-20 10:00")
    assert unpaid(ACME, "official-email", [seen(now=early)], early) == ()


def test_a_bill_whose_payment_is_blocked_is_one_before_it_is_due() -> None:
    early = local("2017-11-20 10:00")
    (debt,) = unpaid(ACME, "official-email", [seen(now=early, cause=Cause.BLOCKED)], early)
    assert debt.cause is Cause.BLOCKED


def test_a_disputed_bill_is_one_before_it_is_due_and_is_said_to_be_disputed() -> None:
    early = local("2017-11-20 10:00")
    record, of_check = seen(now=early)
    assert record.deadline_words is not None
    facts = (*record.deadline_words.facts, ("Disputed", "the rate is not that of the contract"))
    disputed = replace(record, deadline_words=replace(record.deadline_words, facts=facts))
    (debt,) = unpaid(ACME, "official-email", [(disputed, of_check)], early)
    assert (debt.cause, debt.is_disputed) == (Cause.DUE, True)
    message = render(event(replace(CUT_OFF, debts=(debt,))), ON_CALL, directory())
    assert "Probably unpaid: INV-7, Rs 134,000, 12 days past due, it is disputed." in message.text


def test_a_settled_bill_is_no_debt() -> None:
    settled = replace(INVOICE, settled_on=date(2017, 12, 1), evidence="receipt 12")
    assert unpaid(ACME, "official-email", [seen(settled)], NOW) == ()


def test_the_bill_of_another_vendor_counts_where_it_is_for_that_very_service() -> None:
    assert unpaid(frozenset({"other"}), "official-email", [seen()], NOW)
    assert not unpaid(frozenset({"other"}), "portal", [seen()], NOW)


def test_bills_for_the_very_service_come_first_and_then_whichever_waits_longest() -> None:
    older = replace(INVOICE, number="INV-1", due=date(2017, 10, 2), service="portal")
    newer = replace(INVOICE, number="INV-9", due=date(2017, 12, 1))
    found = unpaid(ACME, "official-email", [seen(older), seen(newer), seen()], NOW)
    assert [debt.number for debt in found] == ["INV-7", "INV-9", "INV-1"]


def test_no_more_bills_are_carried_than_anybody_reads() -> None:
    many = [seen(replace(INVOICE, number=f"INV-{number}")) for number in range(20)]
    assert len(unpaid(ACME, None, many, NOW)) == MAX_DEBTS


def test_amounts_keep_their_currency() -> None:
    dollars = replace(INVOICE, amount=Money(Decimal("1200.50"), "USD"))
    assert unpaid(ACME, None, [seen(dollars)], NOW)[0].amount == "USD 1,200.50"


def test_behind_a_check_stand_the_vendor_of_its_service_and_whose_own_gateway_it_is() -> None:
    estate = Estate(
        name="A",
        time_zone=KARACHI,
        vendors={"acme": Vendor(id="acme", name="Acme", watched_by=("gate",)), "b": Vendor(id="b", name="B")},
        services={"mail": Service(id="mail", title="Mail", vendor="b")},
    )
    assert vendors_behind(CheckId("mx"), "mail", estate) == {"b"}
    assert vendors_behind(CheckId("gate/a.example"), None, estate) == {"acme"}
    assert vendors_behind(CheckId("gate"), "mail", estate) == {"acme", "b"}


@pytest.mark.parametrize(
    ("kind", "severity", "root", "is_joined"),
    [
        (EventKind.OPENED, Status.CRITICAL, None, True),
        (EventKind.SEVERITY, Status.CRITICAL, None, True),
        (EventKind.OPENED, Status.WARNING, None, False),
        (EventKind.OPENED, Status.CRITICAL, "another", False),
        (EventKind.REMINDER, Status.CRITICAL, None, True),
        (EventKind.RECOVERED, Status.CRITICAL, None, False),
    ],
)
def test_bills_are_looked_up_when_a_critical_fault_of_its_own_is_told(
    kind: EventKind, severity: Status, root: str | None, *, is_joined: bool
) -> None:
    assert is_joined_at(event(replace(OUTAGE, severity=severity, root=root), kind)) is is_joined


def test_the_record_and_the_event_carry_the_same_debts() -> None:
    record = SubjectRecord(
        check_id=OUTAGE.check_id, subject=OUTAGE.subject, seen_at=NOW, judged_at=NOW, fault_incident=OUTAGE
    )
    judged = with_debts(Judgement(record, (event(OUTAGE),)), (DEBT,))
    assert judged.record.fault_incident == judged.events[0].incident == replace(OUTAGE, debts=(DEBT,))


def test_without_a_bill_any_more_nothing_is_said_of_one() -> None:
    record = SubjectRecord(
        check_id=OUTAGE.check_id, subject=OUTAGE.subject, seen_at=NOW, judged_at=NOW, fault_incident=CUT_OFF
    )
    judged = with_debts(Judgement(record, (event(CUT_OFF, EventKind.REMINDER),)), ())
    assert judged.record.fault_incident == judged.events[0].incident == replace(CUT_OFF, debts=())


# Who hears, and what -------------------------------------------------------------------------------------------------


def test_an_outage_with_an_unpaid_bill_goes_to_on_call_and_to_finance_at_once() -> None:
    rows = plan(event(CUT_OFF), directory())
    assert {row.receiver for row in rows} == {"on-call", "finance"}
    assert {row.not_before for row in rows} == {NOW}
    assert {row.incident_id for row in rows} == {OUTAGE.id}


def test_an_outage_without_one_is_not_the_business_of_finance() -> None:
    assert {row.receiver for row in plan(event(OUTAGE), directory())} == {"on-call"}


def test_the_bill_stands_before_what_the_check_saw() -> None:
    message = render(event(CUT_OFF), ON_CALL, directory())
    said = "probably unpaid: INV-7, Rs 134,000, 12 days past due"
    assert message.subject == f"DOWN Official e-mail: {said}; mx1.example.gov.pk:25 refused the connection"
    assert message.text.startswith(f"P{said[1:]}.")
    assert message.fields["probably_unpaid"] == said
    assert "Also goes to: finance." in message.text


def test_finance_reads_the_bill_first_as_well() -> None:
    message = render(event(CUT_OFF), FINANCE, directory())
    assert "probably unpaid: INV-7, Rs 134,000, 12 days past due" in message.subject


def test_where_the_vendor_says_so_itself_it_is_not_only_probable() -> None:
    said = replace(
        CUT_OFF,
        cause=Cause.SUSPENDED,
        summary="cut off by its provider, it seems: Account Suspended (likely reason: an unpaid bill)",
        facts=(("Likely reason", "an unpaid bill"), ("Server", "mx1")),
    )
    message = render(event(said), ON_CALL, directory())
    assert "the vendor has cut it off, unpaid: INV-7, Rs 134,000, 12 days past due" in message.subject
    assert "probably" not in message.text
    assert "ikely reason" not in message.subject + message.text
    assert "Server" in message.text


def test_without_a_bill_the_likely_reason_is_what_the_vendor_said() -> None:
    said = replace(OUTAGE, cause=Cause.SUSPENDED, facts=(("Likely reason", "an unpaid bill"),))
    assert "Likely reason" in render(event(said), ON_CALL, directory()).text


@pytest.mark.parametrize(
    ("debts", "said"),
    [
        ((DEBT, DEBT), "12 days past due; and 1 other bill"),
        ((DEBT, DEBT, DEBT), "12 days past due; and 2 other bills"),
        ((replace(DEBT, due_at=NOW - timedelta(days=1)),), "Rs 134,000, 1 day past due"),
        ((replace(DEBT, due_at=NOW - timedelta(hours=1)),), "Rs 134,000, due today"),
        ((replace(DEBT, amount=""),), "INV-7, 12 days past due"),
        (
            (replace(DEBT, due_at=NOW + timedelta(days=3), cause=Cause.BLOCKED),),
            "INV-7, Rs 134,000, due Tue 12 Dec 2017, its payment is blocked",
        ),
    ],
)
def test_a_bill_is_put_in_a_few_words(debts: tuple[Debt, ...], said: str) -> None:
    assert said in render(event(replace(CUT_OFF, debts=debts)), ON_CALL, directory()).fields["probably_unpaid"]


def test_what_a_list_of_bills_says_cannot_break_a_message() -> None:
    hostile = replace(DEBT, number="INV\r\nBcc: x@evil.example\x1b[31m", amount="Rs\n1")
    message = render(event(replace(CUT_OFF, debts=(hostile,))), ON_CALL, directory())
    assert not set(message.subject) & set("\r\n\x1b")
    assert not any(line.startswith("Bcc:") for line in message.text.splitlines())


# Parts ---------------------------------------------------------------------------------------------------------------


def parts(*names: str, service: str | None = None) -> tuple[Part, ...]:
    return tuple(Part(check_id=CheckId(name), service=service) for name in names)


def text_of(*told: Part) -> str:
    return render(replace(event(OUTAGE), parts=told), ON_CALL, directory()).text


def test_parts_are_listed_by_service_and_those_without_one_by_themselves() -> None:
    said = text_of(*parts("mx1", "mx2", service="portal"), *parts("clock"))
    assert "Also down because of it: Citizens' portal (mx1, mx2) and clock." in said


def test_a_long_list_of_parts_is_cut_and_counted() -> None:
    assert "(c0, c1, c2, c3, 5 more)" in text_of(*parts(*(f"c{number}" for number in range(9)), service="portal"))
    assert "and 8 others." in text_of(*parts(*(f"c{number}" for number in range(20))))


def test_the_subject_says_how_many_more_there_are() -> None:
    message = render(replace(event(OUTAGE), parts=parts("a", "b")), ON_CALL, directory())
    assert message.subject.endswith("refused the connection, and 2 more because of it")
    assert message.fields["also_down"] == "a, b"


def test_a_part_tells_nobody_but_its_end_reaches_who_was_told_before() -> None:
    part = replace(OUTAGE, root="another")
    assert not plan(event(part), directory())
    assert not plan(event(replace(part, closed_at=NOW), EventKind.RESOLVED), directory())
    told_before = replace(part, was_told=True, closed_at=NOW)
    assert plan(event(told_before, EventKind.RESOLVED), directory())
    assert not plan(event(told_before, EventKind.REMINDER), directory())


def test_joining_is_on_record_alone() -> None:
    assert not plan(event(OUTAGE, EventKind.JOINED), directory())
