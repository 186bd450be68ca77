"""From what pydantic says to what a person can act on: a place, a path, and what would be right. Never a value."""

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from watchdog.settings.problems import TreePath, did_you_mean
from watchdog.settings.yaml_tree import Tree

_WRONG_KEYS: Final = frozenset({"extra_forbidden", "unexpected_keyword_argument"})
#: What to write, by pydantic's own name of the error; the rest keep its message.
_SAID: Final[Mapping[str, str]] = {
    "string_type": "must be text; put it in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping of keys to values",
    "mapping_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "model_attributes_type": "must be a mapping of keys to values",
    "dataclass_type": "must be a mapping of keys to values",
    "path_type": "must be the path of a file",
    "too_short": "must not be empty",
    "none_required": "must be empty",
}
#: Errors of strict validation that matter here, and what to add: the rest is lists for tuples and the like.
_STRICT: Final[Mapping[str, str]] = {
    "int_type": ", without quotes, leading zeros and underscores",
    "float_type": ", without quotes, leading zeros and underscores",
    "bool_type": "",
}
_OUR_PACKAGES: Final = frozenset({"checks", "watchdog"})
_SHORTEST_HIDDEN: Final = 4
#: Of a larger value only texts that no word of ours looks like are hidden in a message about the whole.
_UNLIKE_A_WORD: Final = re.compile(r"(?=.{6})(?![a-z_]+\Z)", re.DOTALL)


class Complaint(NamedTuple):
    """One thing wrong, by its path within the value; `at_key`: the key is wrong, whatever stands behind it."""

    path: TreePath
    text: str
    at_key: bool


def explained(
    error: ValidationError, model: type[BaseModel], value: Tree, also: frozenset[str] = frozenset()
) -> Iterator[Complaint]:
    """Each thing wrong, one per path. `also` are further keys that may stand in `value`."""
    details = error.errors(include_url=False, include_input=False)
    places = [_path_in(value, detail) for detail in details]
    seen: set[TreePath] = set()
    for detail, path in zip(details, places, strict=True):
        # Items that are wrong are missing to pydantic: a list of them is too short, which nobody needs to hear.
        is_echo = detail["type"] == "too_short" and any(other[: len(path)] == path != other for other in places)
        if path not in seen and not is_echo:
            seen.add(path)
            at_key = detail["type"] in _WRONG_KEYS
            said = _said(detail, model, path, also)
            yield Complaint(path, said if _is_ours(model) else _hidden(said, _at(value, path)), at_key)


def lax(model: type[BaseModel], value: Tree) -> Iterator[Complaint]:
    """Numbers and yes or no in a valid `value` that stand for something else: text such as 025 or 1_000, 1 for true.

    Kinds take them, so that `probe` can hand over the words of a command line; settings say what they mean.
    """
    try:
        model.model_validate(value, strict=True)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            if detail["type"] in _STRICT:
                path = _path_in(value, detail)
                yield Complaint(path, f"{_SAID[detail['type']]}{_STRICT[detail['type']]}", at_key=False)


def _is_ours(model: type[BaseModel]) -> bool:
    """Whether what its validators say is written by our rule, never to repeat a value: a plugin may know no such."""
    return model.__module__.partition(".")[0] in _OUR_PACKAGES


def _said(detail: ErrorDetails, model: type[BaseModel], path: TreePath, also: frozenset[str]) -> str:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing" | "missing_argument":
            return "missing; add it"
        case wrong if wrong in _WRONG_KEYS:
            return _unknown(str(path[-1]), keys_at(model, path[:-1]) | (also if len(path) == 1 else frozenset()))
        case "union_tag_invalid":
            return f"its kind must be one of {context.get('expected_tags')}"
        case "union_tag_not_found":
            return "its kind is missing; add it"
        case "value_error" | "assertion_error":
            return str(context.get("error", detail["msg"]))
        case kind:
            return _SAID.get(kind) or _plain(detail["msg"])


def _unknown(key: str, known: frozenset[str]) -> str:
    return f"unknown key; {did_you_mean(key, known)}"


def _plain(message: str) -> str:
    return message.replace("Input should be", "must be").replace("Value should", "must")


def _path_in(value: Tree, detail: ErrorDetails) -> TreePath:
    """The path as written: pydantic adds names of union members and "[key]", which stand in no file."""
    path: list[str | int] = []
    node: Tree = value
    for step in detail["loc"]:
        if isinstance(node, dict) and str(step) in node:
            path.append(str(step))
            node = node[str(step)]
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            path.append(step)
            node = node[step]
    if detail["type"] in {"missing", "missing_argument"}:
        path.append(detail["loc"][-1])
    return tuple(path)


def _at(value: Tree, path: TreePath) -> Tree:
    for step in path:
        match value:
            case dict() if isinstance(step, str):
                value = value.get(step)
            case list() if isinstance(step, int):
                value = value[step]
            case _:
                return None
    return value


def _hidden(text: str, value: Tree) -> str:
    """`text` without any value: a plugin's validator may have repeated what it was given."""
    if isinstance(value, str):
        values = [value, value.strip(), repr(value)[1:-1]] if len(value.strip()) >= _SHORTEST_HIDDEN else []
    else:
        values = [one for one in _texts(value) if _UNLIKE_A_WORD.match(one)]
    for one in sorted(set(values), key=len, reverse=True):
        text = text.replace(one, "...")
    return text


def _texts(value: Tree) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for held in value.values():
                yield from _texts(held)
        case list():
            for held in value:
                yield from _texts(held)
        case _:
            pass


def keys_at(model: object, path: Sequence[str | int]) -> frozenset[str]:
    """The keys that may stand at `path` below `model`; none where a type does not say."""
    models = list(_models_in(model))
    if not path:
        return frozenset(name for one in models for name in _fields(one))
    found: set[str] = set()
    for one in models:
        annotation = _fields(one).get(str(path[0]))
        rest = path[1:]
        while rest and isinstance(rest[0], int):
            rest = rest[1:]
        if annotation is not None:
            inner = rest[1:] if _is_mapping(annotation) else rest
            found |= keys_at(annotation, inner)
    return frozenset(found)


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _is_mapping(annotation: object) -> bool:
    return get_origin(annotation) is dict


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    if get_origin(annotation) in {Union, types.UnionType, Annotated, tuple, list, dict}:
        for argument in get_args(annotation):
            yield from _models_in(argument)
