"""One subject's history, for scripts and for people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from alerts.words.wording import CAUSES, day, period, span
from checks.model import DATE_UNIT, CheckId
from checks.wording import moment
from watchdog.cli.columns import cell_text
from watchdog.cli.listing_json import instant
from watchdog.cli.sparkline import Pen
from watchdog.store.past_standing import Outage, Standing
from watchdog.store.past_views import Measured, Slice
from watchdog.store.spans import HOUR

#: How many of the latest outages people are told one by one, and how many numbers are drawn.
MAX_OUTAGES = 20
MAX_NUMBERS = 4

#: Seconds below this are told in thousandths; numbers below and above these without a fraction worth the name.
_SHORT_S = 0.01
_SMALL = 0.1
_LARGE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    check_id: CheckId
    subject: str
    since: datetime
    until: datetime
    slices: Sequence[Slice]
    """Of single looks, as far back as they are kept; before it of whole days."""
    looks: int
    """How many single looks there are."""
    single_since: datetime | None
    """Before it only sums of days are kept; None where the span has no such time."""
    standing: Standing
    outages: Sequence[Outage]
    measured: Sequence[Measured]


# For people -----------------------------------------------------------------------------------------------------------


def history_text(shown: Shown, zone: ZoneInfo, pen: Pen) -> str:
    return "\n".join(_lines(shown, zone, pen))


def _lines(shown: Shown, zone: ZoneInfo, pen: Pen) -> Iterator[str]:
    yield f"{shown.check_id}  {cell_text(shown.subject)}"
    if not any(one.looks for one in shown.slices):
        yield f"  nobody looked in the {span(shown.until - shown.since)} before {moment(shown.until, zone)}"
        return
    yield f"  {pen.state(shown.slices)}"
    yield f"  {moment(shown.since, zone)} to {moment(shown.until, zone)}"
    yield from _sums(shown, zone)
    yield f"  {_availability(shown)}"
    yield from _outage_lines(shown, zone)
    for measures in _main_numbers(shown.measured):
        yield from _number_lines(measures, shown, pen)


def _sums(shown: Shown, zone: ZoneInfo) -> Iterator[str]:
    """What is known of the time before single looks: how many looks there were each day, and how they ended."""
    if shown.single_since is None:
        return
    before = [one for one in shown.slices if one.begins_at < shown.single_since]
    judged = sum(one.ok + one.warning + one.critical for one in before)
    if judged:
        up = _percent(sum(one.ok + one.warning for one in before) / judged)
        since = day(shown.single_since, zone)
        yield f"  single looks are kept since {since}; {up} of {judged:,} looks before saw it up"


def _availability(shown: Shown) -> str:
    stood, share = shown.standing, shown.standing.availability
    if share is None:
        return "nothing could be judged"
    if shown.looks == 1:
        return "looked at once, and it was up" if stood.up else "looked at once, and it was down"
    near = f"its day near or past {_percent(stood.due / (stood.up + stood.down))} of the time, which is no outage"
    up = f"up {_percent(share)} of the time that was judged"
    said = near if stood.due and not stood.down else f"{up}; {near}" if stood.due else up
    return f"{said}; {_percent(stood.unseen_share)} of the time nobody could see it" if stood.unseen_share else said


def _percent(share: float) -> str:
    """Never 100 % of what was not whole, nor 0 % of what was not nothing."""
    if 0 < share < 1:
        return f"{min(max(share, 0.0001), 0.9999) * 100:.2f} %"
    return f"{share:.0%}".replace("%", " %")


def _outage_lines(shown: Shown, zone: ZoneInfo) -> Iterator[str]:
    if not shown.outages:
        if shown.standing.availability is not None:
            yield "  no outage"
        return
    for one in shown.outages[-MAX_OUTAGES:]:
        yield f"  {_outage(one, shown.until, zone)}"
    if (more := len(shown.outages) - MAX_OUTAGES) > 0:
        yield f"  and {more} more before; --json tells them all"


def _outage(one: Outage, now: datetime, zone: ZoneInfo) -> str:
    why = CAUSES[one.cause]
    if one.ended_at is None and not one.lasts:
        last = moment(one.last_at, zone)
        return f"down since {moment(one.began_at, zone)}, last seen down at {last}, not judged since: {why}"
    if one.ended_at is None:
        return f"down since {moment(one.began_at, zone)}, for {span(now - one.began_at)}: {why}"
    return f"down {period(one.began_at, one.ended_at, zone)}, {span(one.ended_at - one.began_at)}: {why}"


def _main_numbers(measured: Sequence[Measured]) -> list[list[Measured]]:
    """Those that vary; how long things take first, in the order of their greatest."""
    by_name: dict[tuple[object, ...], list[Measured]] = {}
    for one in measured:
        if one.unit != DATE_UNIT:
            by_name.setdefault((one.name, one.unit, one.labels), []).append(one)
    varying = [ones for ones in by_name.values() if max(one.maximum for one in ones) > min(one.minimum for one in ones)]
    return sorted(varying, key=lambda ones: (ones[0].unit != "s", -max(one.mean for one in ones)))[:MAX_NUMBERS]


def _number_lines(ones: Sequence[Measured], shown: Shown, pen: Pen) -> Iterator[str]:
    count = sum(one.count for one in ones)
    mean = sum(one.mean * one.count for one in ones) / count
    least, greatest = min(one.minimum for one in ones), max(one.maximum for one in ones)
    scale, unit = _unit(ones[0].unit, greatest)
    labels = "".join(f" {cell_text(f'{name}={value}')}" for name, value in ones[0].labels)
    first, last, middle = (_number(value * scale) for value in (least, greatest, mean))
    yield f"  {cell_text(ones[0].name)}{labels}: {first} to {last}{unit}, mean {middle}{unit}"
    yield f"  {pen.numbers(_cells(ones, shown))}"


def _unit(unit: str, greatest: float) -> tuple[float, str]:
    """By what numbers are multiplied for people, and the unit that follows them."""
    if unit == "s" and 0 < greatest < _SHORT_S:
        return 1000, " ms"
    return 1, f" {unit}" if unit else ""


def _number(value: float) -> str:
    """Four digits that mean something, and never an exponent."""
    if abs(value) >= _LARGE:
        return f"{value:,.0f}"
    return f"{value:.4g}" if abs(value) >= _SMALL or not value else f"{value:.2f}"


def _cells(ones: Sequence[Measured], shown: Shown) -> list[float | None]:
    """The mean of each slice; hours that are longer than a slice stand in all they reach into."""
    width = (shown.until - shown.since) / len(shown.slices)
    cells: list[float | None] = []
    for one in shown.slices:
        within = [m.mean for m in ones if one.begins_at <= m.begins_at < one.ends_at]
        if within:
            cells.append(sum(within) / len(within))
        else:
            cells.append(cells[-1] if cells and width < HOUR else None)
    return cells


# For scripts ----------------------------------------------------------------------------------------------------------


def history_object(shown: Shown) -> Mapping[str, object]:
    return {
        "check": shown.check_id,
        "subject": shown.subject,
        "since": instant(shown.since),
        "until": instant(shown.until),
        "availability": shown.standing.availability,
        "unseen_share": shown.standing.unseen_share,
        "single_looks_since": instant(shown.single_since),
        "slices": [_slice_object(one) for one in shown.slices],
        "outages": [_outage_object(one) for one in shown.outages],
        "measurements": [
            {"name": name, "unit": unit, "labels": dict(labels), "hours": [_hour_object(one) for one in ones]}
            for (name, unit, labels), ones in groupby(
                sorted(shown.measured, key=_by_name), key=lambda one: (one.name, one.unit, one.labels)
            )
        ],
    }


def _by_name(one: Measured) -> tuple[object, ...]:
    return one.name, one.unit, one.labels, one.begins_at


def _slice_object(one: Slice) -> Mapping[str, object]:
    return {
        "begins_at": instant(one.begins_at),
        "ends_at": instant(one.ends_at),
        "ok": one.ok,
        "warning": one.warning,
        "critical": one.critical,
        "unknown": one.unknown,
    }


def _outage_object(one: Outage) -> Mapping[str, object]:
    return {
        "from": instant(one.began_at),
        "to": instant(one.ended_at),
        "last_seen_down": instant(one.last_at),
        "cause": one.cause.value,
    }


def _hour_object(one: Measured) -> Mapping[str, object]:
    return {
        "begins_at": instant(one.begins_at),
        "looks": one.count,
        "minimum": one.minimum,
        "mean": one.mean,
        "maximum": one.maximum,
        "last": one.last,
    }
