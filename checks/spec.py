"""A configured check, ready to run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from checks.model import CheckId
from checks.plugin import AnyKind, OptionsBase


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSpec:
    """One check of the estate: stable id, kind, validated options, pace."""

    id: CheckId
    kind: AnyKind
    options: OptionsBase
    service: str | None = None
    interval_s: float = 60.0
    timeout_s: float = 10.0
    retry_every_s: float = 10.0
    labels: Mapping[str, str] = field(default_factory=dict)
    runbook: str = ""
