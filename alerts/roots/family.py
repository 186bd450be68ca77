"""Which checks hang on which, from what the settings say of services, sites and vendors. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from checks.estate import Estate
from checks.model import CheckId

Knot: TypeAlias = tuple[str, str]
"""A thing that hangs on others or that others hang on: what it is, and its id. "check" is one check, "checks" is
whatever an id as written names: one check, or all targets of an entry.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What of a check says where it belongs."""

    check_id: CheckId
    service: str | None = None
    site: str | None = None
    depends_on: tuple[str, ...] = ()
    """Ids as written."""


@dataclass(frozen=True, slots=True)
class Tie:
    """`lower` cannot be well while `upper` is not."""

    lower: Knot
    upper: Knot


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Every check's relatives, near and far; one without any is missing."""

    above: Mapping[CheckId, tuple[CheckId, ...]] = field(default_factory=dict)
    """All it hangs on, the nearest first."""
    below: Mapping[CheckId, tuple[CheckId, ...]] = field(default_factory=dict)
    """All that hangs on it."""


def ties(estate: Estate, members: Sequence[Member]) -> Iterator[Tie]:
    """All there are. What a word that names nothing is tied to is left hanging."""
    for member in members:
        yield Tie(("checks", member.check_id.partition("/")[0]), ("check", member.check_id))
        if "/" in member.check_id:
            yield Tie(("checks", member.check_id), ("check", member.check_id))
        yield from _ties_of(member, estate)
    for service in estate.services.values():
        yield from (Tie(("service", service.id), ("service", other)) for other in service.depends_on)
    for site in estate.sites.values():
        if site.uplink is not None:
            yield Tie(("site", site.id), ("checks", site.uplink))
    for vendor in estate.vendors.values():
        yield from (Tie(("vendor", vendor.id), ("checks", word)) for word in vendor.watched_by)


def _ties_of(member: Member, estate: Estate) -> Iterator[Tie]:
    own: Knot = ("check", member.check_id)
    yield from (Tie(own, ("checks", word)) for word in member.depends_on)
    site = None if member.site is None else estate.sites.get(member.site)
    if site is not None and not _names(site.uplink, member.check_id):
        yield Tie(own, ("site", site.id))
    service = None if member.service is None else estate.services.get(member.service)
    if service is None:
        return
    yield Tie(("service", service.id), own)
    yield from (Tie(own, ("service", other)) for other in service.depends_on)
    vendor = None if service.vendor is None else estate.vendors.get(service.vendor)
    if vendor is not None and not any(_names(word, member.check_id) for word in vendor.watched_by):
        yield Tie(own, ("vendor", vendor.id))


def _names(word: str | None, check_id: CheckId) -> bool:
    return word is not None and word in {check_id, check_id.partition("/")[0]}


def circle(tied: Iterable[Tie]) -> tuple[Knot, ...]:
    """Knots that hang on each other in a circle, each on the next and the last on the first; () where there is none."""
    uppers = _uppers(tied)
    done: set[Knot] = set()
    for start in uppers:
        way: dict[Knot, Iterator[Knot]] = {} if start in done else {start: iter(uppers[start])}
        while way:
            knot, ahead = next(reversed(way.items()))
            upper = next(ahead, None)
            if upper is None:
                done.add(knot)
                del way[knot]
            elif upper in way:
                passed = tuple(way)
                return passed[passed.index(upper) :]
            elif upper not in done:
                way[upper] = iter(uppers.get(upper, ()))
    return ()


def family(tied: Iterable[Tie]) -> Family:
    """What `tied`, which has no circle, means for each check."""
    uppers = _uppers(tied)
    known: dict[tuple[Knot, ...], tuple[CheckId, ...]] = {}
    above: dict[CheckId, tuple[CheckId, ...]] = {}
    below: defaultdict[CheckId, list[CheckId]] = defaultdict(list)
    for knot, direct in uppers.items():
        if knot[0] != "check":
            continue
        if direct not in known:  # all checks of a service at a site share one answer
            known[direct] = tuple(_checks_from(direct, uppers))
        if known[direct]:
            above[CheckId(knot[1])] = known[direct]
    for check_id, relatives in above.items():
        for relative in relatives:
            below[relative].append(check_id)
    return Family(above=above, below={check_id: tuple(lower) for check_id, lower in below.items()})


def _checks_from(direct: Sequence[Knot], uppers: Mapping[Knot, Sequence[Knot]]) -> Iterator[CheckId]:
    """The checks among `direct` and whatever these hang on, the nearest first, each once."""
    seen, ahead = set(direct), list(direct)
    for knot in ahead:
        if knot[0] == "check":
            yield CheckId(knot[1])
        for upper in uppers.get(knot, ()):
            if upper not in seen:
                seen.add(upper)
                ahead.append(upper)


def _uppers(tied: Iterable[Tie]) -> dict[Knot, tuple[Knot, ...]]:
    found: defaultdict[Knot, dict[Knot, None]] = defaultdict(dict)
    for tie in tied:
        found[tie.lower][tie.upper] = None
    return {lower: tuple(upper) for lower, upper in found.items()}
