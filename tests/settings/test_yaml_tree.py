"""What strict YAML means, and what it refuses how fast."""

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from watchdog.settings.yaml_tree import MAX_BYTES, MAX_VALUES, ReadTree, Tree, plain_value, read_tree

FILE = Path("settings.yaml")
LOADERS = [yaml.CLoader, yaml.Loader]

#: What a bomb may cost: FAULTS row 35.
BOMB_S = 0.1


def read(text: str | bytes, loader: object = None) -> ReadTree:
    return read_tree(FILE, text.encode() if isinstance(text, str) else text, {}, loader)


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0123456", "0123456"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("True", "True"),
        ("2026-12-01", "2026-12-01"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("+92", "+92"),
        (".5", ".5"),
        ("1.", "1."),
        (".inf", ".inf"),
        ("1e999", "1e999"),
        ("9" * 5000, "9" * 5000),
        ("'true'", "true"),
        ('"12"', "12"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-12", -12),
        ("1.5", 1.5),
        ("1.0e+3", 1000.0),
        ("1e3", "1e3"),
    ],
)
def test_unquoted_words_mean_what_they_seem_to(loader: object, text: str, value: Tree) -> None:
    read_value = read(f"a: {text}", loader).value
    assert isinstance(read_value, dict)
    assert read_value["a"] == value
    assert type(read_value["a"]) is type(value)


def test_both_parsers_agree_on_places() -> None:
    text = "a:\n  - b: 1\n    c: [x, y]\nd: {e: f}\n"
    with_c, pure = read(text, yaml.CLoader), read(text, yaml.Loader)
    assert with_c == pure
    assert with_c.values["a", 0, "c", 1] == (3, 12)
    assert with_c.keys["d", "e"] == (4, 5)


ALIASES = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 7)}]" for n in range(1, 8)]
)


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(ALIASES, id="aliases that would be 4.8 million leaves"),
        pytest.param("[" * 1_000_000, id="a million brackets"),
        pytest.param("{a: " * 500_000, id="half a million mappings in each other"),
        pytest.param("- " * 1_000_000, id="a million dashes"),
        pytest.param("? " * 1_000_000, id="a million complex keys"),
        pytest.param("a: " + "x" * (MAX_BYTES + 1), id="too large"),
        pytest.param("\0" * 1_000_000, id="nothing but NUL"),
        pytest.param(b"\xff\xfe" * 1_000_000, id="not UTF-8"),
        pytest.param("a: !!python/object/apply:os.system [id]\n", id="a tag that would run a command"),
        pytest.param("&a " * 100_000, id="anchors on nothing"),
        pytest.param("<<: " * 100_000, id="merge keys in each other"),
    ],
)
def test_a_bomb_is_refused_at_once(bomb: str | bytes) -> None:
    raw = bomb.encode() if isinstance(bomb, str) else bomb
    began = time.process_time()
    assert read(raw).problems
    assert time.process_time() - began < BOMB_S


def test_a_problem_of_form_does_not_hide_the_next() -> None:
    texts = [str(problem) for problem in read("a: &x 1\nb: *x\na: 2\nc: !env HOME\n").problems]
    assert [text.split(":")[1] for text in texts] == ["1", "2", "3", "4"]


def test_one_file_tells_at_most_a_hundred_problems_of_form() -> None:
    assert len(read("".join(f"k{n}: !x y\n" for n in range(1000))).problems) == 100


def test_a_file_of_millions_of_values_is_not_read_to_its_end() -> None:
    found = read("[" + "a," * (MAX_VALUES + 10) + "]")
    assert [problem.text for problem in found.problems] == ["more than 500000 values; split the file"]
    assert not found.is_whole


def test_the_first_of_two_equal_keys_is_kept() -> None:
    assert read("a: 1\na: 2\n").value == {"a": 1}


def test_a_byte_order_mark_is_no_content() -> None:
    assert read(b"\xef\xbb\xbfa: 1").value == {"a": 1}


SCALARS = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(max_size=20)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=4),
)


@example(tree={"number": "0E0"})
@given(tree=st.dictionaries(st.text(min_size=1, max_size=8), TREES, max_size=4))
def test_what_yaml_writes_of_plain_trees_is_read_back(tree: dict[str, Tree]) -> None:
    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            del data
            return True

    text = yaml.dump(tree, Dumper=Plain)
    found = read(text)
    if not found.problems:  # an empty key or one that is a control character is refused
        assert found.value == tree


@given(raw=st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    found = read(raw)
    assert found.is_whole or found.problems


@given(text=st.text(alphabet="{}[]:,-?&*!|>'\"%@`#\n\t ab<0~", max_size=80))
def test_no_punctuation_breaks_the_reader(text: str) -> None:
    found = read(text)
    assert found.is_whole or found.problems


@given(number=st.integers(-(10**18) + 1, 10**18 - 1))
def test_a_number_is_read_as_it_stands(number: int) -> None:
    assert plain_value(str(number)) == number


@given(text=st.text(alphabet="0123456789+-_.eExob", max_size=12))
def test_what_is_not_written_as_a_number_is_written_stays_text(text: str) -> None:
    value = plain_value(text)
    if isinstance(value, int):
        assert str(value) in {text, text.removeprefix("-")}
