"""The hostile estate: the standard one, and what real networks do beside."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchmarks.quality.estate import AnchorLoss, Check, Down, Estate, Loss
from benchmarks.quality.generate import DAY_S, Calendar, at_site, sites, standard

#: So many checks hang on another site's link than the map says.
WRONG_PARENTS_SHARE = 0.1

#: One anchor of three answers every other time, always.
FLAKY_ANCHOR_P = 0.5

#: Bursts of loss that all checks of a site, or of the estate, meet together: how often a month, how long, how bad.
SITE_BURSTS_A_MONTH, SITE_BURST_S, SITE_BURST_P = 60, (60.0, 600.0), (0.2, 0.6)
ESTATE_BURSTS_A_MONTH, ESTATE_BURST_S, ESTATE_BURST_P = 4, (30.0, 180.0), (0.1, 0.4)

#: Services that grow slower until they fail: more and more looks take too long, step by step; the incident begins with
#: the last step, in which three looks in ten still pass, and after it the service is down.
BROWN_OUTS_A_MONTH = 20
BROWN_OUT_STEPS = (0.15, 0.3, 0.7)
BROWN_OUT_STEP_S = 120.0
BROWN_OUT_MEDIAN_S = 20 * 60.0

#: Everything behind a link is cut off while the link itself answers us, a month.
CUT_OFF_A_MONTH = 4
#: We cannot reach the link's address, and all behind it is well: nobody should be paged.
LINK_HIDDEN_A_MONTH, LINK_HIDDEN_S = 4, (30.0, 90.0)


def hostile(seed: int, days: float = 90.0) -> Estate:
    estate = standard(seed, days)
    calendar = Calendar(random.Random(f"hostile {seed}"), days)  # noqa: S311  # seeded chance
    checks = estate.checks
    brown = list(_brown_outs(calendar, checks))
    return replace(
        estate,
        checks=tuple(_wrongly_mapped(calendar, checks)),
        down=(
            *estate.down,
            *(row for row in brown if isinstance(row, Down)),
            *_asymmetric(calendar, checks),
        ),
        loss=(
            *estate.loss,
            *(row for row in brown if isinstance(row, Loss)),
            *_bursts(calendar, checks),
        ),
        anchor_loss=(AnchorLoss(anchor=0, from_s=0.0, to_s=days * DAY_S, p=FLAKY_ANCHOR_P),),
    )


def _wrongly_mapped(calendar: Calendar, checks: Sequence[Check]) -> Iterator[Check]:
    links = [f"{site}-link" for site in sites(checks)]
    for one in checks:
        if one.parents and calendar.draw.random() < WRONG_PARENTS_SHARE:
            yield replace(one, parents=(calendar.draw.choice([link for link in links if link not in one.parents]),))
        else:
            yield one


def _bursts(calendar: Calendar, checks: Sequence[Check]) -> Iterator[Loss]:
    places = sites(checks)
    for from_s in calendar.monthly(SITE_BURSTS_A_MONTH, SITE_BURST_S[1]):
        together = at_site(checks, calendar.draw.choice(places))
        yield from _burst(calendar, together, from_s, SITE_BURST_S, SITE_BURST_P)
    for from_s in calendar.monthly(ESTATE_BURSTS_A_MONTH, ESTATE_BURST_S[1]):
        yield from _burst(calendar, checks, from_s, ESTATE_BURST_S, ESTATE_BURST_P)


def _burst(
    calendar: Calendar,
    together: Sequence[Check],
    from_s: float,
    lasting_s: tuple[float, float],
    lost: tuple[float, float],
) -> Iterator[Loss]:
    to_s, p = round(from_s + calendar.draw.uniform(*lasting_s), 1), round(calendar.draw.uniform(*lost), 3)
    yield from (Loss(check=one.id, from_s=from_s, to_s=to_s, p=p) for one in together)


def _brown_outs(calendar: Calendar, checks: Sequence[Check]) -> Iterator[Down | Loss]:
    services = [one for one in checks if not one.id.endswith("-link")]
    rising_s = BROWN_OUT_STEP_S * len(BROWN_OUT_STEPS)
    for number, from_s in enumerate(calendar.monthly(BROWN_OUTS_A_MONTH, rising_s)):
        one = calendar.draw.choice(services)
        for step, p in enumerate(BROWN_OUT_STEPS):
            begin = round(from_s + step * BROWN_OUT_STEP_S, 1)
            yield Loss(check=one.id, from_s=begin, to_s=round(begin + BROWN_OUT_STEP_S, 1), p=p)
        name, down_s = f"brown-out {one.id} {number}", round(from_s + rising_s, 1)
        to_s = round(down_s + calendar.length(BROWN_OUT_MEDIAN_S), 1)
        begun_s = round(down_s - BROWN_OUT_STEP_S, 1)
        yield Down(check=one.id, from_s=begun_s, to_s=begun_s + 1.0, incident=name)  # its start, and hardly more
        yield Down(check=one.id, from_s=down_s, to_s=to_s, incident=name)


def _asymmetric(calendar: Calendar, checks: Sequence[Check]) -> Iterator[Down]:
    places = sites(checks)
    for number, from_s in enumerate(calendar.monthly(CUT_OFF_A_MONTH, 0.0)):
        site, to_s = calendar.draw.choice(places), round(from_s + calendar.length(BROWN_OUT_MEDIAN_S), 1)
        for one in at_site(checks, site)[1:]:
            yield Down(check=one.id, from_s=from_s, to_s=to_s, incident=f"cut off {site} {number}")
    for from_s in calendar.monthly(LINK_HIDDEN_A_MONTH, LINK_HIDDEN_S[1]):
        link = at_site(checks, calendar.draw.choice(places))[0]
        yield Down(check=link.id, from_s=from_s, to_s=round(from_s + calendar.draw.uniform(*LINK_HIDDEN_S), 1))
