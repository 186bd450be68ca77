"""Which lines of a WHOIS answer speak of the domain, and which of something else: a contact, a certificate."""

from collections.abc import Iterator, Sequence

from checks.domains.whois_fields import Line, fields_of, label_of, split
from checks.domains.whois_labels import ABOUT_OTHERS, DOMAIN, DOMAINS_SECTIONS


def foreign_lines(lines: Sequence[Line]) -> frozenset[int]:
    """The places of the lines that stand indented below another header than the domain's, or in a contact's section.

    A header is whatever line the indented ones stand under. One that names the domain among its own lines is the
    domain's, whatever it is called.
    """
    parents = _parents(lines)
    naming = {parents[field.line] for field in fields_of(lines) if field.label in DOMAIN and field.value}
    own = {place for place in set(parents) if place is not None and (place in naming or _is_domains(lines[place]))}
    foreign: set[int] = set(_in_sections_of_others(lines))
    for place, parent in enumerate(parents):
        if parent is not None and (parent not in own or (parent in foreign and parent not in naming)):
            foreign.add(place)
    return frozenset(foreign)


def _parents(lines: Sequence[Line]) -> Sequence[int | None]:
    """For each line the nearest one before it that is indented less."""
    parents: list[int | None] = []
    above: list[int] = []
    for place, line in enumerate(lines):
        while above and lines[above[-1]].indent >= line.indent:
            above.pop()
        parents.append(above[-1] if above else None)
        above.append(place)
    return parents


def _is_domains(line: Line) -> bool:
    label = _label(line)
    return label in DOMAIN or label in DOMAINS_SECTIONS


def _in_sections_of_others(lines: Sequence[Line]) -> Iterator[int]:
    """Without indents a section begins with a header behind an empty line, and ends with the next empty one."""
    is_foreign = False
    for place, line in enumerate(lines):
        if line.is_after_gap:
            has_block = place + 1 < len(lines) and lines[place + 1].indent > line.indent
            is_foreign = _label(line) in ABOUT_OTHERS and not _value(line) and not has_block
        if is_foreign:
            yield place


def _label(line: Line) -> str:
    found = split(line.text)
    return label_of(found[0] if found else line.text)


def _value(line: Line) -> str:
    found = split(line.text)
    return found[1] if found else ""
