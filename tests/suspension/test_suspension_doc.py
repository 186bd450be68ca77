"""The page on suspensions names what the file may say, and nothing else."""

import re
from enum import Enum

import pytest

from checks.suspension.signature import Layer, Meaning, Place
from tests.support.tree import ROOT

PAGE = (ROOT / "docs" / "suspension.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("title", "words"), [("Where it is looked for", Layer), ("What it may mean", Meaning)])
def test_every_word_of_the_file_has_its_row(title: str, words: type[Enum]) -> None:
    section = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([a-z0-9]+)` \|", section, re.MULTILINE) == [word.value for word in words]


def test_every_meaning_is_told_in_the_words_of_the_program() -> None:
    assert not [meaning for meaning in Meaning if f"| `{meaning.value}` | {meaning.in_words} |" not in PAGE]


def test_every_place_is_named() -> None:
    named = re.search(r"place: heading +# (.+)", PAGE)
    assert named is not None
    assert set(named[1].replace(" (default)", "").split(", ")) == {place.value for place in Place}
