"""The signatures that come with the program, and the strict reading of such a file.

`find_suspension` is what a kind asks. The file is read once, at the first question.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from checks.suspension.signature import Layer, Meaning, Place, Signature, find, folded

_FILE = "signatures.yaml"


class SignatureFileError(ValueError):
    """The file cannot be used; every problem on a line of its own, with its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """The signatures of one file, in the order to ask them."""

    version: int
    """Raised with every change of the file."""
    as_of: date
    signatures: tuple[Signature, ...]
    samples: Mapping[str, tuple[tuple[str, str], ...]]
    """By the signature's id: (text, code), each recognised by that signature. Made for this purpose, nobody's own."""

    def find(self, layer: Layer, text: str, code: str | None = None, place: Place | None = None) -> Signature | None:
        return find(self.signatures, layer, text, code, place)


def find_suspension(layer: Layer, text: str, code: str | None = None) -> Signature | None:
    """What says that the service asked was cut off, or None.

    `text` is a refusal's text in one piece, lines joined in any way, or a domain's status or a name server's name;
    hand in refusals only, since nobody is cut off who is let in. `code` is what `Layer` says for that layer.
    Not for pages: see checks.suspension.page. Never raises for any text; linear in its length, which is capped.
    """
    return shipped().find(layer, text, code)


@lru_cache(maxsize=1)
def shipped() -> Library:
    """The library that comes with the program."""
    return read_library(files("checks.suspension").joinpath(_FILE).read_text(encoding="utf-8"), _FILE)


def read_library(text: str, name: str) -> Library:
    """The library that `text` (YAML) holds. Raises SignatureFileError, which calls the file `name`."""
    try:
        document = _Document.model_validate(_parsed(text))
    except yaml.YAMLError as error:
        raise SignatureFileError(f"{name}: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        problems = [f"{name}: {_place(problem['loc'])}: {problem['msg']}" for problem in error.errors()]
        raise SignatureFileError("\n".join(problems)) from None
    return _library(document, name)


_Text = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=300)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Sample(_Strict):
    text: Annotated[str, StringConstraints(strict=True)] = ""
    code: _Text | None = None


class _Entry(_Strict):
    id: Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    layer: Layer
    meaning: Meaning
    source: _Text
    samples: tuple[_Sample, ...]
    place: Place = Place.TEXT
    codes: tuple[_Text, ...] = ()
    words: tuple[_Text, ...] = ()
    unless: tuple[_Text, ...] = ()
    not_of: tuple[_Text, ...] = ()


class _Document(_Strict):
    version: int
    as_of: date
    signatures: tuple[_Entry, ...]


class _UniqueKeys(yaml.CSafeLoader):
    """YAML lets the last of two equal keys win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # PyYAML's own signature
        keys = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        twice = [key for key, count in keys.items() if count > 1]
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"{twice[0]!r} stands here twice", node.start_mark)
        return super().construct_mapping(node, deep=deep)


def _parsed(text: str) -> object:
    loader = _UniqueKeys(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def _place(parts: Sequence[object]) -> str:
    return ".".join(map(str, parts)) or "(whole file)"


def _library(document: _Document, name: str) -> Library:
    signatures = tuple(map(_signature, document.signatures))
    samples = {entry.id: tuple((one.text, one.code or "") for one in entry.samples) for entry in document.signatures}
    problems = [
        f"{name}: {entry.id}: {problem}"
        for entry, signature in zip(document.signatures, signatures, strict=True)
        for problem in (*_problems(signature, samples[entry.id]),)
    ]
    twice = [key for key, count in Counter(entry.id for entry in document.signatures).items() if count > 1]
    problems += [f"{name}: {key}: stands here twice; an id names one signature" for key in twice]
    if problems:
        raise SignatureFileError("\n".join(problems))
    return Library(version=document.version, as_of=document.as_of, signatures=signatures, samples=samples)


def _signature(entry: _Entry) -> Signature:
    return Signature(
        id=entry.id,
        layer=entry.layer,
        meaning=entry.meaning,
        place=entry.place,
        codes=frozenset(code.lower() for code in entry.codes),
        words=entry.words,
        unless=entry.unless,
        not_of=entry.not_of,
        source=entry.source,
    )


def _problems(signature: Signature, samples: Sequence[tuple[str, str]]) -> Sequence[str]:
    """What is wrong with one signature, its samples being what it must recognise."""
    if not signature.words and not signature.codes:
        return ["has neither codes nor words, so it would fit everything"]
    every = (*signature.words, *signature.unless, *signature.not_of)
    problems = [f"{word!r} is not folded; write {folded(word)!r}" for word in every if word != folded(word)]
    wild = [
        word for word in signature.words if "*" in word and (signature.place is not Place.NAME or word.count("*") > 1)
    ]
    problems += [f"{word!r}: one * is understood, in names only" for word in wild]
    missed = [text or code for text, code in samples if not signature.fits(folded(text), code.lower())]
    problems += [f"does not recognise its sample {text!r}" for text in missed]
    unshown = [word for word in signature.words if not any(_shows(signature, word, text) for text, _ in samples)]
    problems += [f"no sample shows {word!r}" for word in unshown]
    return problems if samples else ["has no sample"]


def _shows(signature: Signature, word: str, text: str) -> bool:
    alone = replace(signature, codes=frozenset(), words=(word,), unless=(), not_of=())
    return alone.fits(folded(text), "")
