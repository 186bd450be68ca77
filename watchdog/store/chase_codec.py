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
    }


def chase_of(value: dict[str, Any]) -> Chase:
    return Chase(
        escalation=value["escalation"],
        since=from_us(value["since"]),
        waits_from=from_us(value["waits_from"]),
        severity=Status(value["severity"]),
        step=value["step"],
        is_held=value["is_held"],
    )
