"""Findings as text in the form monitoring plugins use, and as JSON (CONTRACT)."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from alerts.words.escape import visible
from alerts.words.wording import count
from checks.model import WORST_FIRST, Finding, Measurement, Observation, Status
from watchdog.cli.listing_json import instant

JsonObject: TypeAlias = dict[str, object]

EXIT_UNKNOWN = 3
_EXIT = {Status.OK: 0, Status.WARNING: 1, Status.CRITICAL: 2, Status.UNKNOWN: EXIT_UNKNOWN}

#: Units of measurement that the plugin form knows; others are left out there.
_PLUGIN_UNITS = frozenset({"s", "B", "%"})


def worst_first(observations: Sequence[Observation]) -> Sequence[Observation]:
    return sorted(observations, key=lambda seen: WORST_FIRST.index(seen.finding.status))


def exit_code(observations: Sequence[Observation]) -> int:
    return _EXIT[worst_first(observations)[0].finding.status]


def line(observation: Observation) -> str:
    """Like "CRITICAL: mx:25 refuses … | 'connect_s'=0.0012s;'total_s'=0.5s;"."""
    finding = observation.finding
    text = f"{finding.status.name}: {_one_line(_told(finding, observation.observed_at))}"
    numbers = "".join(f"{_number(one)};" for one in finding.measurements if math.isfinite(one.value))
    return f"{text} | {numbers}" if numbers else text


def as_json_object(observation: Observation, kind: str) -> JsonObject:
    finding, deadline = observation.finding, observation.finding.deadline
    return {
        "check": observation.check_id,
        "kind": kind,
        "subject": finding.subject,
        "status": finding.status.value,
        "cause": finding.cause.value,
        "summary": finding.summary,
        "observed_at": instant(observation.observed_at),
        "duration_s": round(observation.duration_s, 6),
        "measurements": [{"name": one.name, "value": one.value, "unit": one.unit} for one in finding.measurements],
        "deadline": None if deadline is None else {"at": instant(deadline.at), "act_by": instant(deadline.act_by)},
        "evidence": finding.evidence,
    }


def _told(finding: Finding, now: datetime) -> str:
    """The summary; a deadline's is a noun phrase that wants its date behind it."""
    if finding.deadline is None:
        return finding.summary
    days = (finding.deadline.at - now).total_seconds() / 86_400
    whole = count(math.floor(abs(days)), "day")
    told = f"in {whole}" if days >= 0 else f"{whole} ago"
    act_by = finding.deadline.act_by
    start = "" if act_by is None else f", act by {act_by:%d %b %Y %H:%M} UTC"
    return f"{finding.summary}: {finding.deadline.at:%d %b %Y %H:%M} UTC ({told}){start}"


def _one_line(text: str) -> str:
    """Without what ends the text part of the form ("|"), breaks the line or moves a cursor."""
    return visible(text.replace("|", "¦"))


def _number(measurement: Measurement) -> str:
    label = measurement.name.replace("'", "''")
    unit = measurement.unit if measurement.unit in _PLUGIN_UNITS else ""
    # Digits, point and sign are all that the form allows: no exponent.
    text = f"{measurement.value:.6f}".rstrip("0").rstrip(".")
    return f"'{label}'={text}{unit}"
