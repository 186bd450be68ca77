"""Bills by what is lost if they stay unpaid, and what is at stake in all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from checks.billing.risk.blast import Blast, blast_of, services_under
from checks.billing.risk.window import Window, window_under
from checks.estate import Estate
from checks.ledger.rules import Contract
from checks.ledger.state import BillOnRecord
from checks.plugin import Calendars
from checks.units import sum_text
from checks.workdays import WorkCalendar

_WindowKey: TypeAlias = tuple[str, str | None, date, date | None, date | None]
LossKey: TypeAlias = tuple[bool, str, Fraction, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """One open bill and what hangs on it."""

    bill: BillOnRecord
    window: Window
    blast: Blast

    @property
    def users_per_unit(self) -> Fraction:
        """People who lose a service per rupee (or unit of the bill's currency) that is left to pay."""
        left = self.bill.remaining.amount
        return Fraction(self.blast.users) / Fraction(left) if left else Fraction(self.blast.users)


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A sum over bills of one currency; it may be more than one bill can be."""

    currency: str
    amount: Decimal
    bills: int

    def __str__(self) -> str:
        """Like "Rs 1,340,000"."""
        return sum_text(self.amount, self.currency)


class StakesOf:
    """Works out stakes one by one; what bills have in common it works out once."""

    def __init__(self, estate: Estate, calendars: Calendars) -> None:
        self._estate = estate
        self._calendars = calendars
        self._common: dict[tuple[str | None, str, str | None], tuple[Contract | None, Blast]] = {}
        self._blasts: dict[tuple[str, ...], Blast] = {}
        self._windows: dict[_WindowKey, Window] = {}

    def of(self, bill: BillOnRecord) -> Stake:
        contract, blast = self._in_common(bill)
        return Stake(bill=bill, window=self._window(contract, bill), blast=blast)

    def _window(self, contract: Contract | None, bill: BillOnRecord) -> Window:
        key = (
            "" if contract is None else contract.id,
            bill.terms.office,
            bill.terms.due,
            bill.suspends,
            bill.grace_until,
        )
        if key not in self._windows:
            calendar = calendar_of(bill, self._estate, self._calendars)
            self._windows[key] = window_under(contract, bill, self._estate.billing, calendar)
        return self._windows[key]

    def _in_common(self, bill: BillOnRecord) -> tuple[Contract | None, Blast]:
        key = bill.terms.contract, bill.vendor, bill.terms.service
        if key not in self._common:
            contract = self._estate.billing.contract_of(*key)
            cut = services_under(contract, bill, self._estate)
            if cut not in self._blasts:
                self._blasts[cut] = blast_of(cut, self._estate)
            self._common[key] = contract, self._blasts[cut]
        return self._common[key]


def stakes(bills: Iterable[BillOnRecord], estate: Estate, calendars: Calendars) -> list[Stake]:
    """Of open `bills`, most lost per rupee first (`loss_per_rupee`)."""
    working_out = StakesOf(estate, calendars)
    return sorted(map(working_out.of, bills), key=loss_per_rupee)


def calendar_of(bill: BillOnRecord, estate: Estate, calendars: Calendars) -> WorkCalendar:
    """Of the office that pays `bill`; the usual one where it names an office that has left the settings."""
    office = bill.terms.office
    return calendars.of(office if office in estate.offices else None)


def loss_per_rupee(stake: Stake) -> LossKey:
    """Sorts as finance reads: who loses most per rupee first; of equals, whoever may be cut off first.

    Users per dollar and users per rupee do not compare: rupees come first, then each currency by itself.
    """
    currency = stake.bill.remaining.currency
    days = stake.window.earliest.toordinal()
    return currency != "PKR", currency, -stake.users_per_unit, days, stake.bill.key


def totals(bills: Iterable[BillOnRecord]) -> Sequence[Total]:
    """What is left to pay, a sum per currency; rupees first."""
    amounts: dict[str, Decimal] = {}
    counts: dict[str, int] = {}
    for bill in bills:
        left = bill.remaining
        amounts[left.currency] = amounts.get(left.currency, Decimal(0)) + left.amount
        counts[left.currency] = counts.get(left.currency, 0) + 1
    in_order = sorted(amounts, key=lambda currency: (currency != "PKR", currency))
    return [Total(currency=one, amount=amounts[one], bills=counts[one]) for one in in_order]


def totals_text(sums: Iterable[Total]) -> str:
    """Like "Rs 134,000 and USD 1,200.50"; "nothing" where there are none."""
    return " and ".join(map(str, sums)) or "nothing"
