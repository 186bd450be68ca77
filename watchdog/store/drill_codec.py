"""What marks an incident as played, as it stands in a column."""

from typing import Any

from alerts.drills.drill import Drill, DrillKind
from checks.model import CheckId
from watchdog.store.columns import from_us, to_us


def drill_json(drill: Drill | None) -> dict[str, Any] | None:
    if drill is None:
        return None
    return {
        "kind": drill.kind.value,
        "by": drill.by,
        "ends_at": to_us(drill.ends_at),
        "plays": drill.plays,
        "receivers": list(drill.receivers),
        "report_to": list(drill.report_to),
    }


def drill_of(value: dict[str, Any] | None) -> Drill | None:
    if value is None:
        return None
    return Drill(
        kind=DrillKind(value["kind"]),
        by=value["by"],
        ends_at=from_us(value["ends_at"]),
        plays=CheckId(value["plays"]),
        receivers=tuple(value["receivers"]),
        report_to=tuple(value["report_to"]),
    )
