"""What went down with an incident and is not well at its end. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from alerts.incident import Part
from alerts.judging.fault import Open, Settling
from alerts.record import SubjectRecord
from alerts.roots.evidence import down_since
from checks.model import Status


def left_behind(part: Part, records: Iterable[SubjectRecord], well_at: datetime) -> Part:
    """`part` of what is well since `well_at`, with whether it fails still, and whether people were told of that."""
    failing = [one for one in records if _fails_since_before(one, well_at)]
    told = [one for one in failing if isinstance(one.fault, Open) and _stands_alone(one)]
    return replace(part, still_fails=bool(failing), was_told=bool(failing) and len(told) == len(failing))


def _fails_since_before(record: SubjectRecord, well_at: datetime) -> bool:
    match record.fault:
        case Open(severity=Status.CRITICAL):
            since = down_since(record)
        case Settling(since=begun):
            since = begun
        case _:
            return False
    return since is not None and since <= well_at


def _stands_alone(record: SubjectRecord) -> bool:
    return record.fault_incident is not None and record.fault_incident.root is None
