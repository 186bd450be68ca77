"""Every metric the daemon itself exports: one table; the exposition and the documentation follow it.

Kinds add their own through `CheckKind.exports`.
"""

from dataclasses import dataclass
from typing import Literal

from checks.model import Measurement

PREFIX = "nigehban_"

CHECK_LABELS = ("check", "subject", "kind", "service")


@dataclass(frozen=True, slots=True)
class Family:
    """One metric family, named without the prefix."""

    name: str
    type: Literal["gauge", "counter", "histogram"]
    labels: tuple[str, ...]
    help: str

    @property
    def full_name(self) -> str:
        return PREFIX + self.name


CHECK_STATUS = Family("check_status", "gauge", CHECK_LABELS, "Last status: 0 ok, 1 warning, 2 critical, 3 unknown.")
CHECK_CAUSE = Family("check_cause", "gauge", (*CHECK_LABELS, "cause"), "1 for the cause of the last status.")
CHECK_DURATION = Family("check_duration_seconds", "gauge", CHECK_LABELS, "Duration of the last run.")
CHECK_LAST_RUN = Family("check_last_run_timestamp_seconds", "gauge", CHECK_LABELS, "When the check last looked.")
CHECK_LAST_GOOD = Family("check_last_good_timestamp_seconds", "gauge", CHECK_LABELS, "When it was last seen ok.")
DEADLINE = Family("deadline_timestamp_seconds", "gauge", CHECK_LABELS, "The instant by which something must be done.")
ACT_BY = Family("deadline_act_by_timestamp_seconds", "gauge", CHECK_LABELS, "The last safe moment to start.")
INCIDENTS_OPEN = Family("incidents_open", "gauge", ("service", "severity"), "Open incidents.")
DRILL_RUNNING = Family("drill_running", "gauge", (), "1 while a drill runs, which is no incident.")
OUTBOX_PENDING = Family("outbox_pending", "gauge", ("channel",), "Messages waiting to go out.")
OUTBOX_OLDEST = Family("outbox_oldest_timestamp_seconds", "gauge", ("channel",), "When the first of them may go out.")
STORE_STANDSTILL = Family("store_standstill", "gauge", ("reason",), "1 while nothing can be written for this reason.")
DELIVERIES = Family("deliveries_total", "counter", ("channel", "outcome", "reason"), "Tries to send, by outcome.")
CHANNEL_OPEN = Family(
    "channel_open", "gauge", ("channel",), "1 while its breaker is open: it fails, and is left alone."
)
LATENESS = Family("scheduler_lateness_seconds", "histogram", (), "How late checks start after their due time.")
RELOAD_SUCCESS = Family("settings_reload_success", "gauge", (), "1 if the last reload of the settings was taken.")
SETTINGS_LOADED = Family("settings_loaded_timestamp_seconds", "gauge", (), "When the settings in force were read.")
HEARTBEATS = Family("heartbeat_total", "counter", ("outcome", "reason"), "Signs of life to the outside, by outcome.")
HEARTBEAT_LAST = Family("heartbeat_last_success_timestamp_seconds", "gauge", (), "When the last one was taken.")
CANARY_LAST = Family("canary_last_success_timestamp_seconds", "gauge", (), "When the last canary mail was read back.")
CANARY_TOOK = Family("canary_duration_seconds", "gauge", (), "How long it took to arrive.")
BLIND = Family("blind", "gauge", (), "1 while we cannot see, by the anchors, and judge nothing outside.")
BLIND_SECONDS = Family("blind_seconds_total", "counter", (), "How long we have been blind since the start.")
CLOCK_DOUBTED = Family("clock_doubted", "gauge", (), "1 while we go by another time than the wall clock's.")
BACKUP_LAST = Family("backup_last_timestamp_seconds", "gauge", (), "When the newest copy of the state was made.")
BUILD_INFO = Family("build_info", "gauge", ("version",), "1 for the version that runs.")

FAMILIES: tuple[Family, ...] = (
    CHECK_STATUS,
    CHECK_CAUSE,
    CHECK_DURATION,
    CHECK_LAST_RUN,
    CHECK_LAST_GOOD,
    DEADLINE,
    ACT_BY,
    INCIDENTS_OPEN,
    DRILL_RUNNING,
    OUTBOX_PENDING,
    OUTBOX_OLDEST,
    STORE_STANDSTILL,
    DELIVERIES,
    CHANNEL_OPEN,
    LATENESS,
    RELOAD_SUCCESS,
    SETTINGS_LOADED,
    HEARTBEATS,
    HEARTBEAT_LAST,
    CANARY_LAST,
    CANARY_TOOK,
    BLIND,
    BLIND_SECONDS,
    CLOCK_DOUBTED,
    BACKUP_LAST,
    BUILD_INFO,
)

#: What no kind can export, whatever it calls its measurements: a family twice on a page costs the whole page.
RESERVED = frozenset(family.full_name + suffix for family in FAMILIES for suffix in ("", "_bucket", "_count", "_sum"))


def measured_name(measurement: Measurement) -> str:
    """The metric of a measurement that its kind exports."""
    suffix = f"_{measurement.unit}" if measurement.unit else ""
    return f"{PREFIX}{measurement.name}{suffix}"
