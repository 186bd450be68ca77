"""After how long a ledger into which nobody writes anything is no longer a quiet one but a forgotten one. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from checks.ledger.rules import BillingRules, Contract

#: Where nothing is known of how often bills come.
USUAL_DAYS: Final = 60
#: A bill may come so much later than its cycle has it.
_LATE_DAYS: Final = 30
_MONTH_DAYS: Final = 31
#: Days on which bills came, from which their rhythm can be told.
_ENOUGH: Final = 4


def longest_silence(rules: BillingRules, came_on: Iterable[date], today: date) -> tuple[int, str]:
    """Days without an entry after which somebody is asked, and why so many.

    What the settings say; else what cycles of contracts let one expect; else half as long again as the longest silence
    there was more than once, since bills of several vendors come close together. Never less than USUAL_DAYS: who has
    two bills a year is not asked six times.
    """
    if rules.silent_after_days is not None:
        return rules.silent_after_days, "as the settings say"
    if months := min((one.cycle_months for one in _running(rules.contracts, today) if one.cycle_months), default=0):
        often = "every month" if months == 1 else f"every {months} months"
        return max(USUAL_DAYS, months * _MONTH_DAYS + _LATE_DAYS), f"by the contracts a bill comes {often}"
    days = sorted(set(came_on))
    if len(days) < _ENOUGH:
        return USUAL_DAYS, "too few bills have come to know how often they do"
    apart = sorted((later - earlier).days for earlier, later in pairwise(days))[-2]  # the longest may be a lapse
    often = "1 day" if apart == 1 else f"{apart} days"
    return max(USUAL_DAYS, apart * 3 // 2), f"more than once so far no bill came for {often}"


def _running(contracts: Sequence[Contract], today: date) -> Iterable[Contract]:
    """A bill is expected of these, and has been for a while."""
    for one in contracts:
        begins, ends = one.first_bill or today, one.ends or today
        if begins <= today <= ends:
            yield one
