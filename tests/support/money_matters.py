"""Matters of money as their kinds tell them: the bill of the ten-day blackout on its way, and what can come of it."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from alerts.incident import Incident, Nature
from alerts.route import Audience, Receiver, Route
from checks.billing import labels
from checks.ledger.rules import DEFAULT_PATH, BillingRules
from checks.model import Cause, CheckId, Deadline, Rung, Status
from tests.support.telling import ESTATE, local, mail

BILL_FACTS: Final = (
    (labels.BILL, "INV-7"),
    (labels.VENDOR, "Acme Mail (Pvt) Ltd"),
    (labels.AMOUNT, "Rs 134,000 (Rs 1.34 lakh)"),
    (labels.SERVICE, "Official e-mail"),
    (labels.GOES_DARK_FOR, "Health Department (1,200 users), Police (3,400 users)"),
)
SUMMARY: Final = "Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7"

#: Who owns pre-audit, and who speaks for a department.
ACCOUNTS = Receiver(id="ag-desk", channels=(mail("ag-1-mail", "desk@ag.example"),), audience=Audience.FINANCE)
HEALTH = Receiver(id="health-it", channels=(mail("health-1-mail", "it@health.example"),))

OWNED = replace(
    ESTATE,
    billing=BillingRules(
        path=tuple(replace(one, owner="ag-desk") if one.id == "pre-audit" else one for one in DEFAULT_PATH)
    ),
)

BILLS_TO_FINANCE = (
    Route(match={"kind": "invoice_due"}, to=("finance",), escalation="late"),
    Route(to=("on-call",)),
)


def matter(kind: str, at: str, facts: tuple[tuple[str, str], ...], *, due: str = "", **changes: object) -> Incident:
    """An incident of `kind` opened at local time `at`, with a deadline on the evening of `due`."""
    opened = local(at)
    deadline = Deadline(at=local(f"{due} 17:00"), rungs=rungs(opened, local(f"{due} 17:00"))) if due else None
    incident = Incident(
        id="6f708192a3b4c5d6e7f80912",
        check_id=CheckId(f"billing/{kind}"),
        subject="acme/INV-7",
        nature=Nature.DEADLINE if due else Nature.FAULT,
        kind=kind,
        service=None,
        severity=Status.WARNING if due else Status.CRITICAL,
        cause=Cause.DUE if due else Cause.BLOCKED,
        summary=SUMMARY,
        facts=facts,
        opened_at=opened,
        since=opened,
        deadline=deadline,
    )
    return replace(incident, **changes)  # type: ignore[arg-type]


def rungs(first: datetime, last: datetime) -> tuple[Rung, ...]:
    return (Rung(name="10wd", at=first, status=Status.WARNING), Rung(name="0wd", at=last, status=Status.CRITICAL))


LATE = matter(
    "payment_stage",
    "2017-10-31 09:00",
    (
        *BILL_FACTS,
        (labels.STAGE, "pre-audit"),
        (labels.DAYS_AT_STAGE, "9"),
        (labels.USUAL_DAYS, "5 working days"),
        (labels.DESK, "ag-desk"),
        (labels.IN_THE_WAY, "objection: back to an earlier stage"),
    ),
    due="2017-11-06",
)
MISSING_JUNE = matter(
    "payment_cut_off",
    "2017-06-01 09:00",
    (
        *BILL_FACTS,
        (labels.CUT_OFF, "bills to the Accountant General"),
        (labels.MUST_HAVE_REACHED, "pre-audit"),
        (labels.MONEY_RETURNS, "August 2017"),
    ),
    due="2017-06-16",
    severity=Status.CRITICAL,
)
UNPAYABLE = matter(
    "payee",
    "2017-09-25 11:00",
    (
        (labels.VENDOR, "Acme Mail (Pvt) Ltd"),
        (labels.BLOCK, "account attached by the tax authority"),
        (labels.BLOCKED_SINCE, "Mon 25 Sep 2017"),
        (labels.OPEN_BILLS, "INV-7, Rs 134,000"),
        (labels.SERVICE, "Official e-mail"),
    ),
    subject="acme",
    summary="Acme Mail (Pvt) Ltd cannot be paid",
)
AHEAD = matter(
    "outage_forecast",
    "2017-10-05 09:00",
    (*BILL_FACTS, (labels.CUT_OFF_FROM, "Thu 19 Oct 2017"), (labels.CUT_OFF_UNTIL, "Thu 16 Nov 2017")),
    due="2017-10-19",
)
NOTICE_BY = matter(
    "contract",
    "2017-10-02 09:00",
    (
        (labels.CONTRACT, "acme-2016"),
        (labels.VENDOR, "Acme Mail (Pvt) Ltd"),
        (labels.MATTER, "give notice"),
        (labels.SERVICE, "Official e-mail"),
    ),
    due="2017-10-30",
    subject="acme-2016 notice",
    summary="contract acme-2016 with Acme Mail (Pvt) Ltd",
)
MATTERS = (LATE, MISSING_JUNE, UNPAYABLE, AHEAD, NOTICE_BY)
