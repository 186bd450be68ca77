"""Whatever is counted, and however clocks jump: a standing that can be told, kept and measured."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.calendars import OfficeCalendars
from checks.eoffice.capacity import about, facts, faults, judge, number, use
from checks.eoffice.history import History, as_json, history_from
from checks.eoffice.limits import Limits
from checks.model import Cause, Status
from tests.support.fake_network import ESTATE, NOW

OFFICE = OfficeCalendars(ESTATE).of(None)
COUNTS = st.lists(st.tuples(st.integers(-4000, 4000), st.floats(0, 1e8)), min_size=1, max_size=60)
LIMITS = st.builds(
    Limits,
    capacity=st.integers(1, 10_000),
    users=st.none() | st.integers(1, 100_000),
    users_share=st.floats(0.01, 1),
    warn_share=st.floats(0.1, 0.8),
    critical_share=st.floats(0.81, 1),
)


@given(COUNTS, LIMITS, st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # Hypothesis adds the zone
def test_every_sequence_of_counts_can_be_told(counts: list[tuple[int, float]], limits: Limits, now: datetime) -> None:
    history = History("x")
    for later_s, sessions in counts:
        now += timedelta(seconds=later_s)
        standing = judge(history, sessions, limits, now=now, zone=ESTATE.time_zone, office=OFFICE)
        history = history_from(json.loads(json.dumps(as_json(standing.history), allow_nan=False)), "x")
        assert history == standing.history
        assert standing.full_in_s is None or 0 < standing.full_in_s < 7200
        assert standing.peak.sessions >= round(sessions, 3)
        assert {fault.status for fault in faults(standing)} <= {Status.WARNING, Status.CRITICAL}
        assert {fault.cause for fault in faults(standing)} <= {Cause.OVER_CAPACITY, Cause.MASS_LOGOUT}
        assert all(text for _, text in facts(standing, ESTATE.time_zone))
        assert "seats in use" in use(standing)


@given(st.integers(1, 5000), st.integers(0, 10**4))
def test_at_a_threshold_and_above_it_is_never_well(seats: int, sessions: int) -> None:
    limits = Limits(capacity=seats, users=None, users_share=0.25, warn_share=0.4, critical_share=0.9)
    standing = judge(History(), sessions, limits, now=NOW, zone=ESTATE.time_zone, office=OFFICE)
    worst = {fault.status for fault in faults(standing)}
    assert (Status.CRITICAL in worst) == (sessions / seats >= 0.9)
    assert bool(worst) == (sessions / seats >= 0.4)


@pytest.mark.parametrize(
    ("sessions", "text"), [(0, "0"), (87, "87"), (87.0, "87"), (86.54, "86.5"), (1200, "1,200"), (0.04, "0.0")]
)
def test_counts_are_told_as_people_write_them(sessions: float, text: str) -> None:
    assert number(sessions) == text


@pytest.mark.parametrize(
    ("span_s", "text"),
    [
        (20, "within a minute"),
        (60, "in about 1 min"),
        (570, "in about 10 min"),
        (2300, "in about 40 min"),
        (7190, "in about 120 min"),
    ],
)
def test_a_time_to_full_is_told_roughly(span_s: float, text: str) -> None:
    assert about(span_s) == text
