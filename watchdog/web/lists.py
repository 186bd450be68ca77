"""Services and checks as rows, the worst first, a page of them at a time, with their bars. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.incident import Nature
from alerts.words.escape import one_line
from alerts.words.wording import untitled
from checks.estate import Service
from checks.model import CheckId
from checks.spec import CheckSpec
from watchdog.store.past_views import Slice, SubjectSlices
from watchdog.web.bars import Bar, bar, merged
from watchdog.web.deadline_view import deadline_words, due_words, who_depends
from watchdog.web.glance import Glance
from watchdog.web.standing import DATED, NOT_YET, Stand, Standing, stand_of, worst
from watchdog.web.view import Listed, Row
from watchdog.web.words import check_href, service_href, since_words

ROWS_PER_PAGE = 50

Stands = Mapping[CheckId, Stand]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One page of a list: of services, or of checks that belong to none."""

    services: Sequence[Service] = ()
    checks: Sequence[CheckSpec] = ()
    page: int = 1
    pages: int = 1
    total: int = 0


def stands_of(glance: Glance) -> Stands:
    return {spec.id: stand_of(glance.of(spec.id), glance.now) for spec in glance.specs.values()}


def service_stands(glance: Glance, stands: Stands) -> Mapping[str, Stand]:
    """By service: the worst of its checks."""
    by_service: dict[str, list[Stand]] = {}
    for spec in glance.specs.values():
        if spec.service is not None:
            by_service.setdefault(spec.service, []).append(stands[spec.id])
    return {service: worst(by_service.get(service, ())) for service in glance.estate.services}


def services_part(glance: Glance, stands: Mapping[str, Stand], page: int) -> Part:
    ranked = sorted(glance.estate.services.values(), key=lambda one: stands.get(one.id, NOT_YET).rank)
    page, pages, first = _cut(len(ranked), page)
    return Part(services=ranked[first : first + ROWS_PER_PAGE], page=page, pages=pages, total=len(ranked))


def checks_part(specs: Sequence[CheckSpec], stands: Stands, page: int) -> Part:
    ranked = sorted(specs, key=lambda one: stands[one.id].rank)
    page, pages, first = _cut(len(ranked), page)
    return Part(checks=ranked[first : first + ROWS_PER_PAGE], page=page, pages=pages, total=len(ranked))


def others(glance: Glance) -> Sequence[CheckSpec]:
    """Checks that belong to no service of the estate."""
    return [spec for spec in glance.specs.values() if spec.service not in glance.estate.services]


def checks_in(part: Part, glance: Glance, stands: Stands) -> Sequence[CheckId]:
    """Whose history its bars need: of rows for checks first, then of services, the worst first."""
    shown = {service.id for service in part.services}
    of_services = [spec.id for spec in glance.specs.values() if spec.service in shown] if shown else []
    return [*(spec.id for spec in part.checks), *sorted(of_services, key=lambda one: stands[one].rank)]


def _cut(total: int, page: int) -> tuple[int, int, int]:
    pages = max(1, -(-total // ROWS_PER_PAGE))
    page = min(max(page, 1), pages)
    return page, pages, (page - 1) * ROWS_PER_PAGE


def listed(part: Part, glance: Glance, stands: Stands, of_services: Mapping[str, Stand]) -> Listed:
    """`of_services` may be empty where `part` names none."""
    grouped = _grouped(part, glance)
    rows = [
        service_row(service, of_services[service.id], grouped.get(service.id, ()), glance) for service in part.services
    ]
    rows += [check_row(spec, stands[spec.id], glance) for spec in part.checks]
    return Listed(rows=rows, page=part.page, pages=part.pages, total=part.total)


def _grouped(part: Part, glance: Glance) -> Mapping[str, Sequence[CheckSpec]]:
    grouped: dict[str, list[CheckSpec]] = {service.id: [] for service in part.services}
    for spec in glance.specs.values():
        if spec.service in grouped:
            grouped[spec.service].append(spec)
    return grouped


def service_row(service: Service, stand: Stand, specs: Sequence[CheckSpec], glance: Glance) -> Row:
    title = one_line(service.title, 80)
    return Row(
        href=service_href(service.id),
        name=title,
        standing=stand.standing,
        since=_since(stand, glance),
        words=untitled(_words(stand), title) if specs else "no check watches it",
        who=who_depends(service, glance),
        hours=_bar(_undated(specs, glance.hours, glance), "hours"),
        days=_bar(_undated(specs, glance.days, glance), "days"),
        partial=_partial(specs, glance),
    )


def _partial(specs: Sequence[CheckSpec], glance: Glance) -> str:
    """What a bar leaves out must not be taken for well."""
    left_out = sum(spec.id in glance.unbarred for spec in specs)
    return f"bars of {len(specs) - left_out:,} of its {len(specs):,} checks, the worst now" if left_out else ""


def check_row(spec: CheckSpec, stand: Stand, glance: Glance) -> Row:
    title = one_line(glance.titles.get(spec.id, spec.id), 80)
    return Row(
        href=check_href(spec.id),
        name=title,
        standing=stand.standing,
        since=_since(stand, glance),
        words=untitled(_words(stand), title),
        hours=_bar([one.slices for one in glance.hours.get(spec.id, ())], "hours"),
        days=_bar([one.slices for one in glance.days.get(spec.id, ())], "days"),
    )


def _undated(
    specs: Sequence[CheckSpec], slices: Mapping[CheckId, Sequence[SubjectSlices]], glance: Glance
) -> Sequence[Sequence[Slice]]:
    """Bills and certificates are due while everything works: in a service's bar they would say the contrary."""
    return [
        one.slices
        for spec in specs
        for dated in [{each.record.subject for each in glance.of(spec.id) if each.record.deadline is not None}]
        for one in slices.get(spec.id, ())
        if one.subject not in dated and not spec.kind.dated(one.subject)
    ]


def _bar(rows: Sequence[Sequence[Slice]], unit: str) -> Bar | None:
    return bar(merged(rows), unit) if rows else None


def _since(stand: Stand, glance: Glance) -> str:
    if stand.standing in {Standing.WELL, Standing.UNSEEN}:
        return ""
    if stand.standing in DATED:
        deadline = None if stand.subject is None else stand.subject.record.deadline
        return "" if deadline is None else due_words(deadline, glance)
    return since_words(stand.since, glance.now, glance.estate.time_zone)


def _words(stand: Stand) -> str:
    """What is wrong, as the incident or the last look put it."""
    subject = stand.subject
    if subject is None or stand.standing in {Standing.WELL, Standing.UNSEEN}:
        return ""
    fault = subject.record.fault_incident
    if stand.standing in DATED:
        return deadline_words(subject)
    if fault is not None and fault.nature is Nature.FAULT:
        return one_line(fault.summary, 240)
    current = subject.current()
    return one_line(current.summary or current.subject, 240)
