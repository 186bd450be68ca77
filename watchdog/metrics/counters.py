"""What the daemon counts about itself, kept by prometheus-client in a registry of its own."""

from collections.abc import Callable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

from watchdog.metrics.names import (
    BACKUP_LAST,
    BLIND,
    BLIND_SECONDS,
    BUILD_INFO,
    CANARY_LAST,
    CANARY_TOOK,
    CHANNEL_OPEN,
    CLOCK_DOUBTED,
    DELIVERIES,
    HEARTBEAT_LAST,
    HEARTBEATS,
    LATENESS,
    RELOAD_SUCCESS,
    SETTINGS_LOADED,
)

LATENESS_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)


class Counters:
    """One per daemon; nothing is shared between two daemons of one process."""

    def __init__(self, version: str) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a start time per series doubles them, and rate() does not need it
        self._registry = CollectorRegistry()
        self._deliveries = Counter(DELIVERIES.full_name, DELIVERIES.help, DELIVERIES.labels, registry=self._registry)
        self._open = Gauge(CHANNEL_OPEN.full_name, CHANNEL_OPEN.help, CHANNEL_OPEN.labels, registry=self._registry)
        self._channels: Callable[[], Mapping[str, bool]] = dict
        self._reload = Gauge(RELOAD_SUCCESS.full_name, RELOAD_SUCCESS.help, registry=self._registry)
        self._loaded = Gauge(SETTINGS_LOADED.full_name, SETTINGS_LOADED.help, registry=self._registry)
        self._beats = Counter(HEARTBEATS.full_name, HEARTBEATS.help, HEARTBEATS.labels, registry=self._registry)
        self._beaten: Gauge | None = None
        self._canary: tuple[Gauge, Gauge] | None = None
        self._copied: Gauge | None = None
        self._blind = Gauge(BLIND.full_name, BLIND.help, registry=self._registry)
        self._blind_s = Counter(BLIND_SECONDS.full_name, BLIND_SECONDS.help, registry=self._registry)
        self._doubted = Gauge(CLOCK_DOUBTED.full_name, CLOCK_DOUBTED.help, registry=self._registry)
        build = Gauge(BUILD_INFO.full_name, BUILD_INFO.help, BUILD_INFO.labels, registry=self._registry)
        build.labels(version).set(1)
        lateness = Histogram(LATENESS.full_name, LATENESS.help, buckets=LATENESS_BUCKETS_S, registry=self._registry)
        self.late = lateness.observe
        """Takes the lateness of one start in seconds."""

    def delivered(self, channel: str, outcome: str, reason: str) -> None:
        self._deliveries.labels(channel, outcome, reason).inc()

    def watch_channels(self, open_ones: Callable[[], Mapping[str, bool]]) -> None:
        """Asked at every scrape which channels there are, and whether the breaker of each is open."""
        self._channels = open_ones

    def settings_loaded(self, at_s: float) -> None:
        """New settings are in force since `at_s` (Unix seconds)."""
        self._reload.set(1)
        self._loaded.set(at_s)

    def settings_refused(self) -> None:
        self._reload.set(0)

    def beat(self, outcome: str, reason: str, at_s: float) -> None:
        """One sign of life, tried at `at_s` (Unix seconds). Until one was sent, there is no time of the last."""
        self._beats.labels(outcome, reason).inc()
        if outcome == "sent":
            if self._beaten is None:
                self._beaten = Gauge(HEARTBEAT_LAST.full_name, HEARTBEAT_LAST.help, registry=self._registry)
            self._beaten.set(at_s)

    def sight(self, *, is_blind: bool, blind_s: float) -> None:
        """How we see now; `blind_s` more seconds were spent blind since the last call."""
        self._blind.set(int(is_blind))
        self._blind_s.inc(blind_s)

    def watch_clock(self, is_doubted: Callable[[], bool]) -> None:
        """Asked at every scrape whether we go by another time than the wall clock's."""
        self._doubted.set_function(lambda: float(is_doubted()))

    def copied(self, made_at: datetime) -> None:
        """When the newest copy of the state was made. Before any is known, there is no time of it."""
        if self._copied is None:
            self._copied = Gauge(BACKUP_LAST.full_name, BACKUP_LAST.help, registry=self._registry)
        self._copied.set(made_at.timestamp())

    def canary_back(self, at_s: float, took_s: float) -> None:
        """A canary mail was read back at `at_s` (Unix seconds), `took_s` after it was sent."""
        if self._canary is None:
            last = Gauge(CANARY_LAST.full_name, CANARY_LAST.help, registry=self._registry)
            self._canary = last, Gauge(CANARY_TOOK.full_name, CANARY_TOOK.help, registry=self._registry)
        last, took = self._canary
        last.set(at_s)
        took.set(took_s)

    def exposition(self) -> bytes:
        self._open.clear()
        for channel, is_open in self._channels().items():
            self._open.labels(channel).set(int(is_open))
        return generate_latest(self._registry)
