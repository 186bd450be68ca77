"""A vendor's notice read: what it says of which bill, and what of that can be proposed for the ledger. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from checks.billing.intake.notice import DayMeaning, FoundDay, Notice
from checks.billing.intake.notice_amounts import amounts_in
from checks.billing.intake.notice_days import days_in, spans_in
from checks.billing.intake.notice_lines import lines_of
from checks.billing.intake.notice_names import flags_in, numbers_in, vendors_in
from checks.estate import Vendor
from checks.ledger.state import BillOnRecord


def notice_of(text: str, *, vendors: Mapping[str, Vendor], bills: Mapping[str, BillOnRecord], today: date) -> Notice:
    """`bills` are open ones, by key; `today` is a day of the paying office. Never raises for any text.

    Costs milliseconds for the MAX_NOTICE_CHARS of it that are read.
    """
    plain = lines_of(text)
    numbers = numbers_in(plain, bills.keys())
    found = Notice(
        vendors=vendors_in(plain, vendors, numbers),
        numbers=numbers,
        amounts=amounts_in(plain),
        days=days_in(plain, today),
        spans=spans_in(plain),
        flags=flags_in(plain),
    )
    return replace(found, days=tuple(_checked(one, found) for one in found.days))


def _checked(one: FoundDay, notice: Notice) -> FoundDay:
    """A day to cut off before the bill is due is a slip of the pen, or of ours."""
    due = notice.day(DayMeaning.DUE)
    if one.meaning is DayMeaning.SUSPENSION and one.day is not None and due is not None and one.day < due:
        return replace(one, doubt="it lies before the day the bill is due")
    return one
