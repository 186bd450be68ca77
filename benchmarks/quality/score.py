"""How good a story is, held against what really happened."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.quality.estate import Estate
from benchmarks.quality.implied import Happening, happenings
from benchmarks.quality.story import Page, Story
from benchmarks.quality.truth import SECOND, Spans

#: A page is about an incident up to so long after its end.
AFTER_S = 600.0
#: Nobody need be told of what is shorter; a page about it is false.
REAL_S = 120.0
#: What lasts so long must be told.
MUST_TELL_S = 300.0
#: Messages of a flapping episode: its end may be told so long after it.
FLAP_AFTER_S = 3600.0

MONTH_S = 30 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The eight numbers of one logic over one estate, as `--json` prints them."""

    false_pages_per_month: float
    own_uplink_pages: float
    """False pages while our own uplink was down, or shortly after."""
    pages_per_incident: float
    """Pages that are about something real, by the incidents they told."""
    missed: float
    """Incidents of five minutes or more that nobody was ever told of."""
    delay_p50_s: float | None
    delay_p95_s: float | None
    precision: float | None
    messages_per_flap: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    scores: Scores
    told_late: int
    """Incidents whose page waited for a dead channel."""
    untold_after_channel: int
    """Incidents that began while the channel was dead, lasted five minutes or more, and were never told."""
    pages: int
    incidents: int


class Scorer:
    """What happened in one estate, for as many stories as there are."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._happenings = happenings(estate)
        self._of_check: dict[str, list[Happening]] = defaultdict(list)
        for one in self._happenings:
            for check in one.checks:
                self._of_check[check].append(one)
        self._uplink = Spans((begin, end + AFTER_S) for begin, end in estate.uplink_down)
        self._channel = Spans(estate.channel_down)

    def verdict(self, story: Story) -> Verdict:
        arrived = [page for page in story.pages if page.sent is not None]
        about = [(page, self._about(page)) for page in arrived]
        false = [page for page, found in about if not any(one.lasts_s >= REAL_S for one in found)]
        told = self._told(about)
        delays, late = self._delays(told)
        true_pages = len(arrived) - len(false)
        months = self._estate.days * 86_400.0 / MONTH_S
        paged = {id(one) for page, found in about for one in found if one.lasts_s >= REAL_S}
        missed = self._missed(told, story)
        scores = Scores(
            false_pages_per_month=len(false) / months,
            own_uplink_pages=sum(page.made / SECOND in self._uplink for page in false),
            pages_per_incident=true_pages / len(paged) if paged else 0.0,
            missed=len(missed),
            delay_p50_s=quantile(delays, 0.5),
            delay_p95_s=quantile(delays, 0.95),
            precision=true_pages / len(arrived) if arrived else None,
            messages_per_flap=self._messages_per_flap(story),
        )
        return Verdict(
            scores=scores,
            told_late=late,
            untold_after_channel=sum(self._began_unheard(one) for one in missed),
            pages=len(arrived),
            incidents=len(self._happenings),
        )

    def _about(self, page: Page) -> list[Happening]:
        """What a page can be about: whatever goes on, or went on shortly before, at a check when it is named."""
        found: dict[int, Happening] = {}
        for check, since in page.named.items():
            at_s = since / SECOND
            for one in self._of_check[check]:
                if one.from_s <= at_s <= one.to_s + AFTER_S:
                    found[id(one)] = one
        return list(found.values())

    @staticmethod
    def _told(about: Iterable[tuple[Page, Sequence[Happening]]]) -> dict[int, tuple[float, float, Happening]]:
        """By incident, when its first page arrived and when that page was decided."""
        told: dict[int, tuple[float, float, Happening]] = {}
        for page, found in about:
            for one in found:
                named_s = min(since for check, since in page.named.items() if check in one.checks) / SECOND
                arrived = (max(named_s, (page.sent or 0) / SECOND), max(named_s, page.made / SECOND), one)
                if id(one) not in told or arrived[0] < told[id(one)][0]:
                    told[id(one)] = arrived
        return told

    @staticmethod
    def _delays(told: dict[int, tuple[float, float, Happening]]) -> tuple[list[float], int]:
        """From the true start to the page that arrived; those that waited for a dead channel are counted apart."""
        delays, late = [], 0
        for sent_s, made_s, one in told.values():
            if one.lasts_s < REAL_S:
                continue
            if sent_s > made_s + 1:
                late += 1
            else:
                delays.append(max(0.0, sent_s - one.from_s))
        return delays, late

    def _missed(self, told: dict[int, tuple[float, float, Happening]], story: Story) -> list[Happening]:
        end_s = self._estate.days * 86_400.0
        owed = [
            one
            for one in self._happenings
            if one.lasts_s >= MUST_TELL_S and id(one) not in told and one.from_s + MUST_TELL_S < end_s
        ]
        standing = standing_spans(story, end_s)
        return [
            one
            for one in owed
            if not (one.is_flapping and any(one.from_s in standing[check] for check in one.checks if check in standing))
        ]

    def _began_unheard(self, one: Happening) -> bool:
        return one.from_s in self._channel or one.from_s + MUST_TELL_S in self._channel

    def _messages_per_flap(self, story: Story) -> float | None:
        flaps = [one for one in self._happenings if one.is_flapping]
        if not flaps:
            return None
        heard: dict[str, list[float]] = defaultdict(list)
        for page in story.pages:
            if page.sent is not None:
                for check, since in page.named.items():
                    if since == page.made and check not in page.told_before:
                        heard[check].append(page.made / SECOND)
        for ending in story.endings:
            if ending.sent is not None:
                for check in ending.named:
                    heard[check].append(ending.made / SECOND)
        return fmean(
            sum(one.from_s <= at_s <= one.to_s + FLAP_AFTER_S for check in one.checks for at_s in heard[check])
            for one in flaps
        )


def standing_spans(story: Story, end_s: float) -> dict[str, Spans]:
    """By check, from when to when people believed it to be down: from a page until its end was told."""
    ends: dict[str, list[float]] = defaultdict(list)
    for ending in story.endings:
        for check in ending.named:
            ends[check].append(ending.made / SECOND)
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for page in story.pages:
        if page.sent is None:
            continue
        for check, since in page.named.items():
            after = [at_s for at_s in ends[check] if at_s >= since / SECOND]
            found[check].append((since / SECOND, min(after, default=end_s)))
    return {check: Spans(spans) for check, spans in found.items()}


def quantile(values: Sequence[float], share: float) -> float | None:
    """Linear between the two nearest; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
