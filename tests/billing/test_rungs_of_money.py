"""Chance calendars, ladders and histories through the kinds of money and the real judge: no step is missed, none told
twice by time alone, and none is told of a bill that is paid.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from random import Random

import pytest

from alerts.incident import EventKind
from alerts.judging.episode import CheckFacts
from alerts.judging.fault import Threshold
from alerts.judging.judge import first_record, judge
from alerts.judging.judge_deadline import told_name
from alerts.record import SubjectRecord
from checks.billing import contract, invoice_due, outage_forecast, payability, payment_cut_off, payment_stage
from checks.deadline import Ladder
from checks.ledger.event import BlockReason, Draft, LedgerEventKind
from checks.ledger.rules import BillingRules, Contract, CutOff
from checks.model import CheckId, Finding, Observation, Status
from checks.plugin import AnyKind
from checks.units import Lead
from tests.support.bills import ESTATE
from tests.support.on_record import happened, received, terms
from tests.support.way_checks import WayCheck
from tests.support.ways import any_day, any_office, instant

pytestmark = pytest.mark.slow

K = LedgerEventKind
KINDS = (
    invoice_due.KIND,
    payment_stage.KIND,
    payment_cut_off.KIND,
    outage_forecast.KIND,
    payability.KIND,
    contract.KIND,
)
SCENES, DAYS = 15, 30
NUMBERS = ("INV-7", "INV-8")
TELLING = (EventKind.OPENED, EventKind.REMINDER)


def any_ladder(chance: Random) -> Ladder:
    if chance.random() < 0.5:
        days = {0, *(chance.randrange(1, 40) for _ in range(chance.randrange(1, 7)))}
        return Ladder(tuple(Lead(working_days=day) if day else Lead() for day in days))
    return Ladder(tuple(Lead(elapsed=timedelta(days=day)) for day in {0, *(chance.randrange(90) for _ in range(6))}))


def any_scene(kind: AnyKind, chance: Random, start: date) -> WayCheck:
    """A calendar, a ladder where the kind has one, rules, a contract that ends and a cut-off, both near."""
    near = start + timedelta(days=chance.randrange(DAYS + 20))
    ending = Contract(
        id="mail",
        vendor="acme",
        title="Mail",
        ends=near + timedelta(days=chance.randrange(60)),
        notice_days=chance.randrange(60),
        retender_days=chance.randrange(90),
    )
    june = CutOff(id="june", title="end of June", day=near, stage="pre-audit", money_returns=near + timedelta(days=40))
    rules = BillingRules(
        grace_days=chance.randrange(40),
        tolerance_days=chance.randrange(40),
        advance_notice_wd=chance.randrange(15),
        contracts=(ending,),
        cut_offs=(june,),
        is_watched=True,
    )
    estate = replace(ESTATE, offices={"any": any_office(chance)})
    options: dict[str, object] = {"ladder": any_ladder(chance)} if "ladder" in kind.options.model_fields else {}
    return WayCheck(kind, options=options, rules=rules, estate=estate)


def any_terms(chance: Random, number: str, day: date) -> Draft:
    due = day + timedelta(days=chance.randrange(-10, 40))
    suspends = due + timedelta(days=chance.randrange(60)) if chance.random() < 0.5 else None
    asks = terms(f"{chance.randrange(1, 9)}00.00 PKR", number=number, due=due, suspends=suspends)
    return received(day, asks=asks, about=about(number))


def about(number: str) -> str:
    return f"acme/{number.replace('-', '').lower()}"


def any_event(chance: Random, day: date) -> Draft:
    """Part payments, credits that come back, corrections, ends and blocks, in any order, sensible or not."""
    number, at = chance.choice(NUMBERS), instant(day, 4)
    key, part = about(number), chance.choice(("100.00 PKR", "250.00 PKR", None))
    asks = any_terms(chance, number, day).details.terms
    until = day + timedelta(days=chance.randrange(1, 30))
    return chance.choice(
        (
            happened(K.VERIFIED, at, about=key),
            happened(K.SUBMITTED, at, about=key),
            happened(K.CREDITED, at, about=key, amount=part),
            happened(K.ACKNOWLEDGED, at, about=key, amount=part),
            happened(K.ACKNOWLEDGED, at, about=key),
            happened(K.CREDIT_RETURNED, at, about=key, amount=part),
            happened(K.CORRECTED, at, about=key, asks=asks, reason="a slip"),
            happened(K.CANCELLED, at, about=key, reason="twice"),
            happened(K.HELD, at, about=key, until=until),
            happened(K.GRACE, at, about=key, until=until),
            happened(K.SUSPENSION_ANNOUNCED, at, about=key, until=until),
            happened(K.BLOCKED, at, about="acme", block=BlockReason.COURT_ORDER),
            happened(K.UNBLOCKED, at, about="acme"),
        )
    )


@dataclass(slots=True)
class Judged:
    """Every subject of one check as the real judge has it, and what was told."""

    facts: CheckFacts
    records: dict[str, SubjectRecord] = field(default_factory=dict)
    told: set[tuple[str, str, str]] = field(default_factory=set)
    _ids: Iterator[int] = field(default_factory=count)

    def look(self, findings: dict[str, Finding], day: date) -> set[str]:
        """Subjects that people hear of now: a step that comes due, or something that begins."""
        now, heard = instant(day, 5), set[str]()
        for subject, finding in findings.items():
            seen = Observation(check_id=CheckId("money"), finding=finding, observed_at=now, duration_s=0.0)
            judged = judge(
                self.records.get(subject) or first_record(seen), seen, self.facts, lambda: str(next(self._ids))
            )
            self.records[subject] = judged.record
            for event in judged.events:
                if event.kind in TELLING:
                    heard.add(subject)
                    self._once(
                        event.incident.id, "" if finding.deadline is None else str(finding.deadline.at), event.rung
                    )
            self._none_missed(finding, judged.record, day)
        return heard

    def _once(self, incident: str, deadline: str, rung: str | None) -> None:
        step = incident, deadline, rung or ""
        assert step not in self.told or not rung
        self.told.add(step)

    def said(self, findings: dict[str, Finding]) -> None:
        """A word on record may take a step away; where it comes back after another, it is told anew."""
        names = {(str(f.deadline.at), one.name) for f in findings.values() if f.deadline for one in f.deadline.rungs}
        self.told = {step for step in self.told if step[1:] in names}

    @staticmethod
    def _none_missed(finding: Finding, record: SubjectRecord, day: date) -> None:
        deadline = finding.deadline
        due = () if deadline is None else [one for one in deadline.rungs if one.at <= instant(day, 5)]
        if deadline is not None and due:
            assert record.deadline_incident is not None
            assert {told_name(deadline, one.name) for one in due} <= record.told


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_step_is_missed_none_told_twice_and_none_of_a_bill_that_is_paid(kind: AnyKind, seed: int) -> None:
    chance, heard = Random(f"{kind.name} {seed}"), 0
    for _ in range(SCENES):
        day = any_day(chance)
        check, judged = (
            any_scene(kind, chance, day),
            Judged(CheckFacts(kind=kind.name, rule=Threshold(failures_to_open=1))),
        )
        check.say(*(any_terms(chance, number, day) for number in NUMBERS))
        if kind.name == "payee":
            check.say(happened(K.BLOCKED, instant(day, 4), about="acme", block=BlockReason.FREEZE))
        for _ in range(chance.randrange(5, DAYS)):
            day += timedelta(days=1 if chance.random() < 0.8 else 4)
            if is_said := chance.random() < 0.3:
                check.say(any_event(chance, day))
            findings = check.look(instant(day, 5))
            if is_said:
                judged.said(findings)
            told = judged.look(findings, day)
            heard += len(told)
            open_ones = {bill.subject for bill in check.ledger.on_record()}
            for subject in said_of_closed(kind, findings, open_ones):
                assert subject not in told
                assert findings[subject].deadline is None
                assert findings[subject].status is Status.OK
    assert heard


def said_of_closed(kind: AnyKind, findings: dict[str, Finding], open_ones: set[str]) -> set[str]:
    """Subjects about bills that are paid or cancelled; where none is open, about services, too.

    A vendor that is blocked stays so, and a contract has days of its own, whatever is paid.
    """
    if kind.name in {"contract", "payee"}:
        return set()
    closed = {f"acme/{number}" for number in NUMBERS} - open_ones
    return {one for one in findings if not open_ones or any(one.startswith(bill) for bill in closed)}
