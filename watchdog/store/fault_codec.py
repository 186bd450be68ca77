"""The state of a fault as a column, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias, assert_never

from alerts.judging.fault import Fault, Healthy, Held, Open, Settling, Suspect
from alerts.judging.loss import NO_LOSSES, Losses
from checks.model import Status
from watchdog.store.columns import from_us, to_us

Column: TypeAlias = Mapping[str, Any]


def fault_json(fault: Fault) -> Column:
    """`is` names the state; instants in microseconds, what is not said is left out."""
    match fault:
        case Healthy(shaky_until, losses):
            return {"is": "healthy", **_instants(shaky_until=shaky_until), **_lost(losses)}
        case Suspect(since, failures, criticals, shaky_until, losses):
            counts = {"failures": failures, "criticals": criticals}
            return {"is": "suspect", **counts, **_instants(since=since, shaky_until=shaky_until), **_lost(losses)}
        case Settling(since, confirmed_at, passes, shaky_until, losses):
            instants = _instants(since=since, confirmed_at=confirmed_at, shaky_until=shaky_until)
            return {"is": "settling", "passes": passes, **instants, **_lost(losses)}
        case Open(since, severity, passes, others, is_unstable):
            counts = {"passes": passes, "others": others}
            return {"is": "open", "severity": severity.value, **counts, **_said(is_unstable), **_instants(since=since)}
        case Held(since, well_since, severity, failures, criticals, is_unstable):
            counts = {"failures": failures, "criticals": criticals}
            instants = _instants(since=since, well_since=well_since)
            return {"is": "held", "severity": severity.value, **counts, **_said(is_unstable), **instants}
        case _:
            assert_never(fault)


def fault_of(value: Column) -> Fault:
    """Raises ValueError for what `fault_json` never made."""
    try:
        return _fault_of(value)
    except (KeyError, TypeError) as error:
        raise ValueError(f"a state of a fault without {error}") from error


def _fault_of(value: Column) -> Fault:
    match value["is"]:
        case "healthy":
            return Healthy(_instant(value, "shaky_until"), _losses(value))
        case "suspect":
            shaky_until = _instant(value, "shaky_until")
            since = from_us(value["since"])
            return Suspect(since, value["failures"], value["criticals"], shaky_until, _losses(value))
        case "settling":
            since, confirmed_at = from_us(value["since"]), from_us(value["confirmed_at"])
            return Settling(since, confirmed_at, value["passes"], _instant(value, "shaky_until"), _losses(value))
        case "open":
            since, severity = from_us(value["since"]), Status(value["severity"])
            return Open(since, severity, value["passes"], value["others"], value.get("is_unstable", False))
        case "held":
            return Held(
                from_us(value["since"]),
                from_us(value["well_since"]),
                Status(value["severity"]),
                value["failures"],
                value["criticals"],
                value.get("is_unstable", False),
            )
        case unknown:
            raise ValueError(f"{unknown!r} is not a state of a fault")


def _said(is_unstable: bool) -> Column:  # noqa: FBT001  # named after what it says
    return {"is_unstable": True} if is_unstable else {}


def _lost(losses: Losses) -> Column:
    if not losses.falls:
        return {}
    told = {"told": True} if losses.told else {}
    return {"falls": [to_us(at) for at in losses.falls], **told, **_instants(unseen_until=losses.unseen_until)}


def _losses(value: Column) -> Losses:
    falls = tuple(from_us(at) for at in value.get("falls", ()))
    return Losses(falls, value.get("told", False), _instant(value, "unseen_until")) if falls else NO_LOSSES


def _instants(**instants: datetime | None) -> Column:
    return {name: to_us(at) for name, at in instants.items() if at is not None}


def _instant(value: Column, name: str) -> datetime | None:
    return from_us(value[name]) if name in value else None
