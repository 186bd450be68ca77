"""The page of a service and that of a check. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from alerts.incident import Incident
from alerts.outlook.explanation import Explanation, Told
from alerts.words.escape import one_line, wrapped_lines
from alerts.words.wording import CAUSES, count, span, untitled
from alerts.words.wording import listed as all_of
from checks.estate import Service
from checks.model import DATE_UNIT, Cause, CheckId, Measurement
from checks.spec import CheckSpec
from checks.wording import moment
from watchdog.cli.why_text import case_words, formula, worst_text
from watchdog.engine.subjects import Subject
from watchdog.web.deadline_view import due_moment
from watchdog.web.glance import Glance
from watchdog.web.header import header
from watchdog.web.incident_view import RUNBOOK_CHARS, card, gravity
from watchdog.web.lists import check_row, checks_part, listed, service_row, stands_of
from watchdog.web.standing import Stand, stand_of, worst
from watchdog.web.view import CheckPage, Former, IncidentCard, Number, ServicePage, SubjectView
from watchdog.web.words import ago, clock_time, evidence_lines, incident_href, isolated, service_href

MAX_SUBJECTS = 60
MAX_NUMBERS = 24
MAX_CARDS = 20


def service_page(service: Service, glance: Glance, page: int = 1) -> ServicePage:
    stands = stands_of(glance)
    specs = glance.checks_of(service)
    vendor = glance.estate.vendors.get(service.vendor or "")
    departments = [glance.estate.departments[id_] for id_ in service.departments if id_ in glance.estate.departments]
    return ServicePage(
        header=header(glance),
        row=service_row(service, worst([stands[spec.id] for spec in specs]), specs, glance),
        vendor="" if vendor is None else one_line(vendor.name, 120),
        departments=[
            isolated(one_line(one.name, 120)) + (f", {count(one.users, 'user')}" if one.users else "")
            for one in departments[:100]
        ],
        runbook=wrapped_lines(service.runbook, RUNBOOK_CHARS)[:40],
        checks=listed(checks_part(specs, stands, page), glance, stands, {}),
        incidents=_cards(specs, glance),
    )


def shown_checks(service: Service, glance: Glance, page: int) -> Sequence[CheckId]:
    """The checks whose history the page of `service` shows: its rows first, then what its own bar is made of."""
    stands = stands_of(glance)
    specs = glance.checks_of(service)
    rows = [spec.id for spec in checks_part(specs, stands, page).checks]
    return list(dict.fromkeys([*rows, *sorted((spec.id for spec in specs), key=lambda one: stands[one].rank)]))


def check_page(
    spec: CheckSpec, glance: Glance, former: Sequence[Incident] = (), why: Explanation | None = None
) -> CheckPage:
    """`former` are incidents of the check, open ones among them or not, the newest first."""
    subjects = glance.of(spec.id)
    ranked = sorted(((stand_of((one,), glance.now), one) for one in subjects), key=lambda pair: pair[0].rank)
    service = glance.estate.services.get(spec.service or "")
    every = span(timedelta(seconds=spec.interval_s))
    return CheckPage(
        header=header(glance),
        row=check_row(spec, stand_of(subjects, glance.now), glance),
        kind=spec.kind.name,
        every=every,
        service="" if service is None else one_line(service.title, 80),
        service_href="" if service is None else service_href(service.id),
        subjects=[_subject(stand, one, glance) for stand, one in ranked[:MAX_SUBJECTS]],
        more_subjects=max(0, len(ranked) - MAX_SUBJECTS),
        incidents=_cards((spec,), glance),
        former=[_former(one, glance) for one in former if one.closed_at is not None],
        runbook=wrapped_lines(spec.runbook, RUNBOOK_CHARS)[:40],
        worst="" if why is None else worst_text(why.worst),
        formula="" if why is None else formula(why.worst),
        heard=[] if why is None else [_heard(told) for told in why.told],
    )


def _heard(told: Told) -> tuple[str, str]:
    """Like ("a critical fault", "asad, after 10 min boss")."""
    first = all_of([one_line(heard.receiver, 80) for heard in told.heard]) or "nobody"
    rises = [rise for of in told.rises.values() for rise in of if not rise.is_repeat]
    next_ones = [
        f"{'at once' if rise.at_once else f'after {span(rise.after)}'}"
        f" {all_of([one_line(heard.receiver, 80) for heard in rise.heard])}"
        for rise in rises
    ]
    return all_of([case_words(*case) for case in told.cases]), ", ".join([first, *next_ones])


def _cards(specs: Sequence[CheckSpec], glance: Glance) -> Sequence[IncidentCard]:
    standing = sorted(
        (one for spec in specs for subject in glance.of(spec.id) for one in subject.record.incidents),
        key=lambda one: gravity(one, glance.now),
    )
    return [card(one, glance, glance.told_of.get(one.id, ())) for one in standing[:MAX_CARDS]]


def _former(one: Incident, glance: Glance) -> Former:
    zone = glance.estate.time_zone
    return Former(
        href=incident_href(one.id),
        when=clock_time(one.since, glance.now, zone),
        words=one_line(one.summary or one.subject, 200),
        ended=one_line(one.close_reason, 200),
    )


def _subject(stand: Stand, subject: Subject, glance: Glance) -> SubjectView:
    now, current = glance.now, subject.current()
    name = one_line(current.subject, 160)
    return SubjectView(
        name=name,
        standing=stand.standing,
        summary=untitled(one_line(current.summary, 300), name),
        cause="" if current.cause is Cause.NONE else CAUSES[current.cause],
        seen=f"looked at {ago(current.seen_at, now)}, took {_took(current.duration_s)}",
        good="" if current.good_at is None else f"last good {ago(current.good_at, now)}",
        deadline="" if current.deadline is None else due_moment(current.deadline, glance),
        evidence=evidence_lines(current.evidence),
        numbers=[_number(one, glance) for one in current.measurements[:MAX_NUMBERS]],
    )


def _took(duration_s: float) -> str:
    return f"{duration_s * 1000:.0f} ms" if duration_s < 1 else f"{duration_s:.1f} s"


def _number(one: Measurement, glance: Glance) -> Number:
    of = ", ".join(f"{name} {value}" for name, value in one.labels)
    return Number(name=one_line(one.name.replace("_", " "), 80), value=_value(one, glance), of=one_line(of, 160))


def _value(one: Measurement, glance: Glance) -> str:
    if one.unit == DATE_UNIT:
        return moment(datetime.fromtimestamp(one.value, UTC), glance.estate.time_zone)
    if one.unit in {"s", "seconds"}:
        return _took(one.value)
    number = f"{one.value:,.0f}" if one.value == round(one.value) else f"{one.value:,.3g}"
    return f"{number} {one_line(one.unit, 20)}".strip()
