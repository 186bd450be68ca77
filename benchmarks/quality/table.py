"""The scores as tables, for the terminal and for docs/alert-quality.md."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.quality.contest import Result
from benchmarks.quality.score import Verdict

COLUMNS = ("false/month", "own uplink", "pages/incident", "missed", "p50 s", "p95 s", "precision", "messages/flap")


@dataclass(frozen=True, slots=True)
class Bar:
    """What our own logic must reach, in the mean of ten seeds."""

    what: str
    most: float
    value: Callable[[Verdict], float | None]
    is_least: bool = False

    @property
    def bound(self) -> str:
        return f"{'≥' if self.is_least else '≤'} {self.most:g}"

    def holds(self, verdict: Verdict) -> bool:
        value = self.value(verdict)
        if value is None:
            return False
        return value >= self.most if self.is_least else value <= self.most


BARS: Mapping[str, Sequence[Bar]] = {
    "standard": (
        Bar("false pages a month", 3.0, lambda one: one.scores.false_pages_per_month),
        Bar("of them by our own uplink", 0.0, lambda one: one.scores.own_uplink_pages),
        Bar("pages per incident", 1.05, lambda one: one.scores.pages_per_incident),
        Bar("incidents missed", 0.0, lambda one: one.scores.missed),
        Bar("untold after a dead channel", 0.0, lambda one: float(one.untold_after_channel)),
        Bar("delay, median, s", 110.0, lambda one: one.scores.delay_p50_s),
        Bar("delay, 95 %, s", 150.0, lambda one: one.scores.delay_p95_s),
        Bar("precision", 0.97, lambda one: one.scores.precision, is_least=True),
        Bar("messages per flapping episode", 2.0, lambda one: one.scores.messages_per_flap),
    ),
    "hostile": (
        Bar("false pages a month", 10.0, lambda one: one.scores.false_pages_per_month),
        Bar("incidents missed", 1.0, lambda one: one.scores.missed),
        Bar("delay, 95 %, s", 240.0, lambda one: one.scores.delay_p95_s),
    ),
}


def holds(name: str, result: Result) -> bool:
    return all(bar.holds(result.nigehban) for bar in BARS[name])


def rows(result: Result) -> list[tuple[str, ...]]:
    named = [("Nigehban", result.nigehban)]
    named += result.rivals.items()
    named += [(f"without {name}", verdict) for name, verdict in result.ablations.items()]
    return [(name, *_cells(verdict)) for name, verdict in named]


def _cells(verdict: Verdict) -> tuple[str, ...]:
    scores = verdict.scores
    return (
        _number(scores.false_pages_per_month, 1),
        _number(scores.own_uplink_pages, 1),
        _number(scores.pages_per_incident, 3),
        _number(scores.missed, 1),
        _number(scores.delay_p50_s, 0),
        _number(scores.delay_p95_s, 0),
        _number(scores.precision, 3),
        _number(scores.messages_per_flap, 2),
    )


def _number(value: float | None, places: int) -> str:
    return "-" if value is None else f"{value:,.{places}f}"


def text(result: Result, estate: str | None) -> str:
    """For the terminal; with its bars where the estate is one we draw."""
    table = [("", *COLUMNS), *rows(result)]
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    lines = [
        "  ".join(cell.ljust(width) if not column else cell.rjust(width) for column, (cell, width) in enumerate(cells))
        for cells in (tuple(zip(row, widths, strict=True)) for row in table)
    ]
    told = result.nigehban
    lines.append(f"pages {told.pages}, incidents {told.incidents}, told late after a dead channel {told.told_late}")
    lines += [_judged(bar, told) for bar in BARS.get(estate or "", ())]
    return "\n".join(lines)


def _judged(bar: Bar, verdict: Verdict) -> str:
    return f"{bar.what}: {_number(bar.value(verdict), 3)} {bar.bound} {'holds' if bar.holds(verdict) else 'MISSED'}"


def page(means: Mapping[str, Result], seeds: int, ablated_seeds: int) -> str:
    parts = [(Path(__file__).parent / "page.md").read_text(encoding="utf-8")]
    parts += [_section(name, result, seeds, ablated_seeds) for name, result in means.items()]
    return "\n".join(parts)


def _section(name: str, result: Result, seeds: int, ablated_seeds: int) -> str:
    told, (ours, *others) = result.nigehban, rows(result)
    sums = (
        f"{told.pages:,} pages of ours for {told.incidents:,} incidents in all seeds; {told.told_late} waited for a "
        f"dead channel and were told when it was back, {told.untold_after_channel} never.\n"
    )
    lines = [
        f"## The {name} estate\n",
        f"Means of {seeds} seeds; rows that begin with *without* are of {_first(ablated_seeds)}.\n",
        _line("", *COLUMNS),
        "|---|" + "---:|" * len(COLUMNS),
        _line(f"**{ours[0]}**", *ours[1:]),
        *(_line(*row) for row in others),
        "",
        sums,
        "| bar | ours | bound | |",
        "|---|---:|---:|---|",
        *(_bar_row(bar, told) for bar in BARS[name]),
        "",
    ]
    return "\n".join(lines)


def _first(seeds: int) -> str:
    return "the first seed alone" if seeds == 1 else f"the first {seeds}"


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _bar_row(bar: Bar, verdict: Verdict) -> str:
    value = _number(bar.value(verdict), 3)
    return _line(bar.what, value, bar.bound, "holds" if bar.holds(verdict) else "missed")
