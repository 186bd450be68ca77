"""The bills somebody must see to, as finance needs them in the morning: what presses most stands first."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Final

from alerts.record import DeadlineWords, SubjectRecord
from alerts.words.escape import one_line
from checks.model import Cause, Deadline
from checks.units import MAX_AMOUNT, Money
from checks.wording import local
from checks.workdays import WorkCalendar

KIND: Final = "invoice_due"

_AMOUNT: Final = re.compile(r"(Rs|[A-Z]{3}) ([0-9,]+(?:\.[0-9]+)?)")
#: What a spreadsheet takes for a formula (OWASP, CSV injection).
_FORMULA: Final = ("=", "+", "-", "@")
_NUMBER: Final = re.compile(r"-?[0-9]+")
_MAX_CELL_CHARS: Final = 1000
_MAX_DAYS_COUNTED: Final = 400


class BillState(Enum):
    """In the order of the list."""

    OVERDUE = "overdue"
    BLOCKED = "blocked"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"
    LATE_START = "late start"
    DUE = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """One line. Texts as the kind wrote them."""

    subject: str
    number: str
    vendor: str
    amount: str
    money: Money | None
    due_at: datetime
    act_by: datetime | None
    cuts_off_at: datetime | None
    days_left: int | None
    """Working days to the last day to pay; negative once it has passed, None where they are too many to count."""
    goes_dark: str
    states: tuple[BillState, ...]
    """What holds of it, at least one, as in the order of the list."""
    unread: str = ""
    """Since when its list cannot be read."""


def bills_of(records: Iterable[SubjectRecord], calendar: WorkCalendar, now: datetime) -> Sequence[Bill]:
    """Of `records`, those of bills, what must be seen to at `now`.

    A bill stands here from the first step of its ladder until it is settled; one that is blocked or disputed always.
    """
    found = [
        _bill(record.subject, record.deadline, record.deadline_words, calendar, now)
        for record in records
        if record.deadline is not None
        and record.deadline_words is not None
        and _presses(record.deadline, record.deadline_words, now)
    ]
    return sorted(found, key=lambda bill: (list(BillState).index(bill.states[0]), bill.due_at, bill.number))


def _presses(deadline: Deadline, words: DeadlineWords, now: datetime) -> bool:
    is_held = words.cause in {Cause.BLOCKED, Cause.WITHDRAWN} or _is_disputed(dict(words.facts))
    return is_held or deadline.at <= now or any(rung.at <= now for rung in deadline.rungs)


def _bill(subject: str, deadline: Deadline, words: DeadlineWords, calendar: WorkCalendar, now: datetime) -> Bill:
    facts = dict(words.facts)
    amount = facts.get("Amount", "").partition(" (")[0]
    return Bill(
        subject=subject,
        number=facts.get("Bill", subject),
        vendor=facts.get("Vendor", ""),
        amount=amount,
        money=money_of(amount),
        due_at=deadline.at,
        act_by=deadline.act_by,
        cuts_off_at=deadline.cuts_off_at,
        days_left=_working_days(calendar, now, deadline.at),
        goes_dark=facts.get("Goes dark for", "") or facts.get("Service", ""),
        states=_states(deadline, words.cause, facts, now),
        unread=facts.get("List last read", ""),
    )


def _states(deadline: Deadline, cause: Cause, facts: Mapping[str, str], now: datetime) -> tuple[BillState, ...]:
    held = {
        BillState.OVERDUE: deadline.at <= now,
        BillState.BLOCKED: cause is Cause.BLOCKED,
        BillState.DISPUTED: _is_disputed(facts),
        BillState.WITHDRAWN: cause is Cause.WITHDRAWN,
    }
    found = tuple(state for state, holds in held.items() if holds)
    is_late = deadline.act_by is not None and deadline.act_by <= now
    return found or ((BillState.LATE_START,) if is_late else (BillState.DUE,))


def _is_disputed(facts: Mapping[str, str]) -> bool:
    return any(label.casefold().startswith("disputed") for label in facts)


def _working_days(calendar: WorkCalendar, now: datetime, until: datetime) -> int | None:
    start, end = local(now, calendar.zone).toordinal(), local(until, calendar.zone).toordinal()
    first, last = sorted((start, end))
    if last - first > _MAX_DAYS_COUNTED:
        return None
    days = sum(calendar.is_working_day(date.fromordinal(ordinal)) for ordinal in range(first + 1, last + 1))
    return days if end >= start else -days


def money_of(written: str) -> Money | None:
    """An amount as people read it, "Rs 134,000"; None where it is none."""
    found = _AMOUNT.fullmatch(written)
    if found is None:
        return None
    try:
        return Money(Decimal(found[2].replace(",", "")), "PKR" if found[1] == "Rs" else found[1])
    except ValueError:
        return None


def totals(bills: Iterable[Bill]) -> Sequence[Money]:
    """One sum per currency, rupees first; a sum that no office has is left out."""
    sums: dict[str, Decimal] = {}
    for bill in bills:
        if bill.money is not None:
            sums[bill.money.currency] = sums.get(bill.money.currency, Decimal(0)) + bill.money.amount
    by_currency = sorted(sums.items(), key=lambda one: (one[0] != "PKR", one[0]))
    return [Money(amount, currency) for currency, amount in by_currency if amount <= MAX_AMOUNT]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """CSV (RFC 4180) that a spreadsheet opens as it is: marked as UTF-8, and no cell of it a formula."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([neutral(cell) for cell in head])
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return f"\ufeff{written.getvalue()}"


def neutral(cell: str) -> str:
    """`cell` on one line, escaped, and text whatever it begins with."""
    shown = one_line(cell, _MAX_CELL_CHARS)
    return f"'{shown}" if shown.startswith(_FORMULA) and not _NUMBER.fullmatch(shown) else shown
