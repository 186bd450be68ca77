"""Deadlines of every kind on one scale, and bills with who goes dark: pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.words.escape import one_line
from alerts.words.wording import day, people
from checks.estate import Service
from checks.model import Deadline, Status
from checks.spec import CheckSpec
from checks.wording import moment
from watchdog.engine.subjects import Subject
from watchdog.web.glance import Glance
from watchdog.web.standing import Standing, dated_standing
from watchdog.web.view import BillRow, DeadlineRow, Lane, Tick, TimeLine
from watchdog.web.words import check_href, days_away, fact, isolated, safe_facts

MAX_LANES = 12
MAX_FOLDED = 150
MAX_BILLS = 50

BILL_KIND = "invoice_due"

#: The scale is one of these, in days: the shortest that holds what is shown.
_SCALES = (14, 30, 60, 90, 180)
#: Left of today lies what is overdue, in percent of the width.
TODAY_X = 16.0
_RIGHT_X = 97.0

#: Facts of a bill that have a column or a line of their own.
_COLUMNS = frozenset({"bill", "vendor", "amount", "due", "vendor cuts off", "act by", "service", "goes dark for"})


def time_line(glance: Glance) -> TimeLine:
    """The nearest deadlines as lanes of one scale, some later ones folded away, the rest counted."""
    dated = sorted(_dated(glance), key=lambda one: one[0].at)
    lanes, folded = dated[:MAX_LANES], dated[MAX_LANES : MAX_LANES + MAX_FOLDED]
    scale = _scale([deadline.at for deadline, _, _ in lanes], glance.now)
    return TimeLine(
        ticks=_ticks(scale),
        today_x=TODAY_X,
        rows=[_row(*one, scale, glance) for one in lanes],
        more=[_row(*one, scale, glance) for one in folded],
        uncounted=max(0, len(dated) - MAX_LANES - MAX_FOLDED),
    )


def counted(glance: Glance, soon: timedelta) -> tuple[Counter[Standing], int]:
    """How many deadlines stand how, and how many more come within `soon`."""
    numbers: Counter[Standing] = Counter()
    coming = 0
    for deadline, subject, _ in _dated(glance):
        standing = dated_standing(subject, deadline, glance.now)
        if standing not in _SAID_BY_THEMSELVES and deadline.at <= glance.now + soon:
            coming += 1
        else:
            numbers[standing] += 1
    return numbers, coming


_SAID_BY_THEMSELVES = frozenset({Standing.EXPIRED, Standing.OVERDUE, Standing.WITHDRAWN, Standing.BLOCKED})


def _dated(glance: Glance) -> Iterable[tuple[Deadline, Subject, CheckSpec]]:
    for check_id, subjects in glance.subjects.items():
        spec = glance.specs.get(check_id)
        for subject in subjects:
            if spec is not None and subject.record.deadline is not None:
                yield subject.record.deadline, subject, spec


def _scale(ends: Sequence[datetime], now: datetime) -> int:
    farthest = max((at - now for at in ends), default=timedelta())
    return next((days for days in _SCALES if farthest <= timedelta(days=days)), _SCALES[-1])


def _ticks(scale: int) -> Sequence[Tick]:
    step = {14: 7, 30: 10, 60: 20, 90: 30, 180: 60}[scale]
    later = [Tick(x=_x(days, scale), label=f"+{days} d") for days in range(step, scale + 1, step)]
    return [Tick(x=TODAY_X, label="today"), *later]


def _x(days: float, scale: int) -> float:
    return round(TODAY_X + (_RIGHT_X - TODAY_X) * days / scale, 2)


def _row(deadline: Deadline, subject: Subject, spec: CheckSpec, scale: int, glance: Glance) -> DeadlineRow:
    zone = glance.estate.time_zone
    tone, mark = _look(subject, dated_standing(subject, deadline, glance.now))
    act = deadline.act_by
    return DeadlineRow(
        tone=tone,
        mark=mark,
        what=deadline_words(subject),
        href=check_href(spec.id),
        due=day(deadline.at, zone),
        distance=days_away(deadline.at, glance.now, zone),
        act_by="" if act is None else f"{day(act, zone)}{' (passed)' if act <= glance.now else ''}",
        who=who_depends(glance.estate.services.get(spec.service or ""), glance),
        lane=_lane(deadline, glance.now, scale),
    )


def _look(subject: Subject, standing: Standing) -> tuple[str, str]:
    """Tone and mark. A deadline that cannot be seen today is still due on its day."""
    if standing is not Standing.WELL:
        return standing.tone, standing.mark
    return ("unknown", "?") if subject.status is Status.UNKNOWN else ("ok", "○")


def _lane(deadline: Deadline, now: datetime, scale: int) -> Lane:
    due = (deadline.at - now) / timedelta(days=1)
    act = None if deadline.act_by is None else (deadline.act_by - now) / timedelta(days=1)
    return Lane(
        due_x=_place(due, scale),
        act_x=None if act is None or act > scale or due <= 0 else _place(act, scale),
        is_past=due <= 0,
        is_beyond=due > scale,
    )


def _place(days: float, scale: int) -> float:
    """What has passed stands at the left edge, however long ago; what lies behind the scale at the right one."""
    if days <= 0:
        return TODAY_X / 2
    return _x(days, scale) if days <= scale else 99.0


def deadline_words(subject: Subject) -> str:
    """The words of the last look that could see the deadline."""
    words = subject.record.deadline_words
    return one_line(words.summary if words else subject.record.summary or subject.record.subject, 200)


def who_depends(service: Service | None, glance: Glance) -> str:
    """Departments of a service with their users; "" for nobody known."""
    known = glance.estate.departments
    ids = () if service is None else service.departments
    named = [replace(known[id_], name=isolated(one_line(known[id_].name, 80))) for id_ in ids if id_ in known]
    return people(named)


# Bills ---------------------------------------------------------------------------------------------------------------


def bills(glance: Glance) -> tuple[Sequence[BillRow], int]:
    """Open bills, the first due first, and how many more there are."""
    found = sorted(
        ((deadline, subject, spec) for deadline, subject, spec in _dated(glance) if spec.kind.name == BILL_KIND),
        key=lambda one: one[0].at,
    )
    rows = [_bill(deadline, subject, spec, glance) for deadline, subject, spec in found[:MAX_BILLS]]
    return rows, max(0, len(found) - MAX_BILLS)


def _bill(deadline: Deadline, subject: Subject, spec: CheckSpec, glance: Glance) -> BillRow:
    words = subject.record.deadline_words
    facts = dict(words.facts) if words else {}
    standing = dated_standing(subject, deadline, glance.now)
    tone, mark = _look(subject, standing)
    zone = glance.estate.time_zone
    act_by = deadline.act_by
    return BillRow(
        tone=tone,
        mark=mark,
        word="Open" if standing is Standing.WELL else standing.value,
        vendor=fact(facts, "Vendor"),
        number=fact(facts, "Bill") or one_line(subject.record.subject),
        amount=fact(facts, "Amount") or deadline_words(subject),
        due=f"{day(deadline.at, zone)}, {days_away(deadline.at, glance.now, zone)}",
        act_by="" if act_by is None else f"{day(act_by, zone)}{' (passed)' if act_by <= glance.now else ''}",
        cuts_off=fact(facts, "Vendor cuts off"),
        service=fact(facts, "Service"),
        who=who_depends(_billed_service(subject, spec, glance), glance),
        href=check_href(spec.id),
        notes=safe_facts([pair for pair in facts.items() if pair[0].casefold() not in _COLUMNS]),
    )


def _billed_service(subject: Subject, spec: CheckSpec, glance: Glance) -> Service | None:
    """A bill may belong to another service than the check that watches it; its numbers say to which."""
    labels = dict(next((one.labels for one in subject.record.measurements if one.name == "invoice_due"), ()))
    return glance.estate.services.get(labels.get("service") or spec.service or "")


def due_words(deadline: Deadline, glance: Glance) -> str:
    return f"{'by' if deadline.at > glance.now else 'was due'} {due_moment(deadline, glance)}"


def due_moment(deadline: Deadline, glance: Glance) -> str:
    zone = glance.estate.time_zone
    return f"{moment(deadline.at, zone)}, {days_away(deadline.at, glance.now, zone)}"
