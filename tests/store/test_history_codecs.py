"""What was packed comes back; bytes that nobody packed are refused, whatever they say."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdog.store import looks_codec, measured_codec
from watchdog.store.errors import StoreDamagedError
from watchdog.store.looks_codec import LookColumns, State, columns_of
from watchdog.store.measured_codec import Extent, extents_of, head_of, of_look
from watchdog.store.spans import HOUR_US

SINCE_US = 1_700_000_000_000_000 // HOUR_US * HOUR_US

states = st.builds(State, st.integers(0, 3), st.sampled_from(["", "timeout", "refused", "blind"]))
tooks = st.floats(0, 60) | st.floats(0, 1e6)
numbers = st.floats(allow_nan=False, allow_infinity=False, width=32) | st.integers(-(2**53), 2**53).map(float)


@st.composite
def hours(draw: st.DrawFn) -> LookColumns:
    times = draw(st.sets(st.integers(0, HOUR_US - 1), min_size=1, max_size=80))
    looks = [(SINCE_US + at, *draw(states), draw(tooks)) for at in sorted(times)]
    return columns_of(looks)


def outcomes(looks: LookColumns) -> list[State]:
    return [looks.states[index] for index in looks.state_of]


@given(hours())
def test_times_and_outcomes_come_back_exactly_and_lengths_within_their_precision(looks: LookColumns) -> None:
    back = looks_codec.unpack(looks_codec.pack(looks, SINCE_US), SINCE_US)
    assert list(back.at_us) == list(looks.at_us)
    assert outcomes(back) == outcomes(looks)
    for given_s, kept_s in zip(looks.took_s, back.took_s, strict=True):
        assert math.isclose(given_s, kept_s, rel_tol=2**-11, abs_tol=3e-8)


@given(hours())
def test_packing_what_was_unpacked_changes_nothing(looks: LookColumns) -> None:
    blob = looks_codec.pack(looks, SINCE_US)
    assert looks_codec.pack(looks_codec.unpack(blob, SINCE_US), SINCE_US) == blob


def test_an_hour_of_a_usual_check_takes_less_than_five_bytes_a_look() -> None:
    looks = columns_of((SINCE_US + n * 60_000_000 + n * 7919 % 5000, 0, "", 0.08) for n in range(60))
    assert len(looks_codec.pack(looks, SINCE_US)) < 5 * 60


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(blob: bytes) -> None:
    for text in (blob, b"\x01" + blob):
        try:
            looks = looks_codec.unpack(text, SINCE_US)
        except StoreDamagedError:
            continue
        assert len(looks.at_us) == len(looks.state_of) == len(looks.took_s) <= len(text)


@given(hours(), st.data())
def test_a_damaged_or_cut_hour_is_read_or_refused(looks: LookColumns, data: st.DataObject) -> None:
    blob = bytearray(looks_codec.pack(looks, SINCE_US))
    at = data.draw(st.integers(0, len(blob) - 1))
    if data.draw(st.booleans()):
        with pytest.raises(StoreDamagedError):
            looks_codec.unpack(bytes(blob[:at]), SINCE_US)
        return
    blob[at] ^= data.draw(st.integers(1, 255))
    try:
        back = looks_codec.unpack(bytes(blob), SINCE_US)
    except StoreDamagedError:
        return
    assert sorted(set(back.at_us)) == list(back.at_us)
    assert back.at_us[0] >= SINCE_US
    assert back.at_us[-1] < SINCE_US + HOUR_US


# Numbers --------------------------------------------------------------------------------------------------------------


@given(st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=1, max_size=30))
def test_an_hour_keeps_the_least_the_mean_the_greatest_and_the_last(rows: list[list[float]]) -> None:
    head = head_of([1, 200, 70_000])
    looks = [look for row in rows if (look := of_look(head, row)) is not None]
    found = measured_codec.unpack(measured_codec.pack(extents_of(looks)))
    for measure, values in zip((1, 200, 70_000), zip(*rows, strict=True), strict=True):
        extent = found[measure]
        room = max(map(abs, values)) * 1e-6
        assert extent.count == len(values)
        expected = (min(values), math.fsum(values) / len(values), max(values), values[-1])
        for kept, true in zip((extent.minimum, extent.mean, extent.maximum, extent.last), expected, strict=True):
            assert math.isclose(kept, true, rel_tol=1e-6, abs_tol=max(room, 1e-30))


def test_a_date_and_a_count_stay_exact() -> None:
    extents = {1: Extent(60, 1.9e9, 1.9e9, 1.9e9, 1.9e9), 2: Extent(60, 3.0, 5.5, 100_001.0, 7.0)}
    assert measured_codec.unpack(measured_codec.pack(extents)) == extents


def test_what_is_no_number_is_left_out_and_takes_nothing_with_it() -> None:
    head = head_of([1, 2])
    looks = [of_look(head, row) for row in ((1.0, math.nan), (3.0, math.inf), (2.0, 8.0))]
    found = extents_of([look for look in looks if look is not None])
    assert found == {1: Extent(3, 1.0, 2.0, 3.0, 2.0), 2: Extent(1, 8.0, 8.0, 8.0, 8.0)}


def test_a_number_beyond_all_bounds_leaves_its_look_without_numbers() -> None:
    assert of_look(head_of([1]), [10**400]) is None


def test_looks_that_measured_other_things_are_joined_by_name() -> None:
    looks = [of_look(head_of([1, 2]), (1.0, 5.0)), of_look(head_of([2]), (7.0,)), of_look(head_of([1]), (3.0,))]
    found = extents_of([look for look in looks if look is not None])
    assert found == {1: Extent(2, 1.0, 2.0, 3.0, 3.0), 2: Extent(2, 5.0, 6.0, 7.0, 7.0)}


@given(st.binary(max_size=100))
def test_any_bytes_of_numbers_are_read_or_refused(blob: bytes) -> None:
    for text in (blob, b"\x01" + blob):
        for read in (measured_codec.unpack, lambda look: extents_of([look])):
            try:
                read(text)
            except StoreDamagedError:
                continue
