"""Unpaid bills as a column holds them."""

from collections.abc import Sequence
from typing import Any

from alerts.debt import Debt
from checks.model import Cause
from watchdog.store.columns import from_us, to_us


def debts_json(debts: Sequence[Debt]) -> list[dict[str, Any]]:
    return [
        {
            "number": one.number,
            "amount": one.amount,
            "due_at": to_us(one.due_at),
            "cause": one.cause.value,
            "labels": dict(one.labels),
            "is_disputed": one.is_disputed,
        }
        for one in debts
    ]


def debts_of(value: Sequence[dict[str, Any]]) -> tuple[Debt, ...]:
    return tuple(
        Debt(
            number=one["number"],
            amount=one["amount"],
            due_at=from_us(one["due_at"]),
            cause=Cause(one["cause"]),
            labels=one["labels"],
            is_disputed=one.get("is_disputed", False),  # unknown to rows of former versions
        )
        for one in value
    )
