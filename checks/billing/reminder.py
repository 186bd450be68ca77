"""From a bill to what is said of it: its deadline, its facts in plain words, its numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo

from checks.billing.book import Change, Entry
from checks.deadline import After, Ladder, grade, resolve
from checks.estate import Estate, Service
from checks.invoice import Invoice
from checks.model import Cause, Deadline, Finding, Measurement, Rung, Status
from checks.units import parse_money
from checks.wording import day_of, moment
from checks.workdays import WorkCalendar

#: Working days from a bill that is in order to money in the vendor's bank: payee check 1, budget 2, sanction 3, bill
#: prepared 1, pre-audit 5, payment authorised 2, credited by the bank 1. These are usual times of the stages of a
#: government payment (docs/bills.md); receiving and verifying lie behind a bill that stands in a list, and an
#: objection in pre-audit comes on top.
PAYMENT_PATH_WORKING_DAYS = 1 + 2 + 3 + 1 + 5 + 2 + 1


class DueDays:
    """Deadlines by the day a bill is due, as one office works and one run sees them: many bills share a day."""

    def __init__(self, calendar: WorkCalendar, ladder: Ladder, now: datetime) -> None:
        self.calendar = calendar
        self.now = now
        self._ladder = ladder
        self._deadlines: dict[date, Deadline] = {}

    def deadline(self, due: date) -> Deadline:
        if due not in self._deadlines:
            at = self.calendar.end_of_day(due)
            rungs = resolve(self._ladder, at, calendar=self.calendar, after=After.EVERY_WORKING_DAY, now=self.now)
            act_by = self.calendar.end_of_day(_start_by(due, self.calendar))
            self._deadlines[due] = Deadline(at=at, act_by=act_by, rungs=rungs)
        return self._deadlines[due]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the bills of one office are judged against."""

    due_days: DueDays
    estate: Estate
    service: Service | None
    """The check's own, for bills that name none."""
    source: str
    """Where the bill stands: "the settings", "bills.csv"."""
    unread_since: datetime | None = None
    """Set while the list cannot be read and the bill is judged from memory: the last good reading."""

    @property
    def now(self) -> datetime:
        return self.due_days.now

    @property
    def calendar(self) -> WorkCalendar:
        return self.due_days.calendar

    @property
    def zone(self) -> tzinfo:
        return self.estate.time_zone


def remind(entry: Entry, scene: Scene) -> Finding:
    """The finding about one bill: ok and without a deadline once settled, else by its ladder."""
    if entry.gone_at is None and entry.bill.is_settled(scene.calendar.local_date(scene.now)):
        return _settled(entry, scene)
    deadline = _deadline(entry, scene)
    status = grade(deadline, scene.now)
    return Finding(
        subject=entry.subject,
        status=status,
        cause=_cause(entry, deadline, status, scene.now),
        summary=_title(entry.bill, scene.estate),
        measurements=tuple(_measurements(entry, scene)),
        deadline=deadline,
        facts=tuple(_facts(entry, deadline, scene)),
        evidence="" if status is Status.OK else _row(entry.bill, scene),
    )


def let_go(entry: Entry, estate: Estate, scope: str, today: date) -> Finding:
    """The last finding about a bill outside `scope`, which is what the check is asked to look at now."""
    standing = "settled and" if entry.bill.is_settled(today) else "not settled but"
    why = f"{standing} no longer looked at by this check, which looks at {scope}"
    return Finding(subject=entry.subject, status=Status.OK, summary=f"{_title(entry.bill, estate)}, {why}")


# Judging ---------------------------------------------------------------------------------------------------------


def _deadline(entry: Entry, scene: Scene) -> Deadline:
    deadline = scene.due_days.deadline(entry.bill.due)
    if entry.bill.suspends is not None:
        deadline = replace(deadline, cuts_off_at=scene.calendar.end_of_day(entry.bill.suspends))
    if entry.gone_at is None:
        return deadline
    return replace(deadline, rungs=_with_withdrawal(deadline.rungs, entry.gone_at, scene.calendar))


def _start_by(day: date, calendar: WorkCalendar) -> date:
    """The last day on which a payment may start to be through by the end of `day`."""
    last = day if calendar.is_working_day(day) else calendar.shift(day, -1)
    return calendar.shift(last, -PAYMENT_PATH_WORKING_DAYS)


def _with_withdrawal(rungs: tuple[Rung, ...], gone_at: datetime, calendar: WorkCalendar) -> tuple[Rung, ...]:
    """A rung of its own tells that the bill is gone, without waiting for the next step of the ladder."""
    due = [rung.status for rung in rungs if rung.at <= gone_at]
    status = Status.CRITICAL if Status.CRITICAL in due else Status.WARNING
    noticed = Rung(name=f"withdrawn {calendar.local_date(gone_at)}", at=gone_at, status=status)
    return tuple(sorted((*rungs, noticed), key=lambda rung: rung.at))


def _cause(entry: Entry, deadline: Deadline, status: Status, now: datetime) -> Cause:
    if entry.gone_at is not None:
        return Cause.WITHDRAWN
    if now >= deadline.at:
        return Cause.OVERDUE
    return Cause.NONE if status is Status.OK else Cause.DUE


def _settled(entry: Entry, scene: Scene) -> Finding:
    bill = entry.bill
    on = "" if bill.settled_on is None else day_of(bill.settled_on)
    return Finding(
        subject=entry.subject,
        status=Status.OK,
        summary=f"{_title(bill, scene.estate)}, settled on {on}",
        facts=(*_what(bill, scene), ("Settled on", on), ("Evidence", bill.evidence)),
    )


# Words -----------------------------------------------------------------------------------------------------------


def _title(bill: Invoice, estate: Estate) -> str:
    return f"{bill.amount} to {_vendor_name(bill, estate)}, bill {bill.number}"


def _vendor_name(bill: Invoice, estate: Estate) -> str:
    vendor = estate.vendors.get(bill.vendor)
    return bill.vendor if vendor is None else vendor.name


def _service(bill: Invoice, scene: Scene) -> Service | None:
    return scene.service if bill.service is None else scene.estate.services.get(bill.service)


def _what(bill: Invoice, scene: Scene) -> Iterator[tuple[str, str]]:
    yield "Bill", bill.number
    yield "Vendor", _vendor_name(bill, scene.estate)
    short = bill.amount.short()
    yield "Amount", str(bill.amount) if short == str(bill.amount) else f"{bill.amount} ({short})"


def _facts(entry: Entry, deadline: Deadline, scene: Scene) -> Iterator[tuple[str, str]]:
    bill, calendar = entry.bill, scene.calendar
    yield from _what(bill, scene)
    yield "Due", day_of(bill.due)
    if bill.suspends is not None:
        yield "Vendor cuts off", _passing(bill.suspends, scene)
    if deadline.act_by is not None:
        usual = f"payment usually takes {PAYMENT_PATH_WORKING_DAYS} working days"
        yield "Act by", f"{_passing(calendar.local_date(deadline.act_by), scene)}; {usual}"
    if bill.suspends is not None:
        yield "Last safe start", f"{_passing(_start_by(bill.suspends, calendar), scene)}, to be ahead of the cut-off"
    yield from _at_stake(bill, scene)
    yield from _settlement(bill, calendar.local_date(scene.now))
    for change in entry.changes:
        yield f"{change.term} changed", _change(change)
    yield from _doubts(entry, scene)


def _passing(day: date, scene: Scene) -> str:
    """A day at whose end something ends, and whether that has been."""
    passed = " (passed)" if scene.now >= scene.calendar.end_of_day(day) else ""
    return f"{day_of(day)}{passed}"


def _at_stake(bill: Invoice, scene: Scene) -> Iterator[tuple[str, str]]:
    service = _service(bill, scene)
    if service is None:
        return
    yield "Service", service.title
    departments = [scene.estate.departments[id_] for id_ in service.departments if id_ in scene.estate.departments]
    if departments:
        yield (
            "Goes dark for",
            ", ".join(
                f"{department.name} ({department.users:,} users)" if department.users else department.name
                for department in departments
            ),
        )


def _settlement(bill: Invoice, today: date) -> Iterator[tuple[str, str]]:
    """Why a bill that somebody called settled is still open."""
    if bill.settled_on is None:
        if bill.evidence.strip():
            yield "Settlement", "evidence is given, the day is missing: add settled_on"
    elif bill.settled_on > today:
        yield "Settlement", f"settled_on {day_of(bill.settled_on)} lies in the future: it counts from that day"
    elif not bill.evidence.strip():
        said = f"said to be settled on {day_of(bill.settled_on)}, evidence is missing"
        yield "Settlement", f"{said}: add the vendor's receipt number or the reference of a letter"


def _change(change: Change) -> str:
    was = change.was or "not given"
    if change.was and change.term == "Amount":
        was = str(parse_money(change.was))
    elif change.was:
        was = day_of(date.fromisoformat(change.was))
    return f"was {was} until {day_of(change.noticed_on)}"


def _doubts(entry: Entry, scene: Scene) -> Iterator[tuple[str, str]]:
    if entry.listed_until is not None:
        until = f"it stood in {scene.source} until {moment(entry.listed_until, scene.zone)}"
        mend = "put it back with settled_on and evidence (if it was cancelled, the vendor's letter), or unpaid"
        yield "Withdrawn?", f"{until}; {mend}"
    if scene.unread_since is not None:
        yield "List last read", f"{moment(scene.unread_since, scene.zone)}; it cannot be read since"


def _row(bill: Invoice, scene: Scene) -> str:
    """The bill as the list has it."""
    cells = {
        "vendor": bill.vendor,
        "number": bill.number,
        "amount": bill.amount.text(),
        "due": str(bill.due),
        "suspends": str(bill.suspends or ""),
        "settled_on": str(bill.settled_on or ""),
        "evidence": bill.evidence,
    }
    return f"{scene.source}: " + ", ".join(f"{name} {text}" for name, text in cells.items() if text)


# Numbers ---------------------------------------------------------------------------------------------------------


def _measurements(entry: Entry, scene: Scene) -> Iterator[Measurement]:
    bill = entry.bill
    service = bill.service or (scene.service.id if scene.service else "")
    labels = (("vendor", bill.vendor), ("invoice", entry.number), ("service", service))
    due_s = scene.due_days.deadline(bill.due).at.timestamp()
    yield Measurement(name="invoice_due", value=due_s, unit="timestamp_seconds", labels=labels)
    if bill.suspends is not None:
        suspends_s = scene.calendar.end_of_day(bill.suspends).timestamp()
        yield Measurement(name="invoice_suspension", value=suspends_s, unit="timestamp_seconds", labels=labels)
    yield Measurement(
        name="invoice_amount",
        value=float(bill.amount.amount),
        unit="",
        labels=(*labels, ("currency", bill.amount.currency)),
    )
