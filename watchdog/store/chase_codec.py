"""How far an escalation has come, as it stands in a column."""

from datetime import timedelta
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
        "told": None if chase.told is None else [list(names) for names in chase.told],
        "waited_us": chase.waited // timedelta(microseconds=1),
        "is_held": chase.is_held,
        "paused_at": None if chase.paused_at is None else to_us(chase.paused_at),
    }


def chase_of(value: dict[str, Any]) -> Chase:
    # Missing in what an earlier version wrote:
    paused_at, told, waited_us = value.get("paused_at"), value.get("told"), value.get("waited_us", 0)
    return Chase(
        escalation=value["escalation"],
        since=from_us(value["since"]),
        waits_from=from_us(value["waits_from"]),
        severity=Status(value["severity"]),
        step=value["step"],
        told=None if told is None else tuple(tuple(names) for names in told),
        waited=timedelta(microseconds=waited_us),
        is_held=value["is_held"],
        paused_at=None if paused_at is None else from_us(paused_at),
    )
