"""Strict YAML in one pass over parse events: plain values out, every position kept, bombs refused at their mark.

Composing a document first, as yaml.load does, recurses in C and can crash the interpreter on deep nesting.
Scalars follow the core schema of YAML 1.2.2 (clause 10.3.2), narrowed: numbers are decimal, an integer has no
leading zero and a power of ten a point and a sign, so that a tax number 0123456 and a bill 7E5 stay the text they are;
dates stay text too.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias

import yaml

from checks.secret import Secret
from watchdog.settings.problems import Place, Problem, TreePath

Tree: TypeAlias = bool | int | float | str | Secret | list["Tree"] | dict[str, "Tree"] | None

#: Turns the name behind a tag into a secret; raises ValueError with what is wrong with the name.
SecretMaker: TypeAlias = Callable[[str], Secret]

MAX_DEPTH: Final = 20
MAX_BYTES: Final = 5 * 1024 * 1024
#: Three times what 20,000 checks need; what is smaller than MAX_BYTES may still hold millions.
MAX_VALUES: Final = 500_000
#: Beyond this many problems of form a file is not worth reading on.
MAX_PROBLEMS: Final = 100

_CORE: Final[Mapping[str, bool | None]] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "false": False,
}
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_FLOAT: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+][0-9]+)?")
_NUMBER_START: Final = frozenset("-0123456789")
# YAML 1.2.2, production [1] c-printable, turned round; tab, line feed and carriage return may stand.
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True)
class ReadTree:
    """One file as read. `broken` are paths whose value could not be kept; nothing more is said about them."""

    file: Path
    value: Tree = None
    values: dict[TreePath, tuple[int, int]] = field(default_factory=dict)
    """Line and column, from 1, where each value begins."""
    keys: dict[TreePath, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    broken: set[TreePath] = field(default_factory=set)
    is_whole: bool = True
    """False where reading stopped: what seems to be missing may stand further down."""


class _UnreadableError(Exception):
    """The file cannot be read on; its problem is already noted."""


def read_tree(file: Path, raw: bytes, tags: Mapping[str, SecretMaker], loader: Any = None) -> ReadTree:  # noqa: ANN401  # a yaml loader class; the stubs name no common type
    """The tree of one file, or as much of it as could be read, with every problem of form.

    `tags` are the tags allowed on text, "!secret" say, with what makes their value.
    """
    read = ReadTree(file)
    builder = _Builder(read, tags)
    try:
        text = _decoded(read, raw)
        for event in _events(read, text, loader or _fastest_loader()):
            builder.take(event)
    except _UnreadableError:
        read.value, read.is_whole = None, False
    return read


def _fastest_loader() -> Any:  # noqa: ANN401  # see read_tree
    return getattr(yaml, "CLoader", yaml.Loader)  # only its parser is used: nothing is constructed


def _decoded(read: ReadTree, raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        _stop(read, 1, 1, f"larger than {MAX_BYTES // 1024 // 1024} MiB; split it into a directory of files")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        _stop(read, *_position(before), "not UTF-8 text; save the file as UTF-8")
    if bad := _UNPRINTABLE.search(text):
        _stop(read, *_position(text[: bad.start()]), "a control character; remove it")
    return text.removeprefix("\ufeff")


def _position(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _stop(read: ReadTree, line: int, column: int, text: str, path: TreePath = ()) -> NoReturn:
    read.problems.append(Problem(Place(read.file, line, column), path, text))
    raise _UnreadableError


def _events(read: ReadTree, text: str, loader: Any) -> Iterator[yaml.Event]:  # noqa: ANN401  # see read_tree
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if text.split("\n")[line - 1 : line] and text.split("\n")[line - 1][column - 1 : column] == "\t":
            _stop(read, line, column, "a tab; indent with spaces")
        _stop(read, line, column, f"not YAML: {error.problem or error.context or 'cannot be read'}")
    except (yaml.YAMLError, ValueError):
        _stop(read, 1, 1, "not YAML: cannot be read")


@dataclass(slots=True)
class _Open:
    """A collection being filled; `key` is the key whose value comes next."""

    path: TreePath
    node: dict[str, Tree] | list[Tree]
    key: str | None = None
    repeated: bool = False
    """The key stood before: its value is read and thrown away."""


class _Builder:
    """Takes events one by one; keeps its own stack, so nesting costs no recursion."""

    def __init__(self, read: ReadTree, tags: Mapping[str, SecretMaker]) -> None:
        self._read = read
        self._tags = tags
        self._stack: list[_Open] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.MappingStartEvent():
                self._open(event, {})
            case yaml.SequenceStartEvent():
                self._open(event, [])
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._stack.pop()
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.DocumentStartEvent():
                self._document(event)
            case _:
                pass

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            self._fail(event, "a second document in one file; put it into a file of its own")
        if event.version or event.tags:
            self._fail(event, "directives (%YAML, %TAG) are not read here; remove them")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if self._expects_key():
            self._key(event)
            return
        self._refuse_anchor(event)
        path = self._next_path()
        value: Tree
        if event.tag is None:
            value = plain_value(event.value) if event.implicit[0] else event.value
        else:
            value = self._tagged(event, path)
        self._place(event, path, value)

    def _expects_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1].node, dict) and self._stack[-1].key is None

    def _key(self, event: yaml.ScalarEvent) -> None:
        top = self._stack[-1]
        top.key, top.repeated = event.value, event.value in top.node
        path = (*top.path, event.value)
        self._refuse_anchor(event)
        if event.tag is not None:
            self._note(event, path, "a key cannot carry a tag")
        if not event.value:
            self._note(event, path, "an empty key; write a name before the colon")
        if event.value == "<<" and event.implicit[0]:
            self._note(event, path, "merge keys are not read here; write the keys out")
        if top.repeated:
            line, _ = self._read.keys[path]
            self._note(event, path, f"this key stands already on line {line}; remove one", broken=False)
            return
        self._read.keys.setdefault(path, _mark(event))

    def _tagged(self, event: yaml.ScalarEvent, path: TreePath) -> Tree:
        maker = self._tags.get(event.tag or "")
        if maker is None:
            self._note(event, path, f"unknown tag; only {' and '.join(self._tags) or 'none'} may stand here")
            return None
        try:
            return maker(event.value)
        except ValueError as error:
            self._note(event, path, str(error))
            return None

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent, node: Tree) -> None:
        assert isinstance(node, dict | list)  # noqa: S101  # narrows for the type checker
        if len(self._stack) >= MAX_DEPTH:
            self._fail(event, f"nested deeper than {MAX_DEPTH} levels")
        if self._expects_key():
            self._fail(event, "a key must be text")
        self._refuse_anchor(event)
        path = self._next_path()
        if event.tag is not None:
            self._note(event, path, "unknown tag; lists and mappings carry none")
        self._place(event, path, node)
        self._stack.append(_Open(path, node))

    def _alias(self, event: yaml.AliasEvent) -> None:
        if self._expects_key():
            self._fail(event, "a key must be text")
        path = self._next_path()
        self._note(event, path, "aliases (*name) are not read here; write the value out")
        self._place(event, path, None)

    def _refuse_anchor(self, event: yaml.ScalarEvent | yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if event.anchor is not None:
            self._note(event, self._here(), "anchors (&name) are not read here; remove it", broken=False)

    def _here(self) -> TreePath:
        return self._stack[-1].path if self._expects_key() else self._next_path()

    def _next_path(self) -> TreePath:
        if not self._stack:
            return ()
        top = self._stack[-1]
        if isinstance(top.node, list):
            return (*top.path, len(top.node))
        return (*top.path, top.key or "")

    def _place(self, event: yaml.NodeEvent, path: TreePath, value: Tree) -> None:
        if not self._stack:
            self._read.value = value
            self._read.values[path] = _mark(event)
            return
        top = self._stack[-1]
        if isinstance(top.node, list):
            top.node.append(value)
        else:
            if not top.repeated:
                top.node[top.key or ""] = value
            top.key = None
        self._read.values.setdefault(path, _mark(event))
        if len(self._read.values) > MAX_VALUES:
            _stop(self._read, *_mark(event), f"more than {MAX_VALUES} values; split the file")

    def _note(self, event: yaml.Event, path: TreePath, text: str, *, broken: bool = True) -> None:
        line, column = _mark(event)
        self._read.problems.append(Problem(Place(self._read.file, line, column), path, text))
        if broken:
            self._read.broken.add(path)
        if len(self._read.problems) >= MAX_PROBLEMS:
            raise _UnreadableError

    def _fail(self, event: yaml.Event, text: str) -> None:
        _stop(self._read, *_mark(event), text, self._here())


def _mark(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def plain_value(text: str) -> bool | int | float | str | None:
    """What an unquoted scalar means."""
    if text in _CORE:
        return _CORE[text]
    if text[0] not in _NUMBER_START:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
