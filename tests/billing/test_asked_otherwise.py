"""Of what a check is not asked about any more nothing is said: nobody has paid it, and nothing has passed."""

from collections.abc import Mapping
from datetime import date

import pytest

from checks.billing import contract, outage_forecast, payment_stage
from checks.ledger.rules import BillingRules, Contract
from checks.plugin import AnyKind
from tests.support.bills import morning
from tests.support.on_record import received, terms
from tests.support.way_checks import WayCheck

TODAY = morning(date(2026, 12, 14))
RULES = BillingRules(
    is_watched=True,
    contracts=(Contract(id="post", vendor="acme", title="Mail", starts=date(2026, 1, 1), ends=date(2026, 12, 31)),),
)


def check(kind: AnyKind) -> WayCheck:
    one = WayCheck(kind, rules=RULES)
    one.say(received(date(2026, 10, 26), asks=terms(due=date(2026, 11, 27))))
    return one


@pytest.mark.parametrize(
    ("kind", "subject", "options"),
    [
        (payment_stage.KIND, "acme/INV-7 verification", {"vendor": "zeta"}),
        (payment_stage.KIND, "acme/INV-7 verification", {"stage": "pre-audit"}),
        (contract.KIND, "post end", {"contract": "uplink"}),
        (outage_forecast.KIND, "official-email", {"service": "portal"}),
    ],
    ids=["stages of a vendor", "one stage", "one contract", "one service"],
)
def test_what_a_check_is_asked_about_no_more_is_not_named(
    kind: AnyKind, subject: str, options: Mapping[str, object]
) -> None:
    one = check(kind)
    assert subject in one.look(TODAY)
    one.options = dict(options)
    assert subject not in one.look(TODAY)
    assert subject not in one.look(TODAY)
