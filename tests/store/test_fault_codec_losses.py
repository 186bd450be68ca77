"""What is kept of falls that were told."""

from datetime import UTC, datetime

from alerts.judging.fault import Healthy
from alerts.judging.loss import Losses
from watchdog.store.fault_codec import fault_json, fault_of

AT = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


def test_from_when_calm_counts_outlives_a_restart() -> None:
    fault = Healthy(None, Losses((AT,), told=True, unseen_until=AT))
    assert fault_of(fault_json(fault)) == fault
