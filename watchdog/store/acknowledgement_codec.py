"""What somebody said to an incident, as it stands in a column."""

from typing import Any

from alerts.incident import Acknowledgement
from checks.model import Status
from watchdog.store.columns import from_us, to_us


def acknowledgement_json(said: Acknowledgement | None) -> dict[str, Any] | None:
    if said is None:
        return None
    return {
        "by": said.by,
        "at": to_us(said.at),
        "note": said.note,
        "until": None if said.until is None else to_us(said.until),
        "severity": None if said.severity is None else said.severity.value,
    }


def acknowledgement_of(value: dict[str, Any] | None) -> Acknowledgement | None:
    if value is None:
        return None
    severity = value.get("severity")  # missing in what an earlier version wrote
    return Acknowledgement(
        by=value["by"],
        at=from_us(value["at"]),
        note=value["note"],
        until=None if value["until"] is None else from_us(value["until"]),
        severity=None if severity is None else Status(severity),
    )
