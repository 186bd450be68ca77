"""How far an escalation has come, as it stands in a column."""

from typing import Any

from alerts.incident import Chase
from checks.model import Status
from watchdog.store.columns import from_us, to_us


def chase_json(chase: Chase) -> dict[str, Any]:
    return {
        "escalation": chase.escalation,
        "since": to_us(chase.since),
        "waits_from": to_us(chase.waits_from),
        "severity": chase.severity.value,
        "step": chase.step,
        "is_held": chase.is_held,
        "paused_at": None if chase.paused_at is None else to_us(chase.paused_at),
    }


def chase_of(value: dict[str, Any]) -> Chase:
    paused_at = value.get("paused_at")  # missing in what an earlier version wrote
    return Chase(
        escalation=value["escalation"],
        since=from_us(value["since"]),
        waits_from=from_us(value["waits_from"]),
        severity=Status(value["severity"]),
        step=value["step"],
        is_held=value["is_held"],
        paused_at=None if paused_at is None else from_us(paused_at),
    )
