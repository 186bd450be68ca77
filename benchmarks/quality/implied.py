"""What an estate leaves out and means: parents that nobody listed, and the incidents of its rows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from benchmarks.quality.estate import Check, Down, Estate

#: Spells of one check that are no further apart belong to one flapping episode.
SAME_EPISODE_S = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A real incident: what somebody should be told of."""

    id: str
    checks: frozenset[str]
    from_s: float
    """Its true start; work that overran its window begins to matter at the window's end."""
    to_s: float
    is_flapping: bool = False

    @property
    def lasts_s(self) -> float:
        return self.to_s - self.from_s


def with_implied(estate: Estate) -> Estate:
    """`estate` with a check for each parent that is named and not listed.

    Such a parent is down while everything behind it is down by one and the same incident: that is what a link is.
    """
    listed = {one.id for one in estate.checks}
    behind: dict[str, list[str]] = defaultdict(list)
    for one in estate.checks:
        for parent in one.parents:
            if parent not in listed:
                behind[parent].append(one.id)
    if not behind:
        return estate
    sites = {one.id: one.site for one in estate.checks}
    checks = tuple(Check(id=parent, site=sites[children[0]]) for parent, children in behind.items())
    rows = chain.from_iterable(_implied_rows(estate.down, parent, children) for parent, children in behind.items())
    return replace(estate, checks=(*estate.checks, *checks), down=(*estate.down, *rows))


def _implied_rows(down: Sequence[Down], parent: str, children: Sequence[str]) -> list[Down]:
    rows_of: dict[str, dict[str, Down]] = defaultdict(dict)
    for row in down:
        if row.incident is not None and row.check in children:
            rows_of[row.incident].setdefault(row.check, row)
    return [
        replace(next(iter(rows.values())), check=parent, from_s=begin, to_s=end)
        for rows in rows_of.values()
        if len(rows) == len(children) > 1
        and (begin := max(row.from_s for row in rows.values())) < (end := min(row.to_s for row in rows.values()))
    ]


def happenings(estate: Estate) -> list[Happening]:
    """All real incidents, flapping episodes among them, by their true start."""
    named: dict[str, list[Down]] = defaultdict(list)
    flaps: dict[str, list[Down]] = defaultdict(list)
    for row in estate.down:
        if row.flapping:
            flaps[row.check].append(row)
        elif row.incident is not None:
            named[row.incident].append(row)
    found = [_happening(name, rows, estate) for name, rows in named.items()]
    for check, rows in flaps.items():
        found += [
            replace(_happening(f"flapping {check} {number}", episode, estate), is_flapping=True)
            for number, episode in enumerate(_episodes(rows))
        ]
    return sorted((one for one in found if one.lasts_s > 0), key=lambda one: (one.from_s, one.id))


def _episodes(rows: Sequence[Down]) -> list[list[Down]]:
    episodes: list[list[Down]] = []
    for row in sorted(rows, key=lambda row: row.from_s):
        if episodes and row.from_s - max(one.to_s for one in episodes[-1]) <= SAME_EPISODE_S:
            episodes[-1].append(row)
        else:
            episodes.append([row])
    return episodes


def _happening(name: str, rows: Sequence[Down], estate: Estate) -> Happening:
    windows = _windows(estate)
    begin = min(_true_start(row, windows) for row in rows)
    return Happening(
        id=name, checks=frozenset(row.check for row in rows), from_s=begin, to_s=max(row.to_s for row in rows)
    )


def _true_start(row: Down, windows: Mapping[str, Sequence[tuple[float, float]]]) -> float:
    """Its own start, or the end of the maintenance it began in, whichever is later; work in its window is no fault."""
    start = row.from_s
    for begin, end in windows.get(row.check, ()):
        if begin <= start < end:
            start = end
    return min(start, row.to_s)


def _windows(estate: Estate) -> Mapping[str, Sequence[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in sorted(estate.maintenance, key=lambda row: row.from_s):
        for check in row.checks:
            found[check].append((row.from_s, row.to_s))
    return found
