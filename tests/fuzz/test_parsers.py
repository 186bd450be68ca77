"""The parsers that `make fuzz` explores, each with what it is known to take and with arbitrary bytes."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.fuzz.card import card
from tests.fuzz.parser import Parser

with tempfile.TemporaryDirectory(prefix="nigehban-fuzz-") as _folder:
    PARSERS: Mapping[str, Parser] = card(Path(_folder))


@st.composite
def mutated(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """A seed with a stretch of it replaced."""
    seed = draw(st.sampled_from(seeds))
    start = draw(st.integers(0, len(seed)))
    end = draw(st.integers(start, len(seed)))
    return seed[:start] + draw(st.binary(max_size=40)) + seed[end:]


@pytest.mark.parametrize("name", PARSERS)
def test_what_fuzzing_begins_with_is_taken_or_refused_as_documented(name: str) -> None:
    parser = PARSERS[name]
    assert any(parser.digest(seed) for seed in parser.seeds), "no seed gets through: fuzzing would see refusals alone"


@pytest.mark.parametrize("name", PARSERS)
def test_no_bytes_make_a_parser_raise_what_it_does_not_document(name: str) -> None:
    parser = PARSERS[name]

    @given(data=st.one_of(st.binary(max_size=400), mutated(parser.seeds)))
    @example(data=b"")
    def survives(data: bytes) -> None:
        assert parser.digest(data) is parser.digest(data), "what is taken once is taken again"

    survives()
