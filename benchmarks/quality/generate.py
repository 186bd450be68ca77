"""The standard estate: the numbers of a directorate that watches forty offices, month by month."""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from benchmarks.quality.estate import Check, Down, Estate, Loss, Maintenance, Span

DAY_S = 86_400.0
HOUR_S = 3600.0
MONTH_DAYS = 30.0

SITES = 40
BEHIND_EACH_LINK = 6
CENTRAL = 60

OUTAGES_A_MONTH = 0.15
OUTAGE_MEDIAN_S = 20 * 60.0
LINK_OUTAGE_MEDIAN_S = 25 * 60.0
#: Of the logarithm: two thirds of all outages lie between 0.4 and 2.7 times the median.
SPREAD = 1.0
#: Nothing that is shorter is an incident.
SHORTEST_OUTAGE_S = 120.0
LONGEST_OUTAGE_S = 12 * HOUR_S

FLAPPING_CHECKS = 12
EPISODES_A_MONTH = 3
EPISODE_S, FLAP_DOWN_S, FLAP_UP_S = 2 * HOUR_S, 180.0, 120.0

WINDOW_CHECKS, WINDOW_S = 10, HOUR_S
OVERRUN_SHARE, OVERRUN_S = 0.1, 1800.0

BLIPS_A_MONTH = 0.5
BLIP_S = (20.0, 100.0)
LOSS_S, LOSS_P = 2 * HOUR_S, 0.25
NOISE = 0.0005

UPLINK_A_MONTH, UPLINK_S = 2, (240.0, 900.0)
CHANNEL_A_MONTH, CHANNEL_S = 1, 3 * HOUR_S


@dataclass(slots=True)
class Calendar:
    """Draws moments and lengths within one estate's days."""

    draw: random.Random
    days: float

    @property
    def months(self) -> float:
        return self.days / MONTH_DAYS

    def count(self, a_month: float) -> int:
        """So many in each month, as Poisson has it."""
        return _poisson(self.draw, a_month * self.months)

    def monthly(self, times: int, lasting_s: float) -> Iterator[float]:
        """Exactly so many in each month."""
        for month in range(math.ceil(self.months)):
            begin, end = month * MONTH_DAYS * DAY_S, min((month + 1) * MONTH_DAYS, self.days) * DAY_S
            for _ in range(times):
                yield round(self.draw.uniform(begin, max(begin, end - lasting_s)), 1)

    def moment(self, lasting_s: float = 0.0) -> float:
        return round(self.draw.uniform(0.0, max(0.0, self.days * DAY_S - lasting_s)), 1)

    def moment_clear_of(self, taken: Sequence[Span], lasting_s: float) -> float:
        while True:
            from_s = self.moment(lasting_s)
            if all(from_s >= end or from_s + lasting_s <= begin for begin, end in taken):
                return from_s

    def length(self, median_s: float) -> float:
        """Log-normal."""
        drawn = self.draw.lognormvariate(math.log(median_s), SPREAD)
        return round(min(max(drawn, SHORTEST_OUTAGE_S), LONGEST_OUTAGE_S), 1)


def standard(seed: int, days: float = 90.0) -> Estate:
    calendar = Calendar(random.Random(f"standard {seed}"), days)  # noqa: S311  # seeded chance
    checks = standard_checks()
    windows, works = upkeep(calendar, checks)
    return Estate(
        days=days,
        noise=NOISE,
        checks=checks,
        down=(*standard_down(calendar, checks), *works),
        maintenance=tuple(windows),
        loss=tuple(site_loss(calendar, checks)),
        uplink_down=spans(calendar, UPLINK_A_MONTH, *UPLINK_S),
        channel_down=spans(calendar, CHANNEL_A_MONTH, CHANNEL_S, CHANNEL_S),
    )


def standard_checks() -> tuple[Check, ...]:
    """300: six behind each of forty links, and sixty at the centre, forty of which are the looks at those links."""
    names = ("http", "smtp", "imap", "dns", "tcp", "eoffice")
    assert len(names) == BEHIND_EACH_LINK
    links = [Check(id=f"s{site}-link", service=f"s{site}-link", site=f"s{site}") for site in range(1, SITES + 1)]
    behind = [
        Check(id=f"s{site}-{name}", service=f"s{site}", site=f"s{site}", parents=(f"s{site}-link",))
        for site in range(1, SITES + 1)
        for name in names
    ]
    centre = [Check(id=f"c{number}", service=f"c{number}", site="centre") for number in range(1, CENTRAL - SITES + 1)]
    return (*links, *behind, *centre)


def at_site(checks: Sequence[Check], site: str) -> list[Check]:
    """The link and what is behind it, the link first."""
    return [one for one in checks if one.site == site]


def sites(checks: Sequence[Check]) -> list[str]:
    return list(dict.fromkeys(one.site for one in checks if one.site != "centre"))


def standard_down(calendar: Calendar, checks: Sequence[Check]) -> Iterator[Down]:
    down = [*link_outages(calendar, checks), *_flaps(calendar, checks)]
    yield from down
    yield from outages(calendar, checks, down)
    for one in checks:
        for from_s in (calendar.moment(BLIP_S[1]) for _ in range(calendar.count(BLIPS_A_MONTH))):
            yield Down(check=one.id, from_s=from_s, to_s=round(from_s + calendar.draw.uniform(*BLIP_S), 1))


def link_outages(calendar: Calendar, checks: Sequence[Check]) -> Iterator[Down]:
    for site in sites(checks):
        for number, from_s in enumerate(calendar.monthly(1, HOUR_S)):
            name, to_s = f"link {site} {number}", from_s + calendar.length(LINK_OUTAGE_MEDIAN_S)
            yield from (Down(check=one.id, from_s=from_s, to_s=to_s, incident=name) for one in at_site(checks, site))


def outages(calendar: Calendar, checks: Sequence[Check], others: Sequence[Down]) -> Iterator[Down]:
    """None begins while the check is down or comes and goes already: nobody could see it begin."""
    taken: dict[str, list[Span]] = {one.id: [] for one in checks}
    for row in others:
        taken[row.check].append((row.from_s, row.to_s + (FLAP_UP_S if row.flapping else 0.0)))
    for one in checks:
        for number in range(calendar.count(OUTAGES_A_MONTH)):
            lasts_s = calendar.length(OUTAGE_MEDIAN_S)
            from_s = calendar.moment_clear_of(taken[one.id], lasts_s)
            taken[one.id].append((from_s, from_s + lasts_s))
            name = f"outage {one.id} {number}"
            yield Down(check=one.id, from_s=from_s, to_s=round(from_s + lasts_s, 1), incident=name)


def _flaps(calendar: Calendar, checks: Sequence[Check]) -> Iterator[Down]:
    services = [one for one in checks if not one.id.endswith("-link")]
    for one in calendar.draw.sample(services, FLAPPING_CHECKS):
        for number, from_s in enumerate(calendar.monthly(EPISODES_A_MONTH, EPISODE_S)):
            for spell in range(int(EPISODE_S // (FLAP_DOWN_S + FLAP_UP_S))):
                begin = round(from_s + spell * (FLAP_DOWN_S + FLAP_UP_S), 1)
                yield Down(
                    check=one.id,
                    from_s=begin,
                    to_s=begin + FLAP_DOWN_S,
                    incident=f"flap {one.id} {number}",
                    flapping=True,
                )


def upkeep(calendar: Calendar, checks: Sequence[Check]) -> tuple[list[Maintenance], list[Down]]:
    """Weekly windows; what is worked on is down all the time, and one in ten comes back half an hour late."""
    windows: list[Maintenance] = []
    down: list[Down] = []
    for week in range(int(calendar.days // 7)):
        from_s = round((week * 7 + calendar.draw.uniform(0, 6.9)) * DAY_S, 1)
        chosen = calendar.draw.sample(list(checks), WINDOW_CHECKS)
        windows.append(Maintenance(checks=tuple(one.id for one in chosen), from_s=from_s, to_s=from_s + WINDOW_S))
        for one in chosen:
            down.append(Down(check=one.id, from_s=from_s, to_s=from_s + WINDOW_S))
            if calendar.draw.random() < OVERRUN_SHARE:
                begin = from_s + WINDOW_S
                name = f"overrun {one.id} {week}"
                down.append(Down(check=one.id, from_s=begin, to_s=begin + OVERRUN_S, incident=name))
    return windows, down


def site_loss(calendar: Calendar, checks: Sequence[Check]) -> Iterator[Loss]:
    for site in sites(checks):
        for from_s in calendar.monthly(1, LOSS_S):
            for one in at_site(checks, site):
                yield Loss(check=one.id, from_s=from_s, to_s=from_s + LOSS_S, p=LOSS_P)


def spans(calendar: Calendar, times: int, shortest_s: float, longest_s: float) -> tuple[Span, ...]:
    return tuple(
        (from_s, round(from_s + calendar.draw.uniform(shortest_s, longest_s), 1))
        for from_s in calendar.monthly(times, longest_s)
    )


def _poisson(draw: random.Random, mean: float) -> int:
    """Knuth's way: as many as fit into one unit of time."""
    count, left = 0, draw.expovariate(1.0)
    while left < mean:
        count += 1
        left += draw.expovariate(1.0)
    return count


def as_document(estate: Estate) -> dict[str, object]:
    """What `read_estate` reads."""
    return asdict(estate)
