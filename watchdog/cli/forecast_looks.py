"""What is ahead of open bills: by when each stage must be over, when the money arrives, how much room is left."""

from collections.abc import Iterator
from dataclasses import dataclass

from checks.billing.path.way import Way, Ways
from checks.billing.payee.verdict import PayeeVerdict
from checks.calendars import OfficeCalendars
from checks.ledger.state import BillOnRecord
from checks.wording import day_of
from watchdog.billing.naming import bill_named
from watchdog.billing.payable import doubts, payees_seen
from watchdog.cli.bill_seen import pace_seen, vendor_name
from watchdog.cli.columns import cell_text, table
from watchdog.cli.looks import Listing, NotFoundError, View


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ahead:
    way: Way
    payee: PayeeVerdict
    chance: float
    """Of the money being there on the last working day before the cut-off."""
    runway_wd: int

    @property
    def stopped(self) -> str:
        """Why it does not move now, by itself or by its vendor; "" where it moves."""
        return self.way.stopped


def forecast(view: View, *, word: str = "") -> Listing:
    """Of one bill, or of all that are open, those with the least room first. Raises NotFoundError, SeveralError."""
    rows = view.listings.ledger
    if not word:
        every = sorted(_aheads(view, rows.open_bills()), key=lambda one: (one.runway_wd, one.way.bill.key))
        payees = {one.payee.vendor: one.payee for one in every}
        return Listing(
            lambda: [_object(one) for one in every], lambda: _table(every, view.width), doubts(payees.values())
        )
    bill = bill_named(rows, word)
    if not bill.is_open:
        raise NotFoundError(f"{word} is {bill.standing.value}: there is nothing ahead of it")
    (one,) = _aheads(view, [bill])
    return Listing([_object(one)], "\n".join((*_facts(one, view), "", _stages(one, view.width))))


def _aheads(view: View, bills: list[BillOnRecord]) -> Iterator[_Ahead]:
    calendars, payees = OfficeCalendars(view.estate), payees_seen(bills, view)
    why = {vendor: payee.why for vendor, payee in payees.items()}
    ways = Ways(view.estate, calendars, view.now, pace_seen(view, calendars), why)
    for bill in bills:
        way = ways.of(bill)
        yield _Ahead(
            way=way,
            payee=payees[bill.vendor],
            chance=way.chance_by(way.schedule.last),
            runway_wd=way.schedule.runway_wd(way.today, way.calendar),
        )


# Words -----------------------------------------------------------------------------------------------------------


def _table(every: list[_Ahead], width: int | None) -> str:
    if not every:
        return "no bill is open"
    head = ("BILL", "AT STAGE", "ACT BY", "ROOM", "MONEY BY", "CUT OFF BETWEEN", "IN TIME", "STOPPED BY")
    return table(head, [_row(one) for one in every], width)


def _row(one: _Ahead) -> tuple[str, ...]:
    way = one.way
    window = f"{way.window.earliest} and {way.window.latest}"
    money = f"{way.forecast.p50}, at worst {way.forecast.p90}"
    name = f"{way.bill.vendor}/{way.bill.number}"
    stage, act_by = way.at.stage.id, str(way.schedule.present.day)
    return name, stage, act_by, _room(one.runway_wd), money, window, _chance(one), one.stopped


def _room(wd: int) -> str:
    return f"{wd} wd" if wd >= 0 else f"late {-wd} wd"


def _chance(one: _Ahead) -> str:
    """Nobody can say while it stands still."""
    return "?" if one.stopped else f"{one.chance:.0%}"


def _facts(one: _Ahead, view: View) -> Iterator[str]:
    way, bill = one.way, one.way.bill
    calendar, time = way.calendar, way.pace.times[way.at.index]
    yield f"{bill.number} of {vendor_name(bill.vendor, view.estate)}, {bill.remaining}, due {day_of(bill.terms.due)}"
    since = day_of(calendar.local_date(way.at.entered_at))
    usual = f"usual are {time.p50_wd}, nine of ten take {time.p90_wd} at most"
    yield f"Lies at {way.at.stage.title} since {since}, {_days(way.stayed_wd)}; {usual}"
    if one.stopped:
        yield f"It stands still: {cell_text(one.stopped)}"
    if one.payee.doubt:
        yield f"Nobody can say whether its vendor can be paid: {cell_text(one.payee.doubt)}"
    yield f"{way.window.text()[:1].upper()}{way.window.text()[1:]} ({way.window.why})"
    moving = "Once it moves again the money arrives" if one.stopped else "The money arrives"
    yield f"{moving} as likely as not by {day_of(way.forecast.p50)}, nine of ten by {day_of(way.forecast.p90)}"
    if not one.stopped:
        yield f"In time for {day_of(way.schedule.last)}, the last working day before the cut-off: {one.chance:.0%}"
    yield _runway(one)
    if one.way.blast.services:
        departments = one.way.blast.departments_text()
        yield f"Goes dark: {one.way.blast.services_text()}{f', for {departments}' if departments else ''}"


def _runway(one: _Ahead) -> str:
    act = one.way.schedule.present
    if one.runway_wd < 0:
        return f"It had to leave {act.stage.title} by {day_of(act.day)}, {_days(-one.runway_wd)} ago"
    return f"Room: {_days(one.runway_wd)}; it must leave {act.stage.title} by {day_of(act.day)}"


def _days(wd: int) -> str:
    return "1 working day" if wd == 1 else f"{wd} working days"


def _stages(one: _Ahead, width: int | None) -> str:
    """What is before it."""
    rows = []
    for act in one.way.schedule.acts:
        time = one.way.pace.times[act.index]
        rows.append(
            (act.stage.title, str(act.day), f"{time.p50_wd} to {time.p90_wd}", act.stage.owner or "", act.stage.hint)
        )
    return table(("STAGE", "OVER BY", "WORKING DAYS", "WHOSE", "WHAT USUALLY STANDS IN THE WAY"), rows, width)


def _object(one: _Ahead) -> dict[str, object]:
    way = one.way
    return {
        "bill": f"{way.bill.vendor}/{way.bill.number}",
        "remaining": way.bill.remaining.text(),
        "stage": way.at.stage.id,
        "days_at_stage": way.stayed_wd,
        "act_by": str(way.schedule.present.day),
        "runway_working_days": one.runway_wd,
        "stages": [
            {"stage": act.stage.id, "over_by": str(act.day), "owner": act.stage.owner} for act in way.schedule.acts
        ],
        "money_by": {str(percent): str(day) for percent, day in way.forecast.quantiles},
        "last_safe_day": str(way.schedule.last),
        "chance_in_time": None if one.stopped else round(one.chance, 4),
        "stopped_by": one.stopped or None,
        "payee": {"is_payable": one.payee.is_payable, "why": one.payee.why or one.payee.doubt or None},
        "cut_off": {
            "earliest": str(way.window.earliest),
            "likeliest": str(way.window.likeliest),
            "latest": str(way.window.latest),
            "why": way.window.why,
        },
        "services": [service.id for service in one.way.blast.services],
        "users": one.way.blast.users,
    }
