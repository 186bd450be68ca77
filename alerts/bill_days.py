"""The days of open bills for a calendar: by when desks must act, when a bill is due, when it may be cut off."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from alerts.bill_links import stage_title
from alerts.ics import AllDay, calendar_text, uid_of
from alerts.route import Language
from alerts.words.escape import one_line
from checks.billing.path.pace import PaceOf
from checks.billing.path.position import position
from checks.billing.path.schedule import schedule
from checks.billing.payee.verdict import REASON_WORDS
from checks.billing.risk.blast import blast_of, services_behind
from checks.billing.risk.stake import calendar_of
from checks.billing.risk.window import suspension_window
from checks.estate import Estate
from checks.ledger.state import BillOnRecord
from checks.plugin import Calendars

_NOTHING: Final[Mapping[str, str]] = {}

#: Those due first; nobody reads a calendar of more.
MAX_BILLS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    name: str
    due: str
    act: str
    cut_off: str
    amount: str
    dark: str
    lies: str
    earliest: str
    held: str
    held_title: str
    payee: str


_WORDS: Final[Mapping[Language, _Words]] = {
    Language.ENGLISH: _Words(
        name="Bills of {estate}",
        due="Due: {bill}",
        act="Act by: {stage}, {bill}",
        cut_off="May be cut off: {dark} ({bill})",
        amount="{amount} left to pay, due {due}.",
        dark="Goes dark if it is not paid: {dark}.",
        lies="It lies at: {stage}.",
        earliest="{window}.",
        held="It cannot be paid now: {why}.",
        held_title="{summary} (BLOCKED)",
        payee="its vendor cannot be paid: {why}",
    ),
    Language.URDU: _Words(
        name="{estate} کے بل",
        due="آخری تاریخ: {bill}",
        act="کارروائی کی تاریخ: {stage}، {bill}",
        cut_off="بند ہو سکتا ہے: {dark} ({bill})",
        amount="باقی رقم {amount}، آخری تاریخ {due}۔",
        dark="ادا نہ ہوا تو بند ہو گا: {dark}۔",
        lies="بل اس مرحلے پر ہے: {stage}۔",
        earliest="بندش کا امکان {first} سے {last} تک۔",
        held="ابھی ادائیگی نہیں ہو سکتی: {why}۔",
        held_title="{summary} (ادائیگی بند)",
        payee="فراہم کنندہ کو ادائیگی میں رکاوٹ ({why})",
    ),
}


def bill_calendar(  # noqa: PLR0917  # the bills, and all that they are judged by
    bills: Iterable[BillOnRecord],
    estate: Estate,
    calendars: Calendars,
    language: Language,
    pace: PaceOf,
    obstacles: Mapping[str, str] = _NOTHING,
) -> str:
    """Of open `bills` as an iCalendar file. The same bills make the same file; a changed one a higher SEQUENCE.

    `obstacles` say by vendor why it cannot be paid (checks.billing.payee.grounds).

    About 1 ms a bill.
    """
    wanted = sorted((bill for bill in bills if bill.is_open), key=lambda bill: (bill.terms.due, bill.key))
    shown = ((bill, _held(bill, obstacles, _WORDS[language])) for bill in wanted[:MAX_BILLS])
    events = (event for bill, held in shown for event in _days(bill, estate, calendars, language, pace, held))
    return calendar_text(_WORDS[language].name.format(estate=one_line(estate.name, 120)), events)


def _held(bill: BillOnRecord, obstacles: Mapping[str, str], words: _Words) -> str:
    """Why nobody can pay it now; "" where nothing is known to stand in its way."""
    own = ", ".join(REASON_WORDS[block.reason] for block in bill.blocks)
    payee = obstacles.get(bill.vendor, "")
    return "; ".join(filter(None, (own, words.payee.format(why=payee) if payee else "")))


def _days(  # noqa: PLR0917  # as bill_calendar
    bill: BillOnRecord, estate: Estate, calendars: Calendars, language: Language, pace: PaceOf, held: str
) -> Iterator[AllDay]:
    words, rules = _WORDS[language], estate.billing
    calendar = calendar_of(bill, estate, calendars)
    window = suspension_window(bill, rules, calendar)
    named, dark = _name(bill, estate), _dark(bill, estate)

    def event(what: str, first: date, last: date, summary: str, description: str) -> AllDay:
        return AllDay(
            uid=uid_of(bill.key, what),
            first=first,
            last=last,
            summary=summary,
            description=description,
            changed_at=bill.recorded_at,
            sequence=bill.events,
            category=what.partition(" ")[0],
        )

    lies = words.lies.format(stage=stage_title(position(bill, rules).stage.id, rules, language))
    asked = words.amount.format(amount=bill.remaining, due=bill.terms.due)
    blocked = [words.held.format(why=held)] if held else []
    about = "\n".join([*blocked, asked, lies, *([words.dark.format(dark=dark)] if dark else [])])
    due = words.due.format(bill=named)
    due = words.held_title.format(summary=due) if held else due
    yield event("due", bill.terms.due, bill.terms.due, due, about)
    for act in schedule(bill, rules, calendar, window.earliest, pace(bill.terms.office)).acts:
        stage = one_line(stage_title(act.stage.id, rules, language), 80)
        yield event(f"act-by {act.stage.id}", act.day, act.day, words.act.format(stage=stage, bill=named), about)
    told = words.earliest.format(window=window.text(), first=window.earliest, last=window.latest)
    summary = words.cut_off.format(dark=dark or named, bill=named)
    yield event("cut-off", window.earliest, window.latest, summary, f"{told[:1].upper()}{told[1:]}\n{about}")


def _name(bill: BillOnRecord, estate: Estate) -> str:
    vendor = estate.vendors.get(bill.vendor)
    name = one_line(vendor.name if vendor else bill.vendor, 60)
    return f"{one_line(bill.number, 60)}, {name}, {bill.remaining}"


def _dark(bill: BillOnRecord, estate: Estate) -> str:
    return blast_of(services_behind(bill, estate), estate).services_text()
