"""A signature file that cannot be used is refused whole, with the place of every mistake."""

import pytest

from checks.suspension.library import SignatureFileError, read_library
from checks.suspension.signature import Layer

GOOD = """
version: 3
as_of: 2026-01-02
signatures:
  - id: one
    layer: smtp
    meaning: unclear
    source: RFC 3463
    words: [gone dark]
    samples: [{text: "550 Gone  Dark"}]
"""


def refusal(text: str) -> str:
    with pytest.raises(SignatureFileError) as caught:
        read_library(text, "my.yaml")
    return str(caught.value)


def test_a_good_file_is_read() -> None:
    library = read_library(GOOD, "my.yaml")
    assert library.version == 3
    assert library.find(Layer.SMTP, "550 we have GONE DARK") is not None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("layer: smtp", "layer: gopher", "my.yaml: signatures.0.layer: Input should be 'smtp', 'imap'"),
        ("meaning: unclear", "meaning: rich", "my.yaml: signatures.0.meaning: Input should be 'billing'"),
        ("source: RFC 3463", "sauce: RFC 3463", "my.yaml: signatures.0.source: Field required"),
        ("source: RFC 3463", "sauce: RFC 3463", "my.yaml: signatures.0.sauce: Extra inputs are not permitted"),
        ("source: RFC 3463", 'source: ""', "my.yaml: signatures.0.source: String should have at least 1 character"),
        ("id: one", "id: One Two", "my.yaml: signatures.0.id: String should match pattern"),
        ("words: [gone dark]", "words: [true]", "my.yaml: signatures.0.words.0: Input should be a valid string"),
        ("words: [gone dark]", "codes: [5.71]", "my.yaml: signatures.0.codes.0: Input should be a valid string"),
        ("words: [gone dark]", "", "my.yaml: one: has neither codes nor words"),
        ("words: [gone dark]", "words: [Gone dark]", "my.yaml: one: 'Gone dark' is not folded; write 'gone dark'"),
        ("words: [gone dark]", "words: [gone, up]", "my.yaml: one: no sample shows 'up'"),
        ("words: [gone dark]", "words: [gone *]", "my.yaml: one: 'gone *': one * is understood, in names only"),
        ("Gone  Dark", "all well", "my.yaml: one: does not recognise its sample '550 all well'"),
        ('samples: [{text: "550 Gone  Dark"}]', "samples: []", "my.yaml: one: has no sample"),
        ("as_of: 2026-01-02", "as_of: lately", "my.yaml: as_of: Input should be a valid date"),
        ("version: 3", "version: 3\nversion: 4", "my.yaml: 'version' stands here twice"),
        ("version: 3", "version: [", "my.yaml: while parsing"),
    ],
)
def test_each_mistake_is_said_with_its_place(old: str, new: str, said: str) -> None:
    assert said in refusal(GOOD.replace(old, new))


def test_an_id_names_one_signature() -> None:
    entry = GOOD.partition("signatures:\n")[2]
    assert "my.yaml: one: stands here twice" in refusal(GOOD + entry)


def test_every_mistake_is_told_at_once() -> None:
    text = GOOD.replace("layer: smtp", "layer: x").replace("meaning: unclear", "meaning: y")
    assert len(refusal(text).splitlines()) == 2


@pytest.mark.parametrize("text", ["", "- 1", "just words", "signatures: {}", "\t", "!!python/object:os.system {}"])
def test_what_is_no_such_file_is_refused(text: str) -> None:
    assert refusal(text).startswith("my.yaml: ")
