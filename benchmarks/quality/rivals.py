"""Rival logics, modelled from what their projects document as defaults; docs/alert-quality.md says what was assumed."""

from collections.abc import Mapping
from typing import Final

from benchmarks.quality.alertmanager import alertmanager
from benchmarks.quality.gatus import gatus
from benchmarks.quality.icinga import icinga
from benchmarks.quality.kuma import kuma
from benchmarks.quality.story import Logic

RIVALS: Final[Mapping[str, Logic]] = {
    "Uptime Kuma, 0 retries": kuma(0),
    "Uptime Kuma, 2 retries": kuma(2),
    "Gatus 3/2": gatus(is_gated=False),
    "Gatus 3/2 with connectivity gate": gatus(is_gated=True),
    "Icinga 2 template with host dependency": icinga,
    "blackbox + Alertmanager, for: 2m": alertmanager(120),
    "blackbox + Alertmanager, for: 5m": alertmanager(300),
}
