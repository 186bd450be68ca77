"""How a drill begins and ends: an incident in the place of a check that does not exist. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from alerts.concern import ABOUT_MONEY, BILLS
from alerts.drills.drill import DRILL_CHECK, Drill, DrillKind
from alerts.incident import EventKind, Incident, Nature
from alerts.judging.episode import CheckFacts, Judgement, closing_of, event_of
from alerts.record import SubjectRecord
from checks.billing import labels
from checks.estate import Service
from checks.model import Cause, CheckId, Deadline, Status

#: The kind of what is played where the settings have no check of it.
_NO_CHECK: Final = CheckFacts(kind="drill")

#: So long was the bill due that is played: overdue is what everybody must hear of.
_OVERDUE_FOR: Final = timedelta(days=1)

ENDED: Final = "the drill is over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What somebody asks to be played."""

    kind: DrillKind
    service: Service
    by: str
    lasts: timedelta
    receivers: tuple[str, ...] = ()
    report_to: tuple[str, ...] = ()


def opened(
    played: Played, facts: Mapping[CheckId, CheckFacts], *, at: datetime, new_id: Callable[[], str]
) -> Judgement:
    """The subject that stands for the drill while it runs, with its incident just opened.

    `facts` are those of the checks in force: one of them lends its labels, so that the routes take the drill the way
    the real thing would go.
    """
    plays, lent = _lender(played, facts)
    drill = Drill(
        kind=played.kind,
        by=played.by,
        ends_at=at + played.lasts,
        plays=plays,
        receivers=played.receivers,
        report_to=played.report_to,
    )
    incident = _incident(played, drill, lent, at, new_id())
    record = SubjectRecord(check_id=DRILL_CHECK, subject=incident.subject, seen_at=at, judged_at=at)
    if played.kind is DrillKind.BILL:
        record = replace(record, deadline_incident=incident)
    else:
        record = replace(record, fault_incident=incident)
    return Judgement(record, (event_of(EventKind.OPENED, incident, at, new_id),))


def closed(
    record: SubjectRecord, *, at: datetime, by: str = "", real: tuple[Incident, ...] = (), new_id: Callable[[], str]
) -> Judgement:
    """Its end: by somebody's word, else since its time is over. `real` is what is really open of the service."""
    reason = f"{ENDED}: stopped by {by}" if by else ENDED
    ends = tuple(replace(closing_of(incident, at, reason, new_id), by=by, real=real) for incident in record.incidents)
    return Judgement(replace(record, fault_incident=None, deadline_incident=None, stale_incident=None), ends)


def is_over(incident: Incident, now: datetime) -> bool:
    """Also where the clock was set back behind its beginning: nobody waits for a drill until that hour comes again."""
    return incident.drill is None or not incident.opened_at <= now < incident.drill.ends_at


def _lender(played: Played, facts: Mapping[CheckId, CheckFacts]) -> tuple[CheckId, CheckFacts]:
    """The first check that would speak of such a thing."""
    for check_id, one in facts.items():
        if played.kind is DrillKind.BILL and one.kind == BILLS:
            return check_id, one
        if played.kind is DrillKind.OUTAGE and one.service == played.service.id and one.kind not in ABOUT_MONEY:
            return check_id, one
    kind = BILLS if played.kind is DrillKind.BILL else _NO_CHECK.kind
    service = None if played.kind is DrillKind.BILL else played.service.id
    return DRILL_CHECK, replace(_NO_CHECK, kind=kind, service=service)


def _incident(played: Played, drill: Drill, lent: CheckFacts, at: datetime, incident_id: str) -> Incident:
    is_bill, title = played.kind is DrillKind.BILL, played.service.title
    return Incident(
        id=incident_id,
        check_id=DRILL_CHECK,
        subject=f"drill {incident_id}",
        nature=Nature.DEADLINE if is_bill else Nature.FAULT,
        kind=lent.kind,
        service=lent.service,
        labels=lent.labels,
        severity=Status.CRITICAL,
        cause=Cause.OVERDUE if is_bill else Cause.TIMEOUT,
        summary=f"a made-up bill for {title}, to be paid by nobody" if is_bill else "no answer in time, as a drill",
        facts=_bill_facts(title) if is_bill else (),
        opened_at=at,
        since=at,
        deadline=Deadline(at=at - _OVERDUE_FOR) if is_bill else None,
        drill=drill,
    )


def _bill_facts(service: str) -> tuple[tuple[str, str], ...]:
    """No number, no sum and no payee that anybody could act on by mistake."""
    return (
        (labels.BILL, "DRILL-0"),
        (labels.VENDOR, "DRILL (nobody)"),
        (labels.AMOUNT, "Rs 0"),
        (labels.SERVICE, service),
    )
