"""What hangs on what: every word that names a check names one, and nothing hangs on itself."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from alerts.roots.family import Knot, Member, circle, ties
from checks.estate import Estate
from watchdog.settings.checks_section import ChecksSection
from watchdog.settings.problems import TreePath, did_you_mean
from watchdog.settings.reader import Reader
from watchdog.settings.values import ConfiguredCheck


def members_of(checks: Sequence[ConfiguredCheck]) -> tuple[Member, ...]:
    return tuple(
        Member(check_id=check.spec.id, service=check.spec.service, site=check.site, depends_on=check.depends_on)
        for check in checks
    )


def check_ties(reader: Reader, section: ChecksSection, estate: Estate) -> None:
    """Refuse words that name no check, and circles."""
    known = {**section.ids, **section.places}
    for path, word in _words(section, estate):
        if word not in known and reader.sources.is_whole:  # else it may stand in what could not be read
            near = did_you_mean(word, known)
            hint = near if near.startswith("did you mean") else "take the id of one that stands under checks"
            reader.refuse(path, f"no such check; {hint}")
    alone = False
    for check in section.checks:
        alone |= _hangs_on_itself(reader, section, check)
    tied = list(ties(estate, members_of(section.checks)))
    of_services = [tie for tie in tied if tie.lower[0] == tie.upper[0] == "service"]
    found = () if alone else circle(of_services) or circle(tied)
    if found:
        first, *rest = (f"{what} {name}" for what, name in _plainly((*found, found[0])))
        said = f"{first} hangs on {', which hangs on '.join(rest)}"
        reader.refuse(_place_of(found, section, estate), f"goes in a circle: {said}; take one of these links out")


def _words(section: ChecksSection, estate: Estate) -> Iterator[tuple[TreePath, str]]:
    """Every word that means a check, with its place."""
    seen: set[TreePath] = set()
    for check in section.checks:
        path = section.places[check.spec.id]
        if path not in seen:
            yield from (((*path, "depends_on", index), word) for index, word in enumerate(check.depends_on))
        seen.add(path)
    for site in estate.sites.values():
        if site.uplink is not None:
            yield ("sites", site.id, "uplink"), site.uplink
    for vendor in estate.vendors.values():
        yield from ((("vendors", vendor.id, "watched_by", index), word) for index, word in enumerate(vendor.watched_by))


def _hangs_on_itself(reader: Reader, section: ChecksSection, check: ConfiguredCheck) -> bool:
    own = {check.spec.id, check.spec.id.partition("/")[0]}
    for index, word in enumerate(check.depends_on):
        if word in own:
            path = (*section.places[check.spec.id], "depends_on", index)
            reader.refuse(path, "a check cannot hang on itself; name the check of what it needs, or take this out")
            return True
    return False


def _plainly(found: Sequence[Knot]) -> list[Knot]:
    """Without steps that only say the same thing twice: "checks a" is "check a"."""
    kept = [found[0], *(upper for lower, upper in pairwise(found) if lower[1] != upper[1] or lower[0] == upper[0])]
    return [("check", name) if what == "checks" else (what, name) for what, name in kept]


def _place_of(found: Sequence[Knot], section: ChecksSection, estate: Estate) -> TreePath:
    """Where one of the links of the circle is written."""
    for (what, name), (_, upper) in pairwise((*found, found[0])):
        match what:
            case "site":
                return ("sites", name, "uplink")
            case "vendor":
                return ("vendors", name, "watched_by", estate.vendors[name].watched_by.index(upper))
            case "service" if upper in estate.services[name].depends_on:
                return ("services", name, "depends_on", estate.services[name].depends_on.index(upper))
            case _:
                pass
    checks = {str(check.spec.id): check for check in section.checks}
    for (what, name), (_, upper) in pairwise((*found, found[0])):
        if what == "check" and upper in (words := checks[name].depends_on):
            return (*section.places[name], "depends_on", words.index(upper))
    return section.places[found[0][1]]
