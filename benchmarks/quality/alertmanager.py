"""blackbox_exporter, a Prometheus rule on `probe_success`, and Alertmanager grouping by site."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.quality.rival_parts import windows_of
from benchmarks.quality.story import Logic, Page, Story
from benchmarks.quality.truth import SECOND, Spans, Target, Truth, key_of

#: Prometheus' defaults; each evaluation sees the last scrape.
EVALUATED_EVERY = 60 * SECOND

#: Alertmanager's defaults.
GROUP_WAIT, GROUP_INTERVAL, REPEAT_INTERVAL = 30 * SECOND, 300 * SECOND, 4 * 3600 * SECOND


def alertmanager(for_s: int) -> Logic:
    """`for:` of the rule in seconds. Ends are not told: `send_resolved` of mail is off by default."""

    def told(truth: Truth) -> Story:
        story, windows = Story(), windows_of(truth)
        groups: dict[str, list[_Alert]] = defaultdict(list)
        for target in truth.targets:
            spans = list(_firing(truth, target, for_s * SECOND))
            if spans:
                groups[target.check.site].append(_Alert(target.check.id, Spans(spans), windows[target.check.id], spans))
        for alerts in groups.values():
            _Group(truth, alerts, story).run()
        return story

    return told


@dataclass(slots=True, eq=False)
class _Alert:
    check: str
    firing: Spans
    silenced: Spans
    spans: Sequence[tuple[int, int]] = field(default_factory=list)


def _firing(truth: Truth, target: Target, needed: int) -> Iterator[tuple[int, int]]:
    """From when to when the alert fires: pending since the first evaluation that saw a failure."""
    offset = key_of(truth.seed, "evaluation") % EVALUATED_EVERY
    tick = target.next_failure(-1)
    while tick < truth.end:
        active = _evaluated(tick, offset)
        while tick < truth.end and target.fails(tick):
            tick = target.regular_after(tick)
        resolved = _evaluated(tick, offset)
        fires = active + -(-needed // EVALUATED_EVERY) * EVALUATED_EVERY
        if fires < resolved:
            yield fires, resolved
        tick = target.next_failure(tick)


def _evaluated(tick: int, offset: int) -> int:
    """The first evaluation at or after a scrape."""
    return tick + (offset - tick) % EVALUATED_EVERY


class _Group:
    """Alerts of one site: told together."""

    def __init__(self, truth: Truth, alerts: Sequence[_Alert], story: Story) -> None:
        self._truth = truth
        self._alerts = alerts
        self._story = story
        self._notified: frozenset[str] = frozenset()
        self._notified_at = 0

    def run(self) -> None:
        begins = sorted(begin for alert in self._alerts for begin, _ in alert.spans)
        flush = -1
        for begin in begins:
            if begin <= flush:
                continue  # the group was there
            flush = begin + GROUP_WAIT
            while flush < self._truth.end and self._flush(flush):
                flush += GROUP_INTERVAL

    def _flush(self, tick: int) -> bool:
        """Tell what is new; whether anything still fires, so that the group stays."""
        firing = [alert for alert in self._alerts if tick in alert.firing]
        told = frozenset(alert.check for alert in firing if tick not in alert.silenced)
        is_news = bool(told - self._notified) or (bool(told) and tick - self._notified_at >= REPEAT_INTERVAL)
        if is_news:
            sent = self._sent(tick)
            if sent is not None:
                self._story.pages.append(Page(dict.fromkeys(sorted(told), tick), tick, sent))
                self._notified, self._notified_at = told, tick
        else:
            self._notified &= told
        return bool(firing)

    def _sent(self, tick: int) -> int | None:
        """A flush tries until the next one is due; what could not be sent by then is news there again."""
        back = self._truth.channel.end_of(tick)
        if back is None:
            return tick
        return round(back) if back < tick + GROUP_INTERVAL else None
