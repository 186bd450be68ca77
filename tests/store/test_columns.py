"""What the columns refuse, and that nothing changes on the way through them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select
from sqlalchemy.exc import StatementError

from checks.plugin import Json
from watchdog.store.columns import Instant, JsonText, Seconds, Words, from_us, to_us

TABLE = Table(
    "t",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("instant", Instant),
    Column("seconds", Seconds),
    Column("words", Words),
    Column("json", JsonText),
)

json_values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def through(name: str, value: object) -> object:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        TABLE.create(connection)
        connection.execute(insert(TABLE).values({name: value}))
        came_back: object = connection.execute(select(TABLE.c[name])).scalar_one()
    engine.dispose()
    return came_back


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_comes_back_to_the_microsecond(instant: datetime) -> None:
    assert from_us(to_us(instant)) == instant
    assert from_us(to_us(instant)).tzinfo is UTC


def test_an_instant_goes_through_its_column() -> None:
    instant = datetime(2026, 12, 1, 18, 59, 59, 999_999, tzinfo=UTC)
    assert through("instant", instant) == instant


@pytest.mark.parametrize(
    "instant",
    [datetime(2026, 12, 1), datetime(2026, 12, 1, tzinfo=timezone(timedelta(hours=5)))],  # noqa: DTZ001  # the point
)
def test_an_instant_without_a_zone_or_outside_utc_is_refused(instant: datetime) -> None:
    with pytest.raises(StatementError, match="aware UTC"):
        through("instant", instant)


@given(st.integers(0, 10**12))
def test_a_duration_keeps_its_microseconds(us: int) -> None:
    assert through("seconds", us / 1_000_000) == us / 1_000_000


@given(json_values)
def test_json_comes_back_as_it_was(value: Json) -> None:
    assert through("json", value) == value


@pytest.mark.parametrize("value", [12345678901234567890, 1.0, "0123", "1e5", "null", ""])
def test_json_that_looks_like_a_number_is_not_made_one(value: Json) -> None:
    came_back = through("json", value)
    assert (came_back, type(came_back)) == (value, type(value))


@pytest.mark.parametrize("value", ["plain", "محکمہ صحت", "nul \0 inside", "0123456"])
def test_words_come_back_as_they_were(value: str) -> None:
    assert through("words", value) == value


def test_a_lone_surrogate_is_escaped_instead_of_failing_the_transaction() -> None:
    assert through("words", "220 \udc80 hello") == "220 \\udc80 hello"
