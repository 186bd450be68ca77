"""The bills somebody must see to, as finance needs them in the morning: what presses most stands first."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Final

from alerts.record import DeadlineWords, SubjectRecord
from alerts.words.cut_off import changed_from
from alerts.words.escape import one_line
from checks.billing import labels
from checks.invoice import bill_key
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
_MOST_DIGITS: Final = 6


class BillState(Enum):
    """In the order of the list."""

    OVERDUE = "overdue"
    BLOCKED = "blocked"
    TOO_LATE = "too late"
    HELD = "held"
    CAME_BACK = "money came back"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"
    LATE_START = "late start"
    DUE = "due"


#: What is marked in lists.
PRESSING: Final = frozenset({BillState.OVERDUE, BillState.BLOCKED, BillState.TOO_LATE})


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
    key: str = ""
    """Under which the ledger has it, "acme/inv7"."""
    stage: str = ""
    """Title of the stage it is at."""
    days_there: int | None = None
    """Working days at its stage."""
    desk: str = ""
    """Receiver that the stage belongs to."""
    cut_from: str = ""
    """The first day on which the vendor may cut off."""
    cut_until: str = ""
    """The last day of which."""
    cut_was: str = ""
    """The day of cutting off before it was changed, "Sun 20 Dec 2026"."""
    too_late: str = ""
    """The day on which it is paid by usual times, where that is after `cut_from`."""
    stopped_by: str = ""
    """Why nobody can pay it now."""
    came_back: str = ""
    """Of money that was sent: the day, and why."""


def bills_of(
    records: Iterable[SubjectRecord], calendar: WorkCalendar, now: datetime, desks: Mapping[str, str] | None = None
) -> Sequence[Bill]:
    """Of `records`, those of bills, what must be seen to at `now`; `desks` are receivers by title of their stage.

    A bill stands here from the first step of its ladder until it is settled; one that is blocked or disputed always.
    """
    found = [
        _bill(record, record.deadline, record.deadline_words, calendar, now)
        for record in records
        if record.deadline is not None
        and record.deadline_words is not None
        and _presses(record.deadline, record.deadline_words, now)
    ]
    found = [bill if bill.desk else replace(bill, desk=(desks or {}).get(bill.stage, "")) for bill in found]
    return sorted(found, key=lambda bill: (list(BillState).index(bill.states[0]), bill.due_at, bill.number))


def worst_first(bills: Iterable[Bill], places: Mapping[str, int]) -> Sequence[Bill]:
    """By `places`, of keys: what is lost per rupee. Bills without a place follow as they come."""
    return sorted(bills, key=lambda bill: places.get(bill.key, len(places)))


def _presses(deadline: Deadline, words: DeadlineWords, now: datetime) -> bool:
    facts = dict(words.facts)
    is_held = words.cause in {Cause.BLOCKED, Cause.WITHDRAWN} or _is_disputed(facts) or labels.HELD_UNTIL in facts
    is_back = labels.CAME_BACK in facts
    has_begun = deadline.act_by is not None and deadline.act_by <= now
    return is_held or is_back or has_begun or deadline.at <= now or any(rung.at <= now for rung in deadline.rungs)


def _bill(
    record: SubjectRecord, deadline: Deadline, words: DeadlineWords, calendar: WorkCalendar, now: datetime
) -> Bill:
    facts, subject = dict(words.facts), record.subject
    amount = facts.get("Amount", "").partition(" (")[0]
    return Bill(
        subject=subject,
        number=facts.get(labels.BILL, subject),
        vendor=facts.get(labels.VENDOR, ""),
        amount=amount,
        money=money_of(amount),
        due_at=deadline.at,
        act_by=deadline.act_by,
        cuts_off_at=deadline.cuts_off_at,
        days_left=_working_days(calendar, now, deadline.at),
        goes_dark=facts.get(labels.GOES_DARK_FOR, "") or facts.get(labels.SERVICE, ""),
        states=_states(deadline, words.cause, facts, now),
        unread=facts.get("List last read", ""),
        key=key_of(record),
        stage=facts.get(labels.STAGE, ""),
        days_there=_number(facts.get(labels.DAYS_AT_STAGE, "")),
        desk=facts.get(labels.DESK, ""),
        cut_from=_plain_day(facts.get("Vendor cuts off", "") or facts.get(labels.CUT_OFF_FROM, "")),
        cut_until=_plain_day(facts.get("Vendor cuts off", "") or facts.get(labels.CUT_OFF_UNTIL, "")),
        cut_was=changed_from(facts),
        too_late=facts.get(labels.TOO_LATE, ""),
        came_back=facts.get(labels.CAME_BACK, ""),
        stopped_by=facts.get(labels.BLOCK, "") or facts.get(labels.DISPUTED, ""),
    )


def key_of(record: SubjectRecord) -> str:
    """Of the bill on record that was looked at; "" where it names none."""
    measured = next((dict(one.labels) for one in record.measurements if one.name == "invoice_due"), {})
    return bill_key(measured["vendor"], measured["invoice"]) if {"vendor", "invoice"} <= measured.keys() else ""


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


def _plain_day(text: str) -> str:
    """Without what a kind adds in brackets."""
    return text.partition(" (")[0]


def _states(deadline: Deadline, cause: Cause, facts: Mapping[str, str], now: datetime) -> tuple[BillState, ...]:
    held = {
        BillState.OVERDUE: deadline.at <= now,
        BillState.BLOCKED: cause is Cause.BLOCKED,
        BillState.TOO_LATE: labels.TOO_LATE in facts,
        BillState.HELD: labels.HELD_UNTIL in facts,
        BillState.CAME_BACK: labels.CAME_BACK in facts,
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
