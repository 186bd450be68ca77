import json
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from checks.eoffice.history import History, Logout, Peak, Sample, as_json, history_from
from checks.eoffice.limits import Level

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
TODAY = date(2026, 11, 20)

HISTORIES = st.builds(
    History,
    source=st.just("ab12"),
    samples=st.lists(st.builds(Sample, st.integers(0, 2**40), st.floats(0, 1e8))).map(tuple),
    peak=st.none() | st.builds(Peak, st.dates(), st.floats(0, 1e8), st.integers(0, 2**40)),
    level=st.sampled_from(Level),
    logout=st.none() | st.builds(Logout, st.integers(0, 2**40), st.floats(0, 1e8), st.floats(0, 1e8)),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["source", "samples", "peak", "level", "logout", "x"]), inner, max_size=6)
    ),
    max_leaves=12,
)


@given(HISTORIES)
def test_a_history_survives_being_kept(history: History) -> None:
    assert history_from(json.loads(json.dumps(as_json(history), allow_nan=False)), "ab12") == history


@given(JSON)
def test_whatever_was_kept_makes_a_history_of_the_source(kept: object) -> None:
    assert history_from(kept, "ab12").source == "ab12"  # type: ignore[arg-type]  # any JSON there is


def test_counts_of_another_source_are_forgotten() -> None:
    before = History("old").with_count(95, NOW, TODAY)
    assert history_from(as_json(before), "new") == History("new")


def test_an_hour_of_counts_is_kept_however_often_one_looks() -> None:
    history = History()
    for second in range(0, 7200, 3):
        history = history.with_count(float(second), NOW + timedelta(seconds=second), TODAY)
    now = NOW + timedelta(seconds=7200)
    assert len(history.samples) <= 130
    assert len(json.dumps(as_json(history))) < 4096
    assert len(history.within(now, 3600)) > 100
    assert min(sample.at_s for sample in history.samples) > NOW.timestamp() + 3500


def test_counts_ahead_of_the_clock_are_none() -> None:
    history = History().with_count(95, NOW + timedelta(hours=2), TODAY)
    assert history.within(NOW, 3600) == ()
    assert [sample.sessions for sample in history.with_count(5, NOW, TODAY).samples] == [5]


def test_the_peak_is_of_its_day() -> None:
    history = History().with_count(40, NOW, TODAY).with_count(90, NOW, TODAY).with_count(60, NOW, TODAY)
    assert history.peak == Peak(TODAY, 90, int(NOW.timestamp()))
    tomorrow = TODAY + timedelta(days=1)
    assert history.with_count(10, NOW, tomorrow).peak == Peak(tomorrow, 10, int(NOW.timestamp()))
