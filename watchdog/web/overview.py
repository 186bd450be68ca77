"""The first page: what is wrong, for whom, since when, and what comes next. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from alerts.incident import Incident, Nature
from alerts.words.escape import one_line
from alerts.words.wording import listed as joined
from alerts.words.wording import span
from checks.model import CheckId, Measurement, Status
from watchdog.engine.subjects import Subject
from watchdog.web.deadline_view import bills, counted, time_line
from watchdog.web.glance import Glance
from watchdog.web.header import header, newest_look
from watchdog.web.incident_view import card, gravity
from watchdog.web.lists import (
    Part,
    Stands,
    checks_in,
    checks_part,
    listed,
    others,
    service_stands,
    services_part,
    stands_of,
)
from watchdog.web.standing import Stand, Standing, worst
from watchdog.web.view import Gauge, Overview
from watchdog.web.words import ago, check_href, isolated, told_line

MAX_INCIDENTS = 20
MAX_TOLD = 8
MAX_NAMED = 3
MAX_GAUGES = 6

_GAUGE_KIND = "eoffice_capacity"
_SOON = timedelta(days=7)


def overview(glance: Glance, page: int = 1) -> Overview:
    """`page` counts from 1, over services and over checks that belong to none."""
    stands = stands_of(glance)
    of_services = service_stands(glance, stands)
    standing = open_incidents(glance)
    bill_rows, more_bills = bills(glance)
    tone, clauses = _headline(glance, stands, of_services)
    rest = "; ".join(clauses[1:])
    broken = [one for one in standing if one.nature is not Nature.DEADLINE]
    told_ahead = [one for one in standing if one.nature is Nature.DEADLINE]
    return Overview(
        header=header(glance),
        tone=tone,
        headline=f"{'; '.join(clauses)}.",
        first=f"{clauses[0]}.",
        rest=f"{rest[:1].upper()}{rest[1:]}." if rest else "",
        last_look=_last_look(glance),
        incidents=[card(one, glance, glance.told_of.get(one.id, ())) for one in broken[:MAX_INCIDENTS]],
        more_incidents=max(0, len(broken) - MAX_INCIDENTS),
        ahead=[card(one, glance, glance.told_of.get(one.id, ())) for one in told_ahead[:MAX_INCIDENTS]],
        more_ahead=max(0, len(told_ahead) - MAX_INCIDENTS),
        services=listed(services_part(glance, of_services, page), glance, stands, of_services),
        others=listed(checks_part(others(glance), stands, page), glance, stands, of_services),
        time_line=time_line(glance),
        bills=bill_rows,
        more_bills=more_bills,
        gauges=list(_gauges(glance)),
        told=[told_line(one, glance.now, glance.estate.time_zone) for one in glance.told[:MAX_TOLD]],
    )


def open_incidents(glance: Glance) -> Sequence[Incident]:
    """Faults first, the worst first."""
    return sorted(
        (one for subjects in glance.subjects.values() for each in subjects for one in each.record.incidents),
        key=lambda one: gravity(one, glance.now),
    )


def shown_checks(glance: Glance, page: int) -> Sequence[CheckId]:
    """The checks whose history the page shows."""
    stands = stands_of(glance)
    parts: Iterable[Part] = (
        checks_part(others(glance), stands, page),
        services_part(glance, service_stands(glance, stands), page),
    )
    return [check_id for part in parts for check_id in checks_in(part, glance, stands)]


def shown_incidents(glance: Glance) -> Sequence[str]:
    """The incidents of which the page says who was told."""
    standing = open_incidents(glance)
    broken = [one.id for one in standing if one.nature is not Nature.DEADLINE]
    ahead = [one.id for one in standing if one.nature is Nature.DEADLINE]
    return [*broken[:MAX_INCIDENTS], *ahead[:MAX_INCIDENTS]]


# In one sentence -----------------------------------------------------------------------------------------------------


def _headline(glance: Glance, stands: Stands, of_services: Mapping[str, Stand]) -> tuple[str, Sequence[str]]:
    """The tone of the page, and its sentence, clause by clause: the first is what must be read at once."""
    if not glance.specs:
        return "unknown", ["Nothing is watched yet", "the settings name no checks"]
    things = _things(glance, stands, of_services)
    said = [*_wrong(things), *_deadlines(glance), *_unseen(stands)]
    whole = worst(stands.values())
    if glance.conditions.blind_since is not None:
        return "critical", ["Blind: how things stand now is not known", *_before(said, whole)]
    if whole.found == {Standing.UNSEEN}:
        return "unknown", ["Nothing was looked at yet"]
    if not said:
        return whole.standing.tone, [f"All is well: {_count(len(stands), 'check')}"]
    return whole.standing.tone, [*said, "all else is well"] if Standing.WELL in whole.found else said


def _before(said: Sequence[str], whole: Stand) -> Sequence[str]:
    """What is shown while nobody can see is what stood before."""
    if whole.found == {Standing.UNSEEN}:
        return ["nothing was looked at before"]
    first, *others = said or ["all was well"]
    return [f"what stood before: {first}", *others]


def _things(glance: Glance, stands: Stands, of_services: Mapping[str, Stand]) -> Mapping[Standing, Sequence[str]]:
    """What people call the services and other checks that stand so, deadlines aside, which may hide no fault."""
    named = [(of_services[service.id], service.title) for service in glance.estate.services.values()]
    named += [(stands[spec.id], glance.titles.get(spec.id, spec.id)) for spec in others(glance)]
    things: dict[Standing, list[str]] = {}
    for stand, name in named:
        standing = next((one for one in _VERBS if one in stand.found), None)
        if standing is not None:
            things.setdefault(standing, []).append(name)
    return things


_VERBS = {
    Standing.DOWN: ("is not working", "are not working"),
    Standing.IMPAIRED: ("is impaired", "are impaired"),
    Standing.FAILING: ("fails and is being looked at again", "fail and are being looked at again"),
    Standing.RECOVERED: ("is well again, if it lasts", "are well again, if it lasts"),
    Standing.UNKNOWN: ("cannot be judged", "cannot be judged"),
}


#: What of a deadline is said that is more than a week away.
_LATER = (
    (Standing.ACT_NOW, "deadline", "to act on now"),
    (Standing.BLOCKED, "payment", "blocked"),
    (Standing.WITHDRAWN, "bill", "no longer listed and not settled"),
    (Standing.LATE, "deadline", "past the day to act by"),
    (Standing.AHEAD, "deadline", "drawing near"),
)


def _wrong(things: Mapping[Standing, Sequence[str]]) -> Iterator[str]:
    """Few are named, many counted."""
    for standing, (one_does, several_do) in _VERBS.items():
        names = things.get(standing, ())
        if len(names) == 1:
            yield f"{isolated(one_line(names[0], 60))} {one_does}"
        elif names:
            whole = [isolated(one_line(name, 60)) for name in names[:MAX_NAMED]]
            yield f"{joined(whole) if len(names) <= MAX_NAMED else f'{len(names):,} things'} {several_do}"


def _deadlines(glance: Glance) -> Iterator[str]:
    numbers, coming = counted(glance, _SOON)
    if passed := numbers[Standing.EXPIRED] + numbers[Standing.OVERDUE]:
        yield f"{_count(passed, 'deadline')} overdue"
    if coming:
        yield f"{_count(coming, 'deadline')} in the next 7 days"
    for standing, noun, words in _LATER:
        if numbers[standing]:
            yield f"{_count(numbers[standing], noun)} {words}"


def _unseen(stands: Stands) -> Iterator[str]:
    """Unknown is never counted as well."""
    number = sum(stand.standing is Standing.UNSEEN for stand in stands.values())
    if number:
        yield f"{_count(number, 'check')} not looked at yet"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _last_look(glance: Glance) -> str:
    last = newest_look(glance)
    return "nothing was looked at yet" if last is None else f"last look {span(max(glance.now - last, timedelta()))} ago"


# The e-office --------------------------------------------------------------------------------------------------------


def _gauges(glance: Glance) -> Iterator[Gauge]:
    of_kind = [spec for spec in glance.specs.values() if spec.kind.name == _GAUGE_KIND]
    for spec in of_kind[:MAX_GAUGES]:
        for subject in glance.of(spec.id):
            if (gauge := _gauge(subject, glance)) is not None:
                yield gauge


def _gauge(subject: Subject, glance: Glance) -> Gauge | None:
    numbers = {one.name: one for one in subject.measurements}
    sessions, seats = _value(numbers, "eoffice_sessions"), _value(numbers, "eoffice_sessions_capacity")
    if sessions is None or not seats:
        return None
    peak = _value(numbers, "eoffice_sessions_peak")
    peaked = "" if peak is None else f"; most today {peak:,.0f}"
    tone = {Status.CRITICAL: "critical", Status.WARNING: "warning", Status.OK: "ok"}.get(subject.status, "unknown")
    return Gauge(
        name=one_line(subject.record.subject, 80),
        href=check_href(subject.record.check_id),
        words=f"{sessions:,.0f} of {seats:,.0f} sessions ({sessions / seats:.0%}){peaked}",
        fill_x=_percent(sessions, seats),
        peak_x=None if peak is None else _percent(peak, seats),
        tone=tone,
        age=f"counted {ago(subject.judged_at, glance.now)}",
    )


def _value(numbers: Mapping[str, Measurement], name: str) -> float | None:
    return numbers[name].value if name in numbers else None


def _percent(value: float, whole: float) -> float:
    return round(min(max(value / whole, 0.0), 1.0) * 100, 2)
