"""What is said of a bill on its way, in the words that lists and messages look for."""

from collections.abc import Iterator

from checks.billing import labels
from checks.billing.path.times import StageTime
from checks.billing.path.way import Way
from checks.estate import Estate
from checks.ledger.rules import CutOff
from checks.model import Measurement
from checks.units import Money
from checks.wording import day_of

FactPairs = Iterator[tuple[str, str]]


def what(way: Way, estate: Estate) -> FactPairs:
    """The bill itself."""
    bill = way.bill
    vendor = estate.vendors.get(bill.vendor)
    yield labels.BILL, way.number if bill.number == way.number else f"{way.number} (now {bill.number})"
    yield labels.VENDOR, bill.vendor if vendor is None else vendor.name
    yield labels.AMOUNT, money(bill.remaining)
    yield "Due", day_of(bill.terms.due)


def money(amount: Money) -> str:
    short = amount.short()
    return str(amount) if short == str(amount) else f"{amount} ({short})"


def where(way: Way) -> FactPairs:
    """Its stage, since when, at whose desk, how long that takes."""
    stage, time = way.at.stage, way.pace.times[way.at.index]
    yield labels.STAGE, stage.title
    yield "There since", day_of(way.calendar.local_date(way.at.entered_at))
    yield labels.DAYS_AT_STAGE, str(way.stayed_wd)
    yield labels.USUAL_DAYS, str(time.p50_wd)
    yield "Nine of ten within", f"{_wd(time.p90_wd)}{_learnt(time)}"
    if stage.owner is not None:
        yield labels.DESK, stage.owner
    if stage.hint:
        yield labels.IN_THE_WAY, stage.hint
    if way.at.objections:
        yield "Objections so far", _objections(way)


def still(way: Way) -> FactPairs:
    """Why it does not move."""
    if way.bill.disputed:
        yield labels.DISPUTED, way.bill.disputed
    if way.bill.held_until is not None and way.bill.held_until > way.today:
        yield labels.HELD_UNTIL, day_of(way.bill.held_until)
    for block in way.bill.blocks:
        yield labels.BLOCK, f"{block.reason.value.replace('-', ' ')}{f': {block.words}' if block.words else ''}"
    if way.obstacle:
        yield labels.BLOCK, f"the vendor cannot be paid: {way.obstacle}"


def ahead(way: Way) -> FactPairs:
    """By when it should move, when it arrives, what if not."""
    act = way.schedule.present
    yield "Act by", f"{day_of(act.day)}{_passed(way)}"
    if act.last_call > act.day:
        yield "Last call", f"{day_of(act.last_call)}; after that it more likely comes too late than not"
    likely = f"{day_of(way.forecast.p50)}, nine of ten by {day_of(way.forecast.p90)}"
    yield labels.FORECAST, f"{likely}{', once it moves again' if way.stopped else ''}"
    if way.forecast.cut_off is not None:
        yield labels.CUT_OFF, cut_off_text(way.forecast.cut_off)
    if way.forecast.p50 > way.schedule.last:
        yield labels.TOO_LATE, day_of(way.forecast.p50)
    yield labels.CUT_OFF_FROM, day_of(way.window.earliest)
    if way.window.latest > way.window.earliest:
        yield labels.CUT_OFF_UNTIL, day_of(way.window.latest)


def cut_off_text(one: CutOff) -> str:
    """Of one that a bill may miss."""
    return f"{one.title}, {day_of(one.day)}: what misses it is paid once money returns, {day_of(one.money_returns)}"


def dark(way: Way) -> FactPairs:
    """What goes dark, and for whom."""
    blast = way.blast
    if services := blast.services_text():
        yield labels.SERVICE, services
    if departments := blast.departments_text():
        yield labels.GOES_DARK_FOR, departments


def service_of(way: Way) -> str:
    """Id of the first service at stake, for labels of metrics; "" where none is known."""
    return next((service.id for service in way.blast.services), "")


def numbers(way: Way) -> Iterator[Measurement]:
    """For metrics and lists."""
    of_bill = (
        ("vendor", way.bill.vendor),
        ("invoice", way.number),
        ("service", service_of(way)),
        ("stage", way.at.stage.id),
    )
    act_by_s = way.calendar.end_of_day(way.schedule.present.day).timestamp()
    arrives_s = way.calendar.end_of_day(way.forecast.p90).timestamp()
    yield Measurement("stage_act_by", act_by_s, "timestamp_seconds", of_bill)
    yield Measurement("payment_forecast", arrives_s, "timestamp_seconds", of_bill)


def _passed(way: Way) -> str:
    runway_wd = way.schedule.runway_wd(way.today, way.calendar)
    if way.schedule.late_stage(way.today) is not None:
        return f", {_wd(-runway_wd)} ago" if runway_wd else " (passed)"
    return f", in {_wd(runway_wd)}" if runway_wd else ", today"


def _objections(way: Way) -> str:
    last = next((step.reason for step in reversed(way.bill.path) if step.kind.value == "returned"), "")
    return f"{way.at.objections}{f', the last: {last}' if last else ''}"


def _learnt(time: StageTime) -> str:
    return f", by {time.cases:,} cases here" if time.cases else ""


def _wd(count: int) -> str:
    return "1 working day" if count == 1 else f"{count:,} working days"
