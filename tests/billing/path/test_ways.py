"""What bills have in common is worked out once in a look: each bill is told what it would be told alone."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from checks.billing.path.forecast import chance_by, forecast
from checks.billing.path.pace import usual_pace
from checks.billing.path.position import position
from checks.billing.path.schedule import schedule
from checks.billing.path.way import Ways
from checks.billing.risk.blast import blast_radius
from checks.billing.risk.stake import calendar_of
from checks.billing.risk.window import suspension_window
from checks.calendars import OfficeCalendars
from checks.estate import Department, Estate, Office, Service, Vendor
from checks.ledger.event import BlockReason, Draft, LedgerEventKind
from checks.ledger.rules import BillingRules, Contract
from checks.ledger.state import BillOnRecord
from tests.support.on_record import bill_of, happened
from tests.support.ways import KARACHI, any_day, any_history, any_office, any_rules, instant

K = LedgerEventKind
#: Estates, each with so many bills that look alike in most of what is worked out of them.
ESTATES, BILLS = 4, 150


def any_estate(chance: Random) -> Estate:
    offices: dict[str, Office] = {id_: replace(any_office(chance), id=id_) for id_ in ("hq", "swat")}
    services = {
        "mail": Service(id="mail", title="Mail", vendor="acme", departments=("health",)),
        "portal": Service(id="portal", title="Portal", depends_on=("mail",), departments=("tax",)),
    }
    contracts = (
        Contract(id="links", vendor="acme", title="Links", services=("mail",), grace_days=chance.randrange(60)),
        Contract(id="web", vendor="acme", title="Web", services=("portal",), tolerance_days=chance.randrange(60)),
    )
    rules: BillingRules = any_rules(chance)
    return Estate(
        name="Office",
        time_zone=KARACHI,
        offices=offices,
        vendors={"acme": Vendor(id="acme", name="Acme")},
        departments={id_: Department(id=id_, name=id_, users=100) for id_ in ("health", "tax")},
        services=services,
        billing=replace(rules, contracts=contracts[: chance.randrange(3)]),
    )


def any_bill(chance: Random, number: int) -> BillOnRecord:
    """Of days, stages and terms that many share."""
    day = any_day(Random(number % 7))
    bill = bill_of(*any_history(chance, day), *any_stop(chance, day))
    terms = replace(
        bill.terms,
        office=chance.choice(("hq", "swat", "closed", None)),
        contract=chance.choice(("links", "web", "gone", None)),
        service=chance.choice(("mail", "portal", "fax", None)),
    )
    return replace(bill, terms=terms, vendor=chance.choice(("acme", "zeta")))


def any_stop(chance: Random, day: date) -> list[Draft]:
    """Something that holds it up, or nothing."""
    at = instant(day + timedelta(days=40), 7)
    match chance.randrange(5):
        case 0:
            return [happened(K.HELD, at, until=day + timedelta(days=chance.randrange(400)), reason="cash")]
        case 1:
            return [happened(K.DISPUTED, at, reason="the amount")]
        case 2:
            return [happened(K.BLOCKED, at, block=chance.choice(list(BlockReason)))]
        case _:
            return []


@pytest.mark.parametrize("seed", range(ESTATES))
def test_a_bill_among_many_is_told_the_same_as_by_itself(seed: int) -> None:
    chance = Random(seed)
    estate = any_estate(chance)
    calendars, pace = OfficeCalendars(estate), usual_pace(estate.billing)
    now = instant(any_day(Random(seed % 7)) + timedelta(days=chance.randrange(90)), chance.randrange(24))
    ways = Ways(estate, calendars, now, lambda _office: pace, {"zeta": "not active"})
    for number in range(BILLS):
        bill = any_bill(chance, number)
        way, calendar, rules = ways.of(bill), calendar_of(bill, estate, calendars), estate.billing
        window = suspension_window(bill, rules, calendar)
        assert (way.calendar, way.today) == (calendar, calendar.local_date(now))
        assert way.at == position(bill, rules)
        assert way.window == window
        assert way.schedule == schedule(bill, rules, calendar, window.earliest, pace)
        assert way.forecast == forecast(bill, rules, calendar, way.today, pace)
        assert way.chance_by(window.earliest) == chance_by(bill, rules, calendar, way.today, window.earliest, pace)
        assert way.blast == blast_radius(bill, estate)
        assert way.obstacle == ("not active" if bill.vendor == "zeta" else "")
