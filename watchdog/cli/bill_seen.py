"""A bill on record with all that a listing says of it, put together once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from checks.billing.path.learning import learnt_times, paces_by
from checks.billing.path.learnt_pace import PACE, newest_kept, times_kept
from checks.billing.path.pace import PaceOf
from checks.billing.path.position import Position, position
from checks.billing.payee.verdict import Obstacle, PayeeVerdict
from checks.billing.risk.stake import Stake, calendar_of, stakes
from checks.calendars import OfficeCalendars
from checks.estate import Estate
from checks.ledger.state import BillOnRecord, Block
from checks.plugin import MOST_LATELY
from checks.units import Money
from checks.wording import day_of
from checks.workdays import WorkCalendar
from watchdog.cli.looks import View


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenBill:
    bill: BillOnRecord
    stake: Stake
    position: Position
    payee: PayeeVerdict | None
    """None where nobody judged it."""
    calendar: WorkCalendar
    today: date
    """Of the paying office."""

    @property
    def blocks(self) -> Sequence[Block | Obstacle]:
        """Its own, then what stands in the way of its payee."""
        return (*self.bill.blocks, *(() if self.payee is None else self.payee.reasons))

    @property
    def is_late(self) -> bool:
        return self.bill.is_open and self.bill.terms.due < self.today

    def marks(self) -> str:
        """What people should know before they read on: "blocked: account-attached; overdue 12 days"."""
        bill = self.bill
        if not bill.is_open:
            on = "" if bill.closed_at is None else f" {day_of(self.calendar.local_date(bill.closed_at))}"
            over = Money(bill.overpaid, bill.terms.amount.currency)
            return f"{bill.standing.value}{on}" + (f"; {over} too much" if bill.overpaid else "")
        said = [f"blocked: {block.reason.value}" for block in self.blocks]
        said += ["disputed"] if bill.disputed else []
        said += [f"held until {bill.held_until}"] if bill.held_until is not None else []
        said += [f"grace until {bill.grace_until}"] if bill.grace_until is not None else []
        said += [f"returned {bill.returns}x"] if bill.returns else []
        said += ["not in its list"] if bill.missing_since is not None else []
        said += [f"overdue {(self.today - bill.terms.due).days} d"] if self.is_late else []
        return "; ".join(said)


def seen(bills: Iterable[BillOnRecord], view: View, payees: Mapping[str, PayeeVerdict]) -> list[SeenBill]:
    """Most lost per rupee first."""
    calendars = OfficeCalendars(view.estate)
    return [_seen(stake, view, payees, calendars) for stake in stakes(bills, view.estate, calendars)]


def _seen(stake: Stake, view: View, payees: Mapping[str, PayeeVerdict], calendars: OfficeCalendars) -> SeenBill:
    calendar = calendar_of(stake.bill, view.estate, calendars)
    return SeenBill(
        bill=stake.bill,
        stake=stake,
        position=position(stake.bill, view.estate.billing),
        payee=payees.get(stake.bill.vendor),
        calendar=calendar,
        today=calendar.local_date(view.now),
    )


def pace_seen(view: View, calendars: OfficeCalendars) -> PaceOf:
    """What checks go by today; before their first look of the day, what they would learn now."""
    listings, rules = view.listings, view.estate.billing
    today = calendars.of(None).local_date(view.now)
    times = times_kept(newest_kept(listings.remembered(PACE)), view.estate, today)
    if times is None:
        shown = [*listings.ledger.lately_closed(MOST_LATELY), *listings.ledger.open_bills()]
        times = learnt_times(shown, rules, calendars, tuple(view.estate.offices), today)
    return paces_by(times, rules)


def vendor_name(vendor: str, estate: Estate) -> str:
    found = estate.vendors.get(vendor)
    return vendor if found is None else found.name
